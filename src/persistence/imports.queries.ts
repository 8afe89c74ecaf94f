import { copyOut } from './copy-out.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface CompanyRow {
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly pseudonymise: boolean;
}

export interface ImportRow {
  readonly importId: string;
  readonly kind: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rowsNew: number;
  readonly rowsChanged: number;
  readonly rowsSame: number;
  readonly rowsRefused: number;
  readonly totals: ImportTotals;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
  readonly by: string | null;
  readonly at: Date;
}

/** Control totals of a file: what a controller compares with the source system. */
export interface ImportTotals {
  readonly rows: number;
  /** sums in the major unit, by column and currency: { amount: { EUR: "123.45" } } */
  readonly amounts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly seconds: string | null;
  /** months that changed, YYYY-MM */
  readonly periods: readonly string[];
}

/**
 * Imports are one at a time: the order of their numbers is the order of their commits, so a watermark is safe. On a
 * cluster they keep to one connection a node, because they also make partitions, and these get the triggers that refuse
 * changes, which reach nothing outside their own row. One machine knows no such settings.
 */
export async function lockImports(tx: Tx): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(hashtext('answerable import')), pg_advisory_xact_lock(hashtext('answerable files')),
       set_config('citus.multi_shard_modify_mode', 'sequential', true), set_config('citus.enable_unsafe_triggers', 'on', true)`,
  );
}

/**
 * The same for files that are imported side by side, each in a transaction of its own: this one holds the lock for all of
 * them and waits idly. Should its connection break, what the files themselves hold (joinImports) keeps others away.
 * @param count how many files @returns the numbers of their imports, in the order in which they have to commit
 */
export async function holdImports(tx: Tx, count: number): Promise<string[]> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('answerable import'))`);
  await tx.query(
    `select pg_advisory_lock(hashtext('answerable files')), pg_advisory_unlock(hashtext('answerable files')),
       set_config('idle_in_transaction_session_timeout', '0', true)`,
  );
  const rows: { id: string }[] = await tx.query(
    `select nextval('import_import_id_seq') as id from generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ id }) => id);
}

const TURN = `hashtext('answerable import turn'), ($1::bigint % 2147483647)::integer`;

/** To be said first in the transaction of each of these files. */
export async function joinImports(tx: Tx, importId: string): Promise<void> {
  await tx.query(
    `select pg_advisory_xact_lock(${TURN}), pg_advisory_xact_lock_shared(hashtext('answerable files')),
       set_config('idle_in_transaction_session_timeout', '0', true)`,
    [importId],
  );
}

/** Waits for the end of another of these files' transactions: in the database, which sees whoever else waits in a circle. */
export async function waitForImport(tx: Tx, importId: string): Promise<void> {
  await tx.query(`select set_config('lock_timeout', '0', true), pg_advisory_xact_lock_shared(${TURN})`, [importId]);
}

export async function companyOf(tx: Tx): Promise<CompanyRow | undefined> {
  const rows: CompanyRow[] = await tx.query(
    'select name, currency, time_zone as "timeZone", pseudonymise from company',
  );
  return rows[0];
}

export async function keepCompany(tx: Tx, company: CompanyRow): Promise<void> {
  await tx.query(
    `insert into company (name, currency, time_zone, pseudonymise) values ($1, $2, $3, $4)
     on conflict (only_one) do update set name = excluded.name, currency = excluded.currency,
       time_zone = excluded.time_zone, pseudonymise = excluded.pseudonymise`,
    [company.name, company.currency, company.timeZone, company.pseudonymise],
  );
}

/** True when rows of one of these kinds were ever imported. */
export async function anyImportOf(tx: Tx, kinds: readonly string[]): Promise<boolean> {
  const rows: unknown[] = await tx.query('select from import where kind = any($1) limit 1', [kinds]);
  return rows.length > 0;
}

/** Codes that rows may name: { noun, code } of units, reasons, decisions, instruments as they stand. */
export async function knownCodes(tx: Tx): Promise<{ noun: string; code: string }[]> {
  return await tx.query(sql('known-codes'));
}

/** Texts of all model versions, for the pools they name. */
export async function modelTexts(tx: Tx): Promise<string[]> {
  const rows: { yaml: string }[] = await tx.query('select yaml from model_version');
  return rows.map((row) => row.yaml);
}

/** The import that already brought this very file, unless something later changed what it wrote. */
export async function sameFile(
  tx: Tx,
  kind: string,
  sha256: string,
  mapping: string | null,
): Promise<{ at: Date; by: string } | undefined> {
  const rows: { at: Date; by: string }[] = await tx.query(sql('import-same-file'), [kind, sha256, mapping]);
  return rows[0];
}

export interface NewImport {
  readonly kind: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly mapping: string | null;
  readonly rowsNew: number;
  readonly rowsChanged: number;
  readonly rowsSame: number;
  readonly rowsRefused: number;
  readonly totals: ImportTotals;
  readonly undoes: string | null;
  readonly userId: number | null;
}

/** A number for an import whose row comes later in the transaction. */
export async function nextImportId(tx: Tx): Promise<string> {
  const rows: { id: string }[] = await tx.query(`select nextval('import_import_id_seq') as id`);
  return rows[0]!.id;
}

/** @param importId from nextImportId; without it the row gets the next number */
export async function insertImport(tx: Tx, row: NewImport, importId?: string): Promise<string> {
  const rows: { import_id: string }[] = await tx.query(
    `insert into import (import_id, kind, file_name, bytes, sha256, mapping, rows_new, rows_changed, rows_same, rows_refused, totals, undoes, imported_by, imported_at)
     overriding system value
     values (coalesce($13::bigint, nextval('import_import_id_seq')), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, clock_timestamp()) returning import_id`,
    [
      row.kind,
      row.fileName,
      row.bytes,
      row.sha256,
      row.mapping,
      row.rowsNew,
      row.rowsChanged,
      row.rowsSame,
      row.rowsRefused,
      JSON.stringify(row.totals),
      row.undoes,
      row.userId,
      importId ?? null,
    ],
  );
  return rows[0]!.import_id;
}

export async function listImports(tx: Tx, limit: number): Promise<ImportRow[]> {
  return await tx.query(sql('import-list'), [limit]);
}

/** Texts of the mappings that imports have used, the latest first. */
export async function mappingsUsed(tx: Tx, limit: number): Promise<string[]> {
  const rows: { mapping: string }[] = await tx.query(
    'select mapping from import where mapping is not null group by mapping order by max(import_id) desc limit $1',
    [limit],
  );
  return rows.map((row) => row.mapping);
}

export async function importById(tx: Tx, importId: string): Promise<ImportRow | undefined> {
  const rows: ImportRow[] = await tx.query(sql('import-by-id'), [importId]);
  return rows[0];
}

/** States of periods, locked against a close until this transaction ends; periods without a row are open. */
export async function sharePeriods(tx: Tx, periods: readonly string[]): Promise<{ period: string; state: string }[]> {
  return await tx.query('select period, state from period where period = any($1) order by period for share', [periods]);
}

/** Every cell: its number, then the texts of its dimensions, each behind its length (−1: none), as binary COPY has them. */
export async function eachCell(tx: Tx, take: (cellNo: number, dimensions: Buffer, at: number) => void): Promise<void> {
  await copyOut(tx, sql('import-cells'), [], (bytes, at) => take(bytes.readInt32BE(at + 4), bytes, at + 8));
}

/** Reasons that came with contacts: named by their code, without owner. */
export async function insertReasons(tx: Tx, importId: string, codes: readonly string[]): Promise<void> {
  await tx.query(
    `insert into reason (reason_code, name, import_id, line)
     select code, code, $1, line from unnest($2::text[]) with ordinality as made (code, line)`,
    [importId, codes],
  );
}

/** Least and greatest key, by bytes. */
export interface KeyRange {
  readonly low: string;
  readonly high: string;
}

/** Keys of the customers that came before an import, as their high and low words. */
export async function storedCustomerKeys(
  tx: Tx,
  before: string,
  take: (high: number, low: number) => void,
): Promise<void> {
  await copyOut(tx, 'select customer_key from customer where import_id < $1', [before], (bytes, at) =>
    take(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8)),
  );
}

/** Keys that an import brought, between two of them, and how many; and how many months the fact has. */
export interface StoredKeys extends KeyRange {
  readonly importId: string;
  readonly keys: number;
  readonly months: number;
}

/** Keys of a fact that are stored, among them perhaps some in the range. @param besides an import that does not count */
export async function keyRangesOf(tx: Tx, fact: string, range: KeyRange, besides = '0'): Promise<StoredKeys[]> {
  return await tx.query(
    `select import_id as "importId", low, high, sum(octet_length(hashes))::float8 / 8 as keys,
       (select count(*) from pg_inherits where inhparent = $1::text::regclass)::integer as months
     from fact_key_hash where fact = $1 and high >= $2 and low <= $3 and import_id <> $4 group by import_id, low, high`,
    [fact, range.low, range.high, besides],
  );
}

/** Their hashes, 8 bytes each, in pieces. */
export async function keyHashesOf(
  tx: Tx,
  fact: string,
  stored: readonly StoredKeys[],
  take: (bytes: Buffer, start: number, end: number) => void,
): Promise<void> {
  const query = `select hashes from fact_key_hash k
    join unnest($2::bigint[], $3::text[], $4::text[]) s (import_id, low, high) on k.import_id = s.import_id
      and k.low = s.low collate "C" and k.high = s.high collate "C"
    where k.fact = $1`;
  const columns = (['importId', 'low', 'high'] as const).map((column) => stored.map((keys) => keys[column]));
  await copyOut(tx, query, [fact, ...columns], (bytes, at) => take(bytes, at + 4, at + 4 + bytes.readInt32BE(at)));
}
