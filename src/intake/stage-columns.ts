import type { StagedTable } from '../persistence/staging.queries.ts';
import { DIMENSIONS } from './cells.ts';
import type { Kind } from './kinds/kind.ts';
import { customerKey } from './pseudonym.ts';
import type { CheckedRow } from './row-check.ts';
import { dayText } from './timestamps.ts';

/** Columns of the contacts file that make its cell. */
export const CELL_COLUMNS: readonly string[] = DIMENSIONS.filter((name) => name !== 'transferred');

/** The table that a kind's rows go to, with the columns they bring. */
export function tableOf(kind: Kind): StagedTable {
  const columns = kind.columns.flatMap((column) => {
    if (kind.name === 'contacts' && CELL_COLUMNS.includes(column.name)) return [];
    const own = column.as ?? column.name;
    return column.also === undefined ? [own] : [own, column.also];
  });
  if (kind.name === 'contacts') columns.push('cell_no');
  if (kind.name === 'contact_segments') columns.push('started_on');
  const key = kind.key.map((name) => kind.columns.find((column) => column.name === name)!.as ?? name);
  if (kind.many === true) key.push('customer_key'); // by which it is indexed
  const instant = kind.columns.find((column) => column.type === 'timestamp');
  return {
    table: kind.table,
    columns,
    key,
    day: kind.store === 'fact' ? (instant?.also ?? 'started_on') : undefined,
  };
}

/** How a checked row of a record kind becomes the texts of its table's columns, in the order of `tableOf`. */
export function recordTexts(kind: Kind): (row: CheckedRow) => (string | null)[] {
  const texts = kind.columns.flatMap((column, c): ((row: CheckedRow) => string | null)[] => {
    const own = (row: CheckedRow): string | null => row.values[c]!;
    if (column.also === undefined) return [own];
    if (column.type === 'timestamp') return [own, (row) => dayText(row.instant!.day)];
    return [own, (row) => keyText(row.values[c]!)];
  });
  return (row) => texts.map((text) => text(row));
}

function keyText(customerId: string | null): string | null {
  return customerId === null ? null : customerKey(customerId).toString();
}
