import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface MailOwner {
  readonly user_id: string;
  readonly login: string;
  readonly name: string;
  /** as given; without the units below them */
  readonly units: readonly string[];
  readonly address: string | null;
}

export async function mailOwners(tx: Tx): Promise<MailOwner[]> {
  return (await tx.query(sql('mail-owners'))) as MailOwner[];
}

/** `number user` of what need not be mailed again. */
export async function knownMails(tx: Tx, period: Period): Promise<Set<string>> {
  const rows = (await tx.query(sql('mail-known'), [period])) as { number: string; user_id: string }[];
  return new Set(rows.map((row) => `${row.number} ${row.user_id}`));
}

export async function insertMail(tx: Tx, number: string, userId: string, jobId: string): Promise<void> {
  await tx.query(sql('mail-insert'), [number, userId, jobId]);
}

export async function setMailAddress(tx: Tx, userId: number, address: string | null): Promise<void> {
  await tx.query(sql('user-mail-address'), [userId, address]);
}

export async function mailsOnIssue(tx: Tx): Promise<boolean> {
  return ((await tx.query(sql('mail-on-issue'))) as { mail_on_issue: boolean }[])[0]?.mail_on_issue ?? false;
}

export async function setMailsOnIssue(tx: Tx, on: boolean): Promise<void> {
  await tx.query(sql('mail-on-issue-set'), [on]);
}
