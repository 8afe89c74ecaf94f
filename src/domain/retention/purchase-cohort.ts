import type { Period } from '../period.ts';
import type { Earnings } from './outcome.ts';
import { marginIn } from './outcome.ts';

/** Repeat buying of customers by the month of their first purchase: how many came back, and what they spent since. */
export interface PurchaseCohort {
  readonly month: Period;
  readonly customers: number;
  readonly windows: readonly CohortWindow[];
}

export interface CohortWindow {
  readonly windowDays: number;
  /** customers observed over the whole window; the others are not ripe and count nowhere */
  readonly observed: number;
  /** of these, customers with another purchase on a later day within the window */
  readonly repeated: number;
  /** Σ amounts of the observed after the first day, refunds taken off; the unit of the earnings */
  readonly spend: number;
}

/**
 * @param purchases days with a purchase, sorted by customer, then day; days of the same customer may repeat
 * @param earnings all amounts, refunds included; sorted the same way
 * @param monthOf month of a day number
 */
export function purchaseCohorts(
  purchases: { readonly customer: ArrayLike<number>; readonly day: ArrayLike<number> },
  earnings: Earnings,
  windowsDays: readonly number[],
  observedThrough: number,
  monthOf: (day: number) => Period,
): PurchaseCohort[] {
  const customer: number[] = [];
  const first: number[] = [];
  const second: number[] = [];
  for (let i = 0; i < purchases.day.length; i++) {
    const own = customer.length - 1;
    if (own < 0 || customer[own] !== purchases.customer[i]) {
      customer.push(purchases.customer[i]!);
      first.push(purchases.day[i]!);
      second.push(Infinity);
    } else if (purchases.day[i]! > first[own]! && second[own] === Infinity) {
      second[own] = purchases.day[i]!;
    }
  }
  const clockStart = first.map((day) => day + 1);
  const spent = marginIn(
    { customer, clockStart },
    earnings,
    windowsDays.map((to) => ({ from: 0, to })),
  );
  const months = first.map(monthOf);
  return [...new Set(months)].sort().map((month) => {
    const members = months.flatMap((own, i) => (own === month ? [i] : []));
    const windows = windowsDays.map((windowDays, w): CohortWindow => {
      const ripe = members.filter((i) => clockStart[i]! + windowDays - 1 <= observedThrough);
      return {
        windowDays,
        observed: ripe.length,
        repeated: ripe.filter((i) => second[i]! < clockStart[i]! + windowDays).length,
        spend: ripe.reduce((sum, i) => sum + spent[w]![i]!, 0),
      };
    });
    return { month, customers: members.length, windows };
  });
}
