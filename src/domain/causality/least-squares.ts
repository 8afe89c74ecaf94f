import { Refusal } from '../errors.ts';
import {
  type Column,
  type Square,
  backSubstitute,
  combination,
  crossProduct,
  dot,
  orthonormal,
  square,
  times,
  untangle,
} from './linear-algebra.ts';

export interface LinearFit {
  readonly coefficients: Float64Array;
  readonly fitted: Float64Array;
  readonly residuals: Float64Array;
  /** (X'X)⁻¹ */
  readonly unscaled: Square;
  readonly rows: number;
  readonly degreesOfFreedom: number;
  /** Σ residual² */
  readonly residualSquares: number;
}

/** Ordinary least squares. @throws Refusal not_identified naming the columns that are combinations of others */
export function leastSquares(y: ArrayLike<number>, columns: readonly Column[], names?: readonly string[]): LinearFit {
  const rows = y.length;
  const { q, r } = identified(columns, rows, names);
  const loads = Float64Array.from(q, (basis) => dot(basis, y));
  const coefficients = backSubstitute(r, loads);
  const fitted = combination(columns, coefficients, rows);
  const residuals = Float64Array.from(fitted, (value, t) => y[t]! - value);
  return {
    coefficients,
    fitted,
    residuals,
    unscaled: untangle(r, identity(q.length)),
    rows,
    degreesOfFreedom: rows - columns.length,
    residualSquares: dot(residuals, residuals),
  };
}

/** The orthonormal form of a design of full rank. @throws Refusal not_identified, too_few_rows */
export function identified(
  columns: readonly Column[],
  rows: number,
  names?: readonly string[],
): ReturnType<typeof orthonormal> {
  if (rows < columns.length) {
    throw new Refusal('too_few_rows', `${rows} rows cannot determine ${columns.length} coefficients`);
  }
  const form = orthonormal(columns);
  if (form.dependent.length > 0) {
    const which = form.dependent.map((j) => names?.[j] ?? `column ${j + 1}`).join(', ');
    throw new Refusal('not_identified', `not separable from the other terms: ${which}`);
  }
  return form;
}

export function identity(size: number): Square {
  const result = square(size);
  for (let i = 0; i < size; i++) result[i]![i] = 1;
  return result;
}

/** σ² (X'X)⁻¹ */
export function classicalCovariance(fit: LinearFit): Square {
  const variance = fit.residualSquares / fit.degreesOfFreedom;
  return fit.unscaled.map((row) => row.map((value) => value * variance));
}

/** White's heteroscedasticity-robust covariance; `HC1` multiplies by n/(n−k). */
export function robustCovariance(columns: readonly Column[], fit: LinearFit, kind: 'HC0' | 'HC1'): Square {
  const meat = crossProduct(
    columns,
    fit.residuals.map((e) => e * e),
  );
  return sandwich(fit.unscaled, meat, kind === 'HC1' ? fit.rows / fit.degreesOfFreedom : 1);
}

/**
 * Newey & West 1987: Bartlett weights 1 − j/(lags+1) on the autocovariances of the scores; with `smallSample` times
 * n/(n−k), as Stata's newey and R's NeweyWest(adjust = TRUE).
 */
export function neweyWestCovariance(
  columns: readonly Column[],
  fit: LinearFit,
  lags: number,
  smallSample = true,
  units?: readonly string[],
): Square {
  const scores = columns.map((column) => column.map((value, t) => value * fit.residuals[t]!));
  return sandwich(fit.unscaled, bartlettSum(scores, lags, units), smallSample ? fit.rows / fit.degreesOfFreedom : 1);
}

/** Γ0 + Σ (1 − j/(lags+1)) (Γj + Γj') of score columns; with `units` (stacked series) no lag crosses from one to the next. */
export function bartlettSum(scores: readonly Column[], lags: number, units?: readonly string[]): Square {
  const meat = crossProduct(scores);
  const rows = scores[0]?.length ?? 0;
  for (let lag = 1; lag <= Math.min(lags, rows - 1); lag++) {
    const weight = 1 - lag / (lags + 1);
    for (let i = 0; i < scores.length; i++) {
      for (let j = 0; j < scores.length; j++) {
        let sum = 0;
        const a = scores[i]!;
        const b = scores[j]!;
        for (let t = lag; t < rows; t++) if (!units || units[t] === units[t - lag]) sum += a[t]! * b[t - lag]!;
        meat[i]![j]! += weight * sum;
        meat[j]![i]! += weight * sum;
      }
    }
  }
  return meat;
}

/** Newey & West 1994 rule of thumb: ⌊4 (n/100)^(2/9)⌋. */
export function automaticLags(rows: number): number {
  return Math.floor(4 * Math.pow(rows / 100, 2 / 9));
}

/**
 * Clustered by group (Liang & Zeger 1986). `smallSample`: G/(G−1) × (n−1)/(n−k), as Stata.
 * @throws Refusal too_few_clusters below two groups
 */
export function clusterCovariance(
  columns: readonly Column[],
  fit: LinearFit,
  clusters: readonly string[],
  smallSample = true,
): Square {
  const sums = new Map<string, Float64Array>();
  for (let t = 0; t < fit.rows; t++) {
    const key = clusters[t]!;
    let sum = sums.get(key);
    if (!sum) sums.set(key, (sum = new Float64Array(columns.length)));
    for (let j = 0; j < columns.length; j++) sum[j]! += columns[j]![t]! * fit.residuals[t]!;
  }
  const groups = sums.size;
  if (groups < 2) throw new Refusal('too_few_clusters', 'clustered errors need at least two clusters');
  const meat = square(columns.length);
  for (const sum of sums.values()) {
    for (let i = 0; i < sum.length; i++) for (let j = 0; j < sum.length; j++) meat[i]![j]! += sum[i]! * sum[j]!;
  }
  const factor = smallSample ? (groups / (groups - 1)) * ((fit.rows - 1) / fit.degreesOfFreedom) : 1;
  return sandwich(fit.unscaled, meat, factor);
}

export function sandwich(bread: Square, meat: Square, factor = 1): Square {
  return times(times(bread, meat), bread).map((row) => row.map((value) => value * factor));
}
