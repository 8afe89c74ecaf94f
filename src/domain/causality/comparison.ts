import { Refusal } from '../errors.ts';
import type { WindowEffect } from './comparison-effect.ts';
import type { ControlSeries } from './controls.ts';
import { studentQuantile, studentTwoSided } from './distributions.ts';
import { type DatedEvent, type DayExpectation, LONGEST_DAYS, LOOK_WEEKS } from './incremental-request.ts';
import { ratioEffect } from './ratio-of-ratios.ts';
import { dayNumber, isoDate } from './series-design.ts';
import { syntheticEffect } from './synthetic-series.ts';
import { type Verdict, verdictOf } from './verdict.ts';

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

export interface Comparison extends Omit<Verdict, 'pValue'> {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly expected: number;
  readonly pValue: number;
  readonly method: string;
  /** share of each comparison group in the counterfactual (synthetic control) */
  readonly weights: readonly { readonly name: string; readonly weight: number }[];
  readonly weekly: readonly DayExpectation[];
}

/** Weeks that a comparison looks back at most, and needs at least. */
const HISTORY_WEEKS = 52;
const FEWEST_WEEKS = 8;

/**
 * The alternatives of method 6 to a regression on the series itself: the treated groups held against untouched ones,
 * as a ratio of ratios (difference-in-differences on the log scale) or against a weighted mean of them (synthetic
 * control). Placebos, looks and verdict are those of `incremental`.
 * @throws Refusal no_controls, pre_period_too_short, no_days_after
 */
export function incrementalByComparison(request: ComparisonRequest): Comparison {
  if (request.comparison.length === 0) throw new Refusal('no_controls', 'no group that the decision did not hit');
  const first = rowOf(request.decision, request.weeks);
  const rows = request.weeks.length;
  if (first < FEWEST_WEEKS) {
    throw new Refusal('pre_period_too_short', `pre-period too short: ${first} weeks, ${FEWEST_WEEKS} are needed`);
  }
  if (first > rows - 1) throw new Refusal('no_days_after', 'too early: the decision has no week after it yet');
  const effectAt = (from: number, until: number): WindowEffect => {
    const start = Math.max(0, from - HISTORY_WEEKS);
    return request.method === 'synthetic_control'
      ? syntheticEffect(request.treated, request.comparison, start, from, until)
      : ratioEffect(request.treated, request.comparison, start, from, until);
  };
  const level = request.level ?? 0.9;
  const looks = (request.lookWeeks ?? LOOK_WEEKS).filter((weeks) => weeks <= rows - first && weeks <= first);
  const judged = looks.map((weeks) => ({
    weeks,
    ...withInterval(effectAt(first, first + weeks), level),
    placebos: placebosBefore(request, first, weeks, effectAt),
  }));
  const until = Math.min(rows, first + Math.min(first, Math.floor(LONGEST_DAYS / 7)));
  const whole = effectAt(first, until);
  const figure = withInterval(whole, level);
  const verdict = verdictOf(judged, (request.lookWeeks ?? LOOK_WEEKS)[0]!, request.weeks[first]!);
  return {
    ...verdict,
    ...figure,
    pValue: verdict.pValue ?? figure.pValue,
    standardError: whole.standardError,
    expected: whole.expected.reduce((sum, value) => sum + value, 0),
    method: whole.about,
    weights: request.comparison.map(({ name }, j) => ({ name, weight: whole.weights[j]! })),
    weekly: Array.from(whole.expected, (expected, i) => ({
      date: isoDate(dayNumber(request.weeks[first + i]!)),
      contacts: request.treated.reduce((sum, { counts }) => sum + counts[first + i]!, 0),
      expected,
      low: Math.max(0, expected - (figure.high - figure.estimate) / whole.expected.length),
      high: expected + (figure.high - figure.estimate) / whole.expected.length,
    })),
  };
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
  request: ComparisonRequest,
  first: number,
  length: number,
  effectAt: (from: number, until: number) => WindowEffect,
): { ratios: number[]; percentile95: number } {
  const touched = (request.otherEvents ?? []).map((event) => rowOf(event, request.weeks));
  const ratios: number[] = [];
  for (let from = first - length; from >= FEWEST_WEEKS; from--) {
    if (touched.some((row) => row > from && row < from + length)) continue;
    const { estimate, standardError } = effectAt(from, from + length);
    ratios.push(Math.abs(estimate) / standardError);
  }
  ratios.sort((a, b) => a - b);
  return { ratios, percentile95: ratios.length > 0 ? ratios[Math.ceil(0.95 * ratios.length) - 1]! : Infinity };
}

function rowOf(event: DatedEvent, weeks: readonly string[]): number {
  const announced = event.announcedOn ?? event.effectiveFrom;
  const start = announced < event.effectiveFrom ? announced : event.effectiveFrom;
  return Math.floor((dayNumber(start) - dayNumber(weeks[0]!)) / 7);
}
