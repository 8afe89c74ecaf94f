import { Injectable } from '@nestjs/common';
import type { ChainHead } from '../domain/audit-chain.ts';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import { certificateOf, hashed, type JsonObject } from '../domain/statements/document.ts';
import type { IssuedFile } from '../domain/statements/issued-file.ts';
import { auditEvent, auditLeaves } from '../persistence/audit.queries.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  currentIssue,
  issuedStatements,
  reopenRequest,
  type IssuedStatementRow,
} from '../persistence/issues.queries.ts';

/** An issued statement without its document. */
export interface IssuedStatement {
  readonly number: string;
  readonly unit: string;
  readonly version: number;
  readonly sha256: string;
  readonly issuedAt: Date;
  readonly issuedBy: string;
  readonly onePersonMode: boolean;
  readonly supersedes: string | null;
  readonly supersededBy: string | null;
  readonly head: ChainHead;
}

/** Somebody asked for a closed period to be opened again; another confirms. */
export interface Reopening {
  readonly reason: string;
  readonly askedBy: string;
}

/** What was given out: every version of every statement, for those who may see the unit. */
@Injectable()
export class IssuedService {
  constructor(private readonly db: Database) {}

  async list(actor: Actor, period: Period, unit?: string): Promise<IssuedStatement[]> {
    requireRight(actor, 'read_statement');
    return (await this.db.read(actor, (tx) => issuedStatements(tx, period, { unit }))).map(shown);
  }

  /** The newest wish to reopen what was issued; null without. */
  async reopening(actor: Actor, period: Period): Promise<Reopening | null> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, async (tx) => {
      const issue = await currentIssue(tx, period);
      const asked = issue && (await reopenRequest(tx, issue.issue_id));
      return asked === undefined ? null : { reason: asked.reason, askedBy: asked.login };
    });
  }

  /**
   * Statements as files that check themselves: of the standing version, and for those who read all also the certificate
   * of the period. `version` asks for an earlier one. @throws Refusal not_issued
   */
  async files(
    actor: Actor,
    period: Period,
    which: { readonly unit?: string | undefined; readonly version?: number | undefined } = {},
  ): Promise<{ name: string; file: IssuedFile }[]> {
    requireRight(actor, 'read_statement');
    const rows = await this.db.read(actor, (tx) => issuedStatements(tx, period, { unit: which.unit }));
    const version = which.version ?? rows[0]?.version;
    const wanted = rows.filter((row) => row.version === version);
    if (wanted.length === 0) {
      const what = which.version === undefined ? 'no issued statement' : `no version ${which.version}`;
      throw new Refusal('not_issued', `there is ${what} of ${which.unit ?? period}`, {
        kind: 'not_found',
        next: `answerable issue ${period}`,
      });
    }
    // The actor may see these statements; their place in the audit log is read by the books.
    return await this.db.books(async (tx) => {
      const files = [];
      for (const row of wanted) files.push(await statementOf(tx, row));
      if (which.unit === undefined && may(actor, 'read_all')) files.push(await certificate(tx, period, wanted));
      return files;
    });
  }
}

async function statementOf(tx: Tx, row: IssuedStatementRow): Promise<{ name: string; file: IssuedFile }> {
  const { number, sha256, issuedAt, issuedBy, onePersonMode, supersedes, supersededBy, head } = shown(row);
  const file: IssuedFile = {
    answerable: 'statement',
    scheme: row.hash_scheme,
    number,
    sha256,
    document: JSON.parse(row.document.toString('utf8')) as JsonObject,
    ...{ issuedAt: issuedAt.toISOString(), issuedBy, onePersonMode, supersedes, supersededBy, head },
    proof: await proofOf(tx, Number(row.event_no)),
  };
  return { name: fileName(number), file };
}

/** Rebuilt from the statements: the hash of the run is the hash of this document. */
async function certificate(
  tx: Tx,
  period: Period,
  rows: readonly IssuedStatementRow[],
): Promise<{ name: string; file: IssuedFile }> {
  const row = rows[0]!;
  const { issuedAt, issuedBy, onePersonMode, head } = shown(row);
  const document = certificateOf(
    JSON.parse(row.document.toString('utf8')) as JsonObject,
    rows.map((statement) => ({ unit: statement.unit_code, sha256: statement.sha256 })),
  );
  const number = `${period}/certificate/${row.version}`;
  const file: IssuedFile = {
    answerable: 'certificate',
    scheme: row.hash_scheme,
    number,
    sha256: hashed(document).sha256,
    document,
    ...{ issuedAt: issuedAt.toISOString(), issuedBy, onePersonMode, supersedes: null, supersededBy: null, head },
    proof: await proofOf(tx, head.no),
  };
  return { name: fileName(number), file };
}

async function proofOf(tx: Tx, eventNo: number): Promise<IssuedFile['proof']> {
  return { event: (await auditEvent(tx, eventNo))!, leaves: await auditLeaves(tx, eventNo) };
}

function shown(row: IssuedStatementRow): IssuedStatement {
  return {
    number: row.number,
    unit: row.unit_code,
    version: row.version,
    sha256: row.sha256,
    issuedAt: row.issued_at,
    issuedBy: row.issued_by,
    onePersonMode: row.one_person,
    supersedes: row.supersedes,
    supersededBy: row.superseded_by,
    head: { no: Number(row.head_no), hash: row.head_hash },
  };
}

/** Codes may hold any printable character; a file name may not. */
const fileName = (number: string): string => `statement-${number.replace(/[^A-Za-z0-9._-]/g, '-')}.json`;
