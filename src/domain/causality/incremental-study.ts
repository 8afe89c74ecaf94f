import { Refusal } from '../errors.ts';
import { type ChosenControl, chooseControls } from './controls.ts';
import {
  type DatedEvent,
  type IncrementalRequest,
  EARLY_WEEKS,
  LONGEST_DAYS,
  LOOK_WEEKS,
} from './incremental-request.ts';
import type { Column } from './linear-algebra.ts';
import { type Placebos, placeboRatios } from './placebos.ts';
import type { Noise } from './residual-correlation.ts';
import {
  NEGLIGIBLE_WEIGHT,
  SEASON_SIZES,
  type SeasonFit,
  type SeasonalDesign,
  harmonicPairs,
  penaltyOf,
  seasonFits,
} from './seasons.ts';
import {
  type CountSeries,
  type Disturbance,
  type Surroundings,
  baseTerms,
  dayNumber,
  effectTerms,
  openRows,
  sliceOf,
} from './series-design.ts';
import { type Outlying, type SeriesFit, fitSeries, longRunDispersion, noiseOf, outlyingRows } from './series-fit.ts';

const FEWEST_WEEKS = 8;
/** A straight trend is believed for two years; what lies further back serves the placebos, each with two years of its own. */
const HISTORY_WEEKS = 104;
/** Fits over all sizes of the season, weighted by likelihood. */
export interface Fitted {
  /** rows of the series from start ≤ t < until */
  readonly start: number;
  readonly until: number;
  readonly candidates: readonly SeasonFit[];
  /** columns of each decision's terms */
  readonly effects: readonly (readonly number[])[];
  readonly noise: Noise;
  readonly outlying: readonly number[];
}

export interface Study {
  readonly request: IncrementalRequest;
  readonly series: CountSeries;
  readonly controls: readonly ChosenControl[];
  readonly spans: readonly Disturbance[];
  /** row of the first decision */
  readonly first: number;
  /** first row of the history that is fitted */
  readonly start: number;
  readonly horizon: number;
  readonly reachedLooks: readonly number[];
  /** whole weeks since the decision when no look is reached yet, but two of them have passed */
  readonly earlyWeeks: number | undefined;
  readonly rowsAfter: (weeks: number) => number;
  readonly fitTo: (until: number) => Fitted;
  readonly placebosOf: (fitted: Fitted) => Placebos;
}

/** Everything of a request that is settled before an effect is looked at. @throws Refusal */
export function studyOf(request: IncrementalRequest): Study {
  const series = seriesOf(request);
  const rows = series.days.length;
  const perWeek = request.every === 'day' ? 7 : 1;
  const spans = request.decisions.map((decision) => span(decision, series));
  const first = Math.min(...spans.map(({ from }) => from));
  demandEnough(series, spans, first, perWeek);
  const start = Math.max(0, first - HISTORY_WEEKS * perWeek);
  const holidays = new Set((request.holidays ?? []).map(dayNumber));
  const events = oncePerSpan((request.otherEvents ?? []).map((event) => span(event, series)));
  const pairs = harmonicPairs(series, first - start);
  const open = openRows(series);
  const calm = (from: number): Outlying => {
    const design = baseTerms(series, from, first, { pairs, holidays, events, controls: [] });
    return outlyingRows((kept) => loose(sliceOf(series, from, first), design, kept), open.subarray(from, first));
  };
  const near = calm(start);
  const controls = chooseControls(series, near.fitted, start, request.controls ?? []);
  const around: Surroundings = { pairs, holidays, events, controls };
  const reachedLooks = (request.lookWeeks ?? LOOK_WEEKS).filter(
    (weeks) => first + weeks * perWeek <= rows && weeks * perWeek <= first,
  );
  const weeksSo = Math.min(Math.floor((rows - first) / perWeek), Math.floor(first / perWeek));
  const fitTo = (until: number): Fitted => {
    const part = sliceOf(series, start, until);
    const { columns, harmonics } = baseTerms(series, start, until, around);
    const effects = spans.map(({ from, until: end }) => {
      const own =
        from >= until ? [] : effectTerms(until - start, { from: from - start, until: end - start }, spans.length === 1);
      columns.push(...own);
      harmonics.push(...own.map(() => 0));
      return own.map((_, i) => columns.length - own.length + i);
    });
    const design = { columns, harmonics };
    const { fitted, rows: outlying } = outlyingRows((kept) => loose(part, design, kept), open.subarray(start, until));
    const noise = noiseOf(fitted);
    const candidates = seasonFits(part, design, fitted.weights, noise, fitted.fit.coefficients);
    return { start, until, candidates, effects, noise, outlying: outlying.map((row) => start + row) };
  };
  return {
    request,
    series,
    controls,
    spans,
    first,
    start,
    horizon: Math.min(rows, first + Math.min(first, Math.floor((LONGEST_DAYS * perWeek) / 7))),
    reachedLooks,
    earlyWeeks: reachedLooks.length === 0 && weeksSo >= EARLY_WEEKS ? weeksSo : undefined,
    rowsAfter: (weeks) => first + weeks * perWeek,
    fitTo,
    placebosOf: ({ until, candidates, noise }) => {
      const weights = start === 0 ? near.fitted.weights : calm(0).fitted.weights;
      const likely = candidates.filter(({ weight }) => weight > NEGLIGIBLE_WEIGHT);
      const total = likely.reduce((all, { weight }) => all + weight, 0);
      const lately = new Map<number, ArrayLike<number>>();
      return placeboRatios({
        every: series.every,
        rows: first,
        history: first - start,
        length: until - first,
        touched: events.flatMap((event) => [event.from, event.until]),
        noise,
        basesOf: (from, end) => {
          const design = baseTerms(series, from, end, around);
          const part = sliceOf(series, from, end);
          return likely.map(({ size, weight }) => {
            const penalty = penaltyOf(design, size, longRunDispersion(noise));
            // The window before is the same but for a week, so its coefficients are nearly these.
            const before = lately.get(size);
            const warm = before?.length === design.columns.length ? before : undefined;
            const base = fitSeries(part, design.columns, weights.slice(from, end), penalty, warm);
            lately.set(size, base.fit.coefficients);
            return { weight: weight / total, base };
          });
        },
      });
    },
  };
}

function demandEnough(series: CountSeries, spans: readonly Disturbance[], first: number, perWeek: number): void {
  if (first < FEWEST_WEEKS * perWeek) {
    const weeks = Math.floor(first / perWeek);
    throw new Refusal(
      'pre_period_too_short',
      `pre-period too short: ${weeks} weeks before the decision, ${FEWEST_WEEKS} are needed`,
    );
  }
  if (spans.some(({ from }) => from > series.days.length - 3)) {
    throw new Refusal('no_days_after', 'too early: the decision has no days after it yet');
  }
  let contacts = 0;
  for (let t = 0; t < first; t++) contacts += series.counts[t]!;
  if (contacts === 0) throw new Refusal('no_contacts', 'no contacts of these reasons before the decision');
}

/** Events that begin and end on the same rows are one step: no series can tell them apart. */
function oncePerSpan(events: readonly Disturbance[]): Disturbance[] {
  const merged = new Map<string, Disturbance>();
  for (const { name, from, until } of events) {
    const key = `${from} ${until}`;
    const before = merged.get(key);
    merged.set(key, { name: before ? `${before.name}, ${name}` : name, from, until });
  }
  return [...merged.values()];
}

/** A season held only lightly, so that a short series can still be fitted. */
function loose(series: CountSeries, design: SeasonalDesign, weights: Column): SeriesFit {
  return fitSeries(series, design.columns, weights, penaltyOf(design, Math.max(...SEASON_SIZES), 1));
}

function seriesOf(request: IncrementalRequest): CountSeries {
  const days = request.dates.map(dayNumber);
  const step = request.every === 'day' ? 1 : 7;
  days.forEach((day, t) => {
    if (t > 0 && day - days[t - 1]! !== step)
      throw new RangeError(`row ${t + 1}: ${request.dates[t]} does not follow ${request.dates[t - 1]}`);
  });
  const offset =
    request.exposure &&
    Float64Array.from(request.exposure, (value, t) => {
      if (!(value > 0))
        throw new Refusal(
          'no_exposure',
          `the volume of ${request.dates[t]} is ${value}; contacts per unit need a positive one`,
        );
      return Math.log(value);
    });
  return { every: request.every, days, counts: request.counts, offset };
}

/** Rows from the earlier of announcement and effect to the last day of its effect. */
function span(event: DatedEvent, { days, every }: CountSeries): Disturbance {
  const length = every === 'week' ? 7 : 1;
  const starts =
    event.announcedOn !== undefined && event.announcedOn < event.effectiveFrom
      ? event.announcedOn
      : event.effectiveFrom;
  const row = (day: number): number => Math.min(days.length, Math.max(0, Math.floor((day - days[0]!) / length)));
  return {
    name: event.code,
    from: row(dayNumber(starts)),
    until: event.effectiveTo === undefined ? days.length : row(dayNumber(event.effectiveTo)) + 1,
  };
}
