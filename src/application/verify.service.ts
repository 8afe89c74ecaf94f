import { canonicalize } from 'json-canonicalize';
import { Injectable } from '@nestjs/common';
import type { AuditBody } from '../domain/audit-chain.ts';
import type { Period } from '../domain/period.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { booksOf } from '../domain/statements/close.ts';
import { documentsOf, HASH_SCHEME } from '../domain/statements/document.ts';
import { Refusal } from '../domain/errors.ts';
import { sha256 } from '../domain/ids.ts';
import { Database, type Tx } from '../persistence/database.ts';
import { modelById } from '../persistence/models.queries.ts';
import { auditEvent } from '../persistence/audit.queries.ts';
import { issuedStatements } from '../persistence/issues.queries.ts';
import {
  controlFaults,
  hopList,
  lineList,
  ownStatements,
  poolList,
  rowsOf,
  runAdjustments,
  runDecisionDays,
  runLedgerChanges,
  runMeasures,
  runParked,
  runRow,
  runsToVerify,
  serviceLineList,
} from '../persistence/runs.queries.ts';
import type { RetentionBooks } from '../domain/statements/retention-books.ts';
import {
  retentionCredits,
  retentionLines,
  retentionPostings,
  retentionRows,
} from '../persistence/retention.queries.ts';
import { wholeChain } from './audit-check.ts';
import { modelHash } from './model-text.ts';
import type { OnStep } from './on-step.ts';
import { readCosting } from './read-close.ts';

export interface VerifyReport {
  /** what was recomputed, one line each */
  readonly checked: readonly string[];
  /** what is not as it should be: table, row, column, stored and recomputed value */
  readonly differences: readonly string[];
}

/**
 * Recomputes every hash and every balance of the standing runs and of all that were issued, from the stored inputs, row
 * by row; holds issued statements against the audit log, and the audit log against itself.
 */
@Injectable()
export class VerifyService {
  constructor(private readonly db: Database) {}

  async verify(actor: Actor, period?: Period, onStep?: OnStep): Promise<VerifyReport> {
    requireRight(actor, 'verify');
    const runs = await this.db.read(actor, (tx) => runsToVerify(tx, { period }));
    if (period !== undefined && runs.length === 0)
      throw new Refusal('no_run', `${period} has not been closed`, {
        kind: 'not_found',
        next: `answerable close ${period}`,
      });
    const report = await this.recomputed(actor, runs, onStep);
    if (period !== undefined || runs.length === 0) return report;
    const { head, faults } = await wholeChain(this.db, actor);
    const outcome = faults.length === 0 ? 'unbroken' : `${faults.length} faults`;
    return {
      checked: [...report.checked, `audit log to event ${head.no} ${head.hash}: ${outcome}`],
      differences: [...report.differences, ...faults],
    };
  }

  /** Makes any run anew from what was frozen with it, also one that nothing stands on any more: the same bytes. */
  async verifyRun(actor: Actor, run: string): Promise<VerifyReport> {
    requireRight(actor, 'verify');
    const runs = /^\d{1,18}$/.test(run) ? await this.db.read(actor, (tx) => runsToVerify(tx, { run })) : [];
    if (runs.length === 0)
      throw new Refusal('no_run', `there is no run ${run}`, {
        kind: 'not_found',
        next: 'answerable runs list PERIOD',
      });
    return await this.recomputed(actor, runs);
  }

  private async recomputed(
    actor: Actor,
    runs: readonly { readonly run_id: string; readonly period: Period; readonly hash: string }[],
    onStep?: OnStep,
  ): Promise<VerifyReport> {
    const checked: string[] = [];
    const differences: string[] = [];
    for (const [i, run] of runs.entries()) {
      onStep?.(`recomputing ${run.period}`, i, runs.length);
      const found = await this.db.read(actor, (tx) => differencesOf(tx, run.run_id));
      const outcome = found.length === 0 ? 'recomputed, identical' : `${found.length} differences`;
      checked.push(`${run.period} run ${run.run_id} ${run.hash}: ${outcome}`);
      differences.push(...found.map((difference) => `${run.period} run ${run.run_id}: ${difference}`));
    }
    for (const issued of [...new Set(runs.map((run) => run.period))])
      differences.push(...(await this.db.read(actor, (tx) => issueFaults(tx, issued))));
    return { checked, differences };
  }
}

/** Issued statements are the run's own, and the event of issuing names the same hash. */
async function issueFaults(tx: Tx, period: Period): Promise<string[]> {
  const faults: string[] = [];
  for (const row of await issuedStatements(tx, period)) {
    if (sha256(row.document) !== row.sha256)
      faults.push(`issued statement ${row.number}: its bytes do not have its hash`);
    const event = await auditEvent(tx, Number(row.event_no));
    const said = event && (JSON.parse(event.body) as AuditBody);
    if (said?.object.key !== row.number || said.after?.['sha256'] !== row.sha256)
      faults.push(`issued statement ${row.number}: event ${row.event_no} of the audit log does not name it`);
  }
  return faults;
}

async function differencesOf(tx: Tx, runId: string): Promise<string[]> {
  const run = (await runRow(tx, runId))!;
  const model = (await modelById(tx, run.model_id))!;
  const found: string[] = [];
  if (modelHash(model.yaml) !== model.hash)
    found.push(`model_version ${model.model_id}: its text does not have the hash ${model.hash}`);
  const frozen = { watermark: run.watermark, modelId: run.model_id, reads: run.reads };
  const reading = await readCosting(tx, run.period, frozen, undefined, { retention: true });
  const books = booksOf(reading.upper, reading.inputs);
  const documents = documentsOf(books, reading.context);
  if (reading.context.inputsHash !== run.inputs_hash)
    found.push(
      `run.inputs_hash: stored ${run.inputs_hash}, recomputed ${reading.context.inputsHash}: the inputs changed`,
    );
  if (documents.runHash !== run.hash) found.push(`run.hash: stored ${run.hash}, recomputed ${documents.runHash}`);
  if (canonicalize(documents.period) !== canonicalize(run.document))
    found.push('run.document: differs from the recomputed figures');
  const rows = rowsOf(books);
  const lines = rows.lines.map((line) => ({ ...line, posting_period: run.period }));
  found.push(...compareRows('statement_line', ['line_id'], lines, await lineList(tx, runId)));
  found.push(...compareRows('service_line', ['line_id'], rows.serviceLines, await serviceLineList(tx, runId)));
  found.push(...compareRows('run_pool', ['pool_code'], rows.pools, await poolList(tx, runId)));
  found.push(...compareRows('run_hop', ['hop_no'], rows.hops, await hopList(tx, runId)));
  found.push(...compareRows('run_adjustment', ['adjustment_id'], rows.adjustments, await runAdjustments(tx, runId)));
  found.push(
    ...compareRows('run_ledger_change', ['charge_period'], rows.ledgerChanges, await runLedgerChanges(tx, runId)),
  );
  found.push(...compareRows('run_parked', ['unit_code', 'why'], rows.parked, await runParked(tx, runId)));
  found.push(
    ...compareRows('run_decision_day', ['decision_code', 'day'], rows.decisionDays, await runDecisionDays(tx, runId)),
  );
  found.push(...compareRows('run_measure', ['pool_code', 'reason_code'], rows.measures, await runMeasures(tx, runId)));
  found.push(...(await retentionDifferences(tx, runId, books.retention)));
  const statements = await ownStatements(tx, runId, null);
  const stored = new Map(statements.map((statement) => [statement.unit_code, statement]));
  for (const [unit, { sha256: hash }] of documents.statements) {
    const statement = stored.get(unit);
    if (!statement) found.push(`statement ${unit}: is missing`);
    else if (sha256(statement.document) !== hash || statement.sha256 !== hash)
      found.push(`statement ${unit}: stored bytes hash to ${sha256(statement.document)}, recomputed ${hash}`);
    if (statement && statement.hash_scheme !== HASH_SCHEME)
      found.push(`statement ${unit}: stored under hash scheme ${statement.hash_scheme}, recomputed ${HASH_SCHEME}`);
    stored.delete(unit);
  }
  for (const unit of stored.keys()) found.push(`statement ${unit}: is not of this run`);
  found.push(...(await controlFaults(tx, runId)));
  return found;
}

async function retentionDifferences(tx: Tx, run: string, books: RetentionBooks | undefined): Promise<string[]> {
  const none = { postings: [], lines: [], credits: [] };
  const { postings, lines, credits } = books ? retentionRows(books) : none;
  const window = ['effect', 'cohort', 'window_days', 'kind'];
  return [
    ...compareRows('run_retention', window, postings, await retentionPostings(tx, [run])),
    ...compareRows(
      'run_retention_line',
      [...window, 'stream', 'unit_code', 'decision_code'],
      lines,
      await retentionLines(tx, [run]),
    ),
    ...compareRows(
      'run_retention_credit',
      ['unit_code', 'charge_period', 'decision_code'],
      credits,
      await retentionCredits(tx, [run]),
    ),
  ];
}

type Row = object;

/** Cell by cell; numbers are compared as numbers, so that 1.50 is 1.5. */
function compareRows(
  table: string,
  keys: readonly string[],
  expected: readonly Row[],
  stored: readonly Row[],
): string[] {
  const nameOf = (row: Row) => keys.map((key) => String((row as Record<string, unknown>)[key])).join(' ');
  const rest = new Map(stored.map((row) => [nameOf(row), row]));
  const found: string[] = [];
  for (const row of expected) {
    const name = nameOf(row);
    const other = rest.get(name);
    rest.delete(name);
    if (!other) {
      found.push(`${table} ${name}: is missing`);
      continue;
    }
    for (const [column, value] of Object.entries(row)) {
      const kept = (other as Record<string, unknown>)[column];
      if (plainValue(value) !== plainValue(kept))
        found.push(`${table} ${name}, ${column}: stored ${plainValue(kept)}, recomputed ${plainValue(value)}`);
    }
  }
  for (const name of rest.keys()) found.push(`${table} ${name}: is not of this run`);
  return found;
}

function plainValue(value: unknown): string {
  const text =
    value === null || value === undefined
      ? 'null'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : `${value as string | number | boolean}`;
  return /^-?\d+\.\d*0+$/.test(text) ? text.replace(/\.?0+$/, '') : text;
}
