import {
  END,
  FLOAT,
  INTEGER,
  PAGE_BYTES,
  VECTOR,
  WIDE,
  WIDE_BYTES,
  WORD_BYTES,
  get,
  integer,
  loadWide,
  moved,
  set,
  storeWide,
  wasmModule,
  type Code,
  type WasmFunction,
} from '../wasm-module.ts';

/** Rows that are taken at a time, so that a piece of every column stays in the processor's nearest memory. */
export const TILE = 512;

/** Sums side by side in a product: one alone waits for each addition to end before it begins the next. */
export const LANES = 4;

const NUMBER_BYTES = 8;
const COLUMN_BYTES = TILE * NUMBER_BYTES;
const LANES_BYTES = LANES * NUMBER_BYTES;

/**
 * Pieces of columns, `TILE` numbers each, sums of four lanes each, and what is done to them two numbers at a time: a
 * WebAssembly program, because JavaScript has no numbers side by side in one register. Row i goes to lane i mod 4, each
 * lane in the order of its rows, so that a sum of lanes is that of the loop in `dot`, digit by digit.
 */
export interface TileProgram {
  /** Of all columns: column c has those from `TILE` c on. */
  readonly numbers: Float64Array;
  /** Numbers of a column. */
  readonly column: (place: number) => Float64Array;
  /** Lanes of all sums: sum s has the four from 4 s on. */
  readonly lanes: Float64Array;
  /** column = (column − centre) ÷ scale */
  readonly scale: (column: number, centre: number, scale: number, rows: number) => void;
  /** to = column × weights */
  readonly weigh: (column: number, weights: number, to: number, rows: number) => void;
  /** to += factor × column */
  readonly add: (column: number, factor: number, to: number, rows: number) => void;
  /**
   * Lanes of the sums `first`, `first + 1`, … += left × column, for the first `count` columns, and of one more where they
   * are odd; rows beyond a whole round go to lane 0.
   */
  readonly dots: (left: number, count: number, rows: number, first: number) => void;
  /** Level of each row, for `spread`. */
  readonly levels: Int32Array;
  /** What `spread` adds to. */
  readonly sums: Float64Array;
  /** sums of the row's level += columns, so many from one on; those of level 0 begin at a place, one level behind the other */
  readonly spread: (column: number, count: number, rows: number, place: number) => void;
}

let compiled: WebAssembly.Module | undefined;
let widest: { readonly columns: number; readonly sums: number; readonly program: TileProgram } | undefined;

/** Room for so many columns, and sums; one for all who ask, so that nobody finds later what he left there. */
export function tileProgram(columns: number, sums = 0): TileProgram {
  if (widest === undefined || widest.columns < columns || widest.sums < sums) {
    const most = { columns: Math.max(columns, widest?.columns ?? 0), sums: Math.max(sums, widest?.sums ?? 0) };
    widest = { ...most, program: madeFor(most.columns, most.sums) };
  }
  return widest.program;
}

function madeFor(columns: number, sums: number): TileProgram {
  compiled ??= new WebAssembly.Module(moduleBytes());
  const { memory, scale, weigh, add, dots, spread } = new WebAssembly.Instance(compiled).exports as unknown as {
    readonly memory: WebAssembly.Memory;
    readonly scale: (column: number, rows: number, centre: number, scale: number) => void;
    readonly weigh: (column: number, weights: number, to: number, rows: number) => void;
    readonly add: (column: number, to: number, rows: number, factor: number) => void;
    readonly dots: (left: number, from: number, count: number, lanes: number, rows: number) => void;
    readonly spread: (levels: number, column: number, count: number, sums: number, rows: number) => void;
  };
  const even = columns + (columns % 2); // they are multiplied in pairs
  const lanesAt = even * COLUMN_BYTES;
  const levelsAt = lanesAt + even * LANES_BYTES;
  const sumsAt = levelsAt + TILE * WORD_BYTES;
  memory.grow(Math.ceil((sumsAt + sums * NUMBER_BYTES) / PAGE_BYTES));
  const at = (place: number): number => place * COLUMN_BYTES;
  const views = Array.from({ length: columns }, (_, place) => new Float64Array(memory.buffer, at(place), TILE));
  const lanes = new Float64Array(memory.buffer, lanesAt, even * LANES);
  return {
    numbers: new Float64Array(memory.buffer, 0, even * TILE),
    column: (place) => views[place]!,
    lanes,
    scale: (column, centre, by, rows) => scale(at(column), rows, centre, by),
    weigh: (column, weights, to, rows) => weigh(at(column), at(weights), at(to), rows),
    add: (column, factor, to, rows) => add(at(column), at(to), rows, factor),
    dots(left, count, rows, first) {
      const whole = rows - (rows % LANES);
      if (whole > 0) dots(at(left), 0, count, lanesAt + first * LANES_BYTES, whole);
      if (whole === rows) return;
      for (let place = 0; place < count; place++) {
        for (let row = whole; row < rows; row++) {
          lanes[(first + place) * LANES]! += views[left]![row]! * views[place]![row]!;
        }
      }
    },
    levels: new Int32Array(memory.buffer, levelsAt, TILE),
    sums: new Float64Array(memory.buffer, sumsAt, sums),
    spread(column, count, rows, place) {
      if (rows > 0 && count > 0) spread(levelsAt, at(column), count, sumsAt + place * NUMBER_BYTES, rows);
    },
  };
}

/** A sum from its four lanes, as `dot` adds them. */
export function ofLanes(lanes: Float64Array, sum: number): number {
  const at = sum * LANES;
  return lanes[at]! + lanes[at + 1]! + (lanes[at + 2]! + lanes[at + 3]!);
}

const SPREAD = [VECTOR, 0x14];
const TIMES = [VECTOR, 0xf2, 0x01];
const PLUS = [VECTOR, 0xf0, 0x01];
const MINUS = [VECTOR, 0xf1, 0x01];
const OVER = [VECTOR, 0xf3, 0x01];

/** the pair so many bytes behind where a local points to */
const load = (local: number, offset = 0): Code => loadWide(get(local), offset);
const store = (local: number, value: Code, offset = 0): Code => storeWide(get(local), value, offset);
/** behind the last of so many numbers from where a local points to */
const behind = (local: number, rows: number): Code => [...get(local), ...get(rows), ...integer(3), 0x74, 0x6a];
const isBefore = (a: number, b: number): Code => [...get(a), ...get(b), 0x49];
const isPositive = (local: number): Code => [...get(local), ...integer(0), 0x4a];
const repeated = (body: Code, whileTrue: Code): Code => [0x03, 0x40, ...body, ...whileTrue, 0x0d, 0, END];

function scaleFunction(): WasmFunction {
  const [column, rows, centre, scale, end, centres, scales] = [0, 1, 2, 3, 4, 5, 6];
  const step = [
    ...store(column, [...load(column), ...get(centres), ...MINUS, ...get(scales), ...OVER]),
    ...moved(column, WIDE_BYTES),
  ];
  const begin = [
    ...set(centres, [...get(centre), ...SPREAD]),
    ...set(scales, [...get(scale), ...SPREAD]),
    ...set(end, behind(column, rows)),
  ];
  return {
    name: 'scale',
    takes: [INTEGER, INTEGER, FLOAT, FLOAT],
    locals: [
      [1, INTEGER],
      [2, WIDE],
    ],
    code: [...begin, ...repeated(step, isBefore(column, end))],
  };
}

function weighFunction(): WasmFunction {
  const [column, weights, to, rows, end] = [0, 1, 2, 3, 4];
  const step = [
    ...store(to, [...load(column), ...load(weights), ...TIMES]),
    ...[column, weights, to].flatMap((pointer) => moved(pointer, WIDE_BYTES)),
  ];
  return {
    name: 'weigh',
    takes: [INTEGER, INTEGER, INTEGER, INTEGER],
    locals: [[1, INTEGER]],
    code: [...set(end, behind(column, rows)), ...repeated(step, isBefore(column, end))],
  };
}

function addFunction(): WasmFunction {
  const [column, to, rows, factor, end, pair] = [0, 1, 2, 3, 4, 5];
  const step = [
    ...store(to, [...load(to), ...get(pair), ...load(column), ...TIMES, ...PLUS]),
    ...[column, to].flatMap((pointer) => moved(pointer, WIDE_BYTES)),
  ];
  const begin = [...set(pair, [...get(factor), ...SPREAD]), ...set(end, behind(column, rows))];
  return {
    name: 'add',
    takes: [INTEGER, INTEGER, INTEGER, FLOAT],
    locals: [
      [1, INTEGER],
      [1, WIDE],
    ],
    code: [...begin, ...repeated(step, isBefore(column, end))],
  };
}

/** Two columns a turn: four sums of pairs keep the adders busy. */
function dotsFunction(): WasmFunction {
  const [left, from, count, lanes, rows, end, a, p] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [x, y] = [12, 13]; // of the left
  const sums = [8, 9, 10, 11].map((local, i) => ({ local, of: i % 2 === 0 ? x : y, offset: i * WIDE_BYTES }));
  const round = [
    ...set(x, load(a)),
    ...set(y, load(a, WIDE_BYTES)),
    ...sums.flatMap(({ local, of }, i) => {
      const other = load(p, Math.floor(i / 2) * COLUMN_BYTES + (i % 2) * WIDE_BYTES);
      return set(local, [...get(local), ...get(of), ...other, ...TIMES, ...PLUS]);
    }),
    ...moved(a, 2 * WIDE_BYTES),
    ...moved(p, 2 * WIDE_BYTES),
  ];
  const turn = [
    ...sums.flatMap(({ local, offset }) => set(local, load(lanes, offset))),
    ...set(a, get(left)),
    ...set(p, get(from)),
    ...repeated(round, isBefore(a, end)),
    ...sums.flatMap(({ local, offset }) => store(lanes, get(local), offset)),
    ...moved(lanes, 2 * LANES_BYTES),
    ...moved(from, 2 * COLUMN_BYTES),
    ...moved(count, -2),
  ];
  return {
    name: 'dots',
    takes: [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER],
    locals: [
      [3, INTEGER],
      [6, WIDE],
    ],
    code: [...set(end, behind(left, rows)), ...repeated(turn, isPositive(count))],
  };
}

/** Row by row, all columns of one: sums of one column alone would each wait for the one before. */
function spreadFunction(): WasmFunction {
  const [levels, column, count, sums, rows, end, own, from, behindColumns] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const number = (local: number): Code => [...get(local), 0x2b, 3, 0];
  const one = [
    ...[...get(own), ...number(own), ...number(from), 0xa0, 0x39, 3, 0],
    ...moved(own, NUMBER_BYTES),
    ...moved(from, COLUMN_BYTES),
  ];
  const level = [...get(levels), 0x28, 2, 0];
  const row = [
    ...set(own, [...get(sums), ...level, ...get(count), 0x6c, ...integer(3), 0x74, 0x6a]),
    ...set(from, get(column)),
    ...set(behindColumns, [...get(column), ...get(count), ...integer(COLUMN_BYTES), 0x6c, 0x6a]),
    ...repeated(one, isBefore(from, behindColumns)),
    ...moved(levels, WORD_BYTES),
    ...moved(column, NUMBER_BYTES),
  ];
  return {
    name: 'spread',
    takes: [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER],
    locals: [[4, INTEGER]],
    code: [
      ...set(end, [...get(levels), ...get(rows), ...integer(2), 0x74, 0x6a]),
      ...repeated(row, isBefore(levels, end)),
    ],
  };
}

/** Five functions and a memory that its maker enlarges. */
function moduleBytes(): Uint8Array<ArrayBuffer> {
  return wasmModule([scaleFunction(), weighFunction(), addFunction(), dotsFunction(), spreadFunction()], 0);
}
