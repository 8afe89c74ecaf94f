import type { Tx } from '../persistence/database.ts';
import type { FactPack, PackedFact } from '../persistence/retention/fact-packs.ts';
import { BinaryCopy } from './binary-copy.ts';
import { BinaryRows } from './binary-rows.ts';

const COLUMNS = ['fact', 'bucket', 'import_id', 'first_on', 'last_on', 'facts', 'records'];

/** Writes packs of an import's facts. */
export async function copyPacks(tx: Tx, fact: PackedFact, importId: bigint, packs: readonly FactPack[]): Promise<void> {
  if (packs.length === 0) return;
  const out = new BinaryRows();
  const copy = await BinaryCopy.open(tx, `copy retention_pack (${COLUMNS.join(', ')}) from stdin (format binary)`, out);
  for (const { bucket, firstDay, lastDay, facts, records } of packs) {
    out.room(records.length + 1024);
    out.int16(COLUMNS.length);
    out.putText(fact);
    out.putInt2(bucket);
    out.putBigInt(importId);
    out.putDay(firstDay);
    out.putDay(lastDay);
    out.putInt4(facts);
    out.putWhole(records);
    await copy.take();
  }
  await copy.end();
}
