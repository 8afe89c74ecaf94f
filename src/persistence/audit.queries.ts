import type { AuditEvent, ChainHead } from '../domain/audit-chain.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Newest event, with the chain locked until the transaction ends. Take every other lock before this one. */
export async function lockAuditHead(tx: Tx): Promise<ChainHead> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('answerable audit'))`);
  return await auditHead(tx);
}

export async function auditHead(tx: Tx): Promise<ChainHead> {
  const [row] = (await tx.query(sql('audit-head'))) as [{ event_no: string; hash: string }];
  return { no: Number(row.event_no), hash: row.hash };
}

export async function insertAuditEvent(tx: Tx, event: AuditEvent): Promise<void> {
  await tx.query(sql('audit-insert'), [event.no, event.body, event.leaf, event.prev, event.hash]);
}

interface AuditRow {
  readonly event_no: string;
  readonly body: string;
  readonly leaf_hash: string;
  readonly prev_hash: string;
  readonly hash: string;
}

const eventOf = (row: AuditRow): AuditEvent => ({
  no: Number(row.event_no),
  body: row.body,
  leaf: row.leaf_hash,
  prev: row.prev_hash,
  hash: row.hash,
});

/** Which events: after a number, of one object, deed or person; absent means all. */
export interface AuditFilter {
  readonly after?: number | undefined;
  readonly object?: string | undefined;
  readonly deed?: string | undefined;
  readonly actor?: string | undefined;
}

/** Events in the order of the chain, at most `limit`. */
export async function auditEvents(tx: Tx, filter: AuditFilter, limit: number): Promise<AuditEvent[]> {
  const rows = (await tx.query(sql('audit-list'), [
    filter.after ?? 0,
    filter.object ?? null,
    filter.deed ?? null,
    filter.actor ?? null,
    limit,
  ])) as AuditRow[];
  return rows.map(eventOf);
}

/** Newest first, at most `limit`. */
export async function newestAuditEvents(tx: Tx, filter: AuditFilter, limit: number): Promise<AuditEvent[]> {
  const values = [filter.object ?? null, filter.deed ?? null, filter.actor ?? null, limit];
  return ((await tx.query(sql('audit-newest'), values)) as AuditRow[]).map(eventOf);
}

export async function auditEvent(tx: Tx, no: number): Promise<AuditEvent | undefined> {
  return (await auditEvents(tx, { after: no - 1 }, 1)).find((event) => event.no === no);
}

/** Leaves of the events after a number, ascending: what a proof of inclusion needs. */
export async function auditLeaves(tx: Tx, after: number): Promise<string[]> {
  const rows = (await tx.query(sql('audit-leaves'), [after])) as { leaf_hash: string }[];
  return rows.map((row) => row.leaf_hash);
}

/** Somebody found the whole log as it should be, up to this event. */
export async function noteChainCheck(tx: Tx, eventNo: number, userId: number): Promise<void> {
  await tx.query(sql('chain-checked'), [eventNo, userId]);
}
