import type { Numbers } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';

/**
 * What a customer did afterwards: contribution margin by day windows, in minor units (doubles: statistics; they become
 * money once, when an effect is posted).
 */
export type RevenueKind =
  'purchase' | 'renewal' | 'expansion' | 'contraction' | 'cancellation' | 'refund' | 'fee' | 'referral';

/** Fees and whatever carries a decision's code are that decision's own money; referrals are read at the referred customer. */
export function countsAsOutcome(kind: RevenueKind, decisionCode: string | undefined): boolean {
  return kind !== 'fee' && kind !== 'referral' && decisionCode === undefined;
}

export interface Earnings {
  /** sorted by customer, then day */
  readonly customer: ArrayLike<number>;
  readonly day: ArrayLike<number>;
  /** minor units, signed */
  readonly margin: ArrayLike<number>;
}

export interface Anchors {
  /** sorted by customer */
  readonly customer: ArrayLike<number>;
  readonly clockStart: ArrayLike<number>;
}

/** Days from the clock's start: `from` included, `to` not. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

/** Sums that are copied before the next are made: they take the places of those before. */
export class MarginRoom {
  private sums: Float64Array[] = [];

  /** So many columns of zeros. */
  of(columns: number, length: number): Float64Array[] {
    while (this.sums.length < columns) this.sums.push(new Float64Array(0));
    return Array.from({ length: columns }, (_, column) => {
      if (this.sums[column]!.length < length) this.sums[column] = new Float64Array(Math.ceil(1.2 * length));
      return this.sums[column]!.subarray(0, length).fill(0);
    });
  }
}

/**
 * Margin of each anchor's customer in each range; sums of integers, so parts of a customer range add in any order. Ranges
 * may overlap: an event is added once, between two of their ends, and a range is the sum of what lies between its own.
 * @param room absent: the sums stay
 */
export function marginIn(
  anchors: Anchors,
  earnings: Earnings,
  ranges: readonly DayRange[],
  room = new MarginRoom(),
): Float64Array[] {
  const { customer, day, margin } = earnings;
  const { clockStart } = anchors;
  const sums = room.of(ranges.length, clockStart.length);
  const ends = Float64Array.from(new Set(ranges.flatMap(({ from, to }) => [from, to]))).sort();
  const [from, to] = [ranges.map((range) => ends.indexOf(range.from)), ranges.map((range) => ends.indexOf(range.to))];
  /** what lies before each end, since the one before it */
  const before = new Float64Array(ends.length);
  const lowest = ends[0] ?? 0;
  const endOfDay = endsByDay(ends);
  const events = day.length;
  let first = 0;
  for (let a = 0; a < clockStart.length; a++) {
    const of = anchors.customer[a]!;
    const zero = clockStart[a]! + lowest;
    while (first < events && customer[first]! < of) first++;
    if (customer[first] !== of) continue;
    for (let e = first; e < events && customer[e] === of; e++) {
      const own = day[e]! - zero;
      if (own < 0) continue;
      if (own >= endOfDay.length) break;
      before[endOfDay[own]!]! += margin[e]!;
    }
    for (let r = 0; r < sums.length; r++) {
      let sum = 0;
      for (let part = from[r]! + 1; part <= to[r]!; part++) sum += before[part]!;
      sums[r]![a] = sum;
    }
    for (let end = 0; end < before.length; end++) before[end] = 0;
  }
  return sums;
}

/** Place of the first end behind each day from the first end on. @param ends whole days, ascending */
function endsByDay(ends: Float64Array): Uint16Array {
  const byDay = new Uint16Array(ends.length === 0 ? 0 : ends.at(-1)! - ends[0]!);
  for (let end = 1; end < ends.length; end++) byDay.fill(end, ends[end - 1]! - ends[0]!, ends[end]! - ends[0]!);
  return byDay;
}

export interface Contracts {
  /** minor units a month, one an anchor */
  readonly monthlyMargin: ArrayLike<number>;
  /** first active day */
  readonly joinedOn: ArrayLike<number>;
  /** first day no longer active; Infinity while active */
  readonly leftOn: ArrayLike<number>;
}

/** `monthly_margin` × time active (month = 365/12 days), for customers without renewal events: never both. */
export function contractMarginIn(
  clockStart: ArrayLike<number>,
  contracts: Contracts,
  ranges: readonly DayRange[],
): Float64Array[] {
  return ranges.map(({ from, to }) =>
    Float64Array.from(clockStart, (start, a) => {
      const since = Math.max(start + from, contracts.joinedOn[a]!);
      const until = Math.min(start + to, contracts.leftOn[a]!);
      return (Math.max(0, until - since) * contracts.monthlyMargin[a]! * 12) / 365;
    }),
  );
}

/** Bands between the windows: (0, 30), (30, 182), (182, 548) for windows of 30, 182 and 548 days. @throws Refusal bad_windows */
export function bandsOf(windowsDays: readonly number[]): DayRange[] {
  return windowsDays.map((to, k) => {
    const from = windowsDays[k - 1] ?? 0;
    if (!(Number.isInteger(to) && to > from)) {
      throw new Refusal('bad_windows', `windows are whole days in ascending order, got ${windowsDays.join(', ')}`);
    }
    return { from, to };
  });
}

/**
 * Discount of each band: (1 + r)^(−days/365) at the band's end, the latest its money can come.
 * @throws Refusal discount_rate_required when a window is longer than 365 days and no rate is stated
 */
export function discountFactors(windowsDays: readonly number[], discountRate: number | undefined): number[] {
  if (discountRate === undefined) {
    const long = windowsDays.find((days) => days > 365);
    if (long !== undefined) {
      throw new Refusal('discount_rate_required', `a window of ${long} days needs retention.discount_rate`);
    }
    return windowsDays.map(() => 1);
  }
  return windowsDays.map((days) => (1 + discountRate) ** (-days / 365));
}

/** Cumulated outcome of window k, of some rows: Σ bands up to it, discounted. */
export function windowOutcome(
  bands: readonly ArrayLike<number>[],
  factors: readonly number[],
  window: number,
  rows: ArrayLike<number>,
): Float64Array {
  const sum = new Float64Array(rows.length);
  for (let b = 0; b <= window; b++) {
    const band = bands[b]!;
    const factor = factors[b]!;
    for (let at = 0; at < sum.length; at++) sum[at]! += band[rows[at]!]! * factor;
  }
  return sum;
}

/** What the outcome is made of; `spread the word` is the referred customers' margin less what winning them cost. */
export type Stream = 'buyAgain' | 'buyMore' | 'spreadTheWord';

/**
 * Of a customer's outcome what bought again: no more than its own baseline. The rest bought more, so that both together
 * are the outcome, whatever its sign.
 * @param baseline what the customer earned before, scaled to the window
 */
export function buyAgainOf(outcome: number, baseline: number): number {
  return Math.min(outcome, Math.max(0, baseline));
}

/** What rows bought since their clocks started, one each; a day on which something was bought counts once. */
export interface Purchases {
  readonly days: Int32Array;
  /** minor units */
  readonly amount: Numbers;
  /** the last of the days; the day before the clock's start where nothing was bought */
  readonly last: Int32Array;
}

/** Purchases are positive amounts up to a day. */
export function purchasesOf({ customer, clockStart }: Anchors, earnings: Earnings, observedThrough: number): Purchases {
  const n = clockStart.length;
  const [days, amount, last] = [new Int32Array(n), new Float64Array(n), new Int32Array(n)];
  let first = 0;
  for (let a = 0; a < n; a++) {
    const own = customer[a]!;
    const start = clockStart[a]!;
    last[a] = start - 1;
    while (first < earnings.day.length && earnings.customer[first]! < own) first++;
    for (let e = first; e < earnings.day.length && earnings.customer[e] === own; e++) {
      const day = earnings.day[e]!;
      if (day < start || day > observedThrough || !(earnings.margin[e]! > 0)) continue;
      if (day > last[a]!) days[a]!++;
      last[a] = day;
      amount[a]! += earnings.margin[e]!;
    }
  }
  return { days, amount, last };
}
