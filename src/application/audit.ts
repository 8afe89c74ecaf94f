import { nextEvent, type AuditBody, type AuditEvent, type AuditValues } from '../domain/audit-chain.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Actor } from '../domain/roles.ts';
import { insertAuditEvent, lockAuditHead } from '../persistence/audit.queries.ts';
import type { Tx } from '../persistence/database.ts';

/** A record that a deed changed. One event each, bulk deeds too. */
export interface Deed {
  /** noun.verb, e.g. period.approve */
  readonly deed: string;
  readonly object: { readonly kind: string; readonly key: string };
  readonly before?: AuditValues | null;
  readonly after?: AuditValues | null;
  readonly reason?: string | null;
  /** whom it was done for, when not for oneself */
  readonly onBehalfOf?: string | null;
}

/** Deeds that nobody in particular did: the first users of a database. */
export const SYSTEM = { login: 'system' } as const;

/**
 * Writes an event into the audit log, in the deed's own transaction: without the event there is no deed. It takes the
 * lock of the chain, so a deed calls it after its last other lock.
 */
export async function audit(tx: Tx, actor: Pick<Actor, 'login' | 'from'>, deed: Deed): Promise<AuditEvent> {
  const head = await lockAuditHead(tx);
  const body: Omit<AuditBody, 'no'> = {
    at: new Date().toISOString(),
    actor: actor.login,
    for: deed.onBehalfOf ?? null,
    deed: deed.deed,
    object: deed.object,
    before: values(deed.before),
    after: values(deed.after),
    reason: deed.reason ?? null,
    door: actor.from?.door ?? 'service',
    request: actor.from?.request ?? null,
  };
  const event = nextEvent(head, body);
  await insertAuditEvent(tx, event);
  return event;
}

/** As JSON has them: exact numbers and instants become text. */
function values(of: AuditValues | null | undefined): AuditValues | null {
  if (of === null || of === undefined) return null;
  return JSON.parse(
    JSON.stringify(of, (_key, value: unknown) =>
      typeof value === 'bigint' || value instanceof Fraction ? value.toString() : value,
    ),
  ) as AuditValues;
}
