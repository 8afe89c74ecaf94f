import { Fraction } from '../domain/fraction.ts';
import type { LocalDate, Period } from '../domain/period.ts';
import type { EffectSection, ForecastSection } from '../domain/statements/value-document.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface ExposureDay {
  readonly day: LocalDate;
  readonly currency: string;
  readonly exposures: string;
  readonly billed: string;
  readonly waived: string;
}

export async function exposureDays(
  tx: Tx,
  decision: string,
  from: LocalDate,
  to: LocalDate,
  mark: string,
): Promise<ExposureDay[]> {
  return (await tx.query(sql('decision-exposures'), [decision, from, to, mark])) as ExposureDay[];
}

export interface RefundDay {
  readonly day: LocalDate;
  readonly currency: string;
  readonly refunded: string;
}

export async function refundDays(
  tx: Tx,
  decision: string,
  from: LocalDate,
  to: LocalDate,
  mark: string,
): Promise<RefundDay[]> {
  return (await tx.query(sql('decision-refunds'), [decision, from, to, mark])) as RefundDay[];
}

/** A decision in one pool of one standing run. */
export interface DecisionPool {
  readonly run_id: string;
  readonly period: Period;
  readonly pool_code: string;
  readonly layer: string;
  readonly contacts: string;
  readonly seconds: string;
  readonly amount_minor: string;
  readonly charged_minor: string | null;
}

export async function decisionPools(tx: Tx, decision: string, runs: readonly string[]): Promise<DecisionPool[]> {
  return (await tx.query(sql('decision-periods'), [decision, runs])) as DecisionPool[];
}

export async function bookedDays(
  tx: Tx,
  decision: string,
  runs: readonly string[],
): Promise<{ period: Period; day: LocalDate; contacts: string }[]> {
  return (await tx.query(sql('decision-run-days'), [decision, runs])) as {
    period: Period;
    day: LocalDate;
    contacts: string;
  }[];
}

export interface StandingRun {
  readonly period: Period;
  readonly run_id: string;
  readonly state: string;
  readonly model_id: number;
  readonly watermark: string;
}

export async function standingRuns(tx: Tx, from: Period, to: Period): Promise<StandingRun[]> {
  return (await tx.query(sql('standing-runs'), [from, to])) as StandingRun[];
}

/** What the document of a run says of its pools and of retention. */
export interface RunParts {
  readonly run_id: string;
  readonly pools: readonly { readonly pool: string; readonly cost: string; readonly usedSeconds: string }[];
  readonly effects: readonly EffectSection[] | null;
  readonly forecasts: readonly ForecastSection[] | null;
}

export async function runParts(tx: Tx, runs: readonly string[]): Promise<Map<string, RunParts>> {
  const rows = (await tx.query(sql('run-pools-and-value'), [runs])) as RunParts[];
  return new Map(rows.map((row) => [row.run_id, row]));
}

/** Rates by `period currency`. */
export async function ratesBetween(tx: Tx, from: Period, to: Period, mark: string): Promise<Map<string, Fraction>> {
  const rows = (await tx.query(sql('fx-all'), [from, to, mark])) as {
    period: string;
    currency: string;
    rate: string;
  }[];
  return new Map(rows.map((row) => [`${row.period} ${row.currency}`, Fraction.parse(row.rate)]));
}
