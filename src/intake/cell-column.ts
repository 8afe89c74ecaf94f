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

  const put = (): void => {
    column.number = cells.numberOf(ids);
    out.putInt4(column.number);
  };
  for (const { d, at, absent } of dimensions) if (at < 0) ids[d] = absent;
  const column = {
    number: 0,
    fast() {
      const { starts, ends, base } = place;
      for (let r = 0; r < runs.length; r++) {
        const { first, last, texts } = runs[r]!;
        if (isPlain(place, first, last) && texts.find(place, first, last, ids)) continue;
        if (!findEach()) return false;
        break;
      }
      const given = transferredPlace >= 0 && starts[base + transferredPlace] !== ends[base + transferredPlace];
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

  /** Writes the numbers of the run's dimensions to `into`; false for a text that was not met. */
  find({ view, starts, ends, base }: Place, first: number, last: number, into: Int32Array): boolean {
    const { dimensions, ids } = this;
    const start = starts[base + first]!;
    const end = ends[base + last]!;
    if (start === end) return this.findNone(into);
    const met = this.texts.find(view, start, end);
    if (met === 0) return false;
    for (let i = 0, from = met * dimensions.length; i < dimensions.length; i++) into[dimensions[i]!] = ids[from + i]!;
    return true;
  }

  /** Only a run of one dimension can be empty: the others have a delimiter in them. */
  private findNone(into: Int32Array): boolean {
    const { d, absent, required } = this.run[0]!;
    into[d] = absent;
    return !required;
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
