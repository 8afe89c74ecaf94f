import type { Numbers, Square } from '../causality/linear-algebra.ts';
import {
  cholesky,
  choleskyInverse,
  choleskySolve,
  dot,
  flagsOf,
  orthonormal,
  square,
} from '../causality/linear-algebra.ts';
import { LANES, TILE, tileProgram } from '../causality/tile-program.ts';
import { invariant } from '../errors.ts';
import type { Design, Factor, Solver } from './least-squares.ts';
import { inColumns } from './least-squares.ts';
import { TermTiles, type Equations, type TellRows, type TermColumn, type Weights } from './term-tiles.ts';

/**
 * A design's terms that are no combinations of others, its columns centred (where there is a constant) and scaled, with
 * the way back to the terms as they were.
 */
export interface ScaledTerms {
  readonly size: number;
  /** z'β of every row. @param to written over */
  readonly predictor: (coefficients: Float64Array, to: Float64Array) => void;
  /** Z'WZ, and Z'f where values f are given; absent weights: ones */
  readonly equations: (weights?: Weights, values?: Float64Array) => Equations;
  /** Z'WZ and Z'f by z'β, of which weights and values are told */
  readonly equationsAt: (coefficients: Float64Array, tell: TellRows) => Equations;
  /** Z'WZ of the weights that told the terms apart */
  readonly products: () => Square;
  /** Z'Wf */
  readonly sums: (weights: Weights, values: ArrayLike<number>) => Float64Array;
  readonly from: (coefficients: Float64Array) => Float64Array;
  readonly back: (coefficients: ArrayLike<number>) => Float64Array;
  /** covariance of the scaled terms' coefficients as one of the terms' own; zero for dropped terms */
  readonly bread: (inverse: Square) => Square;
}

/** A column of the scaled terms, and how it came from the design's term at a place. */
interface ScaledTerm {
  readonly place: number;
  readonly centre: number;
  readonly scale: number;
}

/**
 * Which terms are combinations of others is told by an orthonormal basis of the columns, and where there are factors by
 * the cross products of all terms: no column is made of a level.
 * @param weights rows with weight 0 do not tell terms apart; with factors only
 */
export function scaledTerms(x: Design, weights?: Weights): ScaledTerms {
  const asLevels = x.factors !== undefined && !x.byColumns;
  const places = asLevels ? [...x.columns.keys()] : keptColumns(x);
  const constant = places.find((j) => x.names[j] === 'constant');
  const made = places.map((j) => scaledColumn(x, j, constant !== undefined && j !== constant));
  const terms = made.map(({ term }) => term);
  const tiles = new TermTiles(
    x.rows,
    made.map(({ column }) => column),
    asLevels ? x.factors : [],
  );
  const size = tiles.size;
  const products = asLevels ? tiles.equations(weights).information : undefined;
  const kept = products ? independent(products) : [...terms.keys()];
  // Levels are neither centred nor scaled.
  const own = kept.map((a) => terms[a] ?? { place: a, centre: 0, scale: 1 });
  const at = constant === undefined ? -1 : own.findIndex(({ place }) => place === constant);
  const back = (coefficients: ArrayLike<number>): Float64Array => {
    const whole = new Float64Array(x.names.length);
    own.forEach((term, a) => (whole[term.place] = coefficients[a]! / term.scale));
    if (constant !== undefined) for (const term of own) whole[constant]! -= whole[term.place]! * term.centre;
    return whole;
  };
  const someOf = (whole: Float64Array): Float64Array => Float64Array.from(kept, (a) => whole[a]!);
  const productsOf = (whole: Square): Square => (kept.length === size ? whole : kept.map((a) => someOf(whole[a]!)));
  const ofKept = ({ information, sums }: Equations): Equations => ({
    information: productsOf(information),
    sums: someOf(sums),
  });
  const wholeOf = (coefficients: Float64Array): Float64Array => {
    const whole = new Float64Array(size);
    kept.forEach((a, k) => (whole[a] = coefficients[k]!));
    return whole;
  };
  return {
    size: kept.length,
    predictor: (coefficients, to) => tiles.predictor(wholeOf(coefficients), to),
    equations: (curvature, values) => ofKept(tiles.equations(curvature, values)),
    equationsAt: (coefficients, tell) => ofKept(tiles.equationsAt(wholeOf(coefficients), tell)),
    products: () => productsOf(products ?? tiles.equations(weights).information),
    sums: (curvature, values) => someOf(tiles.sums(curvature, values)),
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
export function normalEquations(x: Design, weights: Weights): Solver {
  const scaled = scaledTerms(x, weights);
  const factor = cholesky(scaled.products());
  invariant(factor !== undefined, 'terms that were told apart are combinations of each other');
  return {
    bread: scaled.bread(choleskyInverse(factor)),
    coefficients: (y) => scaled.back(choleskySolve(factor, scaled.sums(weights, y))),
  };
}

/** A term's column, less its mean where it is to be centred, with a mean square of 1. */
function scaledColumn(x: Design, place: number, centred: boolean): { column: TermColumn; term: ScaledTerm } {
  const level = levelAt(x, place);
  const values = level ? flagsOf(x.rows, isLevel(level)) : x.columns[place]!;
  const centre = centred ? mean(values) : 0;
  const scale = Math.sqrt(squaresAround(values, centre) / x.rows) || 1;
  const term = { place, centre, scale };
  if (!level) return { column: { values, centre, scale }, term };
  // A level has two numbers, and they are found once.
  return { column: { ...level, zero: (0 - centre) / scale, one: (1 - centre) / scale }, term };
}

/** The level at a place behind the columns. */
function levelAt({ columns, factors = [] }: Design, place: number) {
  let level = place - columns.length;
  if (level < 0) return undefined;
  for (const factor of factors) {
    if (level < factor.levels) return { factor, level };
    level -= factor.levels;
  }
  return undefined;
}

function isLevel({ factor: { of }, level }: NonNullable<ReturnType<typeof levelAt>>): (row: number) => number {
  return (row) => (of[row] === level ? 1 : 0);
}

function mean(column: Numbers): number {
  const program = tileProgram(1);
  let sum = 0;
  for (let from = 0; from < column.length; from += TILE) {
    const rows = Math.min(TILE, column.length - from);
    program.column(0).set(column.subarray(from, from + rows));
    sum = added(sum, program.column(0), rows);
  }
  return sum / column.length;
}

/** A sum and the first numbers of a column, one after the other. */
function added(sum: number, column: Float64Array, rows: number): number {
  let whole = sum;
  for (let row = 0; row < rows; row++) whole += column[row]!;
  return whole;
}

/** Σ (value − centre)², a tile at a time, as `dot` sums them. */
function squaresAround(values: Numbers, centre: number): number {
  const program = tileProgram(1);
  program.lanes.fill(0, 0, LANES);
  for (let from = 0; from < values.length; from += TILE) {
    const rows = Math.min(TILE, values.length - from);
    program.column(0).set(values.subarray(from, from + rows));
    program.scale(0, centre, 1, rows);
    program.dots(0, 1, rows, 0);
  }
  const [s0, s1, s2, s3] = program.lanes as unknown as [number, number, number, number];
  return s0 + s1 + (s2 + s3);
}

/** What is left of a column beside those before it, by its length, above which nobody doubts that it is none of theirs. */
const NO_DOUBT = 1e-4;

/**
 * Places of the columns that are no combinations of those before them. With levels by their cross products, where these
 * leave no doubt: a level is dropped when it is the last with rows of its factor, so that it is what the others leave
 * over. Whatever is less plain is told by an orthonormal basis of all columns.
 */
export function keptColumns(x: Design): readonly number[] {
  return (x.factors && plainlyKept(x, x.factors)) ?? orthonormal(inColumns(x).columns).kept;
}

function plainlyKept(x: Design, factors: readonly Factor[]): number[] | undefined {
  const { columns, names, rows } = x;
  if (names[0] !== 'constant') return undefined;
  const made = columns.map((_, j) => scaledColumn(x, j, j > 0));
  const tiles = new TermTiles(
    rows,
    made.map(({ column }) => column),
    factors,
  );
  const products = tiles.equations().information;
  const found = new Pivots(products);
  const isPlain = (j: number, length: number): boolean => {
    if (!(Math.sqrt(found.left(j)) > NO_DOUBT * length)) return false;
    found.keep(j);
    return true;
  };
  for (let j = 0; j < columns.length; j++) {
    // By the length of the column as it was: centred and scaled it is another.
    if (!isPlain(j, Math.sqrt(dot(columns[j]!, columns[j]!)) / made[j]!.term.scale)) return undefined;
  }
  let first = columns.length;
  for (const { levels } of factors) {
    const withRows = Array.from({ length: levels }, (_, level) => first + level).filter((j) => products[j]![j]! > 0);
    if (!withRows.slice(0, -1).every((j) => isPlain(j, Math.sqrt(products[j]![j]!)))) return undefined;
    first += levels;
  }
  return found.kept;
}

/** What may be left of a term's square before it counts as a combination of those before it: rounding leaves less. */
const NOTHING_LEFT = 1e-10;

/** Terms that are no combinations of those before them, by the pivots of their cross products. */
function independent(products: Square): readonly number[] {
  const found = new Pivots(products);
  for (let j = 0; j < products.length; j++) if (found.left(j) > products[j]![j]! * NOTHING_LEFT) found.keep(j);
  return found.kept;
}

/** Pivots of a matrix of cross products, term by term. */
class Pivots {
  readonly kept: number[] = [];
  private readonly factor: Float64Array[] = [];
  private row = new Float64Array(0);

  constructor(private readonly products: Square) {}

  /** Square of what is left of a term beside those that were kept. */
  left(j: number): number {
    const { kept, factor } = this;
    const product = this.products[j]!;
    const row = new Float64Array(kept.length + 1);
    let rest = product[j]!;
    kept.forEach((place, a) => {
      let sum = product[place]!;
      for (let b = 0; b < a; b++) sum -= row[b]! * factor[a]![b]!;
      row[a] = sum / factor[a]![a]!;
      rest -= row[a]! ** 2;
    });
    row[kept.length] = Math.sqrt(rest);
    this.row = row;
    return rest;
  }

  /** Keeps the term that was looked at last. */
  keep(j: number): void {
    this.factor.push(this.row);
    this.kept.push(j);
  }
}
