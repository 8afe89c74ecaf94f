import { CopyWriter, copyLine } from '../persistence/copy.ts';
import type { Tx } from '../persistence/database.ts';
import { insertReasons } from '../persistence/imports.queries.ts';
import type { CellBook } from './cells.ts';
import { csvLine } from './csv-text.ts';
import type { FaultLog } from './fault-log.ts';

/** Stores the cells that an import met first. */
export async function keepCells(tx: Tx, cells: CellBook): Promise<void> {
  if (cells.freshCount === 0) return;
  const writer = await CopyWriter.open(tx, 'copy cell from stdin');
  let text = '';
  for (const { cellNo, dimensions } of cells.fresh()) {
    text += copyLine([String(cellNo), ...dimensions]);
    if (text.length < 256 * 1024) continue;
    await writer.write(text);
    text = '';
  }
  if (text !== '') await writer.write(text);
  await writer.end();
}

/** Stores reasons that contacts brought with them, without owner. */
export async function keepReasons(tx: Tx, importId: string, made: ReadonlyMap<string, number>): Promise<void> {
  if (made.size > 0) await insertReasons(tx, importId, [...made.keys()]);
}

/** Stores the rows that an import did not take, with every fault. */
export async function keepRefusals(tx: Tx, importId: string, log: FaultLog): Promise<void> {
  const writer = await CopyWriter.open(tx, 'copy import_refusal from stdin');
  let text = '';
  const seen = new Set<string>();
  let line = -1;
  for (const fault of log.all()) {
    if (fault.line !== line) seen.clear();
    line = fault.line ?? 0;
    const key = `${fault.column ?? ''}|${fault.code}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const raw = csvLine(fault.fields ?? []).trimEnd();
    const value = fault.value ?? null;
    text += copyLine(
      [importId, String(line), fault.column ?? '', value, fault.code, fault.message, fault.remedy, raw].map(withoutNul),
    );
    if (text.length > 256 * 1024) {
      await writer.write(text);
      text = '';
    }
  }
  await writer.write(text);
  await writer.end();
}

/** PostgreSQL stores no NUL. */
function withoutNul(text: string | null): string | null {
  return text?.replaceAll('\0', '\uFFFD') ?? null;
}
