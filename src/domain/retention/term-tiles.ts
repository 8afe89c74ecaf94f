import type { Numbers, Square } from '../causality/linear-algebra.ts';
import { square } from '../causality/linear-algebra.ts';
import { LANES, TILE, ofLanes, tileProgram, type TileProgram } from '../causality/tile-program.ts';
import { addLevels, type Factor } from './least-squares.ts';

/** A column of terms: numbers, or of a level two of them: for the rows of other levels and for its own. */
export type TermColumn =
  | {
      readonly values: Numbers;
      /** taken off each number, and what the rest is divided by, whenever they are read: no other column is made */
      readonly centre: number;
      readonly scale: number;
    }
  | { readonly factor: Factor; readonly level: number; readonly zero: number; readonly one: number };

/** 0 or 1 a row, or any weight. */
export type Weights = Float64Array | Uint8Array;

/**
 * Says weights and values of as many rows from one on, by their x'β, which may stand where the weights go.
 */
export type TellRows = (
  predictor: Float64Array,
  from: number,
  rows: number,
  weights: Float64Array,
  values: Float64Array,
) => void;

export interface Equations {
  readonly information: Square;
  readonly sums: Float64Array;
}

/**
 * Sums over the rows of terms: columns first, then the levels of each factor as they are, 1 and 0. All are made a tile of
 * rows at a time; no column is made of a level.
 */
export class TermTiles {
  private readonly program: TileProgram;
  /** of each factor that has levels among the columns: place of a level's column, or -1 */
  private readonly places: readonly { readonly of: Int32Array; readonly place: Int32Array }[];
  /** number of a level's column for its own rows */
  private readonly ones: Float64Array;

  constructor(
    private readonly rows: number,
    private readonly columns: readonly TermColumn[],
    private readonly factors: readonly Factor[] = [],
  ) {
    // the columns, the same by weight, and a column each of weights, values and predictors
    const levels = factors.reduce((sum, factor) => sum + factor.levels, 0);
    this.program = tileProgram(2 * columns.length + 3, levels * (columns.length + 2));
    const places = new Map<Factor, Int32Array>();
    columns.forEach((column, c) => {
      if ('values' in column) return;
      const { factor, level } = column;
      if (!places.has(factor)) places.set(factor, new Int32Array(factor.levels).fill(-1));
      places.get(factor)![level] = c;
    });
    this.places = [...places].map(([{ of }, place]) => ({ of, place }));
    this.ones = Float64Array.from(columns, (column) => ('values' in column ? 0 : column.one));
  }

  get size(): number {
    return this.factors.reduce((sum, { levels }) => sum + levels, this.columns.length);
  }

  /** x'β of every row. @param to written over */
  predictor(coefficients: ArrayLike<number>, to: Float64Array): void {
    const own = this.program.column(2 * this.columns.length);
    for (let from = 0; from < this.rows; from += TILE) {
      const rows = this.load(from);
      this.predict(coefficients, from, rows);
      to.set(own.subarray(0, rows), from);
    }
  }

  /** X'WX and X'f. @param weights absent: ones @param values f; absent: zeros */
  equations(weights?: Weights, values?: Float64Array): Equations {
    const { program } = this;
    const count = this.columns.length;
    const [ofWeights, ofValues] = [program.column(2 * count), program.column(2 * count + 1)];
    if (weights === undefined) ofWeights.fill(1);
    if (values === undefined) ofValues.fill(0);
    return this.equationsOf((from, rows) => {
      if (weights) ofWeights.set(weights.subarray(from, from + rows));
      if (values) ofValues.set(values.subarray(from, from + rows));
    }, values !== undefined);
  }

  /** X'WX and X'f where weights and values follow from x'β: told tile by tile, so that the terms are brought once for both. */
  equationsAt(coefficients: ArrayLike<number>, tell: TellRows): Equations {
    const { program } = this;
    const count = this.columns.length;
    const [ofWeights, ofValues] = [program.column(2 * count), program.column(2 * count + 1)];
    // the predictor stands where the weights come to stand
    return this.equationsOf((from, rows) => {
      this.predict(coefficients, from, rows);
      tell(ofWeights, from, rows, ofWeights, ofValues);
    }, true);
  }

  /** @param bring puts weights and values of some rows behind the columns' room */
  private equationsOf(bring: (from: number, rows: number) => void, hasValues: boolean): Equations {
    const { program, columns, factors, size } = this;
    const count = columns.length;
    const [weightsAt, valuesAt] = [2 * count, 2 * count + 1];
    const ofValues = count + (count % 2); // sums of the values stand behind those of the products
    const information = square(size);
    let behind = 0;
    const levels = factors.map((factor, f) => {
      const own = new LevelSums(factor, factors.slice(0, f), count, program, behind);
      behind = own.behind;
      return own;
    });
    program.lanes.fill(0);
    program.sums.fill(0);
    for (let from = 0; from < this.rows; from += TILE) {
      const rows = this.load(from);
      bring(from, rows);
      for (let c = 0; c < count; c++) {
        program.weigh(c, weightsAt, count + c, rows);
        program.lanes.fill(0, 0, (c + 1) * LANES);
        program.dots(count + c, c + 1, rows, 0);
        addLanes(program.lanes, 0, information[c]!, c + 1);
      }
      if (hasValues) program.dots(valuesAt, count, rows, ofValues);
      for (const own of levels) own.add(from, rows);
    }
    const sums = new Float64Array(size);
    addLanes(program.lanes, ofValues, sums, count);
    let first = count;
    for (const own of levels) first = own.put(information, sums, first);
    for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) information[j]![i] = information[i]![j]!;
    return { information, sums };
  }

  /** X'Wf */
  sums(weights: Weights, values: ArrayLike<number>): Float64Array {
    const { program, columns, factors } = this;
    const count = columns.length;
    program.lanes.fill(0);
    const sums = new Float64Array(this.size);
    const weighted = program.column(count);
    for (let from = 0; from < this.rows; from += TILE) {
      const rows = this.load(from);
      for (let row = 0; row < rows; row++) weighted[row] = weights[from + row]! * values[from + row]!;
      program.dots(count, count, rows, 0);
      let first = count;
      for (let f = 0; f < factors.length; f++) {
        const { of, levels } = factors[f]!;
        for (let row = 0; row < rows; row++) sums[first + of[from + row]!]! += weighted[row]!;
        first += levels;
      }
    }
    addLanes(program.lanes, 0, sums, count);
    return sums;
  }

  /** x'β of the rows that were brought, behind the weighted columns. */
  private predict(coefficients: ArrayLike<number>, from: number, rows: number): void {
    const { program, columns, factors } = this;
    const place = 2 * columns.length;
    const own = program.column(place);
    own.fill(0);
    for (let c = 0; c < columns.length; c++) {
      if (coefficients[c] !== 0) program.add(c, coefficients[c]!, place, rows);
    }
    let first = columns.length;
    for (const { of, levels } of factors) {
      addLevels(own, of, from, rows, coefficients, first);
      first += levels;
    }
  }

  /** Brings the columns' rows from one on. @returns how many */
  private load(from: number): number {
    const { program, columns } = this;
    const rows = Math.min(TILE, this.rows - from);
    for (let c = 0; c < columns.length; c++) {
      const column = columns[c]!;
      if ('values' in column) {
        const { values, centre, scale } = column;
        program.column(c).set(values.subarray(from, from + rows));
        if (centre !== 0 || scale !== 1) program.scale(c, centre, scale, rows);
      } else program.column(c).fill(column.zero, 0, rows);
    }
    const { ones } = this;
    const { numbers } = program;
    for (const { of, place } of this.places) {
      for (let row = 0; row < rows; row++) {
        const own = place[of[from + row]!]!;
        if (own >= 0) numbers[own * TILE + row] = ones[own]!;
      }
    }
    return rows;
  }
}

/** Adds the sum of each four lanes, as `dot` adds them. */
function addLanes(lanes: Float64Array, first: number, to: Float64Array, count: number): void {
  for (let s = 0; s < count; s++) to[s]! += ofLanes(lanes, first + s);
}

/** Products of a factor's levels with the columns, themselves, the factors before, and the values: sums over a level's rows. */
class LevelSums {
  /** behind its sums in those of the program */
  readonly behind: number;
  private readonly pairs: readonly Float64Array[];

  /** @param place of its sums in those of the program: of a level those with the columns, with itself, and of the values */
  constructor(
    private readonly factor: Factor,
    private readonly before: readonly Factor[],
    private readonly columns: number,
    private readonly program: TileProgram,
    private readonly place: number,
  ) {
    const { levels } = factor;
    this.behind = place + levels * (columns + 2);
    this.pairs = before.map((other) => new Float64Array(levels * other.levels));
  }

  /** The program has the weighted columns one behind the other, then the weights, then the values. */
  add(from: number, rows: number): void {
    const { columns, before, pairs, program, place } = this;
    const { of } = this.factor;
    program.levels.set(of.subarray(from, from + rows));
    program.spread(columns, columns + 2, rows, place);
    const weights = program.column(2 * columns);
    for (let b = 0; b < before.length; b++) {
      const other = before[b]!;
      const sums = pairs[b]!;
      const otherOf = other.of;
      const otherLevels = other.levels;
      for (let row = 0; row < rows; row++) {
        sums[of[from + row]! * otherLevels + otherOf[from + row]!]! += weights[row]!;
      }
    }
  }

  /** Writes the sums to the rows of the levels, left of the diagonal. @returns the place behind the last level */
  put(information: Square, sums: Float64Array, first: number): number {
    const { columns, program } = this;
    const { levels } = this.factor;
    for (let level = 0; level < levels; level++) {
      const row = information[first + level]!;
      const own = this.place + level * (columns + 2);
      row.set(program.sums.subarray(own, own + columns));
      let place = columns;
      this.before.forEach((other, b) => {
        row.set(this.pairs[b]!.subarray(level * other.levels, (level + 1) * other.levels), place);
        place += other.levels;
      });
      row[first + level] = program.sums[own + columns]!;
      sums[first + level] = program.sums[own + columns + 1]!;
    }
    return first + levels;
  }
}
