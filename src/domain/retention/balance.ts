import type { Column } from '../causality/linear-algebra.ts';
import type { Design } from './least-squares.ts';

/**
 * Standardised differences: (mean of treated − mean of untreated) ÷ √((s₁² + s₀²) / 2), the spread taken before
 * weighting, so that before and after are on one scale (Austin, Statistics in Medicine 2009;28:3083).
 */
export interface StandardisedDifference {
  readonly term: string;
  readonly difference: number;
}

/** One difference a term (the constant has none). A term that does not vary differs by 0, or infinitely. */
export function standardisedDifferences(
  terms: Design,
  treated: ArrayLike<number>,
  weights?: ArrayLike<number>,
): StandardisedDifference[] {
  const found: StandardisedDifference[] = [];
  terms.columns.forEach((column, j) => {
    if (terms.names[j] === 'constant') return;
    const arms = [moments(column, treated, 0), moments(column, treated, 1)] as const;
    const spread = Math.sqrt((arms[0].variance + arms[1].variance) / 2);
    const gap = weights
      ? weightedMean(column, treated, 1, weights) - weightedMean(column, treated, 0, weights)
      : arms[1].mean - arms[0].mean;
    const difference = Math.abs(gap) < 1e-12 * (1 + Math.abs(arms[1].mean)) ? 0 : gap / spread;
    found.push({ term: terms.names[j]!, difference });
  });
  return found;
}

/** The largest |difference|; 0 when there are no terms. */
export function largestDifference(differences: readonly StandardisedDifference[]): number {
  return differences.reduce((largest, { difference }) => Math.max(largest, Math.abs(difference)), 0);
}

function moments(column: Column, treated: ArrayLike<number>, arm: 0 | 1): { mean: number; variance: number } {
  let count = 0;
  let mean = 0;
  let squares = 0;
  column.forEach((value, i) => {
    if (treated[i] !== arm) return;
    count++;
    const step = value - mean;
    mean += step / count;
    squares += step * (value - mean);
  });
  return { mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

function weightedMean(column: Column, treated: ArrayLike<number>, arm: 0 | 1, weights: ArrayLike<number>): number {
  let total = 0;
  let sum = 0;
  column.forEach((value, i) => {
    if (treated[i] !== arm) return;
    total += weights[i]! * value;
    sum += weights[i]!;
  });
  return total / sum;
}
