import { enlarged } from '../../domain/enlarged.ts';
import type { KeyNumbers } from '../../domain/key-numbers.ts';
import { EPOCH_SECONDS } from '../epoch.ts';
import { grouped } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { wholeNumber } from '../whole-number.ts';
import { recordWords } from './fact-packs.ts';
import { DecisionCodes, HIT_WORDS, ranksOf } from './packed-hits.ts';

const WORDS = 5;
const W = { customer: 0, timeHigh: 1, timeLow: 2, day: 3, decision: 4 } as const;

/** Hits by customer number, instant and decision code: instants in epoch seconds, days since 1970, decisions by place. */
export interface HitColumns {
  readonly customer: Int32Array;
  readonly at: Float64Array;
  readonly day: Int32Array;
  readonly decision: Int32Array;
}

/** Hits of numbered customers by some decisions, as they stand: one that was taken back or corrected takes another off. */
export class DecisionHits {
  private words = new Int32Array(1024 * WORDS);
  private rows = 0;
  private starts: Int32Array = new Int32Array(1);

  private readonly places: DecisionCodes;

  constructor(
    private readonly codes: readonly string[],
    private readonly customers: KeyNumbers,
  ) {
    this.places = new DecisionCodes((code) => codes.indexOf(code));
  }

  /** Takes records of packs; those of hits that were taken back carry the complement of their decision. */
  take(packed: Int32Array): void {
    for (let at = 0; at < packed.length; at += recordWords('hit', packed, at)) {
      const decision = this.places.numberOf(packed, at);
      if (decision < 0) continue;
      if ((this.rows + 1) * WORDS > this.words.length) this.words = enlarged(this.words);
      const { words } = this;
      const to = this.rows++ * WORDS;
      words[to + W.customer] = this.customers.numberOf(packed[at]!, packed[at + 1]!);
      words[to + W.timeHigh] = packed[at + HIT_WORDS.timeHigh]!;
      words[to + W.timeLow] = packed[at + HIT_WORDS.timeLow]!;
      words[to + W.day] = packed[at + HIT_WORDS.day]!;
      words[to + W.decision] = packed[at + HIT_WORDS.sign]! > 0 ? decision : ~decision;
    }
  }

  /** Once all are there: in order, and only those that stand. */
  arrange(): void {
    const { words } = this;
    const rank = ranksOf(this.codes);
    const decisionOf = (row: number): number => {
      const decision = words[row * WORDS + W.decision]!;
      return decision < 0 ? ~decision : decision;
    };
    const inOrder = (a: number, b: number): number =>
      this.timeOf(a) - this.timeOf(b) || rank[decisionOf(a)]! - rank[decisionOf(b)]!;
    const { starts, order } = grouped(this.rows, this.customers.count, (row) => words[row * WORDS + W.customer]!);
    const standing = new Int32Array(this.rows * WORDS);
    let kept = 0;
    for (let customer = 0, place = 0; customer + 1 < starts.length; customer++) {
      const to = starts[customer + 1]!;
      if (to - place > 1) sortShort(order, place, to, inOrder);
      while (place < to) {
        let [next, net] = [place, 0];
        for (; next < to && (next === place || inOrder(order[place]!, order[next]!) === 0); next++)
          net += words[order[next]! * WORDS + W.decision]! < 0 ? -1 : 1;
        const row = order[place]! * WORDS;
        for (; net > 0; net--) {
          const own = kept++ * WORDS;
          for (let word = 0; word < WORDS; word++) standing[own + word] = words[row + word]!;
          standing[own + W.decision] = decisionOf(order[place]!);
        }
        place = next;
      }
      starts[customer + 1] = kept;
    }
    this.words = standing;
    this.rows = kept;
    this.starts = starts;
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

  /** Puts a 1 for each customer that was hit on some days, `from` included, `to` not. @param flags by number */
  flag(flags: Uint8Array, ranges: readonly { readonly from: number; readonly to: number }[]): void {
    for (const { from, to } of ranges) {
      for (let row = 0; row < this.rows; row++) {
        const day = this.words[row * WORDS + W.day]!;
        if (day >= from && day < to) flags[this.words[row * WORDS + W.customer]!] = 1;
      }
    }
  }

  /** Hits of some customers, by their places in a list of their numbers. */
  of(customers: Int32Array): HitColumns {
    const { starts, words } = this;
    const known = starts.length - 1;
    let count = 0;
    for (const customer of customers) if (customer < known) count += starts[customer + 1]! - starts[customer]!;
    const columns = {
      customer: new Int32Array(count),
      at: new Float64Array(count),
      day: new Int32Array(count),
      decision: new Int32Array(count),
    };
    let to = 0;
    for (let place = 0; place < customers.length; place++) {
      const customer = customers[place]!;
      if (customer >= known) continue;
      for (let row = starts[customer]!; row < starts[customer + 1]!; row++, to++) {
        columns.customer[to] = place;
        columns.at[to] = Math.floor(this.timeOf(row) / 1e6) + EPOCH_SECONDS;
        columns.day[to] = words[row * WORDS + W.day]!;
        columns.decision[to] = words[row * WORDS + W.decision]!;
      }
    }
    return columns;
  }

  private timeOf(row: number): number {
    const at = row * WORDS;
    return wholeNumber(this.words[at + W.timeHigh]!, this.words[at + W.timeLow]!);
  }
}
