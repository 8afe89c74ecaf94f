import { enlarged } from '../domain/enlarged.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { DIMENSIONS, type CellBook } from './cells.ts';
import type { FactColumn, FactContext, Place } from './fact-columns.ts';
import type { Kind } from './kinds/kind.ts';
import type { CheckedRow } from './row-check.ts';
import { Seen } from './seen-values.ts';

const TRANSFERRED = DIMENSIONS.indexOf('transferred');

/** The number of the cell of the row encoded last. */
export interface CellColumn extends FactColumn {
  readonly number: number;
}

interface Dimension {
  readonly d: number;
  /** place in the file, -1 for none */
  readonly at: number;
  /** number of what an empty field stands for */
  readonly absent: number;
  readonly required: boolean;
}

/** Dimensions that stand side by side in the file. */
interface Run {
  /** places of its first and last column in the file */
  readonly first: number;
  readonly last: number;
  readonly texts: RunTexts;
}

/** The cell of a contact: all its dimensions as one number. */
export function cellColumn(
  context: FactContext,
  kind: Kind,
  places: readonly (number | undefined)[],
  cells: CellBook,
): CellColumn {
  const { place, out, file } = context;
  const ids = new Int32Array(DIMENSIONS.length);
  const [no, yes] = [cells.idOf(TRANSFERRED, 'false'), cells.idOf(TRANSFERRED, 'true')];
  const dimensions = DIMENSIONS.slice(0, TRANSFERRED).map((name, d) => {
    const c = kind.columns.findIndex((column) => column.name === name);
    const column = kind.columns[c]!;
    const absent = column.absent === undefined ? 0 : cells.idOf(d, column.absent);
    return {
      d,
      c,
      at: places[c] ?? -1,
      absent,
      required: column.required === true,
      seen: new Seen<number>(name, file),
    };
  });
  const runs = runsOf(dimensions);
  const met = new Int32Array(runs.length + 1); // numbers of the runs' texts, and whether the contact was transferred
  const known = new KnownCells(met);
  const transferredAt = kind.columns.findIndex((column) => column.name === 'transferred_from');
  const transferredPlace = places[transferredAt] ?? -1;

  const findEach = (): boolean => {
    const { view, starts, ends, base } = place;
    for (const { d, at, absent, required, seen } of dimensions) {
      const s = at < 0 ? 0 : starts[base + at]!;
      const e = at < 0 ? 0 : ends[base + at]!;
      const met = s === e ? 0 : seen.find(view, s, e);
      if (met === 0 && (s !== e || required)) return false;
      ids[d] = met === 0 ? absent : seen.at(met);
    }
    for (const { first, last, texts } of runs) if (isPlain(place, first, last)) texts.learn(place, first, last, ids);
    return true;
  };

  /** False when one of the runs has a text that was not met, or is not plain. */
  const findRuns = (): boolean => {
    for (let r = 0; r < runs.length; r++) {
      const { first, last, texts } = runs[r]!;
      const text = isPlain(place, first, last) ? texts.find(place, first, last) : UNKNOWN;
      if (text === UNKNOWN) return false;
      met[r] = text;
    }
    return true;
  };

  const putRuns = (): void => {
    let number = known.find();
    if (number === 0) {
      for (let r = 0; r < runs.length; r++) runs[r]!.texts.put(met[r]!, ids);
      ids[TRANSFERRED] = met[runs.length] === 1 ? yes : no;
      number = cells.numberOf(ids);
      known.keep(number);
    }
    column.number = number;
    out.putInt4(number);
  };

  const put = (): void => {
    column.number = cells.numberOf(ids);
    out.putInt4(column.number);
  };
  for (const { d, at, absent } of dimensions) if (at < 0) ids[d] = absent;
  const column = {
    number: 0,
    fast() {
      const { starts, ends, base } = place;
      const given = transferredPlace >= 0 && starts[base + transferredPlace] !== ends[base + transferredPlace];
      if (findRuns()) {
        met[runs.length] = given ? 1 : 0;
        putRuns();
        return true;
      }
      if (!findEach()) return false;
      ids[TRANSFERRED] = given ? yes : no;
      put();
      return true;
    },
    slow(row: CheckedRow) {
      for (const { d, c } of dimensions) ids[d] = cells.idOf(d, row.values[c]!);
      ids[TRANSFERRED] = row.values[transferredAt] === null ? no : yes;
      put();
    },
    learn(row: CheckedRow) {
      for (const { d, c, at, seen } of dimensions) {
        const text = at < 0 ? '' : (row.source.fields[at] ?? '');
        if (text !== '') seen.learn(text, cells.idOf(d, row.values[c]!));
      }
    },
  };
  return column;
}

function runsOf(dimensions: readonly Dimension[]): Run[] {
  const found = dimensions.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
  const runs: { first: number; last: number; dimensions: Dimension[] }[] = [];
  for (const dimension of found) {
    const { at } = dimension;
    const run = runs.at(-1);
    if (run?.last === at - 1) {
      run.last = at;
      run.dimensions.push(dimension);
    } else runs.push({ first: at, last: at, dimensions: [dimension] });
  }
  return runs.map((run) => ({ ...run, texts: new RunTexts(run.dimensions) }));
}

/** True when each field ends one byte before the next: none of them is quoted, so their text as a whole says what they are. */
function isPlain({ starts, ends, base }: Place, first: number, last: number): boolean {
  for (let at = base + first; at < base + last; at++) if (ends[at]! + 1 !== starts[at + 1]!) return false;
  return true;
}

/** Of a text that was not met. */
const UNKNOWN = -1;

/** Texts of a run beyond which no more are kept; those are found dimension by dimension. */
const MOST_TEXTS = 100_000;

/** Texts of all fields of a run together, with the numbers of its dimensions: one look-up instead of one for each. */
class RunTexts {
  private readonly texts = new ByteDictionary();
  private readonly dimensions: readonly number[];
  private ids: Int32Array;

  constructor(private readonly run: readonly Dimension[]) {
    this.dimensions = run.map(({ d }) => d);
    this.ids = new Int32Array(run.length * 64);
  }

  /** Number of the run's text, 0 for an empty one, which only a run of one dimension can have; UNKNOWN for one that was not met. */
  find({ view, starts, ends, base }: Place, first: number, last: number): number {
    const start = starts[base + first]!;
    const end = ends[base + last]!;
    if (start === end) return this.run[0]!.required ? UNKNOWN : 0;
    const met = this.texts.find(view, start, end);
    return met === 0 ? UNKNOWN : met;
  }

  /** Writes the numbers of the run's dimensions to `into`. @param text a number that `find` gave */
  put(text: number, into: Int32Array): void {
    const { dimensions, ids } = this;
    if (text === 0) into[dimensions[0]!] = this.run[0]!.absent;
    else
      for (let i = 0, from = text * dimensions.length; i < dimensions.length; i++)
        into[dimensions[i]!] = ids[from + i]!;
  }

  learn({ bytes, starts, ends, base }: Place, first: number, last: number, from: Int32Array): void {
    const text = bytes.toString('utf8', starts[base + first], ends[base + last]);
    if (text === '' || this.texts.size >= MOST_TEXTS) return;
    const { dimensions } = this;
    const at = this.texts.add(text) * dimensions.length;
    if (at >= this.ids.length) this.ids = enlarged(this.ids);
    for (const [i, d] of dimensions.entries()) this.ids[at + i] = from[d]!;
  }
}

/** Cells beyond which no more are kept; those are found by their dimensions. */
const MOST_CELLS = 200_000;

/** Cells by what their contacts' texts are numbered: a contact like one before costs one look instead of one for each dimension. */
class KnownCells {
  private keys: Int32Array;
  /** of cells, by slot; 0: a free one */
  private numbers = new Int32Array(256);
  private count = 0;
  private slot = 0;

  /** @param key numbers of the texts of the contact at hand; it changes from one to the next */
  constructor(private readonly key: Int32Array) {
    this.keys = new Int32Array(this.numbers.length * key.length);
  }

  /** The number of the contact's cell; 0 when it was not kept. */
  find(): number {
    const { key, keys, numbers } = this;
    const mask = numbers.length - 1;
    let slot = slotOf(key, 0, key.length) & mask;
    for (; numbers[slot] !== 0; slot = (slot + 1) & mask) {
      let at = slot * key.length;
      let i = 0;
      for (; i < key.length && keys[at] === key[i]; i++) at++;
      if (i === key.length) return numbers[slot]!;
    }
    this.slot = slot;
    return 0;
  }

  /** Keeps the cell of the contact that `find` did not find. */
  keep(number: number): void {
    if (this.count >= MOST_CELLS) return;
    this.place(this.slot, this.key, 0, number);
    if (++this.count * 2 > this.numbers.length) this.grow();
  }

  private place(slot: number, from: Int32Array, at: number, number: number): void {
    const width = this.key.length;
    for (let i = 0; i < width; i++) this.keys[slot * width + i] = from[at + i]!;
    this.numbers[slot] = number;
  }

  private grow(): void {
    const { keys, numbers, key } = this;
    this.numbers = new Int32Array(numbers.length * 2);
    this.keys = new Int32Array(keys.length * 2);
    const mask = this.numbers.length - 1;
    for (let old = 0; old < numbers.length; old++) {
      if (numbers[old] === 0) continue;
      let slot = slotOf(keys, old * key.length, key.length) & mask;
      while (this.numbers[slot] !== 0) slot = (slot + 1) & mask;
      this.place(slot, keys, old * key.length, numbers[old]!);
    }
  }
}

function slotOf(key: Int32Array, from: number, width: number): number {
  let hash = width;
  for (let i = 0; i < width; i++) {
    hash = Math.imul(hash ^ key[from + i]!, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}
