import {
  END,
  INTEGER,
  PAGE_BYTES,
  VECTOR,
  WIDE,
  WIDE_BYTES,
  WORD_BYTES,
  get,
  integer,
  loadByte,
  loadWide,
  moved,
  plus,
  set,
  storeInteger,
  wasmModule,
  type Code,
} from '../domain/wasm-module.ts';

export const QUOTE = 0x22;
export const LF = 0x0a;
export const CR = 0x0d;

/** Bytes that are looked through at once; with their places they stay in the processor's cache until the rows are encoded. */
export const PIECE = 64 * 1024;
/** Fields of a row at most. */
export const MOST_COLUMNS = 4096;

/** Finds the rows of a piece of CSV that need no thought: no quotes, all columns there, ended by LF or CRLF. */
export interface PlainRows {
  /** Where the piece is put. */
  readonly bytes: Uint8Array;
  /** Where fields begin and end in it, row by row; with room for what others find behind. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** Room for the lines in which rows begin. */
  readonly lines: Float64Array;
  /** Rows that are known after `find`. */
  readonly count: number;
  /** Where the last of them ends, with its line end. */
  readonly end: number;
  /**
   * Adds the rows from a place on to `count` that are known, until a row is not plain or not whole.
   * @param length of the piece @param delimiter as a byte
   */
  find(from: number, length: number, width: number, delimiter: number, count: number): void;
}

const spares: PlainRows[] = [];
const MOST_SPARES = 4;

/** The program with a memory of its own, perhaps one that was given back. */
export function takePlainRows(): PlainRows {
  return spares.pop() ?? new PlainRowsProgram();
}

/** Takes a program back whose places nobody looks at any more. */
export function givePlainRowsBack(program: PlainRows): void {
  if (spares.length < MOST_SPARES) spares.push(program);
}

const PLACES = PIECE + MOST_COLUMNS + WIDE_BYTES;
const STARTS_AT = PIECE + WIDE_BYTES; // the last 16 bytes are looked at whole
const ENDS_AT = STARTS_AT + PLACES * WORD_BYTES;
const FOUND_AT = ENDS_AT + PLACES * WORD_BYTES;
const PAGES = Math.ceil((FOUND_AT + 2 * WORD_BYTES) / PAGE_BYTES);

let compiled: WebAssembly.Module | undefined;

/** A WebAssembly program, because JavaScript can't look at 16 bytes at once: most of a file lies between two marks. */
class PlainRowsProgram implements PlainRows {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly lines = new Float64Array(PIECE + 1);
  private readonly found: Int32Array;
  readonly find: PlainRows['find'];

  constructor() {
    compiled ??= new WebAssembly.Module(
      wasmModule(
        [
          {
            name: 'find',
            takes: [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER],
            locals: LOCALS,
            code: findCode(),
          },
        ],
        PAGES,
      ),
    );
    const { memory, find } = new WebAssembly.Instance(compiled).exports;
    const { buffer } = memory as WebAssembly.Memory;
    this.bytes = new Uint8Array(buffer, 0, PIECE);
    this.starts = new Int32Array(buffer, STARTS_AT, PLACES);
    this.ends = new Int32Array(buffer, ENDS_AT, PLACES);
    this.found = new Int32Array(buffer, FOUND_AT, 2);
    this.find = find as PlainRows['find'];
  }

  get count(): number {
    return this.found[0]!;
  }

  get end(): number {
    return this.found[1]!;
  }
}

const LOCALS = [
  [9, INTEGER],
  [5, WIDE],
] as const;
const ADD = 0x6a;
const SUBTRACT = 0x6b;
const MULTIPLY = 0x6c;
const AND = 0x71;
const SHIFT_LEFT = 0x74;
const TRAILING_ZEROS = 0x68;
const IS_ZERO = 0x45;
const EQUAL = 0x46;
const NOT_EQUAL = 0x47;
const LESS = 0x49;
const NOT_LESS = 0x4f;
const ON_ALL_BYTES = [VECTOR, 0x0f];
const EQUAL_BYTES = [VECTOR, 0x23];
const EITHER = [VECTOR, 0x50];
/** a bit for each of the 16 bytes */
const BITS = [VECTOR, 0x64];

const block = (body: Code): Code => [0x02, 0x40, ...body, END];
const loop = (body: Code): Code => [0x03, 0x40, ...body, END];
const when = (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, END];
/** leaves the block that is so many further out than this one; begins the loop anew where it is one */
const go = (outwards: number): Code => [0x0c, outwards];
const goIf = (condition: Code, outwards: number): Code => [...condition, 0x0d, outwards];
const of = (a: Code, b: Code, instruction: number): Code => [...a, ...b, instruction];

function findCode(): Code {
  const [from, length, width, delimiter, count, at, start, slot, rowSlot, marks, place, mark, end, rowBytes] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
  ];
  const [piece, delimiters, feeds, returns, quotes] = [14, 15, 16, 17, 18];
  const is = (what: number): Code => of(get(mark), integer(what), EQUAL);
  const among = (wanted: number): Code => [...get(piece), ...get(wanted), ...EQUAL_BYTES];
  const bytesLeft = of(get(length), get(at), SUBTRACT);
  const keepField = [
    ...storeInteger(get(slot), get(start), STARTS_AT),
    ...storeInteger(get(slot), get(place), ENDS_AT),
    ...moved(slot, WORD_BYTES),
  ];
  const beginRow = [...set(rowSlot, get(slot)), ...set(end, get(start))];
  // from inside the loop over marks: 0 is that loop, 1 its end, 2 the next sixteen bytes, 3 the end of all
  const takeMark = [
    ...goIf(of(get(marks), [], IS_ZERO), 1),
    ...set(place, of(get(at), [...get(marks), TRAILING_ZEROS], ADD)),
    ...set(marks, of(get(marks), plus(marks, -1), AND)),
    ...goIf(of(get(place), get(start), LESS), 0), // the second half of a line end
    ...set(mark, loadByte(get(place))),
    ...when(of(get(mark), get(delimiter), EQUAL), [...keepField, ...set(start, plus(place, 1)), ...go(1)]),
    ...goIf(is(QUOTE), 3),
    ...when(is(CR), [
      ...goIf(of(plus(place, 1), get(length), NOT_LESS), 4),
      ...goIf(of(loadByte(get(place), 1), integer(LF), NOT_EQUAL), 4),
    ]),
    ...keepField,
    ...goIf(of(of(get(slot), get(rowSlot), SUBTRACT), get(rowBytes), NOT_EQUAL), 3),
    ...moved(count, 1),
    ...set(start, of(plus(place, 1), is(CR), ADD)),
    ...beginRow,
    ...go(0),
  ];
  const takeSixteen = [
    ...goIf(of(get(at), get(length), NOT_LESS), 1),
    ...set(piece, loadWide(get(at), 0)),
    ...set(marks, [
      ...[...among(delimiters), ...among(feeds), ...EITHER],
      ...[...among(returns), ...EITHER, ...among(quotes), ...EITHER, ...BITS],
    ]),
    ...when(of(bytesLeft, integer(WIDE_BYTES), LESS), [
      ...set(marks, of(get(marks), of(of(integer(1), bytesLeft, SHIFT_LEFT), integer(1), SUBTRACT), AND)),
    ]),
    ...block(loop(takeMark)),
    ...moved(at, WIDE_BYTES),
    ...go(0),
  ];
  return [
    ...set(delimiters, [...get(delimiter), ...ON_ALL_BYTES]),
    ...set(feeds, [...integer(LF), ...ON_ALL_BYTES]),
    ...set(returns, [...integer(CR), ...ON_ALL_BYTES]),
    ...set(quotes, [...integer(QUOTE), ...ON_ALL_BYTES]),
    ...set(rowBytes, of(get(width), integer(WORD_BYTES), MULTIPLY)),
    ...set(slot, of(get(count), get(rowBytes), MULTIPLY)),
    ...set(at, get(from)),
    ...set(start, get(from)),
    ...beginRow,
    ...block(loop(takeSixteen)),
    ...storeInteger(integer(0), get(count), FOUND_AT),
    ...storeInteger(integer(0), get(end), FOUND_AT + WORD_BYTES),
  ];
}
