import { grouped, type Grouping } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import type { CustomerKeys } from './customer-keys.ts';

const BUCKETS = 256;
const PIECE = 512; // records

/**
 * Records of 32-bit words, the first two a 64-bit key (high, low), laid aside by the first eight bits of the key as they
 * come. Keys are hashes, so the buckets are about equal, and small enough for the processor's caches when each is looked
 * at by itself: rows of a million customers in any order become rows by customer without a jump through memory for each.
 */
export class KeyBuckets {
  private readonly pieces: Int32Array[][] = Array.from({ length: BUCKETS }, () => []);
  private readonly last: Int32Array[] = Array.from({ length: BUCKETS }, () => new Int32Array(0));
  private readonly ends = new Int32Array(BUCKETS);
  /** where the record for which there was last made room is to be written */
  words: Int32Array = new Int32Array(0);
  count = 0;

  constructor(private readonly width: number) {}

  /** Makes room for a record and writes its key. @returns where it begins in `words` */
  add(high: number, low: number): number {
    const bucket = (high >>> 24) ^ 0x80; // signed keys in order
    if (this.ends[bucket] === this.last[bucket]!.length) this.begin(bucket);
    const at = this.ends[bucket]!;
    this.ends[bucket] = at + this.width;
    this.count++;
    this.words = this.last[bucket]!;
    this.words[at] = high;
    this.words[at + 1] = low;
    return at;
  }

  /** The buckets in order of their keys; the words of one are overwritten by the next. */
  *taken(): Generator<{ readonly words: Int32Array; readonly count: number }> {
    let whole = new Int32Array(0);
    for (const [bucket, pieces] of this.pieces.entries()) {
      const piece = PIECE * this.width;
      if (pieces.length * piece > whole.length) whole = new Int32Array(Math.ceil(pieces.length * 1.2) * piece);
      pieces.forEach((words, place) => whole.set(words, place * piece));
      yield { words: whole, count: Math.max(0, pieces.length - 1) * PIECE + this.ends[bucket]! / this.width };
      pieces.length = 0;
      this.last[bucket] = this.words = new Int32Array(0);
    }
  }

  private begin(bucket: number): void {
    this.pieces[bucket]!.push((this.last[bucket] = new Int32Array(PIECE * this.width)));
    this.ends[bucket] = 0;
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
