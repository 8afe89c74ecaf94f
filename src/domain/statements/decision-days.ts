import { compareKeys } from '../apportionment.ts';
import type { Attribution } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import type { LocalDate } from '../period.ts';
import type { Books } from './books.ts';
import type { CoarseCell } from './coarse-cells.ts';
import { ShareSums } from './share-sums.ts';

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
  private readonly days = new Map<string, Omit<DecisionDay, 'parts'> & { readonly parts: ShareSums }>();

  constructor(private readonly lastDay: LocalDate) {}

  add(cell: CoarseCell, attributions: readonly Attribution[]): void {
    const { reason } = cell.dimensions;
    for (const { rule, decision, hitOn, share } of attributions) {
      if (decision === null) continue;
      for (const [named, parts] of cell.byDays ?? [[cell, cell.parts] as const]) {
        const hit = hitOn && named.causes.find((cause) => cause.rule === rule && cause.decision === decision)!.hitOn;
        const day = hit ?? (cell.tag === decision ? named.taggedOn : null) ?? this.lastDay;
        const key = `${decision}\u0000${day}\u0000${reason}`;
        let sums = this.days.get(key);
        if (!sums) this.days.set(key, (sums = { decision, day, reason, parts: new ShareSums() }));
        sums.parts.add(share, parts);
      }
    }
  }

  list(): DecisionDay[] {
    return [...this.days.values()].map(({ parts, ...day }) => ({ ...day, parts: parts.total() }));
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
