/** Small dense linear algebra on columns (Float64Array each); n rows are many, columns few. */

export type Column = Float64Array;
/** A column of numbers in as little memory as they need: whole ones in words, flags in bytes. */
export type Numbers = Float64Array | Int32Array | Int8Array | Uint8Array;
/** A square matrix as its rows. */
export type Square = Float64Array[];

export function square(size: number): Square {
  return Array.from({ length: size }, () => new Float64Array(size));
}

/** A value for every row. Half the cost of `Float64Array.from` with a function, and nothing to collect afterwards. */
export function columnOf(rows: number, value: (row: number) => number): Column {
  const column = new Float64Array(rows);
  for (let i = 0; i < rows; i++) column[i] = value(i);
  return column;
}

/** The values of some rows, in memory of the same kind; themselves where these are all. */
export function valuesOf<T extends ArrayLike<number>>(values: T, rows: ArrayLike<number>): T {
  return rows.length === values.length ? values : picked(values, rows);
}

/** The values of rows in any order, each as often as it is named, in memory of the same kind. */
export function picked<T extends ArrayLike<number>>(values: T, rows: ArrayLike<number>): T {
  const column = new (values.constructor as new (length: number) => T & { [at: number]: number })(rows.length);
  for (let at = 0; at < rows.length; at++) column[at] = values[rows[at]!]!;
  return column;
}

/** Flags for every row: whole numbers from 0 to 255. */
export function flagsOf(rows: number, value: (row: number) => number): Uint8Array {
  const flags = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) flags[i] = value(i);
  return flags;
}

/** In four sums side by side: one alone waits for each addition to end before it begins the next. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return dotFrom(a, b, 0, a.length);
}

/** Of the first rows of a and as many of b from one on. */
function dotFrom(a: ArrayLike<number>, b: ArrayLike<number>, from: number, rows: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    s0 += a[i]! * b[from + i]!;
    s1 += a[i + 1]! * b[from + i + 1]!;
    s2 += a[i + 2]! * b[from + i + 2]!;
    s3 += a[i + 3]! * b[from + i + 3]!;
  }
  for (; i < rows; i++) s0 += a[i]! * b[from + i]!;
  return s0 + s1 + (s2 + s3);
}

/** Rows taken at a time, so that a piece of every column stays in the processor's nearest memory. */
const TILE = 512;

/** X'WX of columns X and weights W (absent: ones). */
export function crossProduct(columns: readonly ArrayLike<number>[], weights?: ArrayLike<number>): Square {
  const result = square(columns.length);
  const n = columns[0]?.length ?? 0;
  const weighted = new Float64Array(TILE);
  for (let from = 0; from < n; from += TILE) {
    const rows = Math.min(TILE, n - from);
    for (let i = 0; i < columns.length; i++) {
      const left = columns[i]!;
      for (let t = 0; t < rows; t++) weighted[t] = weights ? left[from + t]! * weights[from + t]! : left[from + t]!;
      const row = result[i]!;
      for (let j = 0; j <= i; j++) row[j]! += dotFrom(weighted, columns[j]!, from, rows);
    }
  }
  for (let i = 0; i < columns.length; i++) for (let j = 0; j < i; j++) result[j]![i] = result[i]![j]!;
  return result;
}

/** Lower Cholesky factor, or undefined when the matrix is not positive definite. */
export function cholesky(matrix: Square): Square | undefined {
  const n = matrix.length;
  const factor = square(n);
  for (let i = 0; i < n; i++) {
    const row = factor[i]!;
    for (let j = 0; j <= i; j++) {
      const other = factor[j]!;
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!;
      if (i === j) {
        if (!(sum > 0)) return undefined;
        row[i] = Math.sqrt(sum);
      } else row[j] = sum / other[j]!;
    }
  }
  return factor;
}

/** Solves L L' x = b for a lower Cholesky factor L. */
export function choleskySolve(factor: Square, b: ArrayLike<number>): Float64Array {
  const n = factor.length;
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    let sum = x[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i]![k]! * x[k]!;
    x[i] = sum / factor[i]![i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k++) sum -= factor[k]![i]! * x[k]!;
    x[i] = sum / factor[i]![i]!;
  }
  return x;
}

export function choleskyInverse(factor: Square): Square {
  const n = factor.length;
  const result = square(n);
  const unit = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    unit.fill(0);
    unit[j] = 1;
    const column = choleskySolve(factor, unit);
    for (let i = 0; i < n; i++) result[i]![j] = column[i]!;
  }
  return result;
}

export function choleskyLogDeterminant(factor: Square): number {
  let sum = 0;
  for (let i = 0; i < factor.length; i++) sum += Math.log(factor[i]![i]!);
  return 2 * sum;
}

export function times(a: Square, b: Square): Square {
  const n = a.length;
  const result = square(n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const left = a[i]![k]!;
      if (left !== 0) for (let j = 0; j < n; j++) result[i]![j]! += left * b[k]![j]!;
    }
  }
  return result;
}

/** a' M a. */
export function quadraticForm(a: ArrayLike<number>, matrix: Square): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * dot(matrix[i]!, a);
  return sum;
}

/** Σ columns[j] × coefficients[j], row by row, added to `start` (absent: zeros). */
export function combination(
  columns: readonly ArrayLike<number>[],
  coefficients: ArrayLike<number>,
  rows: number,
  start?: ArrayLike<number>,
): Float64Array {
  const result = start ? Float64Array.from(start) : new Float64Array(rows);
  for (let j = 0; j < columns.length; j++) {
    const factor = coefficients[j]!;
    const column = columns[j]!;
    if (factor !== 0) for (let t = 0; t < rows; t++) result[t]! += factor * column[t]!;
  }
  return result;
}

/**
 * X = Q R with orthonormal columns Q and upper triangular R: Gram–Schmidt with a second pass where the first left little
 * (Daniel, Gragg, Kaufman & Stewart, 1976), as exact as Householder.
 * `dependent` lists the columns that are combinations of those before them; they stand in neither Q nor R.
 */
export interface Orthonormal {
  readonly q: readonly Column[];
  /** r[i][j], row i of the kept columns */
  readonly r: Square;
  readonly kept: readonly number[];
  readonly dependent: readonly number[];
}

export function orthonormal(columns: readonly ArrayLike<number>[]): Orthonormal {
  const q: Column[] = [];
  const kept: number[] = [];
  const dependent: number[] = [];
  const loads: Float64Array[] = [];
  columns.forEach((column, index) => {
    const rest = Float64Array.from(column);
    const load = new Float64Array(columns.length);
    const length = Math.sqrt(dot(column, column));
    let [before, left] = [length, length];
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < q.length; i++) {
        const basis = q[i]!;
        const share = dot(basis, rest);
        load[i]! += share;
        for (let t = 0; t < rest.length; t++) rest[t]! -= share * basis[t]!;
      }
      left = Math.sqrt(dot(rest, rest));
      if (left > before * Math.SQRT1_2) break;
      before = left;
    }
    if (!(left > length * 1e-9)) {
      dependent.push(index);
      return;
    }
    for (let t = 0; t < rest.length; t++) rest[t]! /= left;
    load[q.length] = left;
    q.push(rest);
    kept.push(index);
    loads.push(load);
  });
  const r = square(q.length);
  loads.forEach((load, j) => {
    for (let i = 0; i <= j; i++) r[i]![j] = load[i]!;
  });
  return { q, r, kept, dependent };
}

/** x with R x = b, R upper triangular. */
export function backSubstitute(r: Square, b: ArrayLike<number>): Float64Array {
  const n = r.length;
  const x = Float64Array.from(b);
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k++) sum -= r[i]![k]! * x[k]!;
    x[i] = sum / r[i]![i]!;
  }
  return x;
}

/** R⁻¹ C R⁻¹': a covariance of Q's coefficients as one of X's. */
export function untangle(r: Square, covariance: Square): Square {
  const n = r.length;
  const half = square(n);
  for (let j = 0; j < n; j++) {
    const column = backSubstitute(
      r,
      covariance.map((row) => row[j]!),
    );
    for (let i = 0; i < n; i++) half[i]![j] = column[i]!;
  }
  const result = square(n);
  for (let i = 0; i < n; i++) result[i]!.set(backSubstitute(r, half[i]!));
  return result;
}
