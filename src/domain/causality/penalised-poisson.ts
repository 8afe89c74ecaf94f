import { Refusal } from '../errors.ts';
import {
  type Column,
  type Square,
  cholesky,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
  combination,
  crossProduct,
  dot,
} from './linear-algebra.ts';
import { poissonDeviance } from './quasi-poisson.ts';

export interface PenalisedFit {
  readonly coefficients: Float64Array;
  readonly fitted: Float64Array;
  /** (X'WX + penalty)⁻¹ */
  readonly inverse: Square;
  readonly logDeterminant: number;
  readonly deviance: number;
  /** Σ penalty × coefficient² */
  readonly penaltySum: number;
}

const MOST_STEPS = 50;
const TOLERANCE = 1e-10;

/**
 * Log-linear Poisson regression whose coefficients are drawn to zero by penalty_j β_j² / 2 (absent or 0: free), by
 * Newton steps. A penalty of dispersion ÷ τ² is a prior β ~ N(0, τ²). Expects columns of comparable size.
 * @throws Refusal not_identified, no_convergence
 */
export function penalisedPoisson(
  counts: Float64Array,
  columns: readonly Column[],
  weights: Column,
  penalty: ArrayLike<number>,
  offset: Column | undefined,
  /** coefficients to start from */
  start?: ArrayLike<number>,
): PenalisedFit {
  const rows = counts.length;
  let coefficients = start ? Float64Array.from(start) : levelOnly(counts, columns.length, weights, offset);
  const predict = (beta: Float64Array): Float64Array => combination(columns, beta, rows, offset).map(Math.exp);
  const penaltyOf = (beta: Float64Array): number =>
    beta.reduce((sum, value, j) => sum + penalty[j]! * value * value, 0);
  let mean = predict(coefficients);
  let deviance = poissonDeviance(counts, mean, weights);
  let goal = deviance + penaltyOf(coefficients);
  for (let iteration = 0; iteration < MOST_STEPS; iteration++) {
    const factor = cholesky(information(columns, mean, weights, penalty));
    if (!factor) throw new Refusal('not_identified', 'the terms cannot be told apart on these counts');
    const errors = counts.map((count, t) => weights[t]! * (count - mean[t]!));
    const score = columns.map((column, j) => dot(column, errors) - penalty[j]! * coefficients[j]!);
    let step = choleskySolve(factor, score);
    let next = coefficients.map((value, j) => value + step[j]!);
    mean = predict(next);
    deviance = poissonDeviance(counts, mean, weights);
    let nextGoal = deviance + penaltyOf(next);
    for (let halving = 0; halving < 30 && !(nextGoal <= goal + 1e-9 * Math.abs(goal)); halving++) {
      step = step.map((value) => value / 2);
      next = coefficients.map((value, j) => value + step[j]!);
      mean = predict(next);
      deviance = poissonDeviance(counts, mean, weights);
      nextGoal = deviance + penaltyOf(next);
    }
    const gain = goal - nextGoal;
    [coefficients, goal] = [next, nextGoal];
    if (Math.abs(gain) <= TOLERANCE * (Math.abs(goal) + 0.1)) {
      const last = cholesky(information(columns, mean, weights, penalty)) ?? factor;
      return {
        coefficients,
        fitted: mean,
        inverse: choleskyInverse(last),
        logDeterminant: choleskyLogDeterminant(last),
        deviance,
        penaltySum: penaltyOf(coefficients),
      };
    }
  }
  throw new Refusal('no_convergence', 'the regression does not settle on these counts');
}

function information(columns: readonly Column[], mean: Column, weights: Column, penalty: ArrayLike<number>): Square {
  const matrix = crossProduct(
    columns,
    mean.map((value, t) => value * weights[t]!),
  );
  for (let j = 0; j < columns.length; j++) matrix[j]![j]! += penalty[j]!;
  return matrix;
}

/** The first column is the level. */
function levelOnly(counts: Float64Array, size: number, weights: Column, offset: Column | undefined): Float64Array {
  let total = 0;
  let exposure = 0;
  for (let t = 0; t < counts.length; t++) {
    total += weights[t]! * counts[t]!;
    exposure += weights[t]! * Math.exp(offset?.[t] ?? 0);
  }
  const start = new Float64Array(size);
  start[0] = Math.log(Math.max(total, 0.5) / exposure);
  return start;
}
