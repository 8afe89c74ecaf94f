import { Refusal } from '../errors.ts';
import type { WindowEffect } from './comparison-effect.ts';
import type { ControlSeries } from './controls.ts';
import { studentQuantile, studentTwoSided } from './distributions.ts';
import { type DatedEvent, EARLY_WEEKS, type Incremental, LONGEST_DAYS, LOOK_WEEKS } from './incremental-request.ts';
import { ratioEffect } from './ratio-of-ratios.ts';
import { dayNumber, isoDate } from './series-design.ts';
import { syntheticEffect } from './synthetic-series.ts';
import { type LookEffect, verdictOf } from './verdict.ts';

/** Groups that a decision hit beside groups that it did not, in weekly counts. */
export interface ComparisonRequest {
  /** first day of each week */
  readonly weeks: readonly string[];
  readonly decision: DatedEvent;
  readonly treated: readonly ControlSeries[];
  readonly comparison: readonly ControlSeries[];
  readonly method: 'difference_in_differences' | 'synthetic_control';
  readonly otherEvents?: readonly DatedEvent[] | undefined;
  readonly lookWeeks?: readonly number[] | undefined;
  readonly level?: number | undefined;
}

/** As `Incremental` says it; the controls are the groups that the decision is held against. */
export type Comparison = Pick<
  Incremental,
  | 'from'
  | 'until'
  | 'estimate'
  | 'low'
  | 'high'
  | 'expected'
  | 'method'
  | 'look'
  | 'early'
  | 'clear'
  | 'chargeable'
  | 'why'
  | 'pValue'
  | 'daily'
> & { readonly controls: readonly { readonly name: string; readonly reason: string }[] };

/** Weeks that a comparison looks back at most, and needs at least. */
const HISTORY_WEEKS = 52;
const FEWEST_WEEKS = 8;
const LONGEST_WEEKS = Math.floor(LONGEST_DAYS / 7);

/**
 * The alternatives of method 6 to a regression on the series itself: the treated groups held against untouched ones,
 * as a ratio of ratios (difference-in-differences on the log scale) or against a weighted mean of them (synthetic
 * control). What lies before another registered event of the same contacts is no fair comparison and is left out.
 * Placebos, looks and verdict are those of `incremental`.
 * @throws Refusal no_controls, pre_period_too_short, no_days_after
 */
export function incrementalByComparison(request: ComparisonRequest): Comparison {
  if (request.comparison.length === 0) throw new Refusal('no_controls', 'no group that the decision did not hit');
  const { weeks } = request;
  const first = startRow(request.decision, weeks);
  const events = (request.otherEvents ?? []).flatMap((event) => [startRow(event, weeks), endRow(event, weeks)]);
  const startOf = (from: number): number =>
    Math.max(0, from - HISTORY_WEEKS, ...events.filter((row) => row <= from - FEWEST_WEEKS));
  demandEnough(request, first, events);
  const effectAt = (from: number, until: number): WindowEffect => {
    const { treated, comparison, method } = request;
    const effect = method === 'synthetic_control' ? syntheticEffect : ratioEffect;
    return effect(treated, comparison, startOf(from), from, until);
  };
  const level = request.level ?? 0.9;
  const until = Math.min(weeks.length, endRow(request.decision, weeks), first + Math.min(first, LONGEST_WEEKS));
  const lookAt = (length: number): LookEffect => ({
    weeks: length,
    ...withInterval(effectAt(first, first + length), level),
    placebos: placebosBefore(first, length, events, effectAt),
  });
  const lookWeeks = request.lookWeeks ?? LOOK_WEEKS;
  const reached = lookWeeks.filter((length) => length <= weeks.length - first && length <= first);
  const isEarly = reached.length === 0 && until - first >= EARLY_WEEKS;
  const verdict = verdictOf(
    reached.map(lookAt),
    lookWeeks[0]!,
    weeks[first]!,
    isEarly ? lookAt(until - first) : undefined,
  );
  const whole = effectAt(first, until);
  const figure = withInterval(whole, level);
  const { low, estimate, high } = figure;
  const spread = (high - estimate) / whole.expected.length;
  return {
    ...verdict,
    ...{ low, estimate, high },
    from: weeks[first]!,
    until: isoDate(dayNumber(weeks[until - 1]!) + 6),
    pValue: verdict.pValue ?? figure.pValue,
    expected: whole.expected.reduce((sum, value) => sum + value, 0),
    method: whole.about,
    controls: request.comparison.map(({ name }, j) => ({
      name,
      reason: `comparison group, ${(100 * whole.weights[j]!).toFixed(1)}% of the counterfactual`,
    })),
    daily: Array.from(whole.expected, (expected, i) => ({
      date: weeks[first + i]!,
      contacts: request.treated.reduce((sum, { counts }) => sum + counts[first + i]!, 0),
      expected,
      low: Math.max(0, expected - spread),
      high: expected + spread,
    })),
  };
}

function demandEnough({ weeks }: ComparisonRequest, first: number, events: readonly number[]): void {
  const since = Math.max(0, ...events.filter((row) => row <= first));
  if (first - since < FEWEST_WEEKS) {
    const before = `${first - since} weeks ${since > 0 ? 'since another registered event' : 'before the decision'}`;
    throw new Refusal('pre_period_too_short', `pre-period too short: ${before}, ${FEWEST_WEEKS} are needed`);
  }
  if (first > weeks.length - 1) throw new Refusal('no_days_after', 'too early: the decision has no week after it yet');
}

function withInterval(
  { estimate, standardError, degreesOfFreedom }: WindowEffect,
  level: number,
): { estimate: number; low: number; high: number; ratio: number; pValue: number } {
  const reach = studentQuantile(0.5 + level / 2, degreesOfFreedom) * standardError;
  const ratio = estimate / standardError;
  return {
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    ratio,
    pValue: studentTwoSided(ratio, degreesOfFreedom),
  };
}

function placebosBefore(
  first: number,
  length: number,
  events: readonly number[],
  effectAt: (from: number, until: number) => WindowEffect,
): { ratios: number[]; percentile95: number } {
  const ratios: number[] = [];
  for (let from = first - length; from >= FEWEST_WEEKS; from--) {
    // an event inside the window, or so shortly before it that no history is left
    if (events.some((row) => row > from - FEWEST_WEEKS && row < from + length && row > 0)) continue;
    const { estimate, standardError } = effectAt(from, from + length);
    ratios.push(Math.abs(estimate) / standardError);
  }
  ratios.sort((a, b) => a - b);
  return { ratios, percentile95: ratios.length > 0 ? ratios[Math.ceil(0.95 * ratios.length) - 1]! : Infinity };
}

/** Row of the earlier of announcement and effect. */
function startRow(event: DatedEvent, weeks: readonly string[]): number {
  const announced = event.announcedOn ?? event.effectiveFrom;
  return rowOf(announced < event.effectiveFrom ? announced : event.effectiveFrom, weeks);
}

/** Row after the last week of its effect; beyond all rows when it lasts. */
function endRow(event: DatedEvent, weeks: readonly string[]): number {
  return event.effectiveTo === undefined ? Infinity : rowOf(event.effectiveTo, weeks) + 1;
}

function rowOf(day: string, weeks: readonly string[]): number {
  return Math.floor((dayNumber(day) - dayNumber(weeks[0]!)) / 7);
}
