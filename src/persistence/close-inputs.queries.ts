import type { DecisionRecord, OwnerRecord, ReasonRecord, UnitRecord } from '../domain/attribution/register.ts';
import type { Capacity } from '../domain/costing/capacity.ts';
import type { LedgerEntry } from '../domain/costing/ledger-pools.ts';
import { Fraction } from '../domain/fraction.ts';
import { lastDay, firstDay, type LocalDate, type Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Typed callers of the SQL that a close reads its inputs with. Watermark: imports up to this number. */
export interface Company {
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly onePerson: boolean;
}

type Row = Record<string, string | null>;

export async function companyRow(tx: Tx): Promise<Company | undefined> {
  const [row] = (await tx.query(sql('company-row'))) as {
    name: string;
    currency: string;
    time_zone: string;
    one_person: boolean;
  }[];
  return row && { name: row.name, currency: row.currency, timeZone: row.time_zone, onePerson: row.one_person };
}

export async function watermark(tx: Tx): Promise<string> {
  return ((await tx.query(sql('watermark'))) as [{ watermark: string }])[0].watermark;
}

export async function unitList(tx: Tx, mark: string): Promise<UnitRecord[]> {
  return ((await tx.query(sql('unit-list'), [mark])) as Row[]).map((row) => ({
    unit: row['unit_code']!,
    name: row['name']!,
    parent: row['parent_code']!,
    costCenter: row['cost_center']!,
    ownerEmail: row['owner_email']!,
    kind: row['kind'] as 'business' | 'service',
    legalEntity: row['legal_entity']!,
    successor: row['successor']!,
    validFrom: row['valid_from']!,
    validTo: row['valid_to']!,
  }));
}

async function decisionRows(tx: Tx, mark: string): Promise<Row[]> {
  return (await tx.query(sql('decision-list'), [mark])) as Row[];
}

/** Free text about a decision: for people, in no figure and no hash. */
export async function decisionDescription(tx: Tx, code: string, mark: string): Promise<string | null> {
  return (await decisionRows(tx, mark)).find((row) => row['decision_code'] === code)?.['description'] ?? null;
}

export async function decisionList(tx: Tx, mark: string): Promise<DecisionRecord[]> {
  return (await decisionRows(tx, mark)).map((row) => ({
    decision: row['decision_code']!,
    title: row['title']!,
    kind: row['kind']!,
    effectiveFrom: row['effective_from']!,
    announcedAt: row['announced_at']!,
    effectiveTo: row['effective_to']!,
    population: row['population']!,
    reasons: row['reasons']!,
    expectedContactsPerMonth: row['expected_contacts_per_month']!,
    expectedRevenuePerMonth: row['expected_revenue_per_month']!,
  }));
}

export async function ownerList(tx: Tx, mark: string): Promise<OwnerRecord[]> {
  return ((await tx.query(sql('decision-owner-list'), [mark])) as Row[]).map((row) => ({
    decision: row['decision_code']!,
    unit: row['unit_code']!,
    share: Fraction.parse(row['share']!),
    validFrom: row['valid_from']!,
    validTo: row['valid_to']!,
  }));
}

export async function reasonList(tx: Tx, mark: string): Promise<ReasonRecord[]> {
  const rows = (await tx.query(sql('reason-list'), [mark])) as (Row & { standard_handle_seconds: number | null })[];
  return rows.map((row) => ({
    reason: row['reason_code']!,
    name: row['name']!,
    parent: row['parent_code']!,
    ownerUnit: row['owner_unit']!,
    demand: row['demand'] as 'value' | 'failure' | null,
    standardHandleSeconds: row.standard_handle_seconds,
  }));
}

export interface LedgerRow extends LedgerEntry {
  readonly postedAt: LocalDate | null;
  readonly description: string | null;
  readonly importId: string;
  readonly line: string;
}

export async function ledgerList(tx: Tx, period: Period, mark: string): Promise<LedgerRow[]> {
  return ((await tx.query(sql('ledger-list'), [period, mark])) as Row[]).map((row) => ({
    entry: row['entry_id']!,
    account: row['account']!,
    costCenter: row['cost_center']!,
    vendor: row['vendor']!,
    amount: BigInt(row['amount_minor']!),
    currency: row['currency']!,
    postedAt: row['posted_at']!,
    description: row['description']!,
    importId: row['import_id']!,
    line: row['line']!,
  }));
}

export async function fxList(tx: Tx, period: Period, mark: string): Promise<Map<string, Fraction>> {
  const rows = (await tx.query(sql('fx-list'), [period, mark])) as { currency: string; rate: string }[];
  return new Map(rows.map((row) => [row.currency, Fraction.parse(row.rate)]));
}

export async function capacityList(tx: Tx, period: Period, mark: string): Promise<Map<string, Capacity>> {
  const rows = (await tx.query(sql('capacity-list'), [period, mark])) as Row[];
  const exact = (row: Row, column: string) => Fraction.parse(row[column]!);
  return new Map(
    rows.map((row): [string, Capacity] => [
      row['pool_code']!,
      row['practical_seconds'] !== null
        ? { practicalSeconds: exact(row, 'practical_seconds') }
        : {
            fte: exact(row, 'fte'),
            paidHours: exact(row, 'paid_hours'),
            shrinkage: exact(row, 'shrinkage'),
            occupancy: exact(row, 'occupancy'),
          },
    ]),
  );
}

/** Dimensions of a cell, as stored. */
export interface CellRow {
  readonly cell_no: number;
  readonly channel: string;
  readonly reason_code: string;
  readonly queue: string | null;
  readonly site: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly segment: string | null;
  readonly language: string | null;
  readonly decision_code: string | null;
  readonly direction: string | null;
  readonly escalated: boolean;
  readonly transferred: boolean;
}

/** @param only some of them; absent: all */
export async function cellList(tx: Tx, only?: readonly number[]): Promise<Map<number, CellRow>> {
  const rows = (await tx.query(sql('cell-list'), [only ?? null])) as CellRow[];
  return new Map(rows.map((row) => [row.cell_no, row]));
}

export interface CellSum {
  readonly cell_no: number;
  readonly reason_code: string | null;
  readonly slice: number;
  readonly repeat: boolean;
  readonly hits: number;
  /** JSON of hits: [[rule, decision, day, age in days], …], nearest first; null: none */
  readonly causes: string | null;
  readonly known: boolean;
  readonly tagged_on: LocalDate | null;
  readonly parts: bigint;
  readonly seconds: bigint;
  readonly untimed_parts: bigint;
}

/** What a close needs to read contacts: date slices (first days, ascending), watermark, text patterns. */
export interface ContactReading {
  readonly period: Period;
  readonly cuts: readonly LocalDate[];
  readonly watermark: string;
  readonly patterns: readonly string[];
  readonly exposureRules: readonly ExposureRule[];
}

/** An exposure rule as the SQL finds hits with it: decisions null means any; ages in days only where they weigh. */
export interface ExposureRule {
  readonly rule: string;
  readonly days: number;
  readonly decisions: readonly string[] | null;
  readonly ages: boolean;
}

/** Customers by their 64-bit keys, both ends included. */
export interface KeyRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** One contact, or those of a channel that have a reason, segments included. */
interface Wanted {
  readonly reason?: string;
  readonly channel?: string;
  readonly contact?: string;
}

function readingParameters(
  { period, cuts, watermark: mark, patterns, exposureRules }: ContactReading,
  only?: KeyRange,
  wanted: Wanted = {},
): unknown[] {
  const rules = JSON.stringify(exposureRules);
  return [
    ...[firstDay(period), lastDay(period), cuts, mark, patterns, rules, only?.from ?? null, only?.to ?? null],
    ...[wanted.reason ?? null, wanted.channel ?? null, wanted.contact ?? null],
  ];
}

/**
 * Plans a query over a whole month: hash joins whatever the statistics say (fresh partitions have none, and a nested
 * loop over two of them never ends), and memory for its sorts. For the rest of the transaction.
 */
export async function planForWholeMonths(tx: Tx): Promise<void> {
  await tx.query(WHOLE_MONTHS);
}

/** The settings of `planForWholeMonths`, for other connections. A cluster hands them on to its nodes, told so first. */
export const WHOLE_MONTHS = `set local citus.propagate_set_commands to 'local'; set local enable_nestloop to off;
  set local work_mem to '256MB'; set local jit to off`;

/**
 * Like contacts of a period, summed to integers: the roll-up of a close by its SQL road. @param only some customers,
 * without the contacts that name none
 */
export async function cellSums(tx: Tx, reading: ContactReading, only?: KeyRange): Promise<CellSum[]> {
  await planForWholeMonths(tx);
  type Texts = Omit<CellSum, 'hits' | 'parts' | 'seconds' | 'untimed_parts'> & {
    readonly hits: readonly number[];
    readonly parts: string;
    readonly seconds: string;
    readonly untimed_parts: string;
  };
  const rows = (await tx.query(
    `select cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on, sum(parts)::text as parts, coalesce(sum(seconds), 0)::text as seconds,
       coalesce(sum(parts) filter (where seconds is null), 0)::text as untimed_parts
     from (${sql('close-contacts')}) contacts group by cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on`,
    readingParameters(reading, only),
  )) as Texts[];
  return rows.map((row) => ({
    ...row,
    hits: bitsOf(row.hits),
    causes: row.causes && JSON.stringify(JSON.parse(row.causes)), // as the other road writes it
    parts: BigInt(row.parts),
    seconds: BigInt(row.seconds),
    untimed_parts: BigInt(row.untimed_parts),
  }));
}

/** The numbers of the text patterns that a contact hits, as bits: the first is 1. */
const bitsOf = (patterns: readonly number[]): number =>
  patterns.reduce((bits, pattern) => bits | (1 << (pattern - 1)), 0);

export interface ContactPart {
  readonly contact_id: string;
  readonly cell_no: number;
  readonly reason_code: string | null;
  readonly slice: number;
  readonly repeat: boolean;
  readonly hits: number;
  /** JSON of hits: [[rule, decision, number of the owners' stretch, age in days], …], nearest first; null: none */
  readonly causes: string | null;
  readonly known: boolean;
  readonly tagged_on: LocalDate | null;
  readonly parts: string;
  readonly seconds: string | null;
}

/** Some contacts as the close read them. Ascending by contact id. */
export async function contactParts(
  tx: Tx,
  reading: ContactReading,
  wanted: { readonly reason: string; readonly channel: string } | { readonly contact: string },
): Promise<ContactPart[]> {
  await planForWholeMonths(tx);
  const rows = (await tx.query(
    `select contact_id, cell_no, reason_code, slice, repeat, hits, causes, known, tagged_on, parts::text as parts, seconds::text as seconds
     from (${sql('close-contacts')}) contacts order by contact_id collate "C", reason_code collate "C"`,
    readingParameters(reading, undefined, wanted),
  )) as (Omit<ContactPart, 'hits'> & { readonly hits: readonly number[] })[];
  return rows.map((row) => ({ ...row, hits: bitsOf(row.hits) }));
}

/** A contact as it stands, with the import and line it came from; undefined: there is none. */
export interface ContactRow {
  readonly contact_id: string;
  readonly started_at: Date;
  readonly started_on: LocalDate;
  readonly customer_id: string | null;
  readonly case_id: string | null;
  readonly handle_seconds: number | null;
  readonly cell_no: number;
  readonly import_id: string;
  readonly line: number;
  readonly file_name: string;
}

export async function contactRow(tx: Tx, id: string): Promise<ContactRow | undefined> {
  return ((await tx.query(sql('contact-row'), [id])) as ContactRow[])[0];
}

/** Customer-days of a month with and without a hit of a decision in the last D days. @param segments null for all */
export async function customerDays(
  tx: Tx,
  period: Period,
  decision: string,
  days: number,
  segments: readonly string[] | null,
  mark: string,
): Promise<{ hit: bigint; all: bigint }> {
  await planForWholeMonths(tx);
  const [row] = (await tx.query(sql('customer-days'), [
    firstDay(period),
    lastDay(period),
    decision,
    days,
    segments,
    mark,
  ])) as [{ hit: string; all_days: string }];
  return { hit: BigInt(row.hit), all: BigInt(row.all_days) };
}

export interface ContactDigest {
  readonly contacts: string | null;
  /** sum of the rows' hashes */
  readonly hashes: string;
}

export async function contactDigest(tx: Tx, period: Period, mark: string): Promise<ContactDigest> {
  await planForWholeMonths(tx);
  return ((await tx.query(sql('contact-digest'), [firstDay(period), lastDay(period), mark])) as [ContactDigest])[0];
}

export async function contactCount(tx: Tx, period: Period, mark: string): Promise<bigint> {
  const [row] = (await tx.query(sql('contact-count'), [firstDay(period), lastDay(period), mark])) as [
    { contacts: string },
  ];
  return BigInt(row.contacts);
}

/** Contacts by cell and stretch of days, of everything that is there. @param cuts first days of the stretches, ascending */
export async function cellCounts(
  tx: Tx,
  cuts: readonly LocalDate[],
): Promise<{ cell_no: number; slice: number; contacts: string }[]> {
  return (await tx.query(sql('cell-counts'), [cuts])) as { cell_no: number; slice: number; contacts: string }[];
}
