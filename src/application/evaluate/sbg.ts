import { Refusal } from '../../domain/errors.ts';
import {
  expectedLifetime,
  fitSbg,
  residualLifetime,
  sbgRetentionRate,
  sbgSurvival,
} from '../../domain/retention/sbg.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numberOf } from './method.ts';
import { isRecord, numberOr, numbersOf } from './sample.ts';

export const method: EvaluateMethod = {
  name: 'sbg',
  about: 'contract retention: shifted beta-geometric by maximum likelihood, with its forecast',
  shape: `cohorts*     { NAME: survivors } or one list: survivors at the start and after each renewal, in any scale
             (counts or percent); a cohort may be { survivors, n, fit_periods }
n            customers at the start, for survivors in percent (default: the first survivor figure)
fit_periods  renewals to fit on (default: all given)
horizons     renewals to print S for (default: 1 to the longest given); S has the scale of the survivors
discount     rate per period: DEL (expected lifetime of a new customer) and DERL<k> (of one who renewed k times)
prints       NAME.alpha, NAME.beta, NAME.LL, NAME.S<t>, NAME.r<t> (retention rate); one list: no NAME`,
  example: { cohorts: { gold: [1000, 869, 743, 653, 593], basic: [1000, 631, 468, 382, 326] }, horizons: [1, 4, 12] },
  run(spec) {
    const cohorts = spec['cohorts'];
    if (Array.isArray(cohorts)) return cohortKeys(cohorts, spec);
    if (!isRecord(cohorts))
      throw new Refusal('bad_spec', '"cohorts" must be { NAME: survivors } or a list of survivors');
    const result: Result = {};
    for (const [name, cohort] of Object.entries(cohorts)) {
      const own = isRecord(cohort) ? cohortKeys(cohort['survivors'], { ...spec, ...cohort }) : cohortKeys(cohort, spec);
      for (const [key, value] of Object.entries(own)) result[`${name}.${key}`] = value;
    }
    return result;
  },
};

function cohortKeys(given: unknown, spec: Spec): Result {
  const survivors = numbersOf(given, 'survivors');
  const scale = survivors[0]!;
  const customers = numberOr(spec, 'n', scale);
  const periods = Math.min(numberOr(spec, 'fit_periods', survivors.length - 1), survivors.length - 1);
  if (periods < 1) throw new Refusal('bad_spec', '"survivors" needs the start and at least one renewal');
  const counts = survivors.slice(0, periods + 1).map((value) => (value / scale) * customers);
  const lost = counts.slice(1).map((count, t) => counts[t]! - count);
  if (lost.some((count) => count < 0)) throw new Refusal('bad_spec', '"survivors" must not rise');
  const left = lost.map((_, t) => (t === periods - 1 ? counts[periods]! : 0));
  const fit = fitSbg(lost, left);
  const result: Result = { alpha: fit.alpha, beta: fit.beta, LL: fit.logLikelihood };
  const horizons =
    spec['horizons'] === undefined ? survivors.map((_, t) => t).slice(1) : numbersOf(spec['horizons'], 'horizons');
  for (const t of horizons) {
    result[`S${t}`] = scale * sbgSurvival(fit, t);
    result[`r${t}`] = sbgRetentionRate(fit, t);
  }
  if (spec['discount'] !== undefined) {
    const rate = numberOf(spec['discount'], 'discount');
    result['DEL'] = expectedLifetime(fit, rate);
    for (const t of [0, ...horizons]) result[`DERL${t}`] = residualLifetime(fit, t, rate);
  }
  return result;
}
