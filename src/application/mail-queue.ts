import type { Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import type { Tx } from '../persistence/database.ts';
import { issuedStatements } from '../persistence/issues.queries.ts';
import { insertJob } from '../persistence/jobs.queries.ts';
import { insertMail, knownMails, mailOwners } from '../persistence/mails.queries.ts';
import { unitsWithChildren } from '../persistence/users.queries.ts';

/** What is on its way, and what cannot be. */
export interface MailReport {
  readonly period: Period;
  /** one for each statement and owner */
  readonly queued: readonly { readonly statement: string; readonly to: string; readonly job: string }[];
  /** mails of before, which are not sent again */
  readonly before: number;
  /** logins of owners without an address */
  readonly withoutAddress: readonly string[];
  /** units with a statement and nobody to read it */
  readonly withoutOwner: readonly string[];
}

/**
 * Puts the standing statements of an issued period on their way to the owners of their units, in the transaction of
 * whoever asks: they are sent when that is committed, and not otherwise.
 */
export async function queueMails(
  tx: Tx,
  actor: Actor,
  period: Period,
  which: { readonly unit?: string | undefined; readonly again?: boolean | undefined } = {},
): Promise<MailReport> {
  const all = await issuedStatements(tx, period, { unit: which.unit });
  const statements = all.filter(
    (statement) => statement.superseded_by === null && statement.version === all[0]!.version,
  );
  const known = which.again ? new Set<string>() : await knownMails(tx, period);
  const queued: MailReport['queued'][number][] = [];
  const withoutAddress = new Set<string>();
  const owned = new Set<string>();
  let before = 0;
  const { role, holder, units, from } = actor;
  for (const owner of await mailOwners(tx)) {
    const own = new Set(await unitsWithChildren(tx, owner.units));
    for (const { number, unit_code: unit } of statements) {
      if (!own.has(unit)) continue;
      owned.add(unit);
      if (owner.address === null) withoutAddress.add(owner.login);
      else if (known.has(`${number} ${owner.user_id}`)) before += 1;
      else {
        const work = { period, number, unit, to: Number(owner.user_id) };
        const job = await insertJob(tx, {
          kind: 'mail',
          work,
          userId: actor.userId,
          askedAs: { role, holder, units, from },
        });
        await insertMail(tx, number, owner.user_id, job);
        queued.push({ statement: number, to: owner.login, job });
      }
    }
  }
  const withoutOwner = statements.map((statement) => statement.unit_code).filter((unit) => !owned.has(unit));
  return { period, queued, before, withoutAddress: [...withoutAddress], withoutOwner };
}
