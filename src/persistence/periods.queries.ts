import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export type PeriodState = 'open' | 'calculated' | 'in_review' | 'approved' | 'closed';

export interface PeriodRow {
  readonly period: Period;
  readonly state: PeriodState;
  readonly run_id: string | null;
  readonly prepared_by: string | null;
  readonly submitted_by: string | null;
  readonly approved_by: string | null;
  readonly issued_by: string | null;
  readonly one_person: boolean;
}

export interface PeriodListing {
  readonly period: Period;
  readonly state: PeriodState;
  readonly run_id: string | null;
  readonly run_hash: string | null;
  readonly prepared_by: string | null;
  readonly approved_by: string | null;
  readonly issued_by: string | null;
  readonly issued_at: Date | null;
  readonly one_person: boolean;
}

/** The period's row, locked until the transaction ends: the first statement of every deed on a period. */
export async function lockPeriod(tx: Tx, period: Period): Promise<PeriodRow> {
  await tx.query(sql('period-open'), [period]);
  return ((await tx.query(sql('period-lock'), [period])) as [PeriodRow])[0];
}

export async function periodList(tx: Tx): Promise<PeriodListing[]> {
  return (await tx.query(sql('period-list'))) as PeriodListing[];
}

/** The run that a period stands on, and its state. */
export async function runOfPeriod(tx: Tx, period: Period): Promise<{ run_id: string; state: PeriodState } | undefined> {
  return ((await tx.query(sql('run-of-period'), [period])) as { run_id: string; state: PeriodState }[])[0];
}

export interface PeriodRun {
  readonly run_id: string;
  readonly period: Period;
  readonly hash: string;
  readonly inputs_hash: string;
  readonly model_hash: string;
  readonly state: PeriodState;
}

/** Head of a period's run, or of the given one. */
export async function periodRun(tx: Tx, period: Period, run: string | null): Promise<PeriodRun | undefined> {
  return ((await tx.query(sql('period-run'), [period, run])) as PeriodRun[])[0];
}

export async function markCalculated(tx: Tx, period: Period, run: string, userId: number): Promise<void> {
  await tx.query(sql('period-calculated'), [period, run, userId]);
}
export async function markSubmitted(tx: Tx, period: Period, userId: number): Promise<void> {
  await tx.query(sql('period-submit'), [period, userId]);
}
export async function markApproved(tx: Tx, period: Period, userId: number, onePerson: boolean): Promise<void> {
  await tx.query(sql('period-approve'), [period, userId, onePerson]);
}
export async function markIssued(tx: Tx, period: Period, userId: number, onePerson: boolean): Promise<void> {
  await tx.query(sql('period-issue'), [period, userId, onePerson]);
}
export async function markReopened(tx: Tx, period: Period): Promise<void> {
  await tx.query(sql('period-reopen'), [period]);
}
export async function setOnePerson(tx: Tx, onePerson: boolean): Promise<void> {
  await tx.query(sql('company-one-person'), [onePerson]);
}
