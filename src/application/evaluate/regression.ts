import { Refusal } from '../../domain/errors.ts';
import { studentQuantile, studentTwoSided } from '../../domain/causality/distributions.ts';
import {
  automaticLags,
  classicalCovariance,
  clusterCovariance,
  type LinearFit,
  neweyWestCovariance,
  robustCovariance,
} from '../../domain/causality/least-squares.ts';
import { type Square, dot, quadraticForm } from '../../domain/causality/linear-algebra.ts';
import type { Result, Spec } from './method.ts';
import { type IntervalOptions, type SpecTable, flag, oneOf, optionalNumber, text } from './spec-table.ts';

/** What every regression of a spec shares: how errors are estimated and how a coefficient is printed. */
export type ErrorKind = 'classical' | 'hc0' | 'hc1' | 'newey_west' | 'cluster';

export const ERRORS_SHAPE =
  'errors           classical | hc0 | hc1 | newey_west | cluster\n' +
  'lag              Newey–West lags: a number or "auto" = ⌊4 (n/100)^(2/9)⌋\n' +
  'panel            column of the units of stacked series: no Newey–West lag crosses from one to the next\n' +
  'cluster          column whose values are the clusters\n' +
  'small_sample     true: n/(n−k) (Newey–West), G/(G−1)·(n−1)/(n−k) (clusters)';

export interface ErrorOptions {
  readonly kind: ErrorKind;
  readonly lags: number;
  readonly clusters: readonly string[] | undefined;
  readonly units: readonly string[] | undefined;
  readonly smallSample: boolean;
}

export function errorOptions(spec: Spec, table: SpecTable, rows: readonly number[], fallback: ErrorKind): ErrorOptions {
  const asked = spec['cluster'] !== undefined ? 'cluster' : spec['lag'] !== undefined ? 'newey_west' : fallback;
  const kind = oneOf(spec['errors'], 'errors', ['classical', 'hc0', 'hc1', 'newey_west', 'cluster'] as const, asked);
  if (kind === 'cluster' && spec['cluster'] === undefined) {
    throw new Refusal('bad_spec', 'clustered errors need "cluster", the column of the clusters');
  }
  const column = (key: string): string[] | undefined => {
    if (spec[key] === undefined) return undefined;
    const all = table.texts(text(spec[key], key));
    return rows.map((t) => all[t]!);
  };
  const lag = spec['lag'] === 'auto' || spec['lag'] === undefined ? undefined : optionalNumber(spec['lag'], 'lag');
  return {
    kind,
    lags: lag ?? automaticLags(rows.length),
    clusters: kind === 'cluster' ? column('cluster') : undefined,
    units: column('panel'),
    smallSample: flag(spec['small_sample'], 'small_sample', true),
  };
}

export function linearCovariance(columns: readonly Float64Array[], fit: LinearFit, errors: ErrorOptions): Square {
  switch (errors.kind) {
    case 'classical':
      return classicalCovariance(fit);
    case 'hc0':
      return robustCovariance(columns, fit, 'HC0');
    case 'hc1':
      return robustCovariance(columns, fit, 'HC1');
    case 'newey_west':
      return neweyWestCovariance(columns, fit, errors.lags, errors.smallSample, errors.units);
    case 'cluster':
      return clusterCovariance(columns, fit, errors.clusters!, errors.smallSample);
  }
}

export interface Coefficients {
  readonly names: readonly string[];
  readonly values: ArrayLike<number>;
  readonly covariance: Square;
  /** of t; Infinity is the normal distribution */
  readonly degreesOfFreedom: number;
}

/** Prints NAME, se.NAME, NAME.t, NAME.p, NAME.lo and NAME.hi of every coefficient. */
export function printCoefficients(
  result: Result,
  prefix: string,
  { names, values, covariance, degreesOfFreedom }: Coefficients,
  interval: IntervalOptions,
): void {
  const quantile = intervalQuantile(interval, degreesOfFreedom);
  names.forEach((name, j) => {
    const value = values[j]!;
    const error = Math.sqrt(covariance[j]![j]!);
    result[`${prefix}${name}`] = value;
    result[`${prefix}se.${name}`] = error;
    result[`${prefix}${name}.t`] = value / error;
    result[`${prefix}${name}.p`] = studentTwoSided(value / error, degreesOfFreedom);
    result[`${prefix}${name}.lo`] = value - quantile * error;
    result[`${prefix}${name}.hi`] = value + quantile * error;
  });
}

export function intervalQuantile({ level, by }: IntervalOptions, degreesOfFreedom: number): number {
  return studentQuantile(0.5 + level / 2, by === 't' ? degreesOfFreedom : Infinity);
}

/** Prints KEY, KEY.se, KEY.lo and KEY.hi of a function of the coefficients with the given gradient. */
export function printDelta(
  result: Result,
  key: string,
  value: number,
  gradient: ArrayLike<number>,
  covariance: Square,
  quantile: number,
): void {
  const error = Math.sqrt(Math.max(0, quadraticForm(gradient, covariance)));
  result[key] = value;
  result[`${key}.se`] = error;
  result[`${key}.lo`] = value - quantile * error;
  result[`${key}.hi`] = value + quantile * error;
}

/** Positions of the terms that make up the effect. @throws Refusal bad_spec naming the terms there are */
export function effectPositions(effect: readonly string[], names: readonly string[], strict: boolean): number[] {
  const positions = names.flatMap((name, j) => (effect.includes(name) ? [j] : []));
  if (strict && effect.length > 0 && positions.length === 0) {
    throw new Refusal('bad_spec', `"effect": there is no term ${effect.join(', ')}; there are ${names.join(', ')}`);
  }
  return positions;
}

/** Linear predictor of some terms only, row by row. */
export function partPredictor(
  columns: readonly Float64Array[],
  coefficients: ArrayLike<number>,
  positions: readonly number[],
): Float64Array {
  const rows = columns[0]?.length ?? 0;
  const result = new Float64Array(rows);
  for (const j of positions) for (let t = 0; t < rows; t++) result[t]! += columns[j]![t]! * coefficients[j]!;
  return result;
}

/** Σ (e_t − e_{t−1})² ÷ Σ e² (Durbin & Watson 1950). */
export function durbinWatson(residuals: Float64Array): number {
  let sum = 0;
  for (let t = 1; t < residuals.length; t++) sum += (residuals[t]! - residuals[t - 1]!) ** 2;
  return sum / dot(residuals, residuals);
}
