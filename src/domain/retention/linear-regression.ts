import { clusterCovariance, leastSquares, robustCovariance } from '../causality/least-squares.ts';
import { orthonormal } from '../causality/linear-algebra.ts';
import type { Design } from './least-squares.ts';

export interface Regression {
  readonly names: readonly string[];
  readonly coefficients: Float64Array;
  /** classical: residual variance over n − rank */
  readonly standardErrors: Float64Array;
  /** HC1, or clustered where clusters are given (Stata's small-sample factors) */
  readonly robustErrors: Float64Array;
}

/** Ordinary least squares on the columns that are not combinations of those before them, with its standard errors. */
export function linearRegression(x: Design, y: ArrayLike<number>, cluster?: readonly string[]): Regression {
  const { kept } = orthonormal(x.columns);
  const columns = kept.map((j) => Float64Array.from(x.columns[j]!));
  const fit = leastSquares(y, columns);
  const variance = fit.residualSquares / fit.degreesOfFreedom;
  const robust =
    cluster === undefined ? robustCovariance(columns, fit, 'HC1') : clusterCovariance(columns, fit, cluster);
  return {
    names: kept.map((j) => x.names[j]!),
    coefficients: fit.coefficients,
    standardErrors: fit.coefficients.map((_, j) => Math.sqrt(variance * fit.unscaled[j]![j]!)),
    robustErrors: fit.coefficients.map((_, j) => Math.sqrt(robust[j]![j]!)),
  };
}

/** Difference of the arms' means with the pooled standard error of two samples. */
export function pooledDifference(
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
): { readonly difference: number; readonly standardError: number } {
  const count = [0, 0];
  const mean = [0, 0];
  let squares = 0;
  for (let i = 0; i < outcome.length; i++) {
    const arm = treated[i] === 1 ? 1 : 0;
    count[arm]!++;
    const step = outcome[i]! - mean[arm]!;
    mean[arm]! += step / count[arm]!;
    squares += step * (outcome[i]! - mean[arm]!);
  }
  const variance = squares / (outcome.length - 2);
  return {
    difference: mean[1]! - mean[0]!,
    standardError: Math.sqrt(variance * (1 / count[0]! + 1 / count[1]!)),
  };
}
