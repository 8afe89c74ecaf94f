import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import type { PeriodState } from './periods.queries.ts';
import { sql } from './sql.ts';

/** A bound that a unit broke in the standing run of a period, with the ruling on it. */
export interface ParkedUnitRow {
  readonly period: Period;
  readonly state: PeriodState;
  readonly unit_code: string;
  readonly bound: string;
  readonly why: string;
  readonly since: Date;
  readonly ruling: 'released' | 'kept' | null;
  readonly reason: string | null;
  readonly ruled_by: string | null;
  readonly ruled_at: Date | null;
  readonly amount_minor: string;
}

export async function parkedUnits(tx: Tx, period: Period | null): Promise<ParkedUnitRow[]> {
  return (await tx.query(sql('parked-list'), [period])) as ParkedUnitRow[];
}

export async function insertParkingRuling(
  tx: Tx,
  ruling: {
    readonly period: Period;
    readonly unit: string;
    readonly ruling: 'released' | 'kept';
    readonly reason: string;
    readonly userId: number;
  },
): Promise<void> {
  const { period, unit, ruling: outcome, reason, userId } = ruling;
  await tx.query(sql('parking-ruling-insert'), [period, unit, outcome, reason, userId]);
}

/** Number of the newest ruling on a parked unit of the period; 0 without. */
export async function newestParkingRuling(tx: Tx, period: Period): Promise<string> {
  return ((await tx.query(sql('parking-newest'), [period])) as [{ ruling: string }])[0].ruling;
}

export interface CorrectionRow {
  readonly correction_id: string;
  readonly charge_period: Period;
  readonly unit_code: string;
  readonly counter_unit: string | null;
  readonly decision_code: string | null;
  readonly reason_code: string | null;
  readonly amount_minor: string;
  readonly reverses: string | null;
  readonly reversed_by: string | null;
  readonly reason: string;
  readonly requested_by_id: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
}

export async function correctionList(tx: Tx): Promise<CorrectionRow[]> {
  return (await tx.query(sql('correction-list'), [null])) as CorrectionRow[];
}

export async function correctionById(tx: Tx, id: string): Promise<CorrectionRow | undefined> {
  return ((await tx.query(sql('correction-list'), [id])) as CorrectionRow[])[0];
}

export async function insertCorrection(
  tx: Tx,
  correction: {
    readonly chargePeriod: Period;
    readonly unit: string;
    readonly counter: string | null;
    readonly decision: string | null;
    readonly reasonCode: string | null;
    readonly amount: bigint;
    readonly reverses: string | null;
    readonly reason: string;
    readonly userId: number;
  },
): Promise<string> {
  const { chargePeriod, unit, counter, decision, reasonCode, amount, reverses, reason, userId } = correction;
  const values = [chargePeriod, unit, counter, decision, reasonCode, `${amount}`, reverses, reason, userId];
  const [row] = (await tx.query(sql('correction-insert'), values)) as [{ correction_id: string }];
  return row.correction_id;
}

export async function approveCorrection(tx: Tx, id: string, userId: number): Promise<void> {
  await tx.query(sql('correction-approve'), [id, userId]);
}
