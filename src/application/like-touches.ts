import type { Cause } from '../domain/attribution/causes.ts';
import type { Register } from '../domain/attribution/register.ts';
import { firstWhere } from '../domain/first-where.ts';
import { Fraction } from '../domain/fraction.ts';
import { madeOnce } from '../domain/made-once.ts';
import type { Model } from '../domain/model/model.ts';
import { windowDays } from '../domain/model/window-days.ts';
import type { LocalDate } from '../domain/period.ts';
import { dateOf, dayNumber } from '../domain/retention/cohort.ts';
import type { UnsharedEffects } from '../domain/retention/period-effects.ts';
import { DAY_SECONDS } from '../domain/retention/repeat.ts';
import { Numbering } from '../domain/numbering.ts';
import { kindOf, textAt, type KindColumns } from '../domain/statements/cell-columns.ts';
import type { CellFacts } from '../domain/statements/cell-facts.ts';
import { mayTake, stretchOf, type Distinctions } from '../domain/statements/distinctions.ts';
import { SeenDimensions } from '../domain/statements/seen-dimensions.ts';
import type { Touch } from './contact-owners.ts';

/** Instants in epoch seconds and days since 1970, by customer number and then instant. */
export interface Instants {
  readonly customer: ArrayLike<number>;
  readonly at: ArrayLike<number>;
  readonly day: ArrayLike<number>;
}

/** By place of the decision. */
export type Hits = Instants & { readonly decision: ArrayLike<number> };

/** An exposure rule as hits are held against it: plain data, and all of a model that tells touches of one cell apart. */
export interface HitRule {
  readonly rule: string;
  readonly days: number;
  /** null: all */
  readonly decisions: readonly string[] | null;
  readonly ages: boolean;
}

export function hitRules({ rules }: Model): HitRule[] {
  return rules.flatMap(({ name, exposure, within_days: days, several }): HitRule[] =>
    exposure
      ? [
          {
            ...{ rule: name, days: days!, ages: several === 'time_decay' },
            decisions: exposure.includes('*') ? null : exposure,
          },
        ]
      : [],
  );
}

/** Days on which an owner, a unit, a decision or a window of a rule begins, or the first without it, ascending. */
export function touchCuts({ model, register }: { readonly model: Model; readonly register: Register }): LocalDate[] {
  return [...new Set([...register.changeDays(), ...windowDays(model)])].sort();
}

/** A touch whose contact's dimensions stay with the cell. Plain data. */
export type CellTouch =
  | { readonly cellNo: number; readonly day: LocalDate; readonly causes: readonly Cause[] }
  | { readonly decision: string; readonly day: LocalDate };

/** More stretches than anybody cuts a calendar into: a number and a stretch make one key. */
const STRETCHES = 2 ** 20;
const NONE: readonly never[] = [];

/**
 * Numbers contacts by cell, stretch between two cut days and the hits that an exposure rule may take them for; hits by
 * decision and stretch: whatever rules ask of dimensions, and whatever shares they give, touches of a number are alike.
 */
export class LikeTouches {
  readonly touches: CellTouch[] = [];
  private readonly rules: readonly {
    readonly rule: string;
    readonly seconds: number;
    readonly takes: readonly boolean[];
    readonly ages: boolean;
  }[];
  private readonly ofPlain = new Map<number, number>();
  private readonly ofCaused = new Map<string, number>();
  private readonly ofDecision = new Map<number, number>();
  private readonly cuts: Int32Array;

  /** @param codes of decisions, as hits name them by place @param cutDays on which an owner, a unit, a decision or a window changes */
  constructor(
    rules: readonly HitRule[],
    private readonly codes: readonly string[],
    cutDays: readonly LocalDate[],
  ) {
    this.cuts = Int32Array.from(cutDays, dayNumber).sort();
    this.rules = rules.map(({ rule, days, decisions, ages }) => {
      const takes = codes.map((code) => decisions === null || decisions.includes(code));
      return { rule, seconds: days * DAY_SECONDS, takes, ages };
    });
  }

  /** Number of every hit. */
  hits({ day, decision }: Hits): Int32Array {
    return Int32Array.from({ length: day.length }, (_, i) =>
      this.number(this.ofDecision, decision[i]! * STRETCHES + this.stretch(day[i]!), () => ({
        decision: this.codes[decision[i]!]!,
        day: dateOf(day[i]!),
      })),
    );
  }

  /** Number of every contact. */
  contacts(contacts: Instants & { readonly cellNo: ArrayLike<number> }, hits: Hits): Int32Array {
    const { rules } = this;
    const numbers = new Int32Array(contacts.day.length);
    let [first, end] = [0, 0];
    for (let i = 0; i < numbers.length; i++) {
      const customer = contacts.customer[i]!;
      while (first < hits.at.length && hits.customer[first]! < customer) first++;
      for (end = Math.max(first, end); end < hits.at.length && hits.customer[end] === customer;) end++;
      const day = contacts.day[i]!;
      const cellNo = contacts.cellNo[i]!;
      const found = first === end ? NONE : rules.map((rule) => this.nearest(rule, contacts.at[i]!, hits, first, end));
      if (found.every((own) => own.length === 0)) {
        const plain = () => ({ cellNo, day: dateOf(day), causes: NONE });
        numbers[i] = this.number(this.ofPlain, cellNo * STRETCHES + this.stretch(day), plain);
        continue;
      }
      const ageOf = (r: number, hit: number): number =>
        rules[r]!.ages ? Math.floor((contacts.at[i]! - hits.at[hit]!) / DAY_SECONDS) : 0;
      const trace = found.map((own, r) =>
        own.map((h) => [hits.decision[h], this.stretch(hits.day[h]!), ageOf(r, h)]).join(' '),
      );
      numbers[i] = this.number(this.ofCaused, `${cellNo} ${this.stretch(day)} ${trace.join(';')}`, () => {
        const causes = found.flatMap((own, r) =>
          own.map((h): Cause => {
            const [decision, hitOn] = [this.codes[hits.decision[h]!]!, dateOf(hits.day[h]!)];
            return { rule: rules[r]!.rule, decision, hitOn, ageDays: ageOf(r, h) };
          }),
        );
        return { cellNo, day: dateOf(day), causes };
      });
    }
    return numbers;
  }

  private stretch(day: number): number {
    return firstWhere(0, this.cuts.length, (at) => this.cuts[at]! > day);
  }

  private number<K>(numbers: Map<K, number>, key: K, touch: () => CellTouch): number {
    let number = numbers.get(key);
    if (number === undefined) numbers.set(key, (number = this.touches.push(touch()) - 1));
    return number;
  }

  /** Hits within the rule's days before a contact, nearest first, one a decision: the latest. */
  private nearest(
    { seconds, takes }: (typeof this.rules)[number],
    at: number,
    hits: Hits,
    first: number,
    end: number,
  ): readonly number[] {
    let found: number[] | undefined;
    for (let h = end - 1; h >= first; h--) {
      const age = at - hits.at[h]!;
      if (age <= 0 || age > seconds || !takes[hits.decision[h]!]) continue;
      if (!(found ??= []).some((own) => hits.decision[own] === hits.decision[h])) found.push(h);
    }
    const code = (h: number): string => this.codes[hits.decision[h]!]!;
    return found?.sort((a, b) => hits.at[b]! - hits.at[a]! || (code(a) < code(b) ? -1 : 1)) ?? NONE;
  }
}

/** Unshared effects whose weights go by touches of a list. Plain data but for the fractions. */
export interface TouchedEffects<T> extends UnsharedEffects {
  readonly touches: readonly T[];
}

/** With the cells of its contacts, once each. */
export interface CellTouchedEffects extends TouchedEffects<CellTouch> {
  readonly kinds: KindColumns;
}

/** The same over as few touches as a model can tell apart, as `coarseCells` does it for contacts. */
export function coarseTouches(
  { touches, weights, kinds, ...rest }: CellTouchedEffects,
  by: Distinctions,
  cutDays: readonly LocalDate[],
): TouchedEffects<Touch> {
  const { reason } = kinds.dimensions;
  const seen = new SeenDimensions(kinds, by.deciding, ['reason']).kinds([kinds.tag, reason]);
  const kindOfCell = new Map(Array.from(kinds.number, (cellNo, kind) => [cellNo, kind]));
  const names = new Numbering<string>();
  const coarse: Touch[] = [];
  const known = new Map<LocalDate, number>();
  const stretch = (day: LocalDate): number =>
    madeOnce(known, day, () => firstWhere(0, cutDays.length, (at) => cutDays[at]! > day));
  const numbers = Int32Array.from(touches, (touch) => {
    if ('decision' in touch) {
      const number = names.of(`hit ${stretch(touch.day)} ${touch.decision}`);
      coarse[number] ??= { is: 'hit', ...touch };
      return number;
    }
    const kind = kindOfCell.get(touch.cellNo)!;
    // Those of its causes only that an exposure rule can take.
    const causes = touch.causes.filter((cause) => mayTake(by, cause, textAt(reason, kind)!));
    let name = `${seen[kind]!} ${stretch(touch.day)}`;
    for (const cause of causes)
      name += `\u0000${cause.rule}\u0000${cause.decision}\u0000${stretchOf(by, cause.hitOn)} ${cause.ageDays}`;
    const number = names.of(name);
    coarse[number] ??= { is: 'contact', ...dimensionsAndTag(kinds, kind), day: touch.day, causes };
    return number;
  });
  return { ...rest, touches: coarse, weights: weights.map((own) => together(own, numbers)) };
}

function dimensionsAndTag(kinds: KindColumns, kind: number): Pick<CellFacts, 'dimensions' | 'tag'> {
  const { dimensions, tag } = kindOf(kinds, kind, null);
  return { dimensions, tag };
}

function together(weights: ReadonlyMap<number, Fraction>, numbers: Int32Array): Map<number, Fraction> {
  const sums = new Map<number, Fraction>();
  for (const [number, weight] of weights) {
    const own = numbers[number]!;
    sums.set(own, (sums.get(own) ?? Fraction.ZERO).plus(weight));
  }
  return sums;
}
