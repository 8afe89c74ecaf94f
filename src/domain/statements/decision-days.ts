import { compareKeys } from '../apportionment.ts';
import type { Attribution } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import type { LocalDate } from '../period.ts';
import type { Books } from './books.ts';
import type { CellFacts } from './cell-facts.ts';

/**
 * Counts a decision's contacts by the day that books them (method 5): the day of the hit, where an exposure rule took
 * them, so that a fee and its contacts stand on one day; a tagged contact's own day; else the last day of the period.
 */
export class DecisionDays {
  private readonly parts = new Map<string, Fraction>();

  constructor(private readonly lastDay: LocalDate) {}

  add(cell: CellFacts, attributions: readonly Attribution[]): void {
    for (const { decision, hitOn, share } of attributions) {
      if (decision === null) continue;
      const day = hitOn ?? (cell.tag === decision ? cell.taggedOn : null) ?? this.lastDay;
      const key = `${decision}\u0000${day}`;
      this.parts.set(key, (this.parts.get(key) ?? Fraction.ZERO).plus(share.times(cell.parts)));
    }
  }

  list(): Books['decisionDays'] {
    return [...this.parts]
      .sort(([a], [b]) => compareKeys(a, b))
      .map(([key, parts]) => {
        const [decision, day] = key.split('\u0000') as [string, string];
        return { decision, day, parts };
      });
  }
}
