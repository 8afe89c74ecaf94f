import { Refusal } from '../../domain/errors.ts';
import type { Design } from '../../domain/retention/least-squares.ts';
import type { Link, PropensityFit } from '../../domain/retention/propensity.ts';
import { propensity } from '../../domain/retention/propensity.ts';
import type { Spec } from './method.ts';
import { numbers } from './method.ts';
import type { Row } from './sample.ts';
import { cellText, numbersOf, requireColumn, sameValue, textOf, textsOf } from './sample.ts';
import { designOf, mentions } from './terms.ts';

/** The rows of a spec as the effect estimators take them. */
export interface EffectSample {
  readonly rows: Row[];
  readonly outcome: number[];
  readonly treated: number[];
  readonly treatmentTerms: Design;
  readonly outcomeTerms: Design;
  readonly cluster: string[] | undefined;
  readonly trimmed: number;
  readonly fitted: PropensityFit | undefined;
}

/** Reads outcome, treatment and terms; fits the probability of treatment where an estimator needs it; trims by it. */
export function effectSample(spec: Spec, all: Row[], estimators: readonly string[]): EffectSample {
  const treatment = textOf(spec, 'treatment');
  const outcome = textOf(spec, 'outcome');
  requireColumn(all, treatment);
  requireColumn(all, outcome);
  const common = spec['covariates'] === undefined ? [] : textsOf(spec['covariates'], 'covariates');
  const terms = (key: string): string[] => (spec[key] === undefined ? common : textsOf(spec[key], key));
  const link = linkOf(spec);
  const isTreated = (row: Row): number => (sameValue(row[treatment], spec['treated'] ?? 1) ? 1 : 0);
  const weighted = estimators.some((name) => ['ipw', 'ht', 'aipw', 'ipwra'].includes(name));
  let rows = all;
  let fitted: PropensityFit | undefined;
  if (weighted || spec['trim'] !== undefined || spec['balance'] === true) {
    fitted = propensity(designOf(rows, terms('treatment_terms')), rows.map(isTreated), link);
  }
  if (spec['trim'] !== undefined) {
    const [low, high] = numbersOf(spec['trim'], 'trim') as [number, number];
    const inside = (_: unknown, i: number): boolean => fitted!.probability[i]! > low && fitted!.probability[i]! < high;
    rows = all.filter(inside);
    fitted =
      spec['refit'] === true
        ? propensity(designOf(rows, terms('treatment_terms')), rows.map(isTreated), link)
        : restricted(fitted!, inside);
  }
  return {
    rows,
    outcome: numbers(rows, outcome),
    treated: rows.map(isTreated),
    treatmentTerms: designOf(rows, terms('treatment_terms')),
    outcomeTerms: designOf(
      rows,
      terms('outcome_terms').filter((term) => !mentions(term, treatment)),
    ),
    cluster: spec['cluster'] === undefined ? undefined : rows.map((row) => cellText(row[textOf(spec, 'cluster')])),
    trimmed: all.length - rows.length,
    fitted,
  };
}

function restricted(fitted: PropensityFit, inside: (_: unknown, i: number) => boolean): PropensityFit {
  return {
    ...fitted,
    probability: fitted.probability.filter(inside),
    slope: fitted.slope.filter(inside),
    score: fitted.score.filter(inside),
  };
}

export function linkOf(spec: Spec): Link {
  const link = spec['link'] ?? 'logit';
  if (link === 'logit' || link === 'probit') return link;
  throw new Refusal('bad_spec', `"link" is logit or probit, not ${JSON.stringify(link)}`);
}
