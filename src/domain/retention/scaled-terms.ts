import type { Column, Square } from '../causality/linear-algebra.ts';
import {
  cholesky,
  choleskyInverse,
  choleskySolve,
  crossProduct,
  dot,
  orthonormal,
  square,
} from '../causality/linear-algebra.ts';
import { invariant } from '../errors.ts';
import type { Design, Solver } from './least-squares.ts';
import { levelSums, predictions, weightedTerms } from './least-squares.ts';

/**
 * A design's terms that are no combinations of others, its columns centred (where there is a constant) and scaled, with
 * the way back to the terms as they were.
 */
export interface ScaledTerms {
  readonly size: number;
  /** z'β of every row */
  readonly predictor: (coefficients: Float64Array) => Float64Array;
  /** Z'WZ; absent weights: ones */
  readonly information: (weights?: Float64Array) => Square;
  /** Z'f */
  readonly sums: (factor: Float64Array) => Float64Array;
  readonly from: (coefficients: Float64Array) => Float64Array;
  readonly back: (coefficients: ArrayLike<number>) => Float64Array;
  /** covariance of the scaled terms' coefficients as one of the terms' own; zero for dropped terms */
  readonly bread: (inverse: Square) => Square;
}

/**
 * Which terms are combinations of others is told by an orthonormal basis of the columns, and where there are factors by
 * the cross products of all terms: no column is made of a level.
 * @param weights rows with weight 0 do not tell terms apart; with factors only
 */
export function scaledTerms(x: Design, weights?: Float64Array): ScaledTerms {
  const wide = x.factors !== undefined;
  const places = wide ? [...x.columns.keys()] : orthonormal(x.columns).kept;
  const constant = places.find((j) => x.names[j] === 'constant');
  const centre = places.map((j) => (constant === undefined || j === constant ? 0 : mean(x.columns[j]!)));
  const columns = places.map((j, a) => x.columns[j]!.map((value) => value - centre[a]!));
  const scale = columns.map((column) => Math.sqrt(dot(column, column) / x.rows) || 1);
  columns.forEach((column, a) => {
    for (let i = 0; i < column.length; i++) column[i]! /= scale[a]!;
  });
  const terms: Design = { ...x, columns, names: wide ? x.names : places.map((j) => x.names[j]!) };
  const kept = wide ? independent(crossTerms(terms, weights)) : places.map((_, a) => a);
  // Levels are neither centred nor scaled.
  const own = kept.map((a) => ({ place: wide ? a : places[a]!, centre: centre[a] ?? 0, scale: scale[a] ?? 1 }));
  const at = constant === undefined ? -1 : own.findIndex(({ place }) => place === constant);
  const back = (coefficients: ArrayLike<number>): Float64Array => {
    const whole = new Float64Array(x.names.length);
    own.forEach((term, a) => (whole[term.place] = coefficients[a]! / term.scale));
    if (constant !== undefined) for (const term of own) whole[constant]! -= whole[term.place]! * term.centre;
    return whole;
  };
  return {
    size: kept.length,
    predictor(coefficients) {
      const whole = new Float64Array(terms.names.length);
      kept.forEach((a, k) => (whole[a] = coefficients[k]!));
      return predictions(terms, whole);
    },
    information(curvature) {
      const whole = crossTerms(terms, curvature);
      return kept.length === whole.length ? whole : kept.map((a) => Float64Array.from(kept, (b) => whole[a]![b]!));
    },
    sums(factor) {
      const whole = weightedTerms(terms, factor);
      return Float64Array.from(kept, (a) => whole[a]!);
    },
    from(coefficients) {
      const start = Float64Array.from(own, (term) => coefficients[term.place]! * term.scale);
      if (at >= 0) for (const term of own) start[at]! += coefficients[term.place]! * term.centre * own[at]!.scale;
      return start;
    },
    back,
    bread(inverse) {
      const half = inverse.map(back);
      const whole = square(x.names.length);
      whole.forEach((row, j) => row.set(back(half.map((column) => column[j]!))));
      return whole;
    },
  };
}

/**
 * Weighted least squares of a design with factors, whose columns are few and, centred and scaled, far from each other's
 * combinations. Rows with weight 0 take no part.
 */
export function normalEquations(x: Design, weights: Float64Array): Solver {
  const scaled = scaledTerms(x, weights);
  const factor = cholesky(scaled.information(weights));
  invariant(factor !== undefined, 'terms that were told apart are combinations of each other');
  return {
    bread: scaled.bread(choleskyInverse(factor)),
    coefficients: (y) => scaled.back(choleskySolve(factor, scaled.sums(weights.map((weight, i) => weight * y[i]!)))),
  };
}

function mean(column: Column): number {
  return column.reduce((sum, value) => sum + value, 0) / column.length;
}

/** X'WX of all terms: of columns by their products, of levels by the sums over their rows. */
function crossTerms({ columns, factors = [], names }: Design, weights?: Float64Array): Square {
  if (factors.length === 0) return crossProduct(columns, weights);
  const result = square(names.length);
  const put = (i: number, j: number, value: number): void => {
    result[i]![j] = result[j]![i] = value;
  };
  crossProduct(columns, weights).forEach((row, j) => result[j]!.set(row));
  let first = columns.length;
  factors.forEach((factor, f) => {
    const { of, levels } = factor;
    levelSums(factor, weights).forEach((sum, level) => put(first + level, first + level, sum));
    columns.forEach((column, j) => {
      levelSums(factor, weights, column).forEach((sum, level) => put(first + level, j, sum));
    });
    let other = columns.length;
    for (const before of factors.slice(0, f)) {
      const both = of.map((level, i) => level * before.levels + before.of[i]!);
      levelSums({ of: both, levels: levels * before.levels }, weights).forEach((sum, pair) =>
        put(first + Math.floor(pair / before.levels), other + (pair % before.levels), sum),
      );
      other += before.levels;
    }
    first += levels;
  });
  return result;
}

/** What may be left of a term's square before it counts as a combination of those before it: rounding leaves less. */
const NOTHING_LEFT = 1e-10;

/** Terms that are no combinations of those before them, by the pivots of their cross products. */
function independent(products: Square): number[] {
  const kept: number[] = [];
  const factor: Float64Array[] = [];
  products.forEach((product, j) => {
    const row = new Float64Array(kept.length + 1);
    let rest = product[j]!;
    kept.forEach((place, a) => {
      let sum = product[place]!;
      for (let b = 0; b < a; b++) sum -= row[b]! * factor[a]![b]!;
      row[a] = sum / factor[a]![a]!;
      rest -= row[a]! ** 2;
    });
    if (!(rest > product[j]! * NOTHING_LEFT)) return;
    row[kept.length] = Math.sqrt(rest);
    factor.push(row);
    kept.push(j);
  });
  return kept;
}
