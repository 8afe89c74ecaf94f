/** Texts that the program hashes at once. */
export const LANES = 4;

/**
 * SHA-256 (FIPS 180-4) of four 64-byte blocks at once as a WebAssembly program, written out round by round: JavaScript has
 * no words side by side in one register, and a customer's key is wanted for every row. Word t of block l is word
 * t * 4 + l of the memory; the first two words of its digest come out as words 64 + l and 68 + l.
 */
export function sha256Program(): { readonly words: Int32Array; readonly run: () => void } {
  compiled ??= new WebAssembly.Module(moduleBytes());
  const { memory, run } = new WebAssembly.Instance(compiled).exports;
  return { words: new Int32Array((memory as WebAssembly.Memory).buffer), run: run as () => void };
}

let compiled: WebAssembly.Module | undefined;

const VECTOR = 0xfd; // prefix of the instructions on four words
const LOAD = [VECTOR, 0x00];
const STORE = [VECTOR, 0x0b];
const CONSTANT = [VECTOR, 0x0c];
const AND = [VECTOR, 0x4e];
const OR = [VECTOR, 0x50];
const XOR = [VECTOR, 0x51];
const SHIFT_LEFT = [VECTOR, 0xab, 0x01];
const SHIFT_RIGHT = [VECTOR, 0xad, 0x01];
const ADD = [VECTOR, 0xae, 0x01];
const NUMBER = 0x41;
const END = 0x0b;
const FOUR_WORDS = 0x7b;
const BYTES = 16;
const DIGESTS = 16 * BYTES;

type Code = readonly number[];
const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number): Code => [0x21, ...unsigned(local)];
/** The same word in all lanes. */
const constant = (value: number): Code => {
  const word = [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
  return [...CONSTANT, ...word, ...word, ...word, ...word];
};
const shifted = (word: Code, bits: number): Code => [...word, NUMBER, ...signed(bits), ...SHIFT_RIGHT];
const rotated = (word: Code, bits: number): Code => [
  ...shifted(word, bits),
  ...[...word, NUMBER, ...signed(32 - bits), ...SHIFT_LEFT],
  ...OR,
];
/** x rotated by a, b and c, or shifted by c, joined by exclusive or */
const sigma = (x: Code, a: number, b: number, third: Code): Code => [
  ...rotated(x, a),
  ...rotated(x, b),
  ...XOR,
  ...third,
  ...XOR,
];

/** Locals 0 to 7 are a to h, which change places each round instead of moving; 8 to 23 the last 16 words of the schedule. */
function roundsCode(): Code {
  const code: number[] = [];
  const schedule = (t: number): number => 8 + (t & 15);
  for (let t = 0; t < 16; t++) code.push(NUMBER, 0, ...LOAD, 4, ...unsigned(t * BYTES), ...set(schedule(t)));
  for (let i = 0; i < 8; i++) code.push(...constant(INITIAL[i]!), ...set(i));
  for (let t = 0; t < 64; t++) {
    if (t >= 16) {
      const early = get(schedule(t + 1));
      const late = get(schedule(t + 14));
      code.push(
        ...get(schedule(t)),
        ...sigma(early, 7, 18, shifted(early, 3)),
        ...ADD,
        ...get(schedule(t + 9)),
        ...ADD,
      );
      code.push(...sigma(late, 17, 19, shifted(late, 10)), ...ADD, ...set(schedule(t)));
    }
    const place = (letter: number): number => (((letter - t) % 8) + 8) % 8;
    const [a, b, c, d, e, f, g, h] = [0, 1, 2, 3, 4, 5, 6, 7].map(place) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const choice = [...get(g), ...get(e), ...get(f), ...get(g), ...XOR, ...AND, ...XOR];
    code.push(...get(h), ...sigma(get(e), 6, 11, rotated(get(e), 25)), ...ADD, ...choice, ...ADD);
    code.push(...constant(ROUND[t]!), ...ADD, ...get(schedule(t)), ...ADD, ...set(h));
    code.push(...get(d), ...get(h), ...ADD, ...set(d));
    const majority = [...get(a), ...get(b), ...AND, ...get(c), ...get(a), ...get(b), ...OR, ...AND, ...OR];
    code.push(...get(h), ...sigma(get(a), 2, 13, rotated(get(a), 22)), ...ADD, ...majority, ...ADD, ...set(h));
  }
  for (const i of [0, 1]) {
    code.push(NUMBER, 0, ...get(i), ...constant(INITIAL[i]!), ...ADD, ...STORE, 4, ...unsigned(DIGESTS + i * BYTES));
  }
  return code;
}

/** The program as a WebAssembly module: one function without parameters, one page of memory. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const name = (text: string): Code => [text.length, ...Buffer.from(text)];
  const body = [1, 24, FOUR_WORDS, ...roundsCode(), END];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2, ...name('memory'), 2, 0, ...name('run'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}

const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p !== 0)) primes.push(n);

/** First 32 bits of the fractional part of a root, exact by integer arithmetic. */
function fractionOfRoot(prime: number, degree: 2n | 3n): number {
  const wanted = BigInt(prime) << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** degree <= wanted) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn) | 0;
}

const INITIAL = Int32Array.from(primes.slice(0, 8), (p) => fractionOfRoot(p, 2n));
const ROUND = Int32Array.from(primes, (p) => fractionOfRoot(p, 3n));
