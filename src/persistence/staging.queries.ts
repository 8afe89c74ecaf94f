import { firstDay, period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { isDistributed } from './distribution.queries.ts';
import { packRows } from './retention-packs.queries.ts';
import { isPacked } from './retention/fact-packs.ts';

/**
 * A file's rows stand in the temporary table `staged` (line, columns), are judged against what is stored, and go into
 * their table as versions (records) or signed rows (facts). The statements are made from the table's description, which
 * comes from the definition of the kind and never from a file.
 */
export interface StagedTable {
  readonly table: string;
  /** columns of the table that a file brings */
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** facts: the local day that decides the partition */
  readonly day: string | undefined;
}

export type Verdict = 'new' | 'changed' | 'same' | 'double';

const list = (columns: readonly string[], alias = ''): string =>
  columns.map((column) => (alias === '' ? `"${column}"` : `${alias}."${column}"`)).join(', ');
const equal = (columns: readonly string[], a: string, b: string): string =>
  columns.map((column) => `${a}."${column}" = ${b}."${column}"`).join(' and ');
const differs = (columns: readonly string[], a: string, b: string): string =>
  `row(${list(columns, a)}) is distinct from row(${list(columns, b)})`;

/** Makes the empty table `staged`; gives the COPY statement that fills columns of it. */
export async function makeStage(
  tx: Tx,
  of: StagedTable,
): Promise<(columns: readonly string[], format: 'text' | 'binary') => string> {
  await tx.query('drop table if exists pg_temp.staged, pg_temp.present, pg_temp.judged');
  await tx.query(
    `create temp table staged on commit drop as
     select 0::integer as ordinal, 0::integer as line, ${list(of.columns)} from ${of.table} with no data`,
  );
  return (columns, format) => `copy pg_temp.staged (${list(columns)}) from stdin (format ${format})`;
}

export async function dropLines(tx: Tx, lines: readonly number[]): Promise<void> {
  if (lines.length > 0) await tx.query('delete from pg_temp.staged where line = any($1)', [lines]);
}

/** SQL: whether PostgreSQL skips in an index what a list of keys cannot find there. */
export const SKIPS = `current_setting('server_version_num')::integer >= 170000`;

/**
 * A few keys are looked up in the index of every month; the planner, which takes an index for slow, would read all months
 * instead, and a day's file of some hundred rows would cost what all facts cost. Rows of 200 bytes, four looks for one row read.
 */
const LOOK_UP_FEW = `
  select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), looks::float8,
    ${SKIPS} as skips
  from (select array_agg(inhrelid::regclass::text) as parts, sum(pg_relation_size(inhrelid)) / 200 as rows
        from pg_inherits where inhparent = $1::regclass) stored,
    lateral (select count(*) * cardinality(parts) as looks from pg_temp.staged) s
  where looks * 4 < stored.rows`;

/**
 * Looks from which on it is worth asking first, before PostgreSQL 17, which months can have a key, by their least and their
 * greatest: where keys are numbered as time goes, one look is left of one a month.
 */
const MANY_LOOKS = 10_000;

/**
 * Makes `present`: the rows that stand for the staged keys; of facts with a key of several columns perhaps more. PostgreSQL 17
 * looks up a list of keys in their order and skips those that an index cannot have: a month without any costs two looks, and
 * months need not be asked before. Without statistics, which a new month does not have, its planner would rather read the month.
 */
export async function findPresent(tx: Tx, of: StagedTable): Promise<void> {
  const [few]: { looks: number; skips: boolean }[] =
    of.day === undefined ? [] : await tx.query(LOOK_UP_FEW, [of.table]);
  const isHere = few !== undefined && !(await isDistributed(tx));
  const listed = isHere && few.skips;
  const narrowed = isHere && !few.skips && few.looks >= MANY_LOOKS;
  if (listed) await tx.query('set local enable_seqscan to off');
  else await tx.query('analyze pg_temp.staged');
  const keys = list(of.key, 't');
  const among = listed
    ? `t."${of.key[0]}" = any(array(select "${of.key[0]}" from pg_temp.staged))`
    : `(${keys}) in (select ${list(of.key)} from pg_temp.staged)`;
  const stored = narrowed
    ? `pg_temp.staged s join (${await keyRangesByMonth(tx, of)}) m on s."${of.key[0]}" between m.low and m.high
       cross join lateral (
         select * from ${of.table} f
         where ${equal(of.key, 'f', 's')} and f."${of.day}" >= m.first and f."${of.day}" < m.next offset 0) t`
    : `${of.table} t where ${among}`;
  const newest = of.day === undefined ? 'not newest.removed' : 'newest.sign = 1';
  const order = of.day === undefined ? 't.import_id desc' : 't.import_id desc, t.sign desc';
  await tx.query(
    `create temp table present on commit drop as
     select * from (select distinct on (${keys}) t.* from ${stored} order by ${keys}, ${order}) newest
     where ${newest}`,
  );
  if (few !== undefined)
    await tx.query(
      'set local enable_hashjoin to default; set local enable_mergejoin to default; set local enable_seqscan to default',
    );
}

/** SQL for the months of a fact: first day, first day of the next, and the least and greatest of its keys' first column; empty without months. */
export async function keyRangesByMonth(tx: Tx, of: Pick<StagedTable, 'table' | 'key' | 'day'>): Promise<string> {
  const months: { first: string; next: string }[] = await tx.query(
    `select first, (first + interval '1 month')::date as next from (
       select to_date(right(relname, 7), 'YYYY_MM') as first
       from pg_inherits join pg_class on pg_class.oid = inhrelid where inhparent = $1::regclass) months`,
    [of.table],
  );
  return months
    .map(
      ({ first, next }) =>
        `select '${first}'::date as first, '${next}'::date as next, min("${of.key[0]}") as low, max("${of.key[0]}") as high
         from ${of.table} where "${of.day}" >= '${first}' and "${of.day}" < '${next}'`,
    )
    .join(' union all ');
}

/** True when two staged rows have the same key. */
export async function anyKeyTwice(tx: Tx, of: StagedTable): Promise<boolean> {
  const rows: unknown[] = await tx.query(
    `select from pg_temp.staged group by ${list(of.key)} having count(*) > 1 limit 1`,
  );
  return rows.length > 0;
}

/**
 * Makes `judged`: every staged row with its verdict; `other_line` of a double is a row with the same key and other content.
 * @param distinct no two staged rows have the same key
 */
export async function judge(tx: Tx, of: StagedTable, distinct: boolean): Promise<void> {
  await tx.query('analyze pg_temp.present');
  const keys = list(of.key);
  const marked = distinct
    ? `marked as (select s.*, false as differs, 0 as first_line, 0 as differing_line, s.ordinal as first_ordinal from pg_temp.staged s)`
    : `firsts as (select distinct on (${keys}) * from pg_temp.staged order by ${keys}, ordinal),
     compared as (
       select s.*, f.line as first_line, f.ordinal as first_ordinal, ${differs(of.columns, 's', 'f')} as differs
       from pg_temp.staged s join firsts f on ${equal(of.key, 's', 'f')}),
     marked as (
       select *, coalesce(min(line) filter (where differs) over (partition by ${keys}), 0) as differing_line from compared)`;
  await tx.query(
    `create temp table judged on commit drop as
     with ${marked}
     select m.ordinal, m.line, ${list(of.columns, 'm')},
       case when m.differs then m.first_line else m.differing_line end as other_line,
       case when m.differing_line <> 0 then 'double'
            when m.ordinal <> m.first_ordinal then 'same'
            when p.import_id is null then 'new'
            when ${differs(of.columns, 'm', 'p')} then 'changed' else 'same' end as verdict
     from marked m left join pg_temp.present p on ${equal(of.key, 'm', 'p')}`,
  );
}

export async function countVerdicts(tx: Tx): Promise<Record<Verdict, number>> {
  const rows: { verdict: Verdict; rows: string }[] = await tx.query(
    'select verdict, count(*) as rows from pg_temp.judged group by verdict',
  );
  const counts = { new: 0, changed: 0, same: 0, double: 0 };
  for (const row of rows) counts[row.verdict] = Number(row.rows);
  return counts;
}

/** Rows whose key stands in the file with other content, in batches by their place in the file (1-based). */
export async function doubles(tx: Tx, after: number): Promise<{ ordinal: number; otherLine: number }[]> {
  return await tx.query(
    `select ordinal, other_line as "otherLine" from pg_temp.judged
     where verdict = 'double' and ordinal > $1 order by ordinal limit 10000`,
    [after],
  );
}

type Texts = Readonly<Record<string, string | null>>;

/** Texts by column; a contact's cell stands among them as it is. */
export type StoredRow = Texts & { readonly cell?: Readonly<Record<string, string | number | boolean | null>> };

/** SQL for a row as an object of texts, in the forms of JSON whatever the server's settings. @param more keys and values */
function textsByColumn(of: StagedTable, alias: string, more: readonly string[] = []): string {
  const own = of.columns.map((column) => `'${column}', to_jsonb(${alias}."${column}") #>> '{}'`);
  return `json_build_object(${[...own, ...more].join(', ')})`;
}

/** SQL for a stored row, of which `storedTexts` makes texts. */
export function storedRow(of: StagedTable, alias: string): string {
  const cell = `'cell', (select to_json(c) from cell c where c.cell_no = ${alias}.cell_no)`;
  return textsByColumn(of, alias, of.table === 'contact' ? [cell] : []);
}

/** A stored row as texts by column, of a contact also those of its cell, which cost twice as much where SQL takes it apart. */
export function storedTexts({ cell, ...texts }: StoredRow): Texts {
  const ofCell = Object.entries(cell ?? {}).map(([column, value]) => [column, value === null ? null : String(value)]);
  return { ...texts, ...(Object.fromEntries(ofCell) as Texts) };
}

/** The first changed rows beside what stands for them, as texts by column. */
export async function changedRows(
  tx: Tx,
  of: StagedTable,
  most: number,
): Promise<{ line: number; was: Texts; is: Texts }[]> {
  const rows: { line: number; was: StoredRow; is: Texts }[] = await tx.query(
    `select j.line, ${storedRow(of, 'p')} as was, ${textsByColumn(of, 'j')} as is
     from pg_temp.judged j join pg_temp.present p on ${equal(of.key, 'j', 'p')}
     where j.verdict = 'changed' order by j.ordinal limit $1`,
    [most],
  );
  return rows.map((row) => ({ ...row, was: storedTexts(row.was) }));
}

/** Months (YYYY-MM) that new and changed rows touch, by `month`, an expression over a judged or present row. */
export async function monthsTouched(
  tx: Tx,
  of: StagedTable,
  month: (alias: string) => string,
): Promise<{ month: string; rows: number }[]> {
  const rows: { month: string; rows: string }[] = await tx.query(
    `select month, count(distinct ordinal) as rows from (
       select ${month('j')} as month, j.ordinal from pg_temp.judged j where verdict in ('new', 'changed')
       union all
       select ${month('p')}, j.ordinal from pg_temp.judged j join pg_temp.present p on ${equal(of.key, 'j', 'p')} where verdict = 'changed') touched
     group by month order by month`,
  );
  return rows.map((row) => ({ month: row.month, rows: Number(row.rows) }));
}

/** Writes new and changed records as versions of an import. */
export async function writeVersions(tx: Tx, of: StagedTable, importId: string): Promise<void> {
  await tx.query(
    `insert into ${of.table} (${list(of.columns)}, import_id, line)
     select ${list(of.columns)}, $1, line from pg_temp.judged where verdict in ('new', 'changed')`,
    [importId],
  );
}

const intoFacts = (of: StagedTable): string => `insert into ${of.table} (${list(of.columns)}, import_id, line, sign)`;

const signedRows = (of: StagedTable): string =>
  `select ${list(of.columns)}, $1::bigint as import_id, line, 1 as sign from pg_temp.judged where verdict in ('new', 'changed')
   union all
   select ${list(of.columns, 'p')}, $1, j.line, -1
   from pg_temp.judged j join pg_temp.present p on ${equal(of.key, 'j', 'p')} where j.verdict = 'changed'`;

const SUMS = `insert into contact_rollup (started_on, cell_no, import_id, contacts, seconds, untimed)
  select started_on, cell_no, $1, sum(sign), coalesce(sum(sign * handle_seconds), 0), coalesce(sum(sign) filter (where handle_seconds is null), 0)
  from written group by started_on, cell_no
  having sum(sign) <> 0 or sum(sign * handle_seconds) <> 0 or sum(sign) filter (where handle_seconds is null) <> 0`;

/** Makes the partitions of months (YYYY-MM) that have none; gives those that it made. */
export async function ensureMonths(tx: Tx, table: string, months: readonly string[]): Promise<string[]> {
  const rows: { month: string }[] = await tx.query(
    `select to_char(month, 'YYYY-MM') as month, ensure_month($1, month) from unnest($2::date[]) month
     where to_regclass('public.' || quote_ident($1 || to_char(month, '_YYYY_MM'))) is null`,
    [table, months.map((month) => `${month}-01`)],
  );
  return rows.map((row) => row.month);
}

/** Makes a month's partition (YYYY-MM) ready to be filled directly; `spread`: it can only be filled by its table. */
export async function openMonth(tx: Tx, table: string, month: string): Promise<'new' | 'known' | 'spread'> {
  const rows: { state: 'new' | 'known' | 'spread' }[] = await tx.query('select open_month($1, $2) as state', [
    table,
    `${month}-01`,
  ]);
  return rows[0]!.state;
}

/** True when there are no customers yet; then they may come without their index, until `indexCustomers`. */
export async function beginCustomers(tx: Tx): Promise<boolean> {
  const rows: { first: boolean }[] = await tx.query('select begin_customers() as first');
  return rows[0]!.first;
}

export async function indexCustomers(tx: Tx): Promise<void> {
  await tx.query('select index_customers()');
}

/** Makes the indexes that months (YYYY-MM) still lack, once their first rows are in. */
export async function indexMonths(tx: Tx, of: StagedTable, months: readonly string[]): Promise<void> {
  await tx.query('select index_months($1, $2::date[])', [of.table, months.map((month) => `${month}-01`)]);
}

/** True when one of these values stands in the last column of the table's key: a look at few of them, by index. */
export async function anyStored(tx: Tx, of: StagedTable, keys: readonly string[]): Promise<boolean> {
  const rows: unknown[] = await tx.query(`select 1 from ${of.table} where "${of.key.at(-1)}" = any($1) limit 1`, [
    keys,
  ]);
  return rows.length > 0;
}

/** Writes new facts as +1 and changed ones as a pair −1, +1; contacts also into their roll-up, what retention reads also packed. */
export async function writeFacts(tx: Tx, of: StagedTable, importId: string): Promise<void> {
  await tx.query(`${intoFacts(of)} ${signedRows(of)}`, [importId]);
  if (of.table === 'contact') await tx.query(`with written as (${signedRows(of)}) ${SUMS}`, [importId]);
  if (isPacked(of.table)) await packRows(tx, of.table, signedRows(of), [importId]);
}

/** Rows of one import; facts are looked for in the months that it touched only. */
function ofImport(of: StagedTable, done: DoneImport, alias: string): string {
  const own = `${alias}.import_id = ${BigInt(done.importId)}`;
  if (of.day === undefined || done.periods.length === 0) return own;
  const [first, last] = [done.periods[0]!, done.periods.at(-1)!].map((month) => `'${firstDay(period(month))}'::date`);
  return `${own} and ${alias}."${of.day}" >= ${first} and ${alias}."${of.day}" < ${last} + interval '1 month'`;
}

export interface DoneImport {
  readonly importId: string;
  /** months that it touched, in order */
  readonly periods: readonly string[];
}

/** Later imports, not undone, that brought keys of this one again. */
export async function touchedLater(
  tx: Tx,
  of: StagedTable,
  done: DoneImport,
): Promise<{ importId: string; rows: number }[]> {
  const rows: { import_id: string; rows: string }[] = await tx.query(
    `with mine as materialized (select distinct ${list(of.key)} from ${of.table} m where ${ofImport(of, done, 'm')}),
     again as materialized (
       select later.import_id, count(*) as rows
       from mine join ${of.table} later on ${equal(of.key, 'mine', 'later')} and later.import_id > $1
       group by later.import_id)
     select again.import_id, again.rows
     from again join import i on i.import_id = again.import_id and i.undoes is null
       and not exists (select from import undo where undo.undoes = i.import_id)
     order by again.import_id`,
    [done.importId],
  );
  return rows.map((row) => ({ importId: row.import_id, rows: Number(row.rows) }));
}

/** Takes back what an import wrote: its records get their former version or end, its facts turn their sign. */
export async function reverse(tx: Tx, of: StagedTable, done: DoneImport, undoId: string): Promise<void> {
  const columns = list(of.columns);
  const mine = ofImport(of, done, 'm');
  if (of.day === undefined) {
    await tx.query(
      `insert into ${of.table} (${columns}, import_id, line, removed)
       select ${of.columns.map((column) => `case when f.import_id is null then m."${column}" else f."${column}" end`).join(', ')},
         $2, m.line, f.import_id is null or f.removed
       from ${of.table} m left join lateral (
         select * from ${of.table} f where ${equal(of.key, 'f', 'm')} and f.import_id < $1 order by f.import_id desc limit 1) f on true
       where ${mine}`,
      [done.importId, undoId],
    );
    return;
  }
  const turned = `select ${columns}, $1::bigint as import_id, line, -sign as sign from ${of.table} m where ${mine}`;
  await tx.query(`${intoFacts(of)} ${turned}`, [undoId]);
  if (of.table === 'contact') await tx.query(`with written as (${turned}) ${SUMS}`, [undoId]);
  if (isPacked(of.table)) await packRows(tx, of.table, turned, [undoId]);
}
