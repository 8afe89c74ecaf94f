import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { exp, exponentialAt, normalAt } from './numbers.ts';

/** What a stream of random numbers is for: streams of different purposes do not touch each other. */
export const PURPOSE = { customer: 1, day: 2, calendar: 3, books: 4, anonymous: 5 } as const;

/** A stream of random numbers that seed, purpose and number alone decide. */
export class Draw {
  private constructor(private readonly generator: { next(): number }) {}

  static of(seed: number, purpose: number, number: number): Draw {
    let h = mixed(seed | 0);
    h = mixed(h ^ Math.floor(seed / 0x100000000) ^ 0x5bd1e995);
    h = mixed(h ^ Math.imul(purpose, 0x27d4eb2f));
    const a = mixed(h ^ (number | 0));
    const b = mixed(a ^ Math.floor(number / 0x100000000) ^ 0x165667b1);
    const c = mixed(Math.imul(b, 0x9e3779b1) ^ h);
    const d = mixed(c ^ Math.imul(a, 0x85ebca77)) | 1; // the state is never all zero
    return new Draw(xoroshiro128plusFromState([a, b, c, d]));
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    return this.generator.next() >>> 0;
  }

  /** In [0, 1), 32 bits. */
  unit(): number {
    return this.bits() / 0x100000000;
  }

  /** Whole number in [0, n), n ≤ 2^20. */
  below(n: number): number {
    return Math.floor(this.unit() * n);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  exponential(): number {
    return exponentialAt(this.bits());
  }

  normal(): number {
    return normalAt(this.bits());
  }

  /** Log-normal factor with mean 1. */
  factor(spread: number): number {
    return exp(spread * this.normal() - (spread * spread) / 2);
  }

  /** Index into cumulated weights, the last of which is their sum. */
  pick(cumulated: ArrayLike<number>): number {
    const at = this.unit() * cumulated[cumulated.length - 1]!;
    let i = 0;
    while (cumulated[i]! <= at) i++;
    return i;
  }
}

/** Finalizer of MurmurHash3 (A. Appleby, public domain): every input bit moves every output bit. */
function mixed(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export function cumulated(weights: readonly number[]): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  weights.forEach((weight, i) => (sums[i] = sum += weight));
  return sums;
}
