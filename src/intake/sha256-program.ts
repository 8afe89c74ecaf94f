import {
  VECTOR,
  WIDE,
  WIDE_BYTES,
  get,
  integer,
  loadWide,
  set,
  storeWide,
  wasmModule,
  type Code,
} from '../domain/wasm-module.ts';

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

const CONSTANT = [VECTOR, 0x0c];
const AND = [VECTOR, 0x4e];
const OR = [VECTOR, 0x50];
const XOR = [VECTOR, 0x51];
const SHIFT_LEFT = [VECTOR, 0xab, 0x01];
const SHIFT_RIGHT = [VECTOR, 0xad, 0x01];
const ADD = [VECTOR, 0xae, 0x01];
const DIGESTS = 16 * WIDE_BYTES;

/** The same word in all lanes. */
const constant = (value: number): Code => {
  const word = [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
  return [...CONSTANT, ...word, ...word, ...word, ...word];
};
const shifted = (word: Code, bits: number): Code => [...word, ...integer(bits), ...SHIFT_RIGHT];
const rotated = (word: Code, bits: number): Code => [
  ...shifted(word, bits),
  ...[...word, ...integer(32 - bits), ...SHIFT_LEFT],
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
  for (let t = 0; t < 16; t++) code.push(...set(schedule(t), loadWide(integer(0), t * WIDE_BYTES)));
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
    code.push(...storeWide(integer(0), [...get(i), ...constant(INITIAL[i]!), ...ADD], DIGESTS + i * WIDE_BYTES));
  }
  return code;
}

/** One function without parameters, one page of memory. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  return wasmModule([{ name: 'run', takes: [], locals: [[24, WIDE]], code: roundsCode() }], 1);
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
