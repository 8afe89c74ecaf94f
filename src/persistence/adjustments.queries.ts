import { Fraction } from '../domain/fraction.ts';
import type { Period } from '../domain/period.ts';
import type { Adjustment } from '../domain/statements/adjustment.ts';
import type { Tx } from './database.ts';
import type { AdjustmentRow, RunReads } from './runs.queries.ts';
import { sql } from './sql.ts';

/** Closed periods whose facts came late, with what their corrections go on from. */
export async function correctionsDue(
  tx: Tx,
  period: Period,
  mark: string,
): Promise<NonNullable<RunReads['corrected']>> {
  const rows = (await tx.query(sql('corrections-due'), [period, mark])) as {
    period: Period;
    run_id: string;
    since: string;
  }[];
  return rows.map((row) => ({ period: row.period, run: row.run_id, since: row.since }));
}

/** How far rulings have come, for a close of the period. */
export async function adjustmentMarks(
  tx: Tx,
  period: Period,
): Promise<{ adjustments: { after: string; upTo: string }; parkingRulings: string }> {
  const [row] = (await tx.query(sql('adjustment-marks'), [period])) as [
    { up_to: string; after: string; parking: string },
  ];
  return { adjustments: { after: row.after, upTo: row.up_to }, parkingRulings: row.parking };
}

type StoredAdjustment = Omit<AdjustmentRow, 'contacts' | 'quantity' | 'rate'> & {
  readonly adjustment_no: string;
  readonly group_key: string;
};

/** Postings of rulings with a number in (after, upTo]. */
export async function ruledAdjustments(tx: Tx, marks: { after: string; upTo: string }): Promise<Adjustment[]> {
  const rows = (await tx.query(sql('adjustment-list'), [marks.after, marks.upTo])) as StoredAdjustment[];
  return rows.map((row) => ({
    id: row.adjustment_id,
    source: row.source,
    reference: row.reference,
    unit: row.unit_code,
    kind: row.kind,
    chargePeriod: row.charge_period,
    decision: row.decision_code,
    reason: row.reason_code,
    channel: row.channel,
    pool: row.pool_code,
    rule: row.rule,
    tier: row.tier,
    contacts: Fraction.ZERO,
    quantity: Fraction.ZERO,
    rate: null,
    amount: BigInt(row.amount_minor),
  }));
}

/** Units of a period whose parking somebody ruled on, up to a ruling. */
export async function parkingRuled(tx: Tx, period: Period, upTo: string): Promise<ReadonlySet<string>> {
  const rows = (await tx.query(sql('parking-ruled'), [period, upTo])) as { unit_code: string }[];
  return new Set(rows.map((row) => row.unit_code));
}

/** Charge of each unit in each of some runs, minor units, in the order of the runs. */
export async function unitCharges(tx: Tx, runs: readonly string[]): Promise<Map<string, bigint>[]> {
  const rows = (await tx.query(sql('unit-charges'), [runs])) as {
    run_id: string;
    unit_code: string;
    amount_minor: string;
  }[];
  return runs.map(
    (run) =>
      new Map(
        rows.filter((row) => row.run_id === run).map((row) => [row.unit_code, BigInt(row.amount_minor)] as const),
      ),
  );
}

export async function periodsOfRuns(tx: Tx, runs: readonly string[]): Promise<Period[]> {
  const rows = (await tx.query(sql('run-periods'), [runs])) as { run_id: string; period: Period }[];
  return runs.map((run) => rows.find((row) => row.run_id === run)!.period);
}

export interface Source {
  readonly dimension: 'channel' | 'vendor' | 'site';
  readonly value: string;
}

/** Channels, vendors and sites that had contacts in each of the months and have none in this one. */
export async function missingSources(
  tx: Tx,
  months: readonly string[],
  month: string,
  mark: string,
): Promise<Source[]> {
  return (await tx.query(sql('missing-sources'), [months, month, mark])) as Source[];
}

export async function trailingCells(
  tx: Tx,
  months: readonly string[],
  mark: string,
): Promise<{ cell_no: number; contacts: string }[]> {
  return (await tx.query(sql('trailing-cells'), [months, mark])) as { cell_no: number; contacts: string }[];
}
