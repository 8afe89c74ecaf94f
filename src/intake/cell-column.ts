import { DIMENSIONS, type CellBook } from './cells.ts';
import type { FactColumn, FactContext } from './fact-columns.ts';
import type { Kind } from './kinds/kind.ts';
import type { CheckedRow } from './row-check.ts';
import { Seen } from './seen-values.ts';

const TRANSFERRED = DIMENSIONS.indexOf('transferred');

/** The number of the cell of the row encoded last. */
export interface CellColumn extends FactColumn {
  number: number;
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
    return { c, at: places[c] ?? -1, absent, required: column.required === true, seen: new Seen<number>(name, file) };
  });
  const transferredAt = kind.columns.findIndex((column) => column.name === 'transferred_from');
  const transferredPlace = places[transferredAt] ?? -1;

  return {
    number: 0,
    fast() {
      const { bytes, starts, ends, base } = place;
      for (let d = 0; d < dimensions.length; d++) {
        const { at, absent, required, seen } = dimensions[d]!;
        const s = at < 0 ? 0 : starts[base + at]!;
        const e = at < 0 ? 0 : ends[base + at]!;
        if (s === e) {
          if (required) return false;
          ids[d] = absent;
          continue;
        }
        const met = seen.find(bytes, s, e);
        if (met === 0) return false;
        ids[d] = seen.at(met);
      }
      const given = transferredPlace >= 0 && starts[base + transferredPlace] !== ends[base + transferredPlace];
      ids[TRANSFERRED] = given ? yes : no;
      this.number = cells.numberOf(ids);
      out.putInt4(this.number);
      return true;
    },
    slow(row: CheckedRow) {
      for (let d = 0; d < dimensions.length; d++) ids[d] = cells.idOf(d, row.values[dimensions[d]!.c]!);
      ids[TRANSFERRED] = row.values[transferredAt] === null ? no : yes;
      this.number = cells.numberOf(ids);
      out.putInt4(this.number);
    },
    learn(row: CheckedRow) {
      for (const [d, { c, at, seen }] of dimensions.entries()) {
        const text = at < 0 ? '' : (row.source.fields[at] ?? '');
        if (text !== '') seen.learn(text, cells.idOf(d, row.values[c]!));
      }
    },
  };
}
