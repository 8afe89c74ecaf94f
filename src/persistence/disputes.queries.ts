import type { LocalDate, Period } from '../domain/period.ts';
import type { Tier } from '../domain/model/model.ts';
import type { Role } from '../domain/roles.ts';
import type { RulingPosting } from '../domain/statements/rulings.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** A line of a closed period's standing issue. */
export interface IssuedLineRow {
  readonly run_id: string;
  readonly line_id: string;
  readonly unit_code: string;
  readonly charge_period: Period;
  readonly decision_code: string | null;
  readonly reason_code: string | null;
  readonly channel: string | null;
  readonly pool_code: string;
  readonly rule: string | null;
  readonly tier: Tier | null;
  readonly treatment: 'charged' | 'withheld' | 'parked';
  readonly amount_minor: string;
  readonly period: Period;
  readonly issued_at: Date;
  readonly time_barred: boolean;
}

/** Issued lines that the current role may see. */
export async function issuedLines(
  tx: Tx,
  which: { readonly period?: Period; readonly line?: string; readonly unit?: string },
): Promise<IssuedLineRow[]> {
  return (await tx.query(sql('line-issued'), [
    which.period ?? null,
    which.line ?? null,
    which.unit ?? null,
  ])) as IssuedLineRow[];
}

/** Rulings are one at a time, so that their postings are numbered in the order in which they are committed. */
export async function lockRulings(tx: Tx): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('answerable ruling'))`);
}

/** Postings of one ruling; they wait for the next close. Under `lockRulings`. */
export async function insertAdjustments(tx: Tx, group: string, postings: readonly RulingPosting[]): Promise<void> {
  const rows = postings.map((posting) => ({
    adjustment_id: posting.id,
    source: posting.source,
    reference: posting.reference,
    unit_code: posting.unit,
    kind: posting.kind,
    charge_period: posting.chargePeriod,
    decision_code: posting.decision,
    reason_code: posting.reason,
    channel: posting.channel,
    pool_code: posting.pool,
    rule: posting.rule,
    tier: posting.tier,
    amount_minor: `${posting.amount}`,
  }));
  await tx.query(sql('adjustments-insert'), [group, JSON.stringify(rows)]);
}

export interface DisputeRow {
  readonly dispute_id: string;
  readonly run_id: string;
  readonly line_id: string;
  readonly nth: number;
  readonly charge_period: Period;
  readonly unit_code: string;
  readonly counter_unit: string | null;
  readonly amount_minor: string;
  readonly reason: string;
  readonly evidence: string;
  readonly due_on: LocalDate;
  readonly opened_at: Date;
  readonly opened_by_id: string;
  readonly opened_by: string;
  readonly opened_as: Role;
  readonly outcome: 'accepted' | 'rejected' | null;
  readonly ruled_minor: string | null;
  readonly ruling: string | null;
  readonly ruled_at: Date | null;
  readonly ruled_by: string | null;
  readonly escalated: boolean;
  readonly overdue: boolean;
}

export async function disputeList(tx: Tx, line?: string): Promise<DisputeRow[]> {
  return (await tx.query(sql('dispute-list'), [null, line ?? null])) as DisputeRow[];
}

export async function disputeById(tx: Tx, id: string): Promise<DisputeRow | undefined> {
  return ((await tx.query(sql('dispute-list'), [id, null])) as DisputeRow[])[0];
}

export async function insertDispute(
  tx: Tx,
  dispute: {
    readonly runId: string;
    readonly line: string;
    readonly nth: number;
    readonly chargePeriod: Period;
    readonly unit: string;
    readonly counter: string | null;
    readonly amount: bigint;
    readonly reason: string;
    readonly evidence: string;
    readonly dueOn: LocalDate;
    readonly userId: number;
  },
): Promise<string> {
  const { runId, line, nth, chargePeriod, unit, counter, amount, reason, evidence, dueOn, userId } = dispute;
  const values = [runId, line, nth, chargePeriod, unit, counter, `${amount}`, reason, evidence, dueOn, userId];
  const [row] = (await tx.query(sql('dispute-insert'), values)) as [{ dispute_id: string }];
  return row.dispute_id;
}

export async function insertDisputeEntry(
  tx: Tx,
  dispute: Pick<DisputeRow, 'dispute_id' | 'unit_code' | 'counter_unit'>,
  kind: 'reply' | 'escalation',
  text: string,
  userId: number,
): Promise<void> {
  const { dispute_id: id, unit_code: unit, counter_unit: counter } = dispute;
  await tx.query(sql('dispute-entry-insert'), [id, unit, counter, kind, text, userId]);
}

export interface DisputeEntry {
  readonly kind: 'reply' | 'escalation';
  readonly text: string;
  readonly by: string;
  readonly at: Date;
}

export async function disputeThread(tx: Tx, id: string): Promise<DisputeEntry[]> {
  return (await tx.query(sql('dispute-thread'), [id])) as DisputeEntry[];
}

export async function insertDisputeRuling(
  tx: Tx,
  dispute: Pick<DisputeRow, 'dispute_id' | 'unit_code' | 'counter_unit'>,
  ruling: {
    readonly outcome: 'accepted' | 'rejected';
    readonly amount: bigint;
    readonly reason: string;
    readonly userId: number;
  },
): Promise<void> {
  const { dispute_id: id, unit_code: unit, counter_unit: counter } = dispute;
  const { outcome, amount, reason, userId } = ruling;
  await tx.query(sql('dispute-rule'), [id, unit, counter, outcome, `${amount}`, reason, userId]);
}

export async function holidays(tx: Tx): Promise<ReadonlySet<LocalDate>> {
  const rows = (await tx.query(sql('holidays-now'))) as { holiday_date: LocalDate }[];
  return new Set(rows.map((row) => row.holiday_date));
}
