import { EPOCH_DAYS } from '../epoch.ts';
import { BUCKETS, bucketOf } from './customer-keys.ts';

/** Words of a customer's version: its key, number of the import, days since 1970, monthly margin or -1, number of the segment. */
export const CUSTOMER = {
  high: 0,
  low: 1,
  import: 2,
  joined: 3,
  left: 4,
  marginHigh: 5,
  marginLow: 6,
  segment: 7,
} as const;
export const CUSTOMER_WORDS = 8;
/** What stands in the place of a day that nobody stated. */
export const UNKNOWN = { join: -1_000_000, leave: 1_000_000 } as const;
/** What stands in the place of the segment of a customer that was removed. */
export const REMOVED = -1;
const NO_MARGIN = -1;
/** Versions in a piece of memory. */
export const PIECE_ROWS = 2048;

/** All customers in all their versions, those that were removed as well, by buckets of their keys. */
export class StandingCustomers {
  private readonly pieces: Int32Array[][] = Array.from({ length: BUCKETS }, () => []);
  /** words that the last piece of each bucket has */
  private readonly filled = new Int32Array(BUCKETS).fill(PIECE_ROWS * CUSTOMER_WORDS);
  rows = 0;
  private readonly segmentNames: string[] = [];
  private readonly segmentNumbers = new Map<string, number>();
  /** the same by a sum over the bytes, where no two have it in common: a text a row would cost more than the rest of it */
  private readonly segmentSums = new Map<number, { readonly number: number; readonly bytes: Buffer }>();
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));

  /** Takes a row of retention-customer-stream.sql. Numbers of imports are below 2^31. */
  readonly take = (bytes: Buffer, start: number): void => {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    }
    const { view } = this;
    const high = view.getInt32(start + 4);
    const bucket = bucketOf(high);
    const own = this.pieces[bucket]!;
    if (this.filled[bucket] === PIECE_ROWS * CUSTOMER_WORDS) {
      own.push(new Int32Array(PIECE_ROWS * CUSTOMER_WORDS));
      this.filled[bucket] = 0;
    }
    const words = own[own.length - 1]!;
    const to = this.filled[bucket]!;
    this.filled[bucket] = to + CUSTOMER_WORDS;
    this.rows++;
    words[to + CUSTOMER.high] = high;
    words[to + CUSTOMER.low] = view.getInt32(start + 8);
    words[to + CUSTOMER.import] = view.getInt32(start + 20);
    let at = start + 24;
    const knowsJoin = view.getInt32(at) > 0;
    words[to + CUSTOMER.joined] = knowsJoin ? view.getInt32(at + 4) + EPOCH_DAYS : UNKNOWN.join;
    at += knowsJoin ? 8 : 4;
    const knowsLeave = view.getInt32(at) > 0;
    words[to + CUSTOMER.left] = knowsLeave ? view.getInt32(at + 4) + EPOCH_DAYS : UNKNOWN.leave;
    at += knowsLeave ? 8 : 4;
    const knowsMargin = view.getInt32(at) > 0;
    words[to + CUSTOMER.marginHigh] = knowsMargin ? view.getInt32(at + 4) : NO_MARGIN;
    words[to + CUSTOMER.marginLow] = knowsMargin ? view.getInt32(at + 8) : NO_MARGIN;
    at += knowsMargin ? 12 : 4;
    const isRemoved = view.getUint8(at + 4) !== 0;
    const length = view.getInt32(at + 5);
    const segment = length < 0 ? 0 : this.segmentOf(bytes, at + 9, at + 9 + length);
    words[to + CUSTOMER.segment] = isRemoved ? REMOVED : segment;
  };

  /** In the order of their numbers, from 1; older versions' as well. */
  get segments(): readonly string[] {
    return this.segmentNames;
  }

  /** The versions of some buckets' customers, `from` included, `to` not, in the order in which they came; they are let go. */
  taken(from: number, to: number): Int32Array[] {
    const taken: Int32Array[] = [];
    for (let bucket = from; bucket < to; bucket++) {
      const own = this.pieces[bucket]!.splice(0);
      const last = own.pop();
      if (last !== undefined) taken.push(...own, last.subarray(0, this.filled[bucket]));
    }
    return taken;
  }

  private segmentOf(bytes: Buffer, from: number, to: number): number {
    let sum = to - from;
    for (let at = from; at < to; at++) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
    const known = this.segmentSums.get(sum);
    if (known !== undefined && isSame(known.bytes, bytes, from, to)) return known.number;
    const name = bytes.toString('utf8', from, to);
    let number = this.segmentNumbers.get(name);
    if (number === undefined) this.segmentNumbers.set(name, (number = this.segmentNames.push(name)));
    if (known === undefined) this.segmentSums.set(sum, { number, bytes: Buffer.from(bytes.subarray(from, to)) });
    return number;
  }
}

function isSame(known: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}
