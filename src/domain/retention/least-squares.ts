import type { Column, Square } from '../causality/linear-algebra.ts';
import { backSubstitute, combination, dot, orthonormal, square, untangle } from '../causality/linear-algebra.ts';

/** Terms of a model over the rows of a sample; a constant is a column like any other. */
export interface Design {
  readonly rows: number;
  readonly columns: readonly Column[];
  /** one name a column, for messages and printed coefficients */
  readonly names: readonly string[];
}

/** Design of named columns; `constant` puts a column of ones first. */
export function design(columns: ReadonlyMap<string, ArrayLike<number>>, rows: number, constant = true): Design {
  const named: [string, Column][] = constant ? [['constant', new Float64Array(rows).fill(1)]] : [];
  for (const [name, values] of columns) named.push([name, Float64Array.from(values)]);
  return { rows, columns: named.map(([, values]) => values), names: named.map(([name]) => name) };
}

/** The same terms over some of the rows. */
export function rowsOf(x: Design, rows: ArrayLike<number>): Design {
  const columns = x.columns.map((column) => {
    const own = new Float64Array(rows.length);
    for (let at = 0; at < own.length; at++) own[at] = column[rows[at]!]!;
    return own;
  });
  return { rows: rows.length, columns, names: x.names };
}

/** Weighted least squares on one design, ready for any outcome: the costly part is done once. */
export interface Solver {
  /** (X'WX)⁻¹; rows and columns of dropped columns are zero */
  readonly bread: Square;
  /** columns that are combinations of those before them, as R and Stata drop them: their coefficients are zero */
  readonly dropped: readonly string[];
  coefficients(y: ArrayLike<number>): Float64Array;
}

/**
 * Through an orthonormal basis: stable where normal equations are not (age, age², age³). Rows with weight 0 take no part.
 */
export function leastSquaresSolver(x: Design, weights?: ArrayLike<number>): Solver {
  const root = weights && Float64Array.from(weights, Math.sqrt);
  const columns = root ? x.columns.map((column) => column.map((value, i) => value * root[i]!)) : x.columns;
  const { q, r, kept, dependent } = orthonormal(columns);
  const unit = square(q.length);
  for (let a = 0; a < q.length; a++) unit[a]![a] = 1;
  const inverse = untangle(r, unit);
  const bread = square(columns.length);
  kept.forEach((j, a) => kept.forEach((k, b) => (bread[j]![k] = inverse[a]![b]!)));
  return {
    bread,
    dropped: dependent.map((j) => x.names[j]!),
    coefficients(y) {
      const target = root ? root.map((value, i) => (value === 0 ? 0 : value * y[i]!)) : y;
      const solved = backSubstitute(
        r,
        q.map((basis) => dot(basis, target)),
      );
      const coefficients = new Float64Array(columns.length);
      kept.forEach((j, a) => (coefficients[j] = solved[a]!));
      return coefficients;
    },
  };
}

/** x'β of every row. */
export function predictions(x: Design, coefficients: ArrayLike<number>): Float64Array {
  return combination(x.columns, coefficients, x.rows);
}

/** Σ over rows of factor × terms: X'f. */
export function weightedTerms(x: Design, factor: ArrayLike<number>): Float64Array {
  return Float64Array.from(x.columns, (column) => dot(column, factor));
}

export function matrixTimes(matrix: Square, vector: ArrayLike<number>): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}
