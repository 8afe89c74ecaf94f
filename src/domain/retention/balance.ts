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
  return differencesOf(armsOf(terms, treated), treated, weights);
}

/** The largest differences without weights and with them. */
export function largestDifferences(
  terms: Design,
  treated: ArrayLike<number>,
  weights: ArrayLike<number>,
): { readonly before: number; readonly after: number } {
  const arms = armsOf(terms, treated);
  return {
    before: largestDifference(differencesOf(arms, treated)),
    after: largestDifference(differencesOf(arms, treated, weights)),
  };
}

interface TermArms {
  readonly term: string;
  readonly column: Column;
  readonly arms: readonly [untreated: Moments, treated: Moments];
}

function armsOf(terms: Design, treated: ArrayLike<number>): TermArms[] {
  return terms.columns.flatMap((column, j) => {
    const term = terms.names[j]!;
    return term === 'constant'
      ? []
      : [{ term, column, arms: [moments(column, treated, 0), moments(column, treated, 1)] }];
  });
}

function differencesOf(
  terms: readonly TermArms[],
  treated: ArrayLike<number>,
  weights?: ArrayLike<number>,
): StandardisedDifference[] {
  return terms.map(({ term, column, arms }) => {
    const spread = Math.sqrt((arms[0].variance + arms[1].variance) / 2);
    const gap = weights
      ? weightedMean(column, treated, 1, weights) - weightedMean(column, treated, 0, weights)
      : arms[1].mean - arms[0].mean;
    return { term, difference: Math.abs(gap) < 1e-12 * (1 + Math.abs(arms[1].mean)) ? 0 : gap / spread };
  });
}

/** The largest |difference|; 0 when there are no terms. */
export function largestDifference(differences: readonly StandardisedDifference[]): number {
  return differences.reduce((largest, { difference }) => Math.max(largest, Math.abs(difference)), 0);
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

function moments(column: Column, treated: ArrayLike<number>, arm: 0 | 1): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let i = 0; i < column.length; i++) {
    if (treated[i] !== arm) continue;
    count++;
    const step = column[i]! - mean;
    mean += step / count;
    squares += step * (column[i]! - mean);
  }
  return { mean, variance: count > 1 ? squares / (count - 1) : 0 };
}

function weightedMean(column: Column, treated: ArrayLike<number>, arm: 0 | 1, weights: ArrayLike<number>): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < column.length; i++) {
    if (treated[i] !== arm) continue;
    total += weights[i]! * column[i]!;
    sum += weights[i]!;
  }
  return total / sum;
}
