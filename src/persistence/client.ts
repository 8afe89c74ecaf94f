import type { PoolClient } from 'pg';
import type { Tx } from './database.ts';

/** The connection of a transaction, for what TypeORM has no words for: COPY and streams. It stays the transaction's. */
export async function clientOf(tx: Tx): Promise<PoolClient> {
  return (await tx.queryRunner!.connect()) as PoolClient;
}
