import type { StagedTable } from '../persistence/staging.queries.ts';
import type { CellBook } from './cells.ts';
import type { Kind } from './kinds/kind.ts';
import { customerKey } from './pseudonym.ts';
import type { CheckedRow } from './row-check.ts';
import { dayText } from './timestamps.ts';

/** Columns of the contacts file that make its cell, in the order of the table's unique key. */
export const CELL_COLUMNS = [
  'channel',
  'reason_code',
  'queue',
  'site',
  'vendor',
  'product',
  'segment',
  'language',
  'decision_code',
  'direction',
  'escalated',
] as const;

type StageColumn = { readonly column: string; readonly value: (row: CheckedRow) => string | null };

/** The table of a kind and how a checked row becomes a row of it. */
export interface Stage {
  readonly of: StagedTable;
  readonly row: (row: CheckedRow) => (string | null)[];
}

/** @param cells numbers of cells; needed for contacts only */
export function stageOf(kind: Kind, cells: CellBook | undefined): Stage {
  const at = (name: string): number => kind.columns.findIndex((column) => column.name === name);
  const inCell = new Set<string>(kind.name === 'contacts' ? CELL_COLUMNS : []);
  const columns: StageColumn[] = kind.columns.flatMap((column, c): StageColumn[] => {
    if (inCell.has(column.name)) return [];
    const own: StageColumn = { column: column.as ?? column.name, value: (row) => row.values[c]! };
    if (column.also === undefined) return [own];
    if (column.type === 'timestamp') return [own, { column: column.also, value: (row) => dayText(row.instant!.day) }];
    return [own, { column: column.also, value: (row) => keyText(row.values[c]!) }];
  });
  if (kind.name === 'contacts') {
    const places = CELL_COLUMNS.map(at);
    const transferred = at('transferred_from');
    columns.push({
      column: 'cell_no',
      value: ({ values }) =>
        String(cells!.numberOf([...places.map((p) => values[p]!), values[transferred] === null ? 'false' : 'true'])),
    });
  }
  const day =
    kind.store === 'fact'
      ? (kind.columns.find((column) => column.type === 'timestamp')?.also ?? 'started_on')
      : undefined;
  if (kind.name === 'contact_segments') columns.push({ column: 'started_on', value: () => null });
  return {
    of: {
      table: kind.table,
      columns: columns.map(({ column }) => column),
      key: kind.key.map((name) => kind.columns[at(name)]!.as ?? name),
      day,
    },
    row: (row) => columns.map(({ value }) => value(row)),
  };
}

function keyText(customerId: string | null): string | null {
  return customerId === null ? null : customerKey(customerId).toString();
}
