import { grouped, type Grouping } from '../roll-up/key-numbers.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import type { CustomerKeys } from './customer-keys.ts';

const BUCKETS = 256;
const FIRST_RECORDS = 64;

/**
 * Records of 32-bit words, the first two a 64-bit key (high, low), laid aside by the first eight bits of the key as they
 * come. Keys are hashes, so the buckets are about equal, and small enough for the processor's caches when each is looked
 * at by itself: rows of a million customers in any order become rows by customer without a jump through memory for each.
 */
export class KeyBuckets {
  private readonly buckets: Int32Array[];
  private readonly ends = new Int32Array(BUCKETS);
  /** where the record for which there was last made room is to be written */
  words: Int32Array;

  constructor(private readonly width: number) {
    this.buckets = Array.from({ length: BUCKETS }, () => new Int32Array(FIRST_RECORDS * width));
    this.words = this.buckets[0]!;
  }

  /** Makes room for a record and writes its key. @returns where it begins in `words` */
  add(high: number, low: number): number {
    const bucket = (high >>> 24) ^ 0x80; // signed keys in order
    let words = this.buckets[bucket]!;
    const at = this.ends[bucket]!;
    if (at + this.width > words.length) words = this.grow(bucket);
    this.ends[bucket] = at + this.width;
    this.words = words;
    words[at] = high;
    words[at + 1] = low;
    return at;
  }

  get count(): number {
    return this.ends.reduce((sum, end) => sum + end, 0) / this.width;
  }

  /** The buckets in order of their keys; each is let go when the next one comes. */
  *taken(): Generator<{ readonly words: Int32Array; readonly count: number }> {
    this.words = new Int32Array(0);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const words = this.buckets[bucket]!;
      this.buckets[bucket] = this.words;
      yield { words, count: this.ends[bucket]! / this.width };
    }
  }

  private grow(bucket: number): Int32Array {
    const words = this.buckets[bucket]!;
    const larger = new Int32Array(Math.ceil((words.length / this.width) * 1.5) * this.width);
    larger.set(words);
    this.buckets[bucket] = larger;
    return larger;
  }
}

/** Rows of a bucket, whose customers have neighbouring numbers: customer `first + c` has `order[starts[c]]` to `order[starts[c + 1] - 1]`. */
export interface BucketOrder extends Grouping {
  readonly first: number;
}

/** Puts the records of a bucket in order by customer and then by what a comparison says; those of others are left out. */
export function inBucket(
  customers: CustomerKeys,
  { words, count }: { readonly words: Int32Array; readonly count: number },
  width: number,
  compare: (a: number, b: number) => number,
): BucketOrder {
  const numbers = new Int32Array(count);
  let [first, last] = [customers.count, -1];
  for (let row = 0; row < count; row++) {
    const number = customers.find(words[row * width]!, words[row * width + 1]!);
    numbers[row] = number;
    if (number < 0) continue;
    if (number < first) first = number;
    if (number > last) last = number;
  }
  const { starts, order } = grouped(count, Math.max(0, last - first + 1), (row) => numbers[row]! - first);
  for (let i = 0; i + 1 < starts.length; i++)
    if (starts[i + 1]! - starts[i]! > 1) sortShort(order, starts[i]!, starts[i + 1]!, compare);
  return { first, starts, order };
}
