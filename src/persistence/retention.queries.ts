import type { StreamAmounts } from '../domain/retention/amount.ts';
import type { RetentionLine } from '../domain/retention/apportioned-effect.ts';
import type { CreditHistory, DecisionCharge } from '../domain/retention/credits.ts';
import type { EffectKind } from '../domain/retention/effect.ts';
import type { Posting } from '../domain/retention/posting.ts';
import type { Tier } from '../domain/model/model.ts';
import type { LocalDate, Period } from '../domain/period.ts';
import type { RetentionBooks } from '../domain/statements/retention-books.ts';
import { planForWholeMonths } from './close-inputs.queries.ts';
import { copyIntegers, type IntegerRows } from './integer-rows.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Columns: instant in epoch seconds, day since 1970, cell number. @param from first day that is read; absent: the first of all */
export async function contactsOfCallers(
  tx: Tx,
  months: readonly LocalDate[],
  until: LocalDate,
  mark: string,
  from: LocalDate | '-infinity' = '-infinity',
): Promise<IntegerRows> {
  await planForWholeMonths(tx);
  return await copyIntegers(tx, sql('retention-contacts'), [months, until, mark, from], 4);
}

export async function namesRenewals(tx: Tx, mark: string): Promise<boolean> {
  return ((await tx.query(sql('retention-renewals'), [mark])) as [{ any_renewal: boolean }])[0].any_renewal;
}

/** Cells of one reason, all inbound or all outbound: outbound contacts open no episodes. */
export interface ReasonCells {
  readonly reason_code: string;
  readonly is_inbound: boolean;
  readonly cells: readonly number[];
}

export async function cellsByReason(tx: Tx): Promise<ReasonCells[]> {
  return await tx.query(sql('retention-cells'));
}

/** Segments in the database's order. */
export async function segmentsInOrder(tx: Tx, segments: readonly string[]): Promise<string[]> {
  return ((await tx.query(sql('retention-segments'), [segments])) as { segment: string }[]).map((row) => row.segment);
}

/** Which of some segments one of these patterns of LIKE takes. */
export async function segmentsLike(
  tx: Tx,
  segments: readonly string[],
  patterns: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = (await tx.query(sql('retention-segments-like'), [segments, patterns])) as { segment: string }[];
  return new Set(rows.map((row) => row.segment));
}

/** Runs with the period they are of, and whether their model had a retention section. */
export async function retentionRuns(
  tx: Tx,
  runs: readonly string[],
): Promise<{ readonly run_id: string; readonly period: Period; readonly has_value: boolean }[]> {
  return (await tx.query(sql('runs-with-retention'), [runs])) as {
    run_id: string;
    period: Period;
    has_value: boolean;
  }[];
}

export async function decisionCharges(tx: Tx, runs: readonly string[]): Promise<DecisionCharge[]> {
  const rows = (await tx.query(sql('decision-charges'), [runs])) as {
    unit_code: string;
    decision_code: string;
    charge_period: Period;
    tier: Tier | null;
    amount_minor: string;
  }[];
  return rows.map((row) => ({
    unit: row.unit_code,
    decision: row.decision_code,
    chargePeriod: row.charge_period,
    tier: row.tier,
    amount: BigInt(row.amount_minor),
  }));
}

export interface PostingRow {
  readonly effect: EffectKind;
  readonly cohort: string;
  readonly window_days: number;
  readonly kind: Posting['kind'];
  readonly buy_again_point: string;
  readonly buy_more_point: string;
  readonly spread_the_word_point: string;
  readonly buy_again_netted: string;
  readonly buy_more_netted: string;
  readonly spread_the_word_netted: string;
}

export interface RetentionLineRow {
  readonly effect: EffectKind;
  readonly cohort: string;
  readonly window_days: number;
  readonly kind: Posting['kind'];
  readonly stream: RetentionLine['stream'];
  readonly unit_code: string;
  readonly decision_code: string | null;
  readonly point_minor: string;
  readonly netted_minor: string;
}

export interface CreditRow {
  readonly unit_code: string;
  readonly decision_code: string;
  readonly charge_period: Period;
  readonly tier: Tier | null;
  readonly point_minor: string;
  readonly netted_minor: string;
  readonly credit_minor: string;
  readonly above_cap_minor: string;
  readonly not_credited_minor: string;
}

export async function retentionPostings(
  tx: Tx,
  runs: readonly string[],
): Promise<(PostingRow & { readonly run_id: string })[]> {
  return (await tx.query(sql('run-retention-list'), [runs])) as (PostingRow & { readonly run_id: string })[];
}

export async function retentionLines(
  tx: Tx,
  runs: readonly string[],
): Promise<(RetentionLineRow & { readonly run_id: string })[]> {
  return (await tx.query(sql('run-retention-line-list'), [runs])) as (RetentionLineRow & { readonly run_id: string })[];
}

export async function retentionCredits(
  tx: Tx,
  runs: readonly string[],
): Promise<(CreditRow & { readonly run_id: string })[]> {
  return (await tx.query(sql('run-retention-credit-list'), [runs])) as (CreditRow & { readonly run_id: string })[];
}

/** What earlier runs posted, oldest first, each posting with its lines. */
export interface PostedRow {
  readonly effect: EffectKind;
  readonly posting: Posting;
  readonly lines: readonly RetentionLine[];
}

export async function postedBefore(tx: Tx, runs: readonly string[]): Promise<PostedRow[]> {
  const lines = new Map<string, RetentionLine[]>();
  const keyOf = (row: PostingRow | RetentionLineRow, run: string): string =>
    JSON.stringify([run, row.effect, row.cohort, row.window_days, row.kind]);
  for (const row of await retentionLines(tx, runs)) {
    const key = keyOf(row, row.run_id);
    lines.set(key, [...(lines.get(key) ?? []), lineOf(row)]);
  }
  return (await retentionPostings(tx, runs)).map((row) => ({
    effect: row.effect,
    posting: postingOfRow(row),
    lines: lines.get(keyOf(row, row.run_id)) ?? [],
  }));
}

export async function creditHistory(tx: Tx, runs: readonly string[]): Promise<CreditHistory[]> {
  return (await retentionCredits(tx, runs)).map((row) => ({
    unit: row.unit_code,
    decision: row.decision_code,
    chargePeriod: row.charge_period,
    posted: BigInt(row.netted_minor) - BigInt(row.not_credited_minor),
    credited: BigInt(row.credit_minor),
  }));
}

function lineOf(row: RetentionLineRow): RetentionLine {
  return {
    effect: row.effect,
    cohort: row.cohort,
    windowDays: row.window_days,
    kind: row.kind,
    stream: row.stream,
    unit: row.unit_code,
    decision: row.decision_code ?? undefined,
    point: BigInt(row.point_minor),
    netted: BigInt(row.netted_minor),
  };
}

function postingOfRow(row: PostingRow): Posting {
  return {
    cohort: row.cohort,
    windowDays: row.window_days,
    kind: row.kind,
    point: streams(row.buy_again_point, row.buy_more_point, row.spread_the_word_point),
    netted: streams(row.buy_again_netted, row.buy_more_netted, row.spread_the_word_netted),
  };
}

function streams(buyAgain: string, buyMore: string, spreadTheWord: string): StreamAmounts {
  return { buyAgain: BigInt(buyAgain), buyMore: BigInt(buyMore), spreadTheWord: BigInt(spreadTheWord) };
}

/** Rows as they are stored: amounts in minor units as text. */
export function retentionRows(books: RetentionBooks) {
  return {
    postings: books.effects.posted.map(({ effect, posting: { cohort, windowDays, kind, point, netted } }) => ({
      effect,
      cohort,
      window_days: windowDays,
      kind,
      buy_again_point: `${point.buyAgain}`,
      buy_more_point: `${point.buyMore}`,
      spread_the_word_point: `${point.spreadTheWord}`,
      buy_again_netted: `${netted.buyAgain}`,
      buy_more_netted: `${netted.buyMore}`,
      spread_the_word_netted: `${netted.spreadTheWord}`,
    })) satisfies PostingRow[],
    lines: books.effects.lines.map((line) => ({
      effect: line.effect,
      cohort: line.cohort,
      window_days: line.windowDays,
      kind: line.kind,
      stream: line.stream,
      unit_code: line.unit,
      decision_code: line.decision ?? null,
      point_minor: `${line.point}`,
      netted_minor: `${line.netted}`,
    })) satisfies RetentionLineRow[],
    credits: books.credits.map((credit) => ({
      unit_code: credit.unit,
      decision_code: credit.decision,
      charge_period: credit.chargePeriod,
      tier: credit.tier,
      point_minor: `${credit.point}`,
      netted_minor: `${credit.netted}`,
      credit_minor: `${credit.credit}`,
      above_cap_minor: `${credit.aboveCap}`,
      not_credited_minor: `${credit.notCredited}`,
    })) satisfies CreditRow[],
  };
}

/** Keeps what a run posts of retention. */
export async function keepRetention(tx: Tx, runId: string, books: RetentionBooks): Promise<void> {
  const rows = retentionRows(books);
  await tx.query(sql('run-retention-insert'), [runId, JSON.stringify(rows.postings)]);
  await tx.query(sql('run-retention-lines-insert'), [runId, JSON.stringify(rows.lines)]);
  await tx.query(sql('run-retention-credits-insert'), [runId, JSON.stringify(rows.credits)]);
}

/** What differs between postings, lines and credits of a run by PostgreSQL's own sums; empty when nothing does. */
export async function retentionFaults(tx: Tx, runId: string): Promise<string[]> {
  const rows = (await tx.query(sql('run-retention-control'), [runId])) as {
    what: string;
    expected: string;
    found: string;
  }[];
  return rows.map((row) => `${row.what} ${row.expected}, rows say ${row.found} (minor units)`);
}
