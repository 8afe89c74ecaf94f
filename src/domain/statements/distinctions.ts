import type { Cause } from '../attribution/causes.ts';
import type { Register } from '../attribution/register.ts';
import { firstWhere } from '../first-where.ts';
import { DIMENSIONS, matchesPattern, type Dimensions, type Pattern, type Selector } from '../model/selector.ts';
import type { LocalDate } from '../period.ts';
import type { DecidingModel } from './deciding-inputs.ts';

/**
 * All that a model and the records can tell contacts apart by: no share, no taker and no order of rules. Plain data. What
 * is summed by it stays when only these change.
 */
export interface Distinctions {
  /** of every selector, by dimension; each once, sorted */
  readonly patterns: PatternsOf;
  /** those of rules and populations alone: all that who answers for a contact rests on */
  readonly deciding: PatternsOf;
  /** reasons that an exposure rule takes, by its name; none: all */
  readonly exposureRules: ReadonlyMap<string, readonly Pattern[]>;
  /** reasons of a decision, by its code; none: all */
  readonly decisions: ReadonlyMap<string, readonly Pattern[]>;
  /** days on which an owner, a unit or a decision begins, or the first without it, ascending */
  readonly changeDays: readonly LocalDate[];
  /** standard basis: service keeps repeats and transfers */
  readonly serviceKeeps: boolean;
}

type PatternsOf = Readonly<Record<keyof Dimensions, readonly Pattern[]>>;

export function distinctionsOf(model: DecidingModel, register: Register): Distinctions {
  const deciding: (Selector | undefined)[] = [
    ...model.rules.map((rule) => rule.match),
    ...[...register.decisions.values()].map((decision) => decision.selector),
  ];
  const serving: (Selector | undefined)[] = [
    ...model.pools.map((pool) => pool.serves),
    ...model.time_equations.flatMap((equation) => equation.add.map((term) => term.when)),
  ];
  return {
    patterns: patternsOf([...deciding, ...serving]),
    deciding: patternsOf(deciding),
    exposureRules: new Map(model.rules.filter((rule) => rule.exposure).map((rule) => [rule.name, rule.reasons ?? []])),
    decisions: new Map([...register.decisions].map(([code, { patterns }]) => [code, patterns])),
    changeDays: [...register.changeDays()].sort(),
    serviceKeeps: model.charging.basis === 'standard',
  };
}

function patternsOf(selectors: readonly (Selector | undefined)[]): PatternsOf {
  const of = (dimension: keyof Dimensions): Pattern[] =>
    selectors.flatMap((selector) => [...(selector?.[dimension] ?? []), ...(selector?.except?.[dimension] ?? [])]);
  return Object.fromEntries(
    DIMENSIONS.map((dimension) => [dimension, [...new Set(of(dimension))].sort()]),
  ) as unknown as PatternsOf;
}

/** True when an exposure rule may take a contact of the reason for the cause. */
export function mayTake({ exposureRules, decisions }: Distinctions, cause: Cause, reason: string): boolean {
  const [ofRule, ofDecision] = [exposureRules.get(cause.rule), decisions.get(cause.decision)];
  return ofRule !== undefined && ofDecision !== undefined && takes(ofRule, reason) && takes(ofDecision, reason);
}

function takes(patterns: readonly Pattern[], reason: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, reason));
}

/** Number of the stretch without a change that a day lies in. */
export function stretchOf({ changeDays }: Distinctions, day: LocalDate): number {
  return firstWhere(0, changeDays.length, (at) => changeDays[at]! > day);
}
