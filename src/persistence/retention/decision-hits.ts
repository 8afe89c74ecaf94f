import { enlarged } from '../../domain/enlarged.ts';
import { KeyNumbers } from '../../domain/key-numbers.ts';
import { EPOCH_DAYS, EPOCH_SECONDS } from '../epoch.ts';
import { grouped } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { wholeNumber } from '../whole-number.ts';
import { keysOf, keysWhere, type CustomerKeys } from './customer-keys.ts';

const WORDS = 5;
const W = { customer: 0, timeHigh: 1, timeLow: 2, day: 3, decision: 4 } as const;

/** Hits by customer number, instant and decision code: instants in epoch seconds, days since 1970, decisions by place. */
export interface HitColumns {
  readonly customer: Int32Array;
  readonly at: Float64Array;
  readonly day: Int32Array;
  readonly decision: Int32Array;
}

/** Hits of customers by some decisions, as they stand: one that was taken back or corrected takes another off. */
export class DecisionHits {
  private readonly customers = new KeyNumbers();
  private words = new Int32Array(1024 * WORDS);
  private rows = 0;
  private starts = new Int32Array(1);

  constructor(private readonly codes: readonly string[]) {}

  /** Takes a row of retention-hit-stream.sql; rows that were taken back carry the complement of their decision. */
  readonly take = (bytes: Buffer, at: number): void => {
    if (bytes.readInt32BE(at + 38) < 0) return;
    const decision = bytes.readInt32BE(at + 42) - 1;
    if ((this.rows + 1) * WORDS > this.words.length) this.words = enlarged(this.words);
    const { words } = this;
    const to = this.rows++ * WORDS;
    words[to + W.customer] = this.customers.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
    words[to + W.timeHigh] = bytes.readInt32BE(at + 16);
    words[to + W.timeLow] = bytes.readInt32BE(at + 20);
    words[to + W.day] = bytes.readInt32BE(at + 28) + EPOCH_DAYS;
    words[to + W.decision] = bytes.readInt16BE(at + 36) > 0 ? decision : ~decision;
  };

  /** Once all are there: in order, and only those that stand. */
  arrange(): void {
    const { words } = this;
    const rank = new Int32Array(this.codes.length);
    [...this.codes.keys()]
      .sort((a, b) => Buffer.compare(Buffer.from(this.codes[a]!), Buffer.from(this.codes[b]!)))
      .forEach((decision, place) => (rank[decision] = place));
    const decisionOf = (row: number): number => {
      const decision = words[row * WORDS + W.decision]!;
      return decision < 0 ? ~decision : decision;
    };
    const inOrder = (a: number, b: number): number =>
      this.timeOf(a) - this.timeOf(b) || rank[decisionOf(a)]! - rank[decisionOf(b)]!;
    const { starts, order } = grouped(this.rows, this.customers.count, (row) => words[row * WORDS + W.customer]!);
    const standing = new Int32Array(this.rows * WORDS);
    const newStarts = new Int32Array(starts.length);
    let kept = 0;
    for (let customer = 0; customer < this.customers.count; customer++) {
      const [from, to] = [starts[customer]!, starts[customer + 1]!];
      if (to - from > 1) sortShort(order, from, to, inOrder);
      for (let place = from; place < to;) {
        let [next, net] = [place, 0];
        for (; next < to && (next === place || inOrder(order[place]!, order[next]!) === 0); next++)
          net += words[order[next]! * WORDS + W.decision]! < 0 ? -1 : 1;
        const row = order[place]! * WORDS;
        for (; net > 0; net--) {
          standing.set(words.subarray(row, row + WORDS), kept * WORDS);
          standing[kept++ * WORDS + W.decision] = decisionOf(order[place]!);
        }
        place = next;
      }
      newStarts[customer + 1] = kept;
    }
    this.words = standing;
    this.rows = kept;
    this.starts = newStarts;
  }

  /** How many hits by a decision there were on some days, `from` included, `to` not. */
  countOf(decision: number, { from, to }: { readonly from: number; readonly to: number }): number {
    let count = 0;
    for (let row = 0; row < this.rows; row++) {
      const day = this.words[row * WORDS + W.day]!;
      if (day >= from && day < to && this.words[row * WORDS + W.decision] === decision) count++;
    }
    return count;
  }

  /** Keys of the customers that were hit on some days, `from` included, `to` not. */
  keysIn(ranges: readonly { readonly from: number; readonly to: number }[]): BigInt64Array {
    const isHit = new Uint8Array(this.customers.count);
    for (let row = 0; row < this.rows; row++) {
      const day = this.words[row * WORDS + W.day]!;
      if (ranges.some(({ from, to }) => day >= from && day < to)) isHit[this.words[row * WORDS]!] = 1;
    }
    return keysWhere(keysOf(this.customers), isHit);
  }

  /** Hits of some customers, in their numbers. */
  of(customers: CustomerKeys): HitColumns {
    const number = customers.placesOf(keysOf(this.customers));
    const own = new Int32Array(customers.count).fill(-1);
    number.forEach((place, customer) => place >= 0 && (own[place] = customer));
    let count = 0;
    for (const customer of own) if (customer >= 0) count += this.starts[customer + 1]! - this.starts[customer]!;
    const columns = {
      customer: new Int32Array(count),
      at: new Float64Array(count),
      day: new Int32Array(count),
      decision: new Int32Array(count),
    };
    let to = 0;
    own.forEach((customer, place) => {
      if (customer < 0) return;
      for (let row = this.starts[customer]!; row < this.starts[customer + 1]!; row++, to++) {
        const from = row * WORDS;
        columns.customer[to] = place;
        columns.at[to] = Math.floor(this.timeOf(row) / 1e6) + EPOCH_SECONDS;
        columns.day[to] = this.words[from + W.day]!;
        columns.decision[to] = this.words[from + W.decision]!;
      }
    });
    return columns;
  }

  private timeOf(row: number): number {
    const at = row * WORDS;
    return wholeNumber(this.words[at + W.timeHigh]!, this.words[at + W.timeLow]!);
  }
}
