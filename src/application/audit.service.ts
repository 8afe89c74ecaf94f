import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import type { AuditEvent, ChainHead } from '../domain/audit-chain.ts';
import { OutOfBalance } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import {
  auditEvent,
  auditEvents,
  auditHead,
  auditLeaves,
  newestAuditEvents,
  type AuditFilter,
} from '../persistence/audit.queries.ts';
import { Database } from '../persistence/database.ts';
import { eventPages, wholeChain } from './audit-check.ts';
import { audit } from './audit.ts';
import { readHeads, type PublishedHead } from './issued-files.ts';

/** The audit log: to look at, to export, to check, and to write its head where we cannot change it. */
@Injectable()
export class AuditService {
  constructor(private readonly db: Database) {}

  async list(actor: Actor, filter: AuditFilter = {}, limit = 100): Promise<AuditEvent[]> {
    requireRight(actor, 'read_audit');
    return await this.db.read(actor, (tx) => auditEvents(tx, filter, limit));
  }

  /** The newest events, newest first. */
  async newest(actor: Actor, filter: Omit<AuditFilter, 'after'>, limit = 50): Promise<AuditEvent[]> {
    requireRight(actor, 'read_audit');
    return await this.db.read(actor, (tx) => newestAuditEvents(tx, filter, limit));
  }

  /** Every event as a line of JSON, in the order of the chain, on one snapshot. */
  async export(actor: Actor, write: (line: string) => void): Promise<ChainHead> {
    requireRight(actor, 'read_audit');
    return await this.db.read(actor, async (tx) => {
      for await (const events of eventPages(tx)) for (const event of events) write(`${JSON.stringify(event)}\n`);
      return await auditHead(tx);
    });
  }

  /** Recomputes every hash of the chain. */
  async verify(actor: Actor): Promise<{ head: ChainHead; faults: string[] }> {
    requireRight(actor, 'verify');
    return await wholeChain(this.db, actor);
  }

  /**
   * Adds the head of the chain as a line to a file that others keep. Heads that stand there already must be heads of
   * this chain. @throws OutOfBalance when one is not: the log was changed, or the file belongs to another
   */
  async anchor(actor: Actor, file: string): Promise<PublishedHead> {
    requireRight(actor, 'verify');
    const published = existsSync(file) ? readHeads(readFileSync(file, 'utf8'), file) : [];
    const head = await this.publish(actor, published, file);
    // After the commit: a head that was published must never be missing from the log.
    appendDurably(file, `${JSON.stringify(head)}\n`);
    return head;
  }

  /**
   * The head of the chain as the next line of a file that others keep. @param name of the file, for the log
   * @throws OutOfBalance when a head published before is not in the log
   */
  async publish(actor: Actor, published: readonly PublishedHead[], name: string): Promise<PublishedHead> {
    requireRight(actor, 'verify');
    const { no, hash, leaves } = await this.db.books(async (tx) => {
      const faults: string[] = [];
      for (const head of published) {
        const event = await auditEvent(tx, head.no);
        if (event?.hash !== head.hash) faults.push(`published head ${head.no} is not in the log`);
      }
      if (faults.length > 0) throw new OutOfBalance(faults);
      const event = await audit(tx, actor, { deed: 'audit.anchor', object: { kind: 'file', key: name } });
      return { ...event, leaves: await auditLeaves(tx, published.at(-1)?.no ?? 0) };
    });
    return { no, hash, at: new Date().toISOString(), leaves };
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
