import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface KeptAnswer {
  readonly fingerprint: string;
  readonly status: number;
  /** JSON */
  readonly answer: string;
}

/** False when another transaction is at work under the key. */
export async function lockKey(tx: Tx, userId: number, key: string): Promise<boolean> {
  return ((await tx.query(sql('idempotency-lock'), [userId, key])) as [{ free: boolean }])[0].free;
}

export async function keptAnswer(tx: Tx, userId: number, key: string): Promise<KeptAnswer | undefined> {
  return ((await tx.query(sql('idempotency-key'), [userId, key])) as KeptAnswer[])[0];
}

export async function keepAnswer(tx: Tx, userId: number, key: string, kept: KeptAnswer): Promise<void> {
  await tx.query(sql('idempotency-insert'), [userId, key, kept.fingerprint, kept.status, kept.answer]);
}

/** Waits until nobody else edits an entity; holds it until the transaction ends. */
export async function lockEntity(tx: Tx, entity: string): Promise<void> {
  await tx.query(sql('entity-lock'), [entity]);
}
