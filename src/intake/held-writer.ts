import { lastCell, storedCells } from '../persistence/cells.queries.ts';
import type { Tx } from '../persistence/database.ts';
import { keyHashesOf, keyRangesOf, type StoredKeys } from '../persistence/imports.queries.ts';
import { makeStage, type StagedTable } from '../persistence/staging.queries.ts';
import { copyWhole } from './binary-copy.ts';
import { DIMENSIONS, type CellBook } from './cells.ts';
import type { FactEncoder } from './fact-encoder.ts';
import { encodeAll, type OnRows } from './fact-writer.ts';
import { HeldRows } from './held-rows.ts';
import type { KeyHashes } from './key-hashes.ts';
import { copyDaySums } from './month-copy.ts';
import { PackCopy } from './pack-copy.ts';
import type { OpenRows } from './row-reader.ts';

/** Bytes of encoded rows that are held at once. */
const MOST_HELD = 64 * 1024 * 1024;

/** Encodes all rows of a file into memory; undefined as soon as one is refused, or when there are too many. */
export async function holdFacts(
  rows: OpenRows,
  encoder: FactEncoder,
  hashes: KeyHashes,
  onRows: OnRows,
): Promise<HeldRows | undefined> {
  const held = new HeldRows(encoder, hashes);
  const whole = await encodeAll(rows, encoder, onRows, (taken, start) => {
    if (!taken || held.bytes > MOST_HELD) return false;
    held.add(start);
    return undefined;
  });
  if (whole) held.close();
  return whole ? held : undefined;
}

/** Looking a key up in the index of a month costs as much as reading so many hashes. */
const HASHES_A_LOOK = 150;

/**
 * Marks the held rows whose keys may be stored: by the hashes of keys between which they lie; where these are very many for few
 * rows, the rows themselves, to be looked up.
 */
export async function markKnown(tx: Tx, of: StagedTable, encoder: FactEncoder, held: HeldRows): Promise<void> {
  const range = encoder.keys.keyRange();
  if (range === undefined) return;
  const toRead: StoredKeys[] = [];
  for (const stored of await keyRangesOf(tx, of.table, range)) {
    const rows = held.between(stored.low, stored.high);
    if (rows.length * stored.months * HASHES_A_LOOK < stored.keys) held.mark(rows);
    else toRead.push(stored);
  }
  if (toRead.length > 0)
    await keyHashesOf(tx, of.table, toRead, (bytes, start, end) => held.markHashes(bytes, start, end));
}

/** Gives held contacts the right numbers of their cells. */
export async function numberCells(tx: Tx, cells: CellBook, held: HeldRows): Promise<void> {
  const met = [...cells.fresh()].map(({ dimensions }) => dimensions);
  const last = await lastCell(tx);
  held.renumber(cells.renumber(last === 0 ? [] : await storedCells(tx, DIMENSIONS, met), last));
}

/** Copies the held rows that are not marked into their table, contacts also into their roll-up, what retention reads also packed. Nothing else can be done with them afterwards. */
export async function copyUnmarked(
  tx: Tx,
  of: StagedTable,
  encoder: FactEncoder,
  importId: bigint,
  held: HeldRows,
): Promise<void> {
  if (of.table === 'contact') await copyDaySums(tx, held.daySums(), importId);
  const packs = PackCopy.of(of.table, encoder.columnNames, importId);
  await copyWhole(
    tx,
    `copy ${of.table} (${encoder.columnNames.join(', ')}) from stdin (format binary)`,
    held.unmarked(importId, packs),
  );
  await packs?.write(tx, true);
}

/** Stages the held rows that are marked; says whether there are any. */
export async function stageMarked(tx: Tx, of: StagedTable, encoder: FactEncoder, held: HeldRows): Promise<boolean> {
  const { rows, copy } = held.marked();
  if (rows === 0) return false;
  const statement = await makeStage(tx, of);
  const [, , ...columns] = encoder.columnNames;
  await copyWhole(tx, statement(['ordinal', 'line', ...columns], 'binary'), copy);
  return true;
}
