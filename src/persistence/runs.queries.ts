import { Fraction } from '../domain/fraction.ts';
import type { Tier } from '../domain/model/model.ts';
import type { Period } from '../domain/period.ts';
import type { AdjustmentSource } from '../domain/statements/adjustment.ts';
import type { Books } from '../domain/statements/books.ts';
import { CONTACT_PARTS } from '../domain/statements/cell-facts.ts';
import type { Documents, JsonObject } from '../domain/statements/document.ts';
import type { Tx } from './database.ts';
import { keepRetention, retentionFaults } from './retention.queries.ts';
import { sql } from './sql.ts';

/** Earlier runs that a run read: frozen with it, so that it can be repeated whatever is closed later. */
export interface RunReads {
  readonly previous: string | null;
  readonly rates: string | null;
  readonly measures: readonly string[];
  /** runs of earlier periods, for what they posted of increments; only where the model has an incremental rule or a retention section */
  readonly posted?: readonly string[];
  /** what the documents print of the company */
  readonly company?: { readonly name: string; readonly onePerson: boolean };
  /** closed periods whose facts came late: their issued run, and the watermark up to which they were corrected before */
  readonly corrected?: readonly { readonly period: Period; readonly run: string; readonly since: string }[];
  /** rulings' postings with a number in (after, upTo] */
  readonly adjustments?: { readonly after: string; readonly upTo: string };
  /** rulings on parked units up to this number */
  readonly parkingRulings?: string;
}

export interface RunRow {
  readonly run_id: string;
  readonly period: Period;
  readonly hash: string;
  readonly inputs_hash: string;
  readonly model_id: number;
  readonly watermark: string;
  readonly reads: RunReads;
  readonly code_version: string;
  readonly document: JsonObject;
  readonly created_at: Date;
}

export async function runRow(tx: Tx, id: string): Promise<RunRow | undefined> {
  return ((await tx.query(sql('run-row'), [id])) as RunRow[])[0];
}

/** Which runs a close of this period reads: the last period's for the bridge, the closed ones for rates and standards. */
export async function runsBefore(tx: Tx, period: Period, before: Period): Promise<RunReads> {
  const rows = (await tx.query(sql('runs-before'), [period, before])) as {
    run_id: string;
    previous: boolean;
    closed: boolean;
  }[];
  const closed = rows.filter((row) => row.closed).map((row) => row.run_id);
  return {
    previous: rows.find((row) => row.previous)?.run_id ?? null,
    rates: closed[0] ?? null,
    measures: closed.slice(0, 3),
  };
}

/** Capacity cost rates of a run in minor units for one unit of the driver. */
export async function ratesOfRun(tx: Tx, run: string | null): Promise<Map<string, Fraction>> {
  if (run === null) return new Map();
  const rows = (await tx.query(sql('closed-rates'), [run])) as { pool_code: string; rate: string }[];
  return new Map(rows.map((row) => [row.pool_code, Fraction.parse(row.rate)]));
}

/** Seconds of a contact by `pool\0reason`: the median over the runs (the lower of the two middle ones of an even count). */
export async function medianStandards(tx: Tx, runs: readonly string[]): Promise<Map<string, Fraction>> {
  if (runs.length === 0) return new Map();
  const rows = (await tx.query(sql('closed-measures'), [runs])) as {
    pool_code: string;
    reason_code: string;
    contacts: string;
    seconds: string;
  }[];
  const means = new Map<string, Fraction[]>();
  for (const row of rows) {
    const key = `${row.pool_code}\u0000${row.reason_code}`;
    const mean = Fraction.parse(row.seconds).over(Fraction.parse(row.contacts));
    means.set(key, [...(means.get(key) ?? []), mean]);
  }
  return new Map(
    [...means].map(([key, values]) => [key, values.sort((a, b) => a.compare(b))[Math.floor((values.length - 1) / 2)]!]),
  );
}

export interface LineRow {
  readonly line_id: string;
  readonly unit_code: string;
  readonly kind: string;
  readonly decision_code: string | null;
  readonly reason_code: string | null;
  readonly channel: string | null;
  readonly pool_code: string;
  readonly rule: string | null;
  readonly tier: string | null;
  readonly treatment: string;
  readonly charge_period: string;
  readonly posting_period?: string;
  readonly contacts: string;
  readonly seconds: string;
  readonly rate: string | null;
  readonly amount_minor: string;
}

export async function lineList(tx: Tx, run: string): Promise<LineRow[]> {
  return (await tx.query(sql('statement-line-list'), [run])) as LineRow[];
}

export async function serviceLineList(tx: Tx, run: string): Promise<Record<string, string | null>[]> {
  return (await tx.query(sql('service-line-list'), [run])) as Record<string, string | null>[];
}

export async function poolList(tx: Tx, run: string): Promise<Record<string, string | null>[]> {
  return (await tx.query(sql('run-pool-list'), [run])) as Record<string, string | null>[];
}

export async function hopList(tx: Tx, run: string): Promise<Record<string, string | number | null>[]> {
  return (await tx.query(sql('run-hop-list'), [run])) as Record<string, string | number | null>[];
}

export interface StatementRow {
  readonly unit_code: string;
  readonly document: Buffer;
  readonly sha256: string;
  readonly hash_scheme: number;
}

/** What a run booked beside the tie-out. */
export interface AdjustmentRow {
  readonly adjustment_id: string;
  readonly source: AdjustmentSource;
  readonly reference: string | null;
  readonly unit_code: string | null;
  readonly kind: string;
  readonly charge_period: Period;
  readonly decision_code: string | null;
  readonly reason_code: string | null;
  readonly channel: string | null;
  readonly pool_code: string | null;
  readonly rule: string | null;
  readonly tier: Tier | null;
  readonly contacts: string;
  readonly quantity: string;
  readonly rate: string | null;
  readonly amount_minor: string;
}

/** Adjustments of a run as far as the current role may see them. */
export async function runAdjustments(tx: Tx, run: string): Promise<AdjustmentRow[]> {
  return (await tx.query(sql('run-adjustment-list'), [run])) as AdjustmentRow[];
}

export async function runLedgerChanges(
  tx: Tx,
  run: string,
): Promise<{ charge_period: Period; amount_minor: string }[]> {
  return (await tx.query(sql('run-ledger-change-list'), [run])) as { charge_period: Period; amount_minor: string }[];
}

export async function runDecisionDays(tx: Tx, run: string): Promise<object[]> {
  return (await tx.query(sql('run-decision-day-list'), [run])) as object[];
}

export async function runMeasures(tx: Tx, run: string): Promise<object[]> {
  return (await tx.query(sql('run-measure-list'), [run])) as object[];
}

export interface ParkedRow {
  readonly unit_code: string;
  readonly bound: string;
  readonly why: string;
}

export async function runParked(tx: Tx, run: string): Promise<ParkedRow[]> {
  return (await tx.query(sql('run-parked-list'), [run])) as ParkedRow[];
}

/** Gross charge by unit and month in the standing runs, as far as the current role may see it. */
export async function unitMonths(
  tx: Tx,
  to: Period,
): Promise<{ period: Period; state: string; unit_code: string; gross_minor: string }[]> {
  return (await tx.query(sql('unit-months'), [to])) as {
    period: Period;
    state: string;
    unit_code: string;
    gross_minor: string;
  }[];
}

/** Documents of a run as far as the current role may see them. */
export async function ownStatements(tx: Tx, run: string, unit: string | null): Promise<StatementRow[]> {
  return (await tx.query(sql('statement-own'), [run, unit])) as StatementRow[];
}

/** The run of a standing period that has a line, and the line's unit; undefined: there is none, or not for this role. */
export async function runOfLine(tx: Tx, line: string): Promise<{ run_id: string; unit_code: string } | undefined> {
  return ((await tx.query(sql('run-of-line'), [line])) as { run_id: string; unit_code: string }[])[0];
}

export async function runByHash(tx: Tx, period: Period, hash: string): Promise<string | undefined> {
  return ((await tx.query(sql('run-by-hash'), [period, hash])) as { run_id: string }[])[0]?.run_id;
}

export interface NewRun {
  readonly period: Period;
  readonly inputsHash: string;
  readonly modelId: number;
  readonly watermark: string;
  readonly reads: RunReads;
  readonly codeVersion: string;
  readonly userId: number;
}

/** Keeps a run with everything it says. @returns its id, and whether it is new: the same inputs give the same run */
export async function keepRun(
  tx: Tx,
  run: NewRun,
  books: Books,
  documents: Documents,
): Promise<{ runId: string; isNew: boolean }> {
  const inserted = (await tx.query(sql('run-insert'), [
    run.period,
    documents.runHash,
    run.inputsHash,
    run.modelId,
    run.watermark,
    JSON.stringify(run.reads),
    run.codeVersion,
    JSON.stringify(documents.period),
    run.userId,
  ])) as { run_id: string }[];
  const runId = inserted[0]?.run_id;
  if (runId === undefined) return { runId: (await runByHash(tx, run.period, documents.runHash))!, isNew: false };
  const rows = rowsOf(books);
  await tx.query(sql('run-pools-insert'), [runId, JSON.stringify(rows.pools)]);
  await tx.query(sql('run-hops-insert'), [runId, JSON.stringify(rows.hops)]);
  await tx.query(sql('run-measures-insert'), [runId, JSON.stringify(rows.measures)]);
  await tx.query(sql('decision-days-insert'), [runId, JSON.stringify(rows.decisionDays)]);
  await tx.query(sql('service-lines-insert'), [runId, JSON.stringify(rows.serviceLines)]);
  await tx.query(sql('statement-lines-insert'), [runId, run.period, JSON.stringify(rows.lines)]);
  await tx.query(sql('run-adjustments-insert'), [runId, JSON.stringify(rows.adjustments)]);
  await tx.query(sql('run-ledger-changes-insert'), [runId, JSON.stringify(rows.ledgerChanges)]);
  await tx.query(sql('run-parked-insert'), [runId, JSON.stringify(rows.parked)]);
  if (books.retention) await keepRetention(tx, runId, books.retention);
  for (const [unit, { bytes, sha256 }] of documents.statements) {
    await tx.query(sql('statement-insert'), [runId, unit, Buffer.from(bytes), sha256]);
  }
  return { runId, isNew: true };
}

/** What differs between the stored rows of a run by PostgreSQL's own sums; empty when the books balance. */
export async function controlFaults(tx: Tx, run: string): Promise<string[]> {
  const rows = (await tx.query(sql('run-control'), [run])) as { what: string; expected: string; found: string }[];
  const faults = rows.map((row) => `${row.what} ${row.expected}, rows sum to ${row.found} (minor units)`);
  return [...faults, ...(await retentionFaults(tx, run))];
}

/** Rows as they are stored: amounts in minor units as text, quantities cut at 20 decimals, rates as exact quotients. */
export function rowsOf(books: Books) {
  return {
    pools: books.pools.map((pool) => ({
      pool_code: pool.pool,
      kind: pool.kind,
      layer: pool.layer,
      ledger_minor: `${pool.ledger}`,
      received_minor: `${pool.received}`,
      passed_minor: `${pool.passed}`,
      cost_minor: `${pool.cost}`,
      practical_quantity: pool.practical.toText(20),
      used_quantity: pool.used.toText(20),
      standard_quantity: pool.standard.toText(20),
      rate: pool.rate.toString(),
      standard_rate: pool.chargeRate.toString(),
      charged_minor: `${pool.charged}`,
      variances_minor: `${pool.variances}`,
      unused_minor: `${pool.unused}`,
      unattributed_minor: `${pool.unattributed}`,
      withheld_minor: `${pool.withheld}`,
      parked_minor: `${pool.parked}`,
    })),
    hops: books.postings.map((posting, i) => ({
      hop_no: i + 1,
      from_account: posting.from,
      to_account: posting.to,
      amount_minor: `${posting.amount}`,
    })),
    measures: books.measures.map((measure) => ({
      pool_code: measure.pool,
      reason_code: measure.reason,
      contacts: measure.parts.over(CONTACT_PARTS).toText(20),
      seconds: measure.seconds.toText(20),
    })),
    decisionDays: books.decisionDays.map((booked) => ({
      decision_code: booked.decision,
      day: booked.day,
      contacts: booked.parts.over(CONTACT_PARTS).toText(12),
    })),
    serviceLines: books.serviceLines.map((line) => ({
      line_id: line.id,
      kind: line.kind,
      pool_code: line.pool,
      quantity: line.quantity?.toText(20) ?? null,
      amount_minor: `${line.amount}`,
    })),
    lines: books.lines.map((line): LineRow => ({
      line_id: line.id,
      unit_code: line.unit,
      kind: line.kind,
      decision_code: line.decision,
      reason_code: line.reason,
      channel: line.channel,
      pool_code: line.pool,
      rule: line.rule,
      tier: line.tier,
      treatment: line.treatment,
      charge_period: line.chargePeriod,
      contacts: Fraction.of(line.microContacts, 1_000_000n).toText(6),
      seconds: line.quantity.toText(20),
      rate: line.rate?.toString() ?? null,
      amount_minor: `${line.amount}`,
    })),
    adjustments: books.adjustments.map((adjustment): AdjustmentRow => ({
      adjustment_id: adjustment.id,
      source: adjustment.source,
      reference: adjustment.reference,
      unit_code: adjustment.unit,
      kind: adjustment.kind,
      charge_period: adjustment.chargePeriod,
      decision_code: adjustment.decision,
      reason_code: adjustment.reason,
      channel: adjustment.channel,
      pool_code: adjustment.pool,
      rule: adjustment.rule,
      tier: adjustment.tier,
      contacts: adjustment.contacts.toText(20),
      quantity: adjustment.quantity.toText(20),
      rate: adjustment.rate?.toString() ?? null,
      amount_minor: `${adjustment.amount}`,
    })),
    ledgerChanges: books.ledgerChanges.map((change) => ({
      charge_period: change.period,
      amount_minor: `${change.amount}`,
    })),
    parked: books.parked.map((parked) => ({ unit_code: parked.unit, bound: parked.bound, why: parked.why })),
  };
}

/** A run as a list shows it. */
export interface RunListing {
  readonly run_id: string;
  readonly period: Period;
  readonly hash: string;
  readonly inputs_hash: string;
  readonly model_id: number;
  readonly model_hash: string;
  readonly watermark: string;
  readonly code_version: string;
  readonly reads: RunReads;
  readonly prepared_by: string | null;
  readonly created_at: Date;
  readonly standing: boolean;
  /** version under which it was issued */
  readonly issued: number | null;
}

export async function runList(tx: Tx, period: Period): Promise<RunListing[]> {
  return (await tx.query(sql('run-list'), [period])) as RunListing[];
}

export interface ImportBetween {
  readonly import_id: string;
  readonly kind: string;
  readonly file_name: string;
  readonly rows_new: number;
  readonly rows_changed: number;
  readonly undoes: string | null;
  readonly periods: readonly string[];
}

export async function importsBetween(tx: Tx, after: string, upTo: string): Promise<ImportBetween[]> {
  return (await tx.query(sql('imports-between'), [after, upTo])) as ImportBetween[];
}

/** Standing and issued runs, by period; or one run, whatever became of it. */
export async function runsToVerify(
  tx: Tx,
  of: { readonly period?: Period | undefined; readonly run?: string | undefined },
): Promise<Pick<RunRow, 'run_id' | 'period' | 'hash'>[]> {
  const parameters = [of.period ?? null, of.run ?? null];
  return (await tx.query(sql('runs-to-verify'), parameters)) as Pick<RunRow, 'run_id' | 'period' | 'hash'>[];
}
