import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** A version of a period's statements that was given out. */
export interface IssueRow {
  readonly issue_id: string;
  readonly period: Period;
  readonly version: number;
  readonly run_id: string;
  readonly one_person: boolean;
  readonly head_no: string;
  readonly head_hash: string;
  readonly issued_by: string;
  readonly issued_at: Date;
}

export async function currentIssue(tx: Tx, period: Period): Promise<IssueRow | undefined> {
  return ((await tx.query(sql('issue-current'), [period])) as IssueRow[])[0];
}

export async function insertIssue(
  tx: Tx,
  issue: {
    readonly period: Period;
    readonly version: number;
    readonly runId: string;
    readonly supersedes: string | null;
    readonly onePerson: boolean;
    readonly head: { readonly no: number; readonly hash: string };
    readonly userId: number;
  },
): Promise<{ issueId: string; issuedAt: Date }> {
  const [row] = (await tx.query(sql('issue-insert'), [
    issue.period,
    issue.version,
    issue.runId,
    issue.supersedes,
    issue.onePerson,
    issue.head.no,
    issue.head.hash,
    issue.userId,
  ])) as [{ issue_id: string; issued_at: Date }];
  return { issueId: row.issue_id, issuedAt: row.issued_at };
}

export interface NewIssuedStatement {
  readonly number: string;
  readonly unit: string;
  readonly sha256: string;
  readonly eventNo: number;
  readonly supersedes: string | null;
}

export async function insertIssuedStatement(
  tx: Tx,
  issue: { readonly issueId: string; readonly runId: string; readonly version: number },
  statement: NewIssuedStatement,
): Promise<void> {
  const { number, unit, sha256, eventNo, supersedes } = statement;
  await tx.query(sql('issued-statement-insert'), [
    number,
    issue.issueId,
    issue.runId,
    unit,
    issue.version,
    sha256,
    eventNo,
    supersedes,
  ]);
}

export interface IssuedStatementRow {
  readonly number: string;
  readonly unit_code: string;
  readonly version: number;
  readonly run_id: string;
  readonly sha256: string;
  readonly event_no: string;
  readonly supersedes: string | null;
  readonly superseded_by: string | null;
  readonly head_no: string;
  readonly head_hash: string;
  readonly issued_at: Date;
  readonly one_person: boolean;
  readonly issued_by: string;
  readonly document: Buffer;
  readonly hash_scheme: number;
}

/** Issued statements that the current role may see, newest version first. */
export async function issuedStatements(
  tx: Tx,
  period: Period,
  which: { readonly run?: string | undefined; readonly unit?: string | undefined } = {},
): Promise<IssuedStatementRow[]> {
  return (await tx.query(sql('issued-statement-list'), [
    period,
    which.run ?? null,
    which.unit ?? null,
  ])) as IssuedStatementRow[];
}

export interface Neighbours {
  readonly later_closed: Period | null;
  readonly earlier_under_way: Period | null;
  readonly newest_closed_run: string | null;
}

export async function neighbours(tx: Tx, period: Period): Promise<Neighbours> {
  return ((await tx.query(sql('period-neighbours'), [period])) as [Neighbours])[0];
}

export interface ReopenRequest {
  readonly request_id: string;
  readonly reason: string;
  readonly requested_by: string;
  readonly login: string;
}

export async function insertReopenRequest(tx: Tx, issue: string, reason: string, userId: number): Promise<string> {
  const [row] = (await tx.query(sql('reopen-request-insert'), [issue, reason, userId])) as [{ request_id: string }];
  return row.request_id;
}

export async function reopenRequest(tx: Tx, issue: string): Promise<ReopenRequest | undefined> {
  return ((await tx.query(sql('reopen-request-open'), [issue])) as ReopenRequest[])[0];
}

export async function confirmReopening(tx: Tx, request: string, userId: number): Promise<void> {
  await tx.query(sql('reopen-confirm'), [request, userId]);
}
