import { type Column, type Square, crossProduct, dot, orthonormal } from './linear-algebra.ts';
import { sandwich } from './least-squares.ts';
import { type PenalisedFit, penalisedPoisson } from './penalised-poisson.ts';
import { type Noise, residualNoise } from './residual-correlation.ts';
import type { CountSeries } from './series-design.ts';

/** A quasi-Poisson fit of the first rows of a series. */
export interface SeriesFit {
  readonly series: CountSeries;
  readonly columns: readonly Column[];
  /** pull of each coefficient toward zero (0: free), in units of information: long-run dispersion ÷ prior variance */
  readonly penalty: Float64Array;
  /** 0 for rows that are left out (closed days, outlying days) */
  readonly weights: Column;
  readonly fit: PenalisedFit;
}

/** @throws Refusal not_identified when terms cannot be told apart */
export function fitSeries(
  series: CountSeries,
  columns: readonly Column[],
  weights: Column,
  penalty: Float64Array = new Float64Array(columns.length),
  start?: ArrayLike<number>,
): SeriesFit {
  const rows = columns[0]!.length;
  const counts = Float64Array.from({ length: rows }, (_, t) => series.counts[t]!);
  const offset = series.offset ? Float64Array.from({ length: rows }, (_, t) => series.offset![t]!) : undefined;
  const used = weights.subarray(0, rows);
  return {
    series,
    columns,
    penalty,
    weights: used,
    fit: penalisedPoisson(counts, columns, used, penalty, offset, start),
  };
}

/** Pearson residuals (y − μ)/√μ; 0 on rows that are left out. */
export function pearsonResiduals({ series, weights, fit }: SeriesFit): Float64Array {
  return fit.fitted.map((mean, t) => (weights[t]! > 0 ? (series.counts[t]! - mean) / Math.sqrt(mean) : 0));
}

/** Columns times √(μ w): the design on the scale of Pearson residuals. */
export function workingColumns({ columns, weights, fit }: SeriesFit): { root: Column; columns: Column[] } {
  const root = fit.fitted.map((mean, t) => Math.sqrt(mean * weights[t]!));
  return { root, columns: columns.map((column) => column.map((value, t) => value * root[t]!)) };
}

/** Scatter of the fit's residuals; orders up to two weeks of days or a month of weeks. */
export function noiseOf(fitted: SeriesFit): Noise {
  const most = fitted.series.every === 'day' ? 14 : 4;
  const basis = orthonormal(workingColumns(fitted).columns).q;
  return residualNoise(
    pearsonResiduals(fitted),
    fitted.weights,
    basis,
    Math.min(most, Math.floor(fitted.weights.length / 10)),
  );
}

/** Variance of one residual as the sum of many sees it. */
export function longRunDispersion(noise: Noise): number {
  return noise.dispersion * noise.inflation;
}

/** Sum over rows of (μ − μ without the effect's terms), and its gradient in the coefficients. */
export interface EffectSum {
  readonly estimate: number;
  /** Σ μ without the effect */
  readonly expected: number;
  readonly gradient: Float64Array;
}

export function effectSum(
  { columns, fit }: SeriesFit,
  effect: readonly number[],
  from: number,
  until: number,
): EffectSum {
  const gradient = new Float64Array(columns.length);
  let estimate = 0;
  let expected = 0;
  for (let t = from; t < until; t++) {
    let part = 0;
    for (const j of effect) part += columns[j]![t]! * fit.coefficients[j]!;
    const mean = fit.fitted[t]!;
    const without = mean * Math.exp(-part);
    estimate += mean - without;
    expected += without;
    for (let j = 0; j < columns.length; j++) gradient[j]! += columns[j]![t]! * (mean - without);
    for (const j of effect) gradient[j]! += columns[j]![t]! * without;
  }
  return { estimate, expected, gradient };
}

/** How an estimate moves with each residual, and with what the penalties hold back. */
export interface Influence {
  readonly estimate: number;
  /** change of the estimate per unit of each Pearson residual */
  readonly residuals: Column;
  /** Σ penalty_j d_j²: what the priors of penalised coefficients add, per unit of long-run dispersion */
  readonly held: number;
}

/** With d = inverse × gradient and a = X d the error of an estimate is Σ a_t (y_t − μ_t) − Σ penalty_j d_j β_j. */
export function influenceOf(fitted: SeriesFit, estimate: number, gradient: ArrayLike<number>): Influence {
  const { columns, weights, fit, penalty } = fitted;
  const direction = fit.inverse.map((row) => dot(row, gradient));
  const residuals = new Float64Array(fit.fitted.length);
  let held = 0;
  columns.forEach((column, j) => {
    const share = direction[j]!;
    held += penalty[j]! * share * share;
    if (share !== 0) for (let t = 0; t < residuals.length; t++) residuals[t]! += share * column[t]!;
  });
  for (let t = 0; t < residuals.length; t++) residuals[t]! *= Math.sqrt(fit.fitted[t]!) * weights[t]!;
  return { estimate, residuals, held };
}

/** Covariance of the coefficients under the same noise and priors, for bands. */
export function honestCovariance({ columns, weights, fit, penalty }: SeriesFit, noise: Noise): Square {
  const scores = columns.map((column) =>
    column.map((value, t) => value * Math.sqrt(noise.dispersion * fit.fitted[t]!) * weights[t]!),
  );
  const meat = crossProduct(scores);
  const rows = fit.fitted.length;
  for (let lag = 1; lag < noise.correlation.length; lag++) {
    const weight = noise.correlation[lag]!;
    for (let i = 0; i < scores.length; i++) {
      for (let j = 0; j < scores.length; j++) {
        const product = dot(scores[i]!.subarray(lag), scores[j]!.subarray(0, rows - lag));
        meat[i]![j]! += weight * product;
        meat[j]![i]! += weight * product;
      }
    }
  }
  penalty.forEach((value, j) => (meat[j]![j]! += value * longRunDispersion(noise)));
  return sandwich(fit.inverse, meat);
}

const OUTLYING = 5;
const MOST_OUTLYING = 0.03;

export interface Outlying {
  readonly fitted: SeriesFit;
  readonly rows: readonly number[];
}

/**
 * Rows whose residual lies beyond five robust standard deviations (median absolute deviation): one such day alone must
 * not make or hide an effect. Repeated, because an outlier widens what hides the next. Never more than 3% of the rows:
 * what is so frequent is not an outlier.
 */
export function outlyingRows(fitAgain: (weights: Column) => SeriesFit, weights: Column): Outlying {
  const kept = Float64Array.from(weights);
  const rows: number[] = [];
  let fitted = fitAgain(kept);
  for (let round = 0; round < 4; round++) {
    const residuals = pearsonResiduals(fitted);
    const open = [...residuals.keys()].filter((t) => kept[t]! > 0);
    const sizes = open.map((t) => Math.abs(residuals[t]!)).sort((a, b) => a - b);
    const scale = Math.max(1.4826 * (sizes[Math.floor(sizes.length / 2)] ?? 0), 0.5);
    const found = open.filter((t) => Math.abs(residuals[t]!) > OUTLYING * scale);
    if (found.length === 0 || rows.length + found.length > Math.max(1, MOST_OUTLYING * open.length)) break;
    for (const t of found) kept[t] = 0;
    rows.push(...found);
    fitted = fitAgain(Float64Array.from(kept));
  }
  return { fitted, rows: rows.sort((a, b) => a - b) };
}
