import { NO_SHARES, type Cause } from '../domain/attribution/causes.ts';
import type { Register } from '../domain/attribution/register.ts';
import { attribute } from '../domain/attribution/rulebook.ts';
import { Refusal } from '../domain/errors.ts';
import type { Model } from '../domain/model/model.ts';
import { addDays, type LocalDate } from '../domain/period.ts';
import type { Assignee } from '../domain/retention/apportioned-effect.ts';
import { DAY_SECONDS } from '../domain/retention/repeat.ts';
import type { CellRow } from '../persistence/close-inputs.queries.ts';

/** Instants in epoch seconds and days since 1970, by customer number and then instant. */
export interface Instants {
  readonly customer: ArrayLike<number>;
  readonly at: ArrayLike<number>;
  readonly day: ArrayLike<number>;
}

/**
 * Who answers for contacts and hits, by numbered cells of like ones. Contacts go through the rulebook as at a close, with
 * their dimensions, tag and hits; text and the month's backgrounds are not asked: the effect is shared out, not charged.
 */
export class ContactOwners {
  private readonly seen = new Map<string, number>();
  private readonly finders: (() => readonly Assignee[])[] = [];
  private readonly found = new Map<number, readonly Assignee[]>();

  constructor(
    private readonly model: Model,
    private readonly register: Register,
  ) {}

  of(cell: number): readonly Assignee[] {
    let own = this.found.get(cell);
    if (own === undefined) this.found.set(cell, (own = known(this.finders[cell]!)));
    return own;
  }

  /** Cell of every hit: its decision and day. */
  hitCells(hits: Instants & { readonly decision: ArrayLike<number> }, codes: readonly string[]): Int32Array {
    return Int32Array.from(hits.day, (day, i) => {
      const decision = codes[hits.decision[i]!]!;
      return this.cell(`hit ${day} ${decision}`, () =>
        this.register.ownersOf(decision, dateOf(day)).map(({ unit, share }) => ({ unit, decision, share })),
      );
    });
  }

  /** Cell of every contact: its dimensions, day, and the hits that an exposure rule may take it for. */
  contactCells(
    contacts: Instants & { readonly cellNo: ArrayLike<number> },
    dimensions: ReadonlyMap<number, CellRow>,
    hits: Instants & { readonly decision: ArrayLike<number> },
    codes: readonly string[],
  ): Int32Array {
    let first = 0;
    return Int32Array.from(contacts.day, (day, i) => {
      while (first < hits.at.length && hits.customer[first]! < contacts.customer[i]!) first++;
      const causes = this.causesOf(contacts, i, hits, first, codes);
      const cellNo = contacts.cellNo[i]!;
      const key = causes.length === 0 ? `${cellNo} ${day}` : `${cellNo} ${day} ${JSON.stringify(causes)}`;
      return this.cell(key, () => this.takers(dimensions.get(cellNo)!, dateOf(day), causes));
    });
  }

  /** Hits within each exposure rule's days before the contact, nearest first, one a decision: the latest. */
  private causesOf(
    contacts: Instants,
    i: number,
    hits: Instants & { readonly decision: ArrayLike<number> },
    first: number,
    codes: readonly string[],
  ): Cause[] {
    const causes: Cause[] = [];
    if (first >= hits.at.length || hits.customer[first] !== contacts.customer[i]) return causes;
    for (const rule of this.model.rules) {
      if (!rule.exposure) continue;
      const latest = new Map<string, Cause & { readonly at: number }>();
      for (let h = first; h < hits.at.length && hits.customer[h] === contacts.customer[i]; h++) {
        const age = contacts.at[i]! - hits.at[h]!;
        const decision = codes[hits.decision[h]!]!;
        if (age <= 0 || age > rule.within_days! * DAY_SECONDS) continue;
        if (!rule.exposure.includes('*') && !rule.exposure.includes(decision)) continue;
        const ageDays = rule.several === 'time_decay' ? Math.floor(age / DAY_SECONDS) : 0;
        latest.set(decision, { rule: rule.name, decision, hitOn: dateOf(hits.day[h]!), ageDays, at: hits.at[h]! });
      }
      const nearest = [...latest.values()].sort((a, b) => b.at - a.at || (a.decision < b.decision ? -1 : 1));
      causes.push(...nearest.map(({ at: _at, ...cause }) => cause));
    }
    return causes;
  }

  /** Who answers for a contact of a cell on a day. */
  takers(cell: CellRow, day: LocalDate, causes: readonly Cause[] = []): readonly Assignee[] {
    const { channel, reason_code: reason, queue, site, vendor, product, segment, language, direction } = cell;
    const contact = {
      dimensions: { channel, reason, queue, site, vendor, product, segment, language, direction },
      tag: cell.decision_code,
      day,
      textHits: new Set<string>(),
      causes,
    };
    return attribute(contact, this.model, this.register, NO_SHARES).parts.map(({ unit, decision, share }) => ({
      unit,
      decision: decision ?? undefined,
      share,
    }));
  }

  private cell(key: string, find: () => readonly Assignee[]): number {
    let number = this.seen.get(key);
    if (number === undefined) {
      this.seen.set(key, (number = this.finders.length));
      this.finders.push(find);
    }
    return number;
  }
}

/** Days before anybody owned the decision, or the unit existed, belong to nobody. */
function known(find: () => readonly Assignee[]): readonly Assignee[] {
  try {
    return find();
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return [];
  }
}

export function dateOf(day: number): LocalDate {
  return addDays('1970-01-01', day);
}
