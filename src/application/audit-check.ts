import { chainFaults, FIRST_HEAD, type AuditEvent, type ChainHead } from '../domain/audit-chain.ts';
import type { Actor } from '../domain/roles.ts';
import { auditEvents, noteChainCheck } from '../persistence/audit.queries.ts';
import type { Database, Tx } from '../persistence/database.ts';

const PAGE = 1_000;

/** The audit log in the order of the chain, page by page. */
export async function* eventPages(tx: Tx): AsyncGenerator<AuditEvent[]> {
  for (let after = 0; ;) {
    const events = await auditEvents(tx, { after }, PAGE);
    if (events.length === 0) return;
    yield events;
    after = events.at(-1)!.no;
  }
}

/** Recomputes every hash of the chain, and notes that somebody did when it is whole. */
export async function wholeChain(db: Database, actor: Actor): Promise<{ head: ChainHead; faults: string[] }> {
  const checked = await db.read(actor, recomputed);
  if (checked.faults.length === 0 && checked.head.no > 0)
    await db.books((tx) => noteChainCheck(tx, checked.head.no, actor.userId));
  return checked;
}

async function recomputed(tx: Tx): Promise<{ head: ChainHead; faults: string[] }> {
  const faults: string[] = [];
  let head = FIRST_HEAD;
  for await (const events of eventPages(tx)) {
    faults.push(...chainFaults(events, head));
    head = { no: events.at(-1)!.no, hash: events.at(-1)!.hash };
  }
  return { head, faults };
}
