import { EPOCH_SECONDS } from '../epoch.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { wholeNumber } from '../whole-number.ts';
import { ByCustomer, grown, roomFor } from './by-customer.ts';
import { recordWords } from './fact-packs.ts';
import { DecisionCodes, HIT_WORDS, ranksOf } from './packed-hits.ts';

/** Hits by customer number, instant and decision code: instants in epoch seconds, days since 1970, decisions by place. */
export interface HitColumns {
  readonly customer: Int32Array;
  readonly at: Float64Array;
  readonly day: Int32Array;
  readonly decision: Int32Array;
}

/** Days, `from` included, `to` not. */
export interface Days {
  readonly from: number;
  readonly to: number;
}

/** Takes days of a customer, `first` included, `behind` not. */
type StretchTaker = (customer: number, first: number, behind: number) => void;

/**
 * Hits of customers by some decisions, as they stand: one that was taken back or corrected takes another off. They come
 * range after range of the customers' numbers.
 */
export class DecisionHits {
  private readonly places: DecisionCodes;
  private readonly rank: Int32Array;
  private count = 0;
  private columns: HitColumns = {
    ...{ customer: new Int32Array(0), at: new Float64Array(0) },
    ...{ day: new Int32Array(0), decision: new Int32Array(0) },
  };
  /** of the range that comes: as they came, instants in PostgreSQL's microseconds, decisions of those taken back complemented */
  private readonly grouping = new ByCustomer();
  private came = 0;
  private of = new Int32Array(0);
  private times = new Float64Array(0);
  private days = new Int32Array(0);
  private decisions = new Int32Array(0);
  private order = new Int32Array(0);

  constructor(private readonly codes: readonly string[]) {
    this.places = new DecisionCodes((code) => codes.indexOf(code));
    this.rank = ranksOf(codes);
  }

  /** Takes records of packs, all of a range of customers. @param numberOf gives their keys numbers, which only last until they are put in order */
  take(packed: Int32Array, numberOf: (high: number, low: number) => number): void {
    const most = Math.floor(packed.length / HIT_WORDS.code);
    this.of = roomFor(this.of, most);
    this.times = roomFor(this.times, most);
    this.days = roomFor(this.days, most);
    this.decisions = roomFor(this.decisions, most);
    const { of, times, days, decisions } = this;
    let count = 0;
    for (let at = 0; at < packed.length; at += recordWords('hit', packed, at)) {
      const decision = this.places.numberOf(packed, at);
      if (decision < 0) continue;
      of[count] = numberOf(packed[at]!, packed[at + 1]!);
      times[count] = wholeNumber(packed[at + HIT_WORDS.timeHigh]!, packed[at + HIT_WORDS.timeLow]!);
      days[count] = packed[at + HIT_WORDS.day]!;
      decisions[count++] = packed[at + HIT_WORDS.sign]! > 0 ? decision : ~decision;
    }
    this.came = count;
  }

  /** Puts those of the range in order and keeps what stands. @param placeOf places of the numbers, below `customers` @param base number of the first customer */
  arrange(placeOf: Int32Array, customers: number, base: number): void {
    this.makeRoom(this.count + this.came);
    const { grouping, of, times, days, decisions, rank, columns, came } = this;
    grouping.begin(customers, came);
    for (let row = 0; row < came; row++) grouping.add(placeOf[of[row]!]!);
    grouping.added();
    this.order = roomFor(this.order, came);
    const { order } = this;
    for (let row = 0; row < came; row++) order[grouping.placeOf(row)] = row;
    grouping.placed();
    const decisionOf = (row: number): number => (decisions[row]! < 0 ? ~decisions[row]! : decisions[row]!);
    const inOrder = (a: number, b: number): number =>
      times[a]! - times[b]! || rank[decisionOf(a)]! - rank[decisionOf(b)]!;
    let { count } = this;
    for (let c = 0, place = 0; c < customers; c++) {
      const to = grouping.starts[c + 1]!;
      if (to - place > 1) sortShort(order, place, to, inOrder);
      while (place < to) {
        const row = order[place++]!;
        let net = decisions[row]! < 0 ? -1 : 1;
        for (; place < to && inOrder(row, order[place]!) === 0; place++) net += decisions[order[place]!]! < 0 ? -1 : 1;
        for (; net > 0; net--) {
          columns.customer[count] = base + c;
          columns.at[count] = Math.floor(times[row]! / 1e6) + EPOCH_SECONDS;
          columns.day[count] = days[row]!;
          columns.decision[count++] = decisionOf(row);
        }
      }
    }
    this.count = count;
  }

  private makeRoom(most: number): void {
    const { customer, at, day, decision } = this.columns;
    if (most <= day.length) return;
    const length = 1.4 * most;
    this.columns = {
      ...{ customer: grown(customer, length), at: grown(at, length) },
      ...{ day: grown(day, length), decision: grown(decision, length) },
    };
  }

  /** How many hits by each decision there were on some days. */
  countsIn({ from, to }: Days): Int32Array {
    const counts = new Int32Array(this.codes.length);
    const { day, decision } = this.columns;
    for (let row = 0; row < this.count; row++) if (day[row]! >= from && day[row]! < to) counts[decision[row]!]!++;
    return counts;
  }

  /**
   * Stretches of days after hits by a decision on some days, customer by customer: each begins on the day of a hit and ends
   * before the next one's, or after so many days.
   * @param take gets the customer's number, the first day, and the first behind
   */
  stretches(decision: number, days: number, { from, to }: Days, take: StretchTaker): void {
    const { customer, day } = this.columns;
    let [of, first] = [-1, 0];
    for (let row = 0; row < this.count; row++) {
      const own = day[row]!;
      if (this.columns.decision[row] !== decision || own < from || own >= to) continue;
      if (of >= 0) take(of, first, customer[row] === of ? Math.min(first + days, own) : first + days);
      [of, first] = [customer[row]!, own];
    }
    if (of >= 0) take(of, first, first + days);
  }

  /** Puts a 1 for each customer that was hit on some days. @param flags by number */
  flag(flags: Uint8Array, ranges: readonly Days[]): void {
    const { customer, day } = this.columns;
    for (const { from, to } of ranges) {
      for (let row = 0; row < this.count; row++) if (day[row]! >= from && day[row]! < to) flags[customer[row]!] = 1;
    }
  }

  /** Hits of some customers, who are numbered anew in their order; those of others are let go. @param placeOf -1: others */
  kept(placeOf: Int32Array): HitColumns {
    const { customer, at, day, decision } = this.columns;
    let to = 0;
    for (let row = 0; row < this.count; row++) {
      const place = placeOf[customer[row]!]!;
      if (place < 0) continue;
      customer[to] = place;
      at[to] = at[row]!;
      day[to] = day[row]!;
      decision[to++] = decision[row]!;
    }
    this.count = to;
    return {
      ...{ customer: customer.subarray(0, to), at: at.subarray(0, to) },
      ...{ day: day.subarray(0, to), decision: decision.subarray(0, to) },
    };
  }
}
