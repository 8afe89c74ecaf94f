import type { Actor } from '../domain/roles.ts';
import type { Period } from '../domain/period.ts';
import type { Tx } from '../persistence/database.ts';
import { currentIssue, insertIssue, insertIssuedStatement, issuedStatements } from '../persistence/issues.queries.ts';
import type { NewIssuedStatement } from '../persistence/issues.queries.ts';
import { ownStatements } from '../persistence/runs.queries.ts';
import { audit } from './audit.ts';

export interface IssueReport {
  readonly period: Period;
  readonly version: number;
  readonly runId: string;
  readonly issuedAt: Date;
  /** newest event of the audit log at issue: printed beside the statements, never inside the hashed bytes */
  readonly head: { readonly no: number; readonly hash: string };
  readonly statements: readonly { readonly number: string; readonly unit: string; readonly sha256: string }[];
}

/** Numbers and keeps the statements of an approved run, one event each; a second version supersedes the first. */
export async function issueStatements(
  tx: Tx,
  actor: Actor,
  run: { readonly period: Period; readonly runId: string; readonly runHash: string; readonly onePerson: boolean },
): Promise<IssueReport> {
  const { period, runId, runHash, onePerson } = run;
  const last = await currentIssue(tx, period);
  const before = last ? await issuedStatements(tx, period, { run: last.run_id }) : [];
  const version = (last?.version ?? 0) + 1;
  const statements: NewIssuedStatement[] = [];
  for (const { unit_code: unit, sha256 } of await ownStatements(tx, runId, null)) {
    const number = `${period}/${unit}/${version}`;
    const supersedes = before.find((statement) => statement.unit_code === unit)?.number ?? null;
    const event = await audit(tx, actor, {
      deed: 'statement.issue',
      object: { kind: 'statement', key: number },
      after: { period, unit, version, sha256, supersedes },
    });
    statements.push({ number, unit, sha256, eventNo: event.no, supersedes });
  }
  const closing = await audit(tx, actor, {
    deed: 'period.issue',
    object: { kind: 'period', key: period },
    before: { state: 'approved' },
    after: { state: 'closed', run: runId, sha256: runHash, version, onePerson, statements: statements.length },
  });
  const head = { no: closing.no, hash: closing.hash };
  const kept = await insertIssue(tx, {
    ...{ period, version, runId, onePerson, head },
    supersedes: last?.issue_id ?? null,
    userId: actor.userId,
  });
  for (const statement of statements) {
    await insertIssuedStatement(tx, { issueId: kept.issueId, runId, version }, statement);
  }
  const shown = statements.map(({ number, unit, sha256 }) => ({ number, unit, sha256 }));
  return { period, version, runId, issuedAt: kept.issuedAt, head, statements: shown };
}
