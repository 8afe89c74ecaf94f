import { canonicalize } from 'json-canonicalize';
import { sha256 } from './ids.ts';

/** Values of a record before or after a deed: JSON only; amounts as decimal text. */
export type AuditValues = Readonly<Record<string, unknown>>;

/** One record changed: what is hashed. Key names are those of the exported log. */
export interface AuditBody {
  readonly no: number;
  /** UTC, ISO 8601 with milliseconds */
  readonly at: string;
  /** login of who acted; "system" where nobody did */
  readonly actor: string;
  /** whom the deed was done for, when not for oneself */
  readonly for: string | null;
  /** noun.verb, e.g. period.approve */
  readonly deed: string;
  readonly object: { readonly kind: string; readonly key: string };
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
  readonly reason: string | null;
  /** cli, api, web or service */
  readonly door: string;
  readonly request: string | null;
}

/** An event as it is stored and exported. */
export interface AuditEvent {
  readonly no: number;
  readonly body: string;
  readonly leaf: string;
  readonly prev: string;
  readonly hash: string;
}

/** A head of the chain: whoever holds it can tell later whether anything before it was changed. */
export interface ChainHead {
  readonly no: number;
  readonly hash: string;
}

export const FIRST_HEAD: ChainHead = { no: 0, hash: '0'.repeat(64) };

/** The event that follows a head. The leaf is the digest of the canonical body; the chain links leaves, so that a proof needs no bodies. */
export function nextEvent(head: ChainHead, body: Omit<AuditBody, 'no'>): AuditEvent {
  const no = head.no + 1;
  const text = canonicalize({ ...body, no });
  const leaf = sha256(text);
  return { no, body: text, leaf, prev: head.hash, hash: linkHash(no, leaf, head.hash) };
}

/** Hash of a link: SHA-256 of the canonical JSON of number, leaf and the hash before. */
export function linkHash(no: number, leaf: string, prev: string): string {
  return sha256(canonicalize({ leaf, no, prev }));
}

/** What is not as it should be in a stretch of the chain that follows `from`; empty when it is whole. */
export function chainFaults(events: Iterable<AuditEvent>, from: ChainHead = FIRST_HEAD): string[] {
  const faults: string[] = [];
  let head = from;
  for (const event of events) {
    if (event.no !== head.no + 1) faults.push(`audit event ${head.no + 1}: is missing`);
    else if (event.prev !== head.hash) faults.push(`audit event ${event.no}: does not follow event ${head.no}`);
    if (sha256(event.body) !== event.leaf) faults.push(`audit event ${event.no}: its content was changed`);
    if (linkHash(event.no, event.leaf, event.prev) !== event.hash)
      faults.push(`audit event ${event.no}: its hash is not that of its link`);
    head = { no: event.no, hash: event.hash };
  }
  return faults;
}

/** The heads that follow an event over the leaves after it, oldest first: how a proof reaches a published head. */
export function headsAfter(head: ChainHead, leaves: readonly string[]): ChainHead[] {
  const heads = [head];
  for (const leaf of leaves) {
    const last = heads.at(-1)!;
    heads.push({ no: last.no + 1, hash: linkHash(last.no + 1, leaf, last.hash) });
  }
  return heads;
}
