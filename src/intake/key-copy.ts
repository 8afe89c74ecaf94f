import type { Tx } from '../persistence/database.ts';
import type { KeyRange } from '../persistence/imports.queries.ts';
import type { StagedTable } from '../persistence/staging.queries.ts';
import { BinaryCopy } from './binary-copy.ts';
import { BinaryRows } from './binary-rows.ts';
import type { FactEncoder } from './fact-encoder.ts';
import type { KeyHashes } from './key-hashes.ts';
import type { KeyPiece } from './key-pieces.ts';

const COLUMNS = ['fact', 'import_id', 'low', 'high', 'hashes'];

/** Keeps the hashes of the keys of an import that are not kept yet, for the imports after it. */
export async function keepKeys(
  tx: Tx,
  of: StagedTable,
  importId: string,
  encoder: FactEncoder,
  hashes: KeyHashes,
): Promise<void> {
  const { keys } = encoder;
  const range = keys.keyRange();
  if (range !== undefined) await writeKeys(tx, of.table, importId, keys.holds ? keys.takeAll() : alike(range, hashes));
}

/** Hashes that are in no order, each piece of them between the same keys. */
function* alike(range: KeyRange, hashes: KeyHashes): Generator<KeyPiece> {
  for (const piece of hashes.pieces()) yield { ...range, hashes: piece };
}

/** @param pieces each is done with before the next is asked for */
export async function writeKeys(tx: Tx, table: string, importId: string, pieces: Iterable<KeyPiece>): Promise<void> {
  const rows = new BinaryRows();
  const statement = `copy fact_key_hash (${COLUMNS.join(', ')}) from stdin (format binary)`;
  const copy = await BinaryCopy.open(tx, statement, rows);
  for (const { low, high, hashes } of pieces) {
    rows.room(hashes.length + 1024);
    rows.int16(COLUMNS.length);
    rows.putText(table);
    rows.putBigInt(BigInt(importId));
    rows.putText(low);
    rows.putText(high);
    rows.room(hashes.length + 1024);
    rows.putWhole(hashes);
    await copy.take();
  }
  await copy.end();
  rows.release();
}
