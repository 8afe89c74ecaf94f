import { columnOf, valuesOf } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import type { ComparisonPolicy, Estimate, Matched } from './comparison.ts';
import { match } from './comparison.ts';
import type { Design } from './least-squares.ts';
import { rowsOf } from './least-squares.ts';
import type { Stream } from './outcome.ts';
import { bandsOf, buyAgainOf, discountFactors, windowOutcome } from './outcome.ts';

/**
 * The two effects of method 7, read at cumulative windows. They answer different questions and are never added:
 * the decision effect compares customers hit with comparable customers not hit and belongs to the decision's owner; the
 * service effect compares resolved with comparable unresolved contacts of the same reasons and belongs to service.
 */
export type EffectKind = 'decision' | 'service';

export const FALSIFICATION_DAYS = 182;

/** One row an episode (treated) or a comparison customer. All money in minor units. */
export interface CohortFacts {
  readonly customer: ArrayLike<number>;
  /** service: 1 resolved, 0 not; decision: 1 hit, 0 not hit as of the reference day */
  readonly treated: ArrayLike<number>;
  readonly clockStart: ArrayLike<number>;
  /** 1 for customers still active when the clock starts; others take no part */
  readonly active: ArrayLike<number>;
  /** margin per band between the windows, in the order of the windows */
  readonly bands: readonly ArrayLike<number>[];
  /** referred customers' margin less acquisition cost, per band; absent: none */
  readonly referred?: readonly ArrayLike<number>[];
  /** margin of the 182 days before the contact or hit */
  readonly before: ArrayLike<number>;
  /** what the customer used to earn a day */
  readonly baselinePerDay: (row: number) => number;
  readonly terms: Design;
  /** exact strata, made when they are asked for */
  readonly stratum?: () => ArrayLike<number>;
}

export interface ReadingPolicy extends ComparisonPolicy {
  readonly windowsDays: readonly number[];
  /** per year, e.g. 0.08; required for windows over 365 days */
  readonly discountRate?: number | undefined;
  /** last day whose events are known */
  readonly observedThrough: number;
}

export interface WindowReading {
  readonly windowDays: number;
  /** treated customers observed over the whole window, and those who are not yet */
  readonly matured: number;
  readonly unripe: number;
  /** every treated customer of the cohort is matured */
  readonly final: boolean;
  /** effect over the matured customers, or why there is none */
  readonly effect: MeasuredEffect | RefusedEffect;
}

export interface MeasuredEffect {
  readonly kind: 'measured';
  readonly perCustomer: Estimate;
  /** minor units: × customers inside the overlap */
  readonly total: { readonly point: number; readonly low: number; readonly high: number };
  readonly streams: Readonly<Record<Stream, number>>;
  readonly customers: number;
  readonly notAssessable: number;
  readonly differenceBefore: number;
  readonly differenceAfter: number;
  /** the same estimate on the time before, which nothing here can have changed */
  readonly falsification: Estimate;
  /** false: shown, not netted; `why` says what failed */
  readonly nettable: boolean;
  readonly why: readonly string[];
  /** rows of the facts whose effect this is: treated, matured, inside the overlap */
  readonly rows: Int32Array;
}

export interface RefusedEffect {
  readonly kind: 'refused';
  readonly code: string;
  readonly why: string;
}

/** A customer counts in a window only when every day of it is known. */
export function fullyObserved(clockStart: number, windowDays: number, observedThrough: number): boolean {
  return clockStart + windowDays - 1 <= observedThrough;
}

/** The cohort's effect at every window. @throws Refusal bad_windows, discount_rate_required */
export function effectReadings(facts: CohortFacts, policy: ReadingPolicy): WindowReading[] {
  const factors = discountFactors(policy.windowsDays, policy.discountRate);
  // Longer windows leave rows out, never in: as many rows are the same rows, matched once.
  let known: { readonly count: number; readonly comparable: Comparable | RefusedEffect } | undefined;
  return bandsOf(policy.windowsDays).map(({ to: windowDays }, window) => {
    const { count, matured, unripe } = countsOf(facts, windowDays, policy);
    if (known?.count !== count) {
      known = undefined; // nothing of it is held while others are matched
      const rows = observedRows(facts, count, windowDays, policy);
      known = { count, comparable: comparableRows(facts, rows, policy) };
    }
    const { comparable } = known;
    const effect =
      'kind' in comparable
        ? comparable
        : measured(comparable, outcomesOf(facts, comparable.rows, window, factors, windowDays), policy);
    return { windowDays, matured, unripe, final: unripe === 0 && matured > 0, effect };
  });
}

/** How many rows are observed over a window, and of the treated how many and how many not yet. */
function countsOf({ clockStart, active, treated }: CohortFacts, windowDays: number, policy: ReadingPolicy) {
  const counts = { count: 0, matured: 0, unripe: 0 };
  for (let i = 0; i < clockStart.length; i++) {
    if (active[i] !== 1) continue;
    const whole = fullyObserved(clockStart[i]!, windowDays, policy.observedThrough);
    if (whole) counts.count++;
    if (treated[i] !== 1) continue;
    if (whole) counts.matured++;
    else counts.unripe++;
  }
  return counts;
}

function observedRows({ clockStart, active }: CohortFacts, count: number, windowDays: number, policy: ReadingPolicy) {
  const rows = new Int32Array(count);
  for (let i = 0, at = 0; at < count; i++) {
    if (active[i] === 1 && fullyObserved(clockStart[i]!, windowDays, policy.observedThrough)) rows[at++] = i;
  }
  return rows;
}

/** The rows observed over a window, made comparable, with what the time before says of them. */
interface Comparable {
  readonly matched: Matched;
  readonly differences: ReturnType<Matched['differences']>;
  readonly falsification: Estimate;
  readonly rows: Int32Array;
  readonly treated: ArrayLike<number>;
}

function comparableRows(facts: CohortFacts, rows: Int32Array, policy: ReadingPolicy): Comparable | RefusedEffect {
  const { stratum } = facts;
  const treated = valuesOf(facts.treated, rows);
  try {
    const matched = match(
      {
        treated,
        customer: valuesOf(facts.customer, rows),
        terms: () => (rows.length === facts.terms.rows ? facts.terms : rowsOf(facts.terms, rows)),
        stratum: stratum && (() => valuesOf(stratum(), rows)),
      },
      policy,
    );
    const differences = matched.differences();
    return {
      matched,
      differences,
      falsification: matched.estimate(columnOf(rows.length, (at) => facts.before[rows[at]!]!)),
      rows,
      treated,
    };
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return { kind: 'refused', code: problem.code, why: problem.message };
  }
}

/** What rows earned over a window and the streams that it is made of: each a column that is made when it is asked for. */
interface Outcomes {
  readonly whole: () => Float64Array;
  readonly buyAgain: () => Float64Array;
  /** absent: none */
  readonly spreadTheWord: (() => Float64Array) | undefined;
}

function outcomesOf(
  facts: CohortFacts,
  rows: Int32Array,
  window: number,
  factors: readonly number[],
  windowDays: number,
): Outcomes {
  const { bands, referred, baselinePerDay } = facts;
  const own = (): Float64Array => windowOutcome(bands, factors, window, rows);
  const again = (outcome: number, at: number): number => buyAgainOf(outcome, baselinePerDay(rows[at]!) * windowDays);
  const spread = referred && ((): Float64Array => windowOutcome(referred, factors, window, rows));
  return {
    whole() {
      const whole = own();
      const spreadTheWord = spread?.();
      for (let at = 0; at < whole.length; at++) {
        const buyAgain = again(whole[at]!, at);
        whole[at] = buyAgain + (whole[at]! - buyAgain) + (spreadTheWord ? spreadTheWord[at]! : 0);
      }
      return whole;
    },
    buyAgain() {
      const outcome = own();
      for (let at = 0; at < outcome.length; at++) outcome[at] = again(outcome[at]!, at);
      return outcome;
    },
    spreadTheWord: spread,
  };
}

function measured(comparable: Comparable, outcomes: Outcomes, policy: ReadingPolicy): MeasuredEffect {
  const { matched, differences, falsification, rows, treated } = comparable;
  const perCustomer = matched.estimate(outcomes.whole());
  const customers = matched.treatedInside;
  const largest = policy.largestDifference ?? 0.1;
  const why: string[] = [];
  if (falsification.low > 0 || falsification.high < 0) {
    why.push(`the ${FALSIFICATION_DAYS} days before already differ`);
  }
  if (differences.after > largest) {
    why.push(`the groups still differ by ${differences.after.toFixed(2)} standard deviations, over ${largest}`);
  }
  const streamTotal = (outcome?: () => Float64Array): number => (outcome ? matched.effectOf(outcome()) * customers : 0);
  const stream = { buyAgain: streamTotal(outcomes.buyAgain), spreadTheWord: streamTotal(outcomes.spreadTheWord) };
  const total = perCustomer.perCustomer * customers;
  return {
    kind: 'measured',
    perCustomer,
    total: { point: total, low: perCustomer.low * customers, high: perCustomer.high * customers },
    streams: { ...stream, buyMore: total - stream.buyAgain - stream.spreadTheWord },
    customers,
    notAssessable: matched.notAssessable,
    differenceBefore: differences.before,
    differenceAfter: differences.after,
    falsification,
    nettable: why.length === 0,
    why,
    rows: rows.filter((_, at) => treated[at] === 1 && matched.inside[at] === 1),
  };
}
