import { compareKeys } from '../apportionment.ts';
import type { Attribution } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import type { LocalDate } from '../period.ts';
import type { Books } from './books.ts';
import type { CellFacts } from './cell-facts.ts';

/** Parts of contacts of a reason by decision and the day that books them. */
export interface DecisionDay {
  readonly decision: string;
  readonly day: LocalDate;
  readonly reason: string;
  readonly parts: Fraction;
}

/**
 * Counts a decision's contacts by the day that books them (method 5): the day of the hit, where an exposure rule took
 * them, so that a fee and its contacts stand on one day; a tagged contact's own day; else the last day of the period.
 */
export class DecisionDays {
  private readonly days = new Map<string, DecisionDay>();

  constructor(private readonly lastDay: LocalDate) {}

  add(cell: CellFacts, attributions: readonly Attribution[]): void {
    const { reason } = cell.dimensions;
    for (const { decision, hitOn, share } of attributions) {
      if (decision === null) continue;
      const day = hitOn ?? (cell.tag === decision ? cell.taggedOn : null) ?? this.lastDay;
      const key = `${decision}\u0000${day}\u0000${reason}`;
      const before = this.days.get(key)?.parts ?? Fraction.ZERO;
      this.days.set(key, { decision, day, reason, parts: before.plus(share.times(cell.parts)) });
    }
  }

  list(): DecisionDay[] {
    return [...this.days.values()];
  }
}

/** By decision and day, ascending. */
export function decisionDaysOf(days: readonly DecisionDay[]): Books['decisionDays'] {
  const sums = new Map<string, Books['decisionDays'][number]>();
  for (const { decision, day, parts } of days) {
    const key = `${decision}\u0000${day}`;
    const before = sums.get(key)?.parts ?? Fraction.ZERO;
    sums.set(key, { decision, day, parts: before.plus(parts) });
  }
  return [...sums].sort(([a], [b]) => compareKeys(a, b)).map(([, day]) => day);
}
