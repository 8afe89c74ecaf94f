import { compareKeys } from '../apportionment.ts';
import type { Attribution } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import type { LocalDate } from '../period.ts';
import type { Books } from './books.ts';
import type { CoarseCell, DayParts } from './coarse-cells.ts';

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
  /** of one share each: parts by day as integers, of which fractions are formed once */
  private readonly sums = new Map<string, Omit<DecisionDay, 'day' | 'parts'> & DaysOfShare>();

  constructor(private readonly lastDay: LocalDate) {}

  add(cell: CoarseCell, attributions: readonly Attribution[]): void {
    const { reason } = cell.dimensions;
    for (const attribution of attributions) {
      const { decision, share } = attribution;
      if (decision === null) continue;
      const key = `${decision}\u0000${reason}\u0000${share.toString()}`;
      let sums = this.sums.get(key);
      if (!sums) this.sums.set(key, (sums = { decision, reason, share, byDay: new Map() }));
      const booked = this.daysOf(cell, attribution);
      if (typeof booked === 'string') addParts(sums, booked, cell.parts);
      else booked.days.forEach((day, i) => addParts(sums, day ?? this.lastDay, booked.parts[i]!));
    }
  }

  /** The day on which all contacts of a cell are booked, or their parts by day. */
  private daysOf(cell: CoarseCell, { rule, decision, hitOn }: Attribution): LocalDate | DayParts {
    if (hitOn) {
      const cause = cell.causes.findIndex((own) => own.rule === rule && own.decision === decision);
      return cell.byDays?.hits[cause] ?? cell.causes[cause]!.hitOn; // of like cells the hits differ in their days
    }
    return cell.tag === decision ? (cell.byDays?.tagged ?? cell.taggedOn ?? this.lastDay) : this.lastDay;
  }

  list(): DecisionDay[] {
    const days = new Map<string, DecisionDay>();
    for (const { decision, reason, share, byDay } of this.sums.values())
      for (const [day, parts] of byDay) {
        const key = `${decision}\u0000${day}\u0000${reason}`;
        const before = days.get(key)?.parts ?? Fraction.ZERO;
        days.set(key, { decision, day, reason, parts: before.plus(share.times(parts)) });
      }
    return [...days.values()];
  }
}

interface DaysOfShare {
  readonly share: Fraction;
  readonly byDay: Map<LocalDate, bigint>;
}

function addParts({ byDay }: DaysOfShare, day: LocalDate, parts: bigint): void {
  byDay.set(day, (byDay.get(day) ?? 0n) + parts);
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
