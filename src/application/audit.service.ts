import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { chainFaults, FIRST_HEAD, type AuditEvent, type ChainHead } from '../domain/audit-chain.ts';
import { OutOfBalance, Refusal } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { auditEvent, auditEvents, auditHead, type AuditFilter } from '../persistence/audit.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { audit } from './audit.ts';

const PAGE = 1_000;

export interface PublishedHead extends ChainHead {
  readonly at: string;
}

/** The audit log: to look at, to export, to check, and to write its head where we cannot change it. */
@Injectable()
export class AuditService {
  constructor(private readonly db: Database) {}

  async list(actor: Actor, filter: AuditFilter = {}, limit = 100): Promise<AuditEvent[]> {
    requireRight(actor, 'read_audit');
    return await this.db.read(actor, (tx) => auditEvents(tx, filter, limit));
  }

  /** Every event as a line of JSON, in the order of the chain, on one snapshot. */
  async export(actor: Actor, write: (line: string) => void): Promise<ChainHead> {
    requireRight(actor, 'read_audit');
    return await this.db.read(actor, async (tx) => {
      for await (const events of pages(tx)) for (const event of events) write(`${JSON.stringify(event)}\n`);
      return await auditHead(tx);
    });
  }

  /** Recomputes every hash of the chain. */
  async verify(actor: Actor): Promise<{ head: ChainHead; faults: string[] }> {
    requireRight(actor, 'verify');
    return await this.db.read(actor, async (tx) => {
      const faults: string[] = [];
      let head = FIRST_HEAD;
      for await (const events of pages(tx)) {
        faults.push(...chainFaults(events, head));
        head = { no: events.at(-1)!.no, hash: events.at(-1)!.hash };
      }
      return { head, faults };
    });
  }

  /**
   * Adds the head of the chain as a line to a file that others keep. Heads that stand there already must be heads of
   * this chain. @throws OutOfBalance when one is not: the log was changed, or the file belongs to another
   */
  async anchor(actor: Actor, file: string): Promise<PublishedHead> {
    requireRight(actor, 'verify');
    const published = existsSync(file) ? readHeads(readFileSync(file, 'utf8'), file) : [];
    const { no, hash } = await this.db.books(async (tx) => {
      const faults: string[] = [];
      for (const head of published) {
        const event = await auditEvent(tx, head.no);
        if (event?.hash !== head.hash) faults.push(`published head ${head.no} is not in the log`);
      }
      if (faults.length > 0) throw new OutOfBalance(faults);
      return await audit(tx, actor, { deed: 'audit.anchor', object: { kind: 'file', key: file } });
    });
    // After the commit: a head that was published must never be missing from the log.
    const head = { no, hash, at: new Date().toISOString() };
    appendDurably(file, `${JSON.stringify(head)}\n`);
    return head;
  }
}

/** Heads of a public head file: one JSON object a line with `no` and `hash`. @throws Refusal bad_head_file */
export function readHeads(text: string, name: string): PublishedHead[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, i) => {
      try {
        const head = JSON.parse(line) as PublishedHead;
        if (Number.isInteger(head.no) && /^[0-9a-f]{64}$/.test(head.hash)) return head;
      } catch {
        // the same refusal as for a line of another shape
      }
      throw new Refusal('bad_head_file', `${name}, line ${i + 1}: no head like {"no":12,"hash":"…"}`, {
        next: 'answerable audit anchor FILE',
      });
    });
}

async function* pages(tx: Tx): AsyncGenerator<AuditEvent[]> {
  for (let after = 0; ;) {
    const events = await auditEvents(tx, { after }, PAGE);
    if (events.length === 0) return;
    yield events;
    after = events.at(-1)!.no;
  }
}

function appendDurably(file: string, line: string): void {
  const handle = openSync(file, 'a');
  try {
    writeSync(handle, line);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
