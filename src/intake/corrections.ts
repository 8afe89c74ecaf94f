import { sha256 } from '../domain/ids.ts';
import { amountText, minorDigits } from '../domain/money.ts';
import type { Tx } from '../persistence/database.ts';
import { changedRows, type StagedTable } from '../persistence/staging.queries.ts';
import { DIMENSIONS, type CellBook } from './cells.ts';
import type { Correction } from './import-report.ts';
import type { ColumnType, Kind } from './kinds/kind.ts';
import { instantText } from './row-check.ts';

/** What stands in a row by the names and in the forms of the file. */
export type Words = Readonly<Record<string, string | null>>;

/** The first corrections of a file: which fields of which key change from what to what. */
export async function corrections(
  tx: Tx,
  kind: Kind,
  of: StagedTable,
  cells: CellBook | undefined,
  most: number,
): Promise<Correction[]> {
  const rows = await changedRows(tx, of, most);
  return rows.map(({ line, was, is }) => {
    const after = inWords(kind, { ...is, ...dimensionsOf(is, cells) });
    return { line, key: keyOf(kind, after), changes: changesBetween(inWords(kind, was), after) };
  });
}

export function keyOf(kind: Kind, row: Words): string {
  return kind.key.map((name) => row[name] ?? '').join(', ');
}

/** The fields that differ, each with both values. */
export function changesBetween(before: Words, after: Words): Correction['changes'] {
  const changed = Object.entries(after).filter(([name, value]) => value !== before[name]);
  return Object.fromEntries(changed.map(([name, to]) => [name, { from: before[name] ?? null, to }]));
}

function dimensionsOf(stored: Words, cells: CellBook | undefined): Words {
  const texts = cells?.dimensionsOf(Number(stored['cell_no'])) ?? [];
  return Object.fromEntries(texts.map((text, d) => [DIMENSIONS[d]!, text]));
}

/**
 * A stored row by the names and in the forms of the file; what follows from other fields is left out, and of texts that
 * customers wrote only a sign by which two can be told apart.
 */
export function inWords(kind: Kind, stored: Words): Words {
  const words: Record<string, string | null> = {};
  for (const column of kind.columns) {
    const value = stored[column.as ?? column.name] ?? null;
    words[column.name] = value === null ? null : wordOf(column.type, value, stored['currency']);
  }
  return words;
}

function wordOf(type: ColumnType, value: string, currency: string | null | undefined): string {
  if (type === 'amount' || type === 'waived') return amountText(BigInt(value), minorDigits(currency!)!);
  if (type === 'timestamp') {
    return instantText(BigInt(Date.parse(value)) * 1000n + microsOf(value)).replace(/\.?0+Z$/, 'Z');
  }
  if (type === 'masked_text') return `${[...value].length} characters (${sha256(value).slice(0, 8)})`;
  return value;
}

/** Digits of a second's fraction behind the milliseconds, which Date leaves out. */
function microsOf(timestamp: string): bigint {
  return BigInt(/\.\d{3}(\d{1,3})/.exec(timestamp)?.[1]?.padEnd(3, '0') ?? '0');
}
