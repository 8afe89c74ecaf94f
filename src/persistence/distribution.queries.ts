import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** True when the facts lie on the nodes of a cluster (`answerable distribute`): closes then take the SQL road alone. */
export async function isDistributed(tx: Tx): Promise<boolean> {
  return ((await tx.query(sql('distribution'))) as unknown[]).length > 0;
}

/**
 * Waits for imports in flight. On a cluster an import's commit shows on the coordinator a moment before it does on every
 * node; its lock goes last. What comes later lies above the watermark.
 */
export async function waitForImports(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_lock_shared(hashtext('answerable import'))`);
  await tx.query(`select pg_advisory_unlock_shared(hashtext('answerable import'))`);
}
