import { grouped, type Grouping } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { BUCKETS, bucketOf, type CustomerKeys } from './customer-keys.ts';
import { SpillFile } from './spill-file.ts';

const PIECE = 4096; // words
const HELD_BYTES = 64 * 1024 * 1024;

/** Records of customers by bucket of their keys: 32-bit words, the first two the key (high, low). */
export interface BucketRecords {
  /** how many there are in each bucket, about */
  readonly counts: ArrayLike<number>;
  /** those of some buckets, one behind the other; overwritten by what is read next. Each bucket is read once. */
  read(buckets: { readonly from: number; readonly to: number }): Int32Array | Promise<Int32Array>;
}

/**
 * Records laid aside by bucket as they come. Keys are hashes, so the buckets are about equal, and small enough for the
 * processor's caches when each is looked at by itself: rows of a million customers in any order become rows by customer
 * without a jump through memory for each. What passes the memory that is granted lies in a file.
 */
export class KeyBuckets implements BucketRecords {
  readonly counts = new Int32Array(BUCKETS);
  /** where the record for which there was last made room is to be written */
  words: Int32Array = NOTHING;
  private readonly pieces: { words: Int32Array; end: number }[][] = Array.from({ length: BUCKETS }, () => []);
  private readonly last: Int32Array[] = Array.from({ length: BUCKETS }, () => NOTHING);
  private readonly ends = new Int32Array(BUCKETS);
  private readonly spilled: { at: number; length: number }[][] = Array.from({ length: BUCKETS }, () => []);
  private readonly file = new SpillFile();
  private readonly free: Int32Array[] = [];
  private heldWords = 0;
  private whole: Int32Array = NOTHING;

  /** @param width words of a record, those that are longer say so */
  constructor(
    private readonly width: number,
    private readonly heldBytes = HELD_BYTES,
  ) {}

  /** Makes room for a record and writes its key. @returns where it begins in `words` */
  add(high: number, low: number, longer = 0): number {
    const bucket = bucketOf(high);
    const length = this.width + longer;
    if (this.ends[bucket]! + length > this.last[bucket]!.length) this.begin(bucket, length);
    const at = this.ends[bucket]!;
    this.ends[bucket] = at + length;
    this.counts[bucket]!++;
    this.words = this.last[bucket]!;
    this.words[at] = high;
    this.words[at + 1] = low;
    return at;
  }

  read({ from, to }: { readonly from: number; readonly to: number }): Int32Array {
    let length = 0;
    for (let bucket = from; bucket < to; bucket++) {
      this.endPiece(bucket);
      for (const own of this.spilled[bucket]!) length += own.length;
      for (const { end } of this.pieces[bucket]!) length += end;
    }
    if (length > this.whole.length) this.whole = new Int32Array(Math.ceil(length * 1.2));
    let done = 0;
    for (let bucket = from; bucket < to; bucket++) {
      for (const own of this.spilled[bucket]!) {
        this.file.read(own.at, this.whole.subarray(done, (done += own.length)));
      }
      for (const { words, end } of this.pieces[bucket]!) {
        this.whole.set(words.subarray(0, end), done);
        done += end;
      }
      this.pieces[bucket] = [];
    }
    return this.whole.subarray(0, length);
  }

  close(): void {
    this.file.close();
  }

  private begin(bucket: number, least: number): void {
    this.endPiece(bucket);
    if (4 * (this.heldWords + PIECE) > this.heldBytes && this.heldWords > 0) this.spill();
    const words = least > PIECE ? new Int32Array(least) : (this.free.pop() ?? new Int32Array(PIECE));
    this.heldWords += words.length;
    this.last[bucket] = words;
    this.ends[bucket] = 0;
  }

  private endPiece(bucket: number): void {
    if (this.ends[bucket]! > 0) this.pieces[bucket]!.push({ words: this.last[bucket]!, end: this.ends[bucket]! });
    this.last[bucket] = NOTHING;
    this.ends[bucket] = 0;
  }

  /** All that is held goes into the file, bucket by bucket. */
  private spill(): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.endPiece(bucket);
      for (const { words, end } of this.pieces[bucket]!) {
        this.keepPlace(bucket, this.file.append(words.subarray(0, end)), end);
        if (words.length === PIECE) this.free.push(words);
      }
      this.pieces[bucket] = [];
    }
    this.heldWords = 0;
  }

  /** Pieces of a bucket that lie behind each other are read as one. */
  private keepPlace(bucket: number, at: number, length: number): void {
    const last = this.spilled[bucket]!.at(-1);
    if (last !== undefined && last.at + 4 * last.length === at) last.length += length;
    else this.spilled[bucket]!.push({ at, length });
  }
}

const NOTHING = new Int32Array(0);

/** Customers with neighbouring numbers: `from` included, `to` not. */
export interface CustomerRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Puts the records of a range of customers in order by customer and then by what a comparison says; those of others are
 * left out. @param places where each record begins
 * @returns places: customer `range.from + c` has `order[starts[c]]` to `order[starts[c + 1] - 1]`
 */
export function byCustomer(
  customers: CustomerKeys,
  range: CustomerRange,
  words: Int32Array,
  places: Int32Array,
  compare: (a: number, b: number) => number,
): Grouping {
  const own = new Int32Array(places.length);
  for (let row = 0; row < own.length; row++) {
    const number = customers.find(words[places[row]!]!, words[places[row]! + 1]!);
    own[row] = number < 0 ? -1 : number - range.from;
  }
  const { starts, order } = grouped(own.length, range.to - range.from, (row) => own[row]!);
  for (let i = 0; i < order.length; i++) order[i] = places[order[i]!]!;
  for (let i = 0; i + 1 < starts.length; i++)
    if (starts[i + 1]! - starts[i]! > 1) sortShort(order, starts[i]!, starts[i + 1]!, compare);
  return { starts, order };
}
