import { Refusal } from '../../domain/errors.ts';
import { largestDifference, standardisedDifferences } from '../../domain/retention/balance.ts';
import { clusteredBootstrap, quantile, spreadOf } from '../../domain/retention/bootstrap.ts';
import type { Design } from '../../domain/retention/least-squares.ts';
import { linearRegression, pooledDifference } from '../../domain/retention/linear-regression.ts';
import { normalInterval } from '../../domain/retention/normal.ts';
import { strataEffect } from '../../domain/retention/strata.ts';
import type { Effect, Estimator, Target } from '../../domain/retention/treatment-effect.ts';
import { standardError, standardizedEffect, treatmentEffect } from '../../domain/retention/treatment-effect.ts';
import type { EffectSample } from './effect-sample.ts';
import { effectSample, linkOf } from './effect-sample.ts';
import type { Result, Spec } from './method.ts';
import type { Row } from './sample.ts';
import { cellText, isRecord, numberOr, sampleOf, textOf, textsOf } from './sample.ts';
import { TERMS, designOf, mentions } from './terms.ts';

/** What the three effect methods have in common: one spec, any of the estimators, flat keys. */
export const EFFECT_SHAPE = `data*            rows, an object of columns, a CSV path, or a list of parts put under each other
                 (a part: a path or { data, where, set })
where            keep rows: { column: value or list of values }
samples          { NAME: { data, where, … } }: several data sets in one spec; each takes the other keys of the spec and
                 may change them; its results are printed as NAME.key
outcome*         column of the outcome
treatment*       column of the treatment
treated          the value that means treated (default 1)
covariates       terms of both models (${TERMS})
treatment_terms  terms of the probability of treatment (default: covariates)
outcome_terms    terms of the outcome models (default: covariates); a term with the treatment's column makes g_formula
                 one pooled model, else there is one model per arm
estimators       list of diff (or naive: difference of means, pooled standard error), adjusted (coefficient of the
                 treatment in least squares), ra, g_formula, ipw (Hájek), ht (Horvitz–Thompson), aipw, ipwra, strata
target           ate (default), att, or both as a list
link             logit (default) or probit
trim             [low, high]: keep rows with low < probability of treatment < high
refit            true: fit the probability again after trimming (default false)
strata           columns whose values together are a stratum
cluster          column; standard errors are clustered by it
bootstrap        { draws, seed }: clustered percentile bootstrap of every estimator (.boot.se, .boot.lo, .boot.hi)
balance          true: standardised differences before and after weighting
coefficients     true: print the fitted coefficients (propensity.TERM, adjusted.TERM)
level            of the intervals (default 0.95)
prints           ESTIMATOR.ate or .att, .po0, .po1 (potential-outcome means), .se (= .se.mestimation: jointly with the
                 fitted models), .se.influence (ht, ipw, aipw: models taken as known), .lo, .hi; diff, diff.se, naive, adjusted, …;
                 n, n.treated, n.untreated, trimmed`;

/** Runs the estimators of a spec, for each of its samples. */
export function effects(spec: Spec, folder: string, estimators: readonly string[]): Result {
  const { samples, ...shared } = spec;
  if (samples === undefined) return sampleEffects(shared, folder, estimators);
  if (!isRecord(samples)) throw new Refusal('bad_spec', '"samples" must be an object: name → { data, … }');
  const result: Result = {};
  for (const [name, own] of Object.entries(samples)) {
    if (!isRecord(own)) throw new Refusal('bad_spec', `"samples.${name}" must be an object`);
    const found = sampleEffects({ ...shared, ...own }, folder, estimators);
    for (const [key, value] of Object.entries(found)) result[`${name}.${key}`] = value;
  }
  return result;
}

function sampleEffects(spec: Spec, folder: string, byDefault: readonly string[]): Result {
  const estimators = spec['estimators'] === undefined ? [...byDefault] : textsOf(spec['estimators'], 'estimators');
  const sample = effectSample(spec, sampleOf(spec, folder), estimators);
  const level = numberOr(spec, 'level', 0.95);
  const treatedCount = sample.treated.reduce((sum, value) => sum + value, 0);
  const result: Result = {
    n: sample.rows.length,
    'n.treated': treatedCount,
    'n.untreated': sample.rows.length - treatedCount,
  };
  if (spec['trim'] !== undefined) result['trimmed'] = sample.trimmed;
  for (const estimator of estimators) {
    Object.assign(result, estimated(estimator, sample, spec, level));
    if (isRecord(spec['bootstrap'])) Object.assign(result, bootstrapped(estimator, sample, spec, level));
  }
  if (spec['balance'] === true) Object.assign(result, balanced(sample));
  if (spec['coefficients'] === true && sample.fitted) {
    sample.treatmentTerms.names.forEach((name, j) => (result[`propensity.${name}`] = sample.fitted!.coefficients[j]!));
  }
  return result;
}

function estimated(estimator: string, sample: EffectSample, spec: Spec, level: number): Result {
  if (estimator === 'diff' || estimator === 'naive') {
    const { difference, standardError: se } = pooledDifference(sample.outcome, sample.treated);
    const { low, high } = normalInterval(difference, se, level);
    const result: Result = { [estimator]: difference, [`${estimator}.se`]: se };
    Object.assign(result, { [`${estimator}.lo`]: low, [`${estimator}.hi`]: high });
    return estimator === 'diff' ? { ...result, se } : result;
  }
  if (estimator === 'adjusted') return adjusted(sample, spec, level);
  const result: Result = {};
  targetsOf(spec).forEach((target, at) => {
    const own = effectKeys(effectBy(estimator, sample, spec, target), sample.cluster, level, estimator);
    result[`${estimator}.${target}`] = own['effect']!;
    for (const [key, value] of Object.entries(own)) {
      if (key === 'effect') continue;
      result[`${estimator}.${target}.${key}`] = value;
      if (at === 0) result[`${estimator}.${key}`] = value;
    }
  });
  return result;
}

function effectKeys(found: Effect, cluster: string[] | undefined, level: number, estimator: string): Result {
  const se = standardError(found.effect.influence, cluster);
  const { low, high } = normalInterval(found.effect.mean, se, level);
  const result: Result = {
    effect: found.effect.mean,
    po0: found.untreated.mean,
    po1: found.treated.mean,
    'po0.se': standardError(found.untreated.influence, cluster),
    'po1.se': standardError(found.treated.influence, cluster),
    se,
    'se.mestimation': se,
    lo: low,
    hi: high,
  };
  // With the outcome models alone taken as known hardly any variance would be left to report.
  if (['ht', 'ipw', 'aipw'].includes(estimator)) {
    result['se.influence'] = standardError(found.effect.direct, cluster);
  }
  return result;
}

function effectBy(estimator: string, sample: EffectSample, spec: Spec, target: Target): Effect {
  const { outcome, treated, rows } = sample;
  switch (estimator) {
    case 'ht':
    case 'ipw':
    case 'ra':
    case 'aipw':
    case 'ipwra': {
      const fitted = sample.fitted ? { fitted: sample.fitted } : {};
      return treatmentEffect(sample, estimator satisfies Estimator, { target, link: linkOf(spec), ...fitted });
    }
    case 'strata': {
      const columns = textsOf(spec['strata'], 'strata');
      const keys = rows.map((row) => JSON.stringify(columns.map((column) => cellText(row[column]))));
      return strataEffect(outcome, treated, keys, { target });
    }
    case 'g_formula': {
      const treatment = textOf(spec, 'treatment');
      const terms = textsOf(spec['outcome_terms'] ?? spec['covariates'] ?? [], 'outcome_terms');
      if (!terms.some((term) => mentions(term, treatment))) return treatmentEffect(sample, 'ra', { target });
      const set = (value: unknown): Design => designOf(withLevels(rows, treatment, value), terms);
      const member = Float64Array.from(treated, (value) => (target === 'att' ? value : 1));
      return standardizedEffect(outcome, set(undefined), set(1), set(0), member);
    }
    default:
      throw new Refusal('bad_spec', `there is no estimator "${estimator}"`);
  }
}

/** The rows with the treatment as 0 and 1, or set for all. */
function withLevels(rows: readonly Row[], treatment: string, value: unknown): Row[] {
  return value === undefined ? [...rows] : rows.map((row) => ({ ...row, [treatment]: value }));
}

function adjusted(sample: EffectSample, spec: Spec, level: number): Result {
  const treatment = textOf(spec, 'treatment');
  const fit = linearRegression(
    withFirst(sample.outcomeTerms, treatment, sample.treated),
    sample.outcome,
    sample.cluster,
  );
  const [effect, se] = [fit.coefficients[1]!, fit.standardErrors[1]!];
  const { low, high } = normalInterval(effect, se, level);
  const result: Result = { adjusted: effect, 'adjusted.se': se, 'adjusted.se.robust': fit.robustErrors[1]! };
  Object.assign(result, { 'adjusted.lo': low, 'adjusted.hi': high });
  if (spec['coefficients'] === true) {
    fit.names.forEach((name, j) => (result[`adjusted.${name}`] = fit.coefficients[j]!));
  }
  return result;
}

/** The terms with the treatment put behind the constant. */
function withFirst(terms: Design, name: string, values: readonly number[]): Design {
  const [constant, ...rest] = terms.columns;
  return {
    rows: terms.rows,
    columns: [constant!, Float64Array.from(values), ...rest],
    names: ['constant', name, ...terms.names.slice(1)],
  };
}

function bootstrapped(estimator: string, sample: EffectSample, spec: Spec, level: number): Result {
  const { draws = 500, seed = 1 } = spec['bootstrap'] as { draws?: number; seed?: number };
  const target = targetsOf(spec)[0]!;
  const key = ['diff', 'naive', 'adjusted'].includes(estimator) ? estimator : `${estimator}.${target}`;
  const { bootstrap: _, trim: __, ...rest } = spec;
  const values = clusteredBootstrap(sample.rows.length, sample.cluster, draws, seed, (drawn) => {
    try {
      const again = effectSample(
        rest,
        drawn.map((i) => sample.rows[i]!),
        [estimator],
      );
      return estimated(estimator, again, rest, level)[key] as number;
    } catch (problem) {
      if (problem instanceof Refusal && problem.code === 'no_overlap') return undefined;
      throw problem;
    }
  });
  return {
    [`${estimator}.boot.se`]: spreadOf(values),
    [`${estimator}.boot.lo`]: quantile(values, (1 - level) / 2),
    [`${estimator}.boot.hi`]: quantile(values, (1 + level) / 2),
    [`${estimator}.boot.draws`]: values.length,
  };
}

function balanced(sample: EffectSample): Result {
  const result: Result = {};
  const p = sample.fitted!.probability;
  const ate = Float64Array.from(sample.treated, (arm, i) => (arm === 1 ? 1 / p[i]! : 1 / (1 - p[i]!)));
  const before = standardisedDifferences(sample.treatmentTerms, sample.treated);
  const after = standardisedDifferences(sample.treatmentTerms, sample.treated, ate);
  for (const { term, difference } of before) result[`balance.before.${term}`] = difference;
  for (const { term, difference } of after) result[`balance.after.${term}`] = difference;
  return { ...result, 'balance.before.max': largestDifference(before), 'balance.after.max': largestDifference(after) };
}

function targetsOf(spec: Spec): Target[] {
  const targets = textsOf(spec['target'] ?? 'ate', 'target');
  for (const target of targets) {
    if (target !== 'ate' && target !== 'att') throw new Refusal('bad_spec', `"target" is ate or att, not "${target}"`);
  }
  return targets as Target[];
}
