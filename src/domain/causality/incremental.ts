import { studentQuantile, studentTwoSided } from './distributions.ts';
import { type DayExpectation, type Incremental, type IncrementalRequest, LOOK_WEEKS } from './incremental-request.ts';
import { type Fitted, type Study, studyOf } from './incremental-study.ts';
import { quadraticForm } from './linear-algebra.ts';
import type { Placebos } from './placebos.ts';
import { NEGLIGIBLE_WEIGHT, averagedEstimate } from './seasons.ts';
import { type CountSeries, type Disturbance, isoDate } from './series-design.ts';
import { effectSum, honestCovariance, influenceOf } from './series-fit.ts';
import { type LookEffect, verdictOf } from './verdict.ts';

export { NEAR_DAYS } from './incremental-request.ts';
export type { DatedEvent, DayExpectation, Incremental, IncrementalRequest } from './incremental-request.ts';

/**
 * Contacts that would not have come without a decision (method 6): quasi-Poisson regression on trend, weekday, yearly
 * harmonics, holidays, offset, chosen controls and other registered events, with a step and a slope from the earlier
 * of announcement and effect. The counterfactual is the fit without the decision's terms. One result per decision.
 * @throws Refusal pre_period_too_short, no_days_after, no_contacts, not_identified, no_convergence
 */
export function incremental(request: IncrementalRequest): Incremental[] {
  const study = studyOf(request);
  const whole = study.fitTo(study.horizon);
  const lookAt = (weeks: number): FittedLook => {
    const fitted = study.fitTo(study.rowsAfter(weeks));
    return { weeks, placebos: study.placebosOf(fitted), ...fitted };
  };
  const looks = study.reachedLooks.map(lookAt);
  const early = study.earlyWeeks === undefined ? undefined : lookAt(study.earlyWeeks);
  return request.decisions.map((decision, i) => judge(study, decision.code, i, whole, looks, early));
}

interface FittedLook extends Fitted {
  readonly weeks: number;
  readonly placebos: Placebos;
}

function judge(
  study: Study,
  code: string,
  index: number,
  whole: Fitted,
  looks: readonly FittedLook[],
  early: FittedLook | undefined,
): Incremental {
  const { request, series, spans } = study;
  const level = request.level ?? 0.9;
  const own = spans[index]!;
  const figure = figureOf(whole, index, own, level);
  const effectAt = (look: FittedLook): LookEffect => ({
    ...figureOf(look, index, own, level),
    weeks: look.weeks,
    placebos: look.placebos,
  });
  const verdict = verdictOf(
    looks.map(effectAt),
    (request.lookWeeks ?? LOOK_WEEKS)[0]!,
    isoDate(series.days[study.first]!),
    early && effectAt(early),
  );
  const last = Math.min(whole.until, own.until) - 1;
  return {
    decision: code,
    from: isoDate(series.days[own.from]!),
    until: isoDate(series.days[last]! + (series.every === 'week' ? 6 : 0)),
    ...figure,
    relative: figure.estimate / figure.expected,
    method: methodText(study, whole),
    ...verdict,
    pValue: verdict.pValue ?? figure.pValue,
    controls: study.controls.map(({ name, explains, reason }) => ({ name, explains, reason })),
    outlyingDays: whole.outlying.map((row) => isoDate(series.days[row]!)),
    dispersion: whole.noise.dispersion,
    inflation: whole.noise.inflation,
    daily: expectations(series, whole, index, level),
  };
}

interface Figure {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly expected: number;
  readonly ratio: number;
  readonly pValue: number;
}

function figureOf(
  { candidates, effects, noise, start, until: end }: Fitted,
  index: number,
  { from, until }: Disturbance,
  level: number,
): Figure {
  let expected = 0;
  const { estimate, standardError: error } = averagedEstimate(
    candidates.map(({ weight, fitted }) => {
      const found = effectSum(fitted, effects[index]!, from - start, Math.min(until, end) - start);
      expected += weight * found.expected;
      return { weight, ...influenceOf(fitted, found.estimate, found.gradient) };
    }),
    noise,
  );
  const degrees = Math.max(3, noise.degreesOfFreedom / noise.inflation);
  const reach = studentQuantile(0.5 + level / 2, degrees) * error;
  return {
    estimate,
    low: estimate - reach,
    high: estimate + reach,
    standardError: error,
    expected,
    ratio: estimate / error,
    pValue: studentTwoSided(estimate / error, degrees),
  };
}

function expectations(
  series: CountSeries,
  { candidates, effects, noise, start, until }: Fitted,
  index: number,
  level: number,
): DayExpectation[] {
  const reach = studentQuantile(0.5 + level / 2, Math.max(3, noise.degreesOfFreedom / noise.inflation));
  const effect = new Set(effects[index]);
  const likely = candidates.filter(({ weight }) => weight > NEGLIGIBLE_WEIGHT);
  const total = likely.reduce((sum, { weight }) => sum + weight, 0);
  const logs = likely.map(({ weight, fitted }) => {
    const covariance = honestCovariance(fitted, noise);
    const x = new Float64Array(fitted.columns.length);
    const at = (t: number): { mean: number; variance: number } => {
      let part = 0;
      fitted.columns.forEach((column, j) => {
        if (effect.has(j)) part += column[t]! * fitted.fit.coefficients[j]!;
        x[j] = effect.has(j) ? 0 : column[t]!;
      });
      return { mean: Math.log(fitted.fit.fitted[t]!) - part, variance: quadraticForm(x, covariance) };
    };
    return { weight: weight / total, at };
  });
  return Array.from({ length: until - start }, (_, t) => {
    const parts = logs.map(({ weight, at }) => ({ weight, ...at(t) }));
    const log = parts.reduce((sum, { weight, mean }) => sum + weight * mean, 0);
    const variance = parts.reduce(
      (sum, { weight, mean, variance: own }) => sum + weight * (own + (mean - log) ** 2),
      0,
    );
    const spread = Math.exp(reach * Math.sqrt(variance));
    const expected = Math.exp(log);
    return {
      date: isoDate(series.days[start + t]!),
      contacts: series.counts[start + t]!,
      expected,
      low: expected / spread,
      high: expected * spread,
    };
  });
}

function methodText(study: Study, { noise, candidates }: Fitted): string {
  const season = candidates.reduce((sum, { size, weight }) => sum + weight * size, 0);
  const parts = [
    'trend',
    ...(study.request.every === 'day' ? ['weekday'] : []),
    `yearly harmonics of ${Math.round(100 * season)}% expected size`,
    ...((study.request.holidays ?? []).length > 0 ? ['holidays'] : []),
    ...(study.request.exposure ? [`${study.request.exposureName ?? 'volume'} as offset`] : []),
    ...(study.request.otherEvents ?? []).map((event) => `event ${event.code}`),
    ...study.controls.map((control) => `control ${control.name}`),
  ];
  const together =
    study.spans.length > 1 ? `, estimated together: ${study.spans.map(({ name }) => name).join(', ')}` : '';
  return `quasi-Poisson regression (${parts.join(', ')}; step and slope${together}), dispersion ${noise.dispersion.toFixed(2)}, autocorrelation of order ${noise.order} (× ${noise.inflation.toFixed(2)})`;
}
