import type { Numbers, Square } from '../causality/linear-algebra.ts';
import {
  backSubstitute,
  columnOf,
  flagsOf,
  dot,
  orthonormal,
  picked,
  square,
  untangle,
} from '../causality/linear-algebra.ts';
import { TILE, ofLanes, tileProgram } from '../causality/tile-program.ts';

/** Terms of a model over the rows of a sample; a constant is a column like any other. */
export interface Design {
  readonly rows: number;
  readonly columns: readonly Numbers[];
  /** one name a term, the columns' first, then the levels' of each factor: for messages and printed coefficients */
  readonly names: readonly string[];
  /** absent: none */
  readonly factors?: readonly Factor[] | undefined;
  /** true: a fit takes each level as a column like any other, centred and scaled; its sums are those of `inColumns` */
  readonly byColumns?: boolean | undefined;
}

/** A trait of which every row has one level. Each level is a term: 1 for its rows, 0 for the others; only the levels are kept. */
export interface Factor {
  /** level of each row, from 0 */
  readonly of: Int32Array;
  /** how many levels, with and without rows */
  readonly levels: number;
}

/** Design of named columns; `constant` puts a column of ones first. */
export function design(columns: ReadonlyMap<string, ArrayLike<number>>, rows: number, constant = true): Design {
  const named: [string, Numbers][] = constant ? [['constant', new Uint8Array(rows).fill(1)]] : [];
  for (const [name, values] of columns) named.push([name, isNumbers(values) ? values : Float64Array.from(values)]);
  return { rows, columns: named.map(([, values]) => values), names: named.map(([name]) => name) };
}

function isNumbers(values: ArrayLike<number>): values is Numbers {
  return [Float64Array, Int32Array, Int8Array, Uint8Array].some((kind) => values instanceof kind);
}

/** The design with a factor behind its other terms. @param names of its levels */
export function withFactor(x: Design, of: Int32Array, names: readonly string[]): Design {
  return { ...x, names: [...x.names, ...names], factors: [...(x.factors ?? []), { of, levels: names.length }] };
}

/** The same terms with a column for each level. */
export function inColumns({ rows, columns, names, factors = [] }: Design): Design {
  const ofLevels = factors.flatMap(({ of, levels }) =>
    Array.from({ length: levels }, (_, level) => flagsOf(rows, (i) => (of[i] === level ? 1 : 0))),
  );
  return { rows, columns: [...columns, ...ofLevels], names };
}

/** The same terms, to be fitted as `inColumns` would be, without the columns. */
export function byColumns(x: Design): Design {
  return { ...x, byColumns: true };
}

/** The same terms over some of the rows. */
export function rowsOf(x: Design, rows: ArrayLike<number>): Design {
  const columns = x.columns.map((column) => picked(column, rows));
  const factors = x.factors?.map(({ of, levels }) => ({ of: picked(of, rows), levels }));
  return { ...x, rows: rows.length, columns, factors };
}

/** Weighted least squares on one design, ready for any outcome: the costly part is done once. */
export interface Solver {
  /**
   * (X'WX)⁻¹. Terms that are combinations of those before them are dropped, as R and Stata drop them: their rows, columns
   * and coefficients are zero.
   */
  readonly bread: Square;
  coefficients(y: ArrayLike<number>): Float64Array;
}

/**
 * Through an orthonormal basis: stable where normal equations are not (age, age², age³). Rows with weight 0 take no part.
 * @param x without factors: see `normalEquations`
 */
export function leastSquaresSolver(x: Design, weights?: ArrayLike<number>): Solver {
  const root = weights && Float64Array.from(weights, Math.sqrt);
  const columns = root ? x.columns.map((column) => columnOf(column.length, (i) => column[i]! * root[i]!)) : x.columns;
  const { q, r, kept } = orthonormal(columns);
  const unit = square(q.length);
  for (let a = 0; a < q.length; a++) unit[a]![a] = 1;
  const inverse = untangle(r, unit);
  const bread = square(columns.length);
  kept.forEach((j, a) => kept.forEach((k, b) => (bread[j]![k] = inverse[a]![b]!)));
  return {
    bread,
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

/** x'β of every row, a tile of rows at a time. @param to written over; absent: a column is made */
export function predictions(x: Design, coefficients: ArrayLike<number>, to?: Float64Array): Float64Array {
  const { rows, columns, factors = [] } = x;
  const result = to ?? new Float64Array(rows);
  const program = tileProgram(2);
  const [own, sum] = [program.column(0), program.column(1)];
  for (let from = 0; from < rows; from += TILE) {
    const count = Math.min(TILE, rows - from);
    sum.fill(0);
    for (let j = 0; j < columns.length; j++) {
      if (coefficients[j] === 0) continue;
      own.set(columns[j]!.subarray(from, from + count));
      program.add(0, coefficients[j]!, 1, count);
    }
    let first = columns.length;
    for (const { of, levels } of factors) {
      addLevels(sum, of, from, count, coefficients, first);
      first += levels;
    }
    result.set(sum.subarray(0, count), from);
  }
  return result;
}

/** Adds to the numbers of as many rows from one on those of their levels, which begin at a place. */
export function addLevels(
  to: Float64Array,
  of: Int32Array,
  from: number,
  rows: number,
  coefficients: ArrayLike<number>,
  first: number,
): void {
  for (let row = 0; row < rows; row++) to[row]! += coefficients[first + of[from + row]!]!;
}

/** Σ over rows of factor × terms: X'f. A tile of rows at a time, as `dot` sums them. */
export function weightedTerms(x: Design, factor: Float64Array): Float64Array {
  const { rows, columns, factors = [] } = x;
  const sums = new Float64Array(x.names.length);
  const program = tileProgram(columns.length + 1);
  program.lanes.fill(0);
  const weights = program.column(columns.length);
  for (let from = 0; from < rows; from += TILE) {
    const count = Math.min(TILE, rows - from);
    weights.set(factor.subarray(from, from + count));
    for (let j = 0; j < columns.length; j++) program.column(j).set(columns[j]!.subarray(from, from + count));
    program.dots(columns.length, columns.length, count, 0);
    let first = columns.length;
    for (const { of, levels } of factors) {
      sumLevels(sums, of, from, count, weights, first);
      first += levels;
    }
  }
  for (let j = 0; j < columns.length; j++) sums[j] = ofLanes(program.lanes, j);
  return sums;
}

function sumLevels(
  to: Float64Array,
  of: Int32Array,
  from: number,
  rows: number,
  weights: Float64Array,
  first: number,
): void {
  for (let row = 0; row < rows; row++) to[first + of[from + row]!]! += weights[row]!;
}

export function matrixTimes(matrix: Square, vector: ArrayLike<number>): Float64Array {
  return Float64Array.from(matrix, (row) => dot(row, vector));
}
