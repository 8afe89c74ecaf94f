import { createHash } from 'node:crypto';

/**
 * The first 8 bytes of SHA-256 (FIPS 180-4) of a short text, made from its bytes in place: a customer's key is wanted
 * for every row, and a call into the crypto library costs more than the hash itself. Held against it by a test.
 */
export class CustomerHash {
  /** words 0 and 1 of the digest */
  high = 0;
  low = 0;
  private readonly w = new Int32Array(64);

  /** Longest text that fits one block with its padding. */
  static readonly LONGEST = 55;

  /** Of a text of any length. */
  ofAny(bytes: Buffer): void {
    if (bytes.length <= CustomerHash.LONGEST) {
      this.of(bytes, 0, bytes.length);
      return;
    }
    const digest = createHash('sha256').update(bytes).digest();
    this.high = digest.readInt32BE(0);
    this.low = digest.readInt32BE(4);
  }

  of(bytes: Uint8Array, start: number, end: number): void {
    const { w } = this;
    const length = end - start;
    w.fill(0, 0, 16);
    for (let i = 0; i < length; i++) w[i >> 2]! |= bytes[start + i]! << (24 - (i & 3) * 8);
    w[length >> 2]! |= 0x80 << (24 - (length & 3) * 8);
    w[15] = length * 8;
    for (let i = 16; i < 64; i++) {
      const a = w[i - 15]!;
      const b = w[i - 2]!;
      const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
      const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
      w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
    }
    let a = H[0]!;
    let b = H[1]!;
    let c = H[2]!;
    let d = H[3]!;
    let e = H[4]!;
    let f = H[5]!;
    let g = H[6]!;
    let h = H[7]!;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i]! + w[i]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    this.high = (a + H[0]!) | 0;
    this.low = (b + H[1]!) | 0;
  }
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

const H = Int32Array.from(primes.slice(0, 8), (p) => fractionOfRoot(p, 2n));
const K = Int32Array.from(primes, (p) => fractionOfRoot(p, 3n));
