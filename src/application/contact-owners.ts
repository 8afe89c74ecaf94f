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

type Hits = Instants & { readonly decision: ArrayLike<number> };

/** An exposure rule as hits are held against it: decisions by number. */
interface ExposureRule {
  readonly rule: string;
  readonly seconds: number;
  readonly takes: readonly boolean[];
  readonly ages: boolean;
}

/** More days than a calendar needs: a number and a day make one key. */
const DAYS = 2 ** 22;
const NONE: readonly never[] = [];

/**
 * Who answers for contacts and hits, by numbered cells of like ones. Contacts go through the rulebook as at a close, with
 * their dimensions, tag and hits; text and the month's backgrounds are not asked: the effect is shared out, not charged.
 */
export class ContactOwners {
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
  hitCells(hits: Hits, codes: readonly string[]): Int32Array {
    const numbers = new Map<number, number>();
    const cells = new Int32Array(hits.day.length);
    for (let i = 0; i < cells.length; i++) {
      const [day, number] = [hits.day[i]!, hits.decision[i]!];
      cells[i] = this.cell(numbers, number * DAYS + day, () => {
        const decision = codes[number]!;
        return this.register.ownersOf(decision, dateOf(day)).map(({ unit, share }) => ({ unit, decision, share }));
      });
    }
    return cells;
  }

  /** Cell of every contact: its dimensions, day, and the hits that an exposure rule may take it for. */
  contactCells(
    contacts: Instants & { readonly cellNo: ArrayLike<number> },
    dimensions: ReadonlyMap<number, CellRow>,
    hits: Hits,
    codes: readonly string[],
  ): Int32Array {
    const rules = this.model.rules.flatMap((rule): ExposureRule[] => {
      const { exposure, within_days: within, several } = rule;
      if (!exposure) return [];
      const takes = codes.map((code) => exposure.includes('*') || exposure.includes(code));
      return [{ rule: rule.name, seconds: within! * DAY_SECONDS, takes, ages: several === 'time_decay' }];
    });
    const [numbers, traced] = [new Map<number, number>(), new Map<string, number>()];
    const cells = new Int32Array(contacts.day.length);
    let [first, end] = [0, 0];
    for (let i = 0; i < cells.length; i++) {
      const customer = contacts.customer[i]!;
      while (first < hits.at.length && hits.customer[first]! < customer) first++;
      for (end = Math.max(first, end); end < hits.at.length && hits.customer[end] === customer;) end++;
      const [day, cellNo] = [contacts.day[i]!, contacts.cellNo[i]!];
      const found =
        first === end ? NONE : rules.map((rule) => nearestHits(rule, contacts.at[i]!, hits, first, end, codes));
      if (found.every((own) => own.length === 0)) {
        const find = () => this.takers(dimensions.get(cellNo)!, dateOf(day));
        cells[i] = this.cell(numbers, cellNo * DAYS + day, find);
        continue;
      }
      const ageOf = ({ ages }: ExposureRule, hit: number): number =>
        ages ? Math.floor((contacts.at[i]! - hits.at[hit]!) / DAY_SECONDS) : 0;
      const trace = found.map((own, r) =>
        own.map((h) => [hits.decision[h], hits.day[h], ageOf(rules[r]!, h)]).join(' '),
      );
      cells[i] = this.cell(traced, `${cellNo} ${day} ${trace.join(';')}`, () => {
        const causes = found.flatMap((own, r) =>
          own.map((h): Cause => {
            const [decision, hitOn] = [codes[hits.decision[h]!]!, dateOf(hits.day[h]!)];
            return { rule: rules[r]!.rule, decision, hitOn, ageDays: ageOf(rules[r]!, h) };
          }),
        );
        return this.takers(dimensions.get(cellNo)!, dateOf(day), causes);
      });
    }
    return cells;
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

  private cell<K>(numbers: Map<K, number>, key: K, find: () => readonly Assignee[]): number {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = this.finders.push(find) - 1));
    return number;
  }
}

/** Hits within the rule's days before a contact, nearest first, one a decision: the latest. */
function nearestHits(
  { seconds, takes }: ExposureRule,
  at: number,
  hits: Hits,
  first: number,
  end: number,
  codes: readonly string[],
): readonly number[] {
  let found: number[] | undefined;
  for (let h = end - 1; h >= first; h--) {
    const age = at - hits.at[h]!;
    if (age <= 0 || age > seconds || !takes[hits.decision[h]!]) continue;
    if (!(found ??= []).some((own) => hits.decision[own] === hits.decision[h])) found.push(h);
  }
  const code = (h: number): string => codes[hits.decision[h]!]!;
  return found?.sort((a, b) => hits.at[b]! - hits.at[a]! || (code(a) < code(b) ? -1 : 1)) ?? NONE;
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
