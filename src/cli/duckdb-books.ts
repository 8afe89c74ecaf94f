import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../domain/errors.ts';
import { addDays, firstDay, lastDay } from '../domain/period.ts';
import type { ContactReading } from '../persistence/close-inputs.queries.ts';
import { hitCountStatement, retentionStatement } from './duckdb-retention.ts';
import type { RetentionQuestion } from './retention-sums.ts';

/** What of DuckDB is used here; it is a development dependency, loaded only when it is asked for. */
interface Connection {
  run(statement: string): Promise<unknown>;
  runAndReadAll(statement: string): Promise<{ getRows(): unknown[][] }>;
  closeSync(): void;
}
interface DuckDb {
  readonly DuckDBInstance: {
    create(
      file: string,
      options: Record<string, string>,
    ): Promise<{ connect(): Promise<Connection>; closeSync(): void }>;
  };
}

const PACKAGE = '@duckdb/node-api';

/** A file that a close reads facts from: the column that is unique, columns that are no texts, and those made of others. */
interface Table {
  readonly key: string | null;
  readonly typed: Readonly<Record<string, string>>;
  readonly made?: (timeZone: string) => string;
}
const localDay = (instant: string, timeZone: string): string => `(${instant} at time zone ${text(timeZone)})::date`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const MONEY = 'decimal(18, 2)';
/** First 8 bytes of the SHA-256, signed: by it comparison groups are drawn. */
const CUSTOMER_KEY = `('0x' || substr(sha256(customer_id), 1, 16))::ubigint`;
const TABLES: Readonly<Record<string, Table>> = {
  customers: {
    key: 'customer_id',
    typed: { joined_at: 'date', left_at: 'date', monthly_margin: MONEY },
    made: () =>
      `(${CUSTOMER_KEY}::hugeint - case when ${CUSTOMER_KEY} >= 9223372036854775808 then 18446744073709551616 else 0 end)::bigint as customer_key`,
  },
  contacts: {
    key: 'contact_id',
    typed: { started_at: 'timestamptz', handle_seconds: 'bigint', escalated: 'boolean', resolved: 'boolean' },
    made: (timeZone) => `${localDay('started_at::timestamptz', timeZone)} as started_on`,
  },
  contact_segments: { key: null, typed: { handle_seconds: 'bigint' } },
  exposures: {
    key: 'exposure_id',
    typed: { occurred_at: 'timestamptz', amount: MONEY, waived: MONEY },
    made: (timeZone) => `${localDay('occurred_at::timestamptz', timeZone)} as occurred_on`,
  },
  revenue: {
    key: 'event_id',
    typed: { occurred_at: 'timestamptz', amount: MONEY, margin: MONEY },
    made: (timeZone) => `${localDay('occurred_at::timestamptz', timeZone)} as occurred_on`,
  },
};

/** A cell of a roll-up by dimensions instead of a cell number, with its integers. */
export type CellByDimensions = readonly [cell: string, quantities: string];

/**
 * The same work by DuckDB: the same CSV files in a file of its own, all columns kept, ids unique, and the roll-up of a
 * close to the same integers. A benchmark's other side, and a third road for tests.
 */
export class DuckDbBooks {
  private constructor(
    private readonly connection: Connection,
    private readonly instance: { closeSync(): void },
    private readonly timeZone: string,
  ) {}

  /** @throws Refusal no_duckdb */
  static async open(file: string, timeZone: string): Promise<DuckDbBooks> {
    const { DuckDBInstance } = await import(PACKAGE).then(
      (module: unknown) => module as DuckDb,
      () => {
        throw new Refusal('no_duckdb', `${PACKAGE} is not installed; it comes with the development packages`, {
          next: 'npm ci (without --omit=dev)',
        });
      },
    );
    const instance = await DuckDBInstance.create(file, { threads: '2' });
    const connection = await instance.connect();
    await connection.run(`set TimeZone = 'UTC'`);
    // as much as the server's max_wal_size: by default it writes its indexes anew with every few small files
    await connection.run(`set checkpoint_threshold = '2GB'`);
    return new DuckDbBooks(connection, instance, timeZone);
  }

  /** Loads the files of a folder that are there, all columns, ids unique. */
  async load(folder: string): Promise<void> {
    for (const [kind, { key }] of Object.entries(TABLES)) {
      const path = join(folder, `${kind}.csv`);
      if (!existsSync(path)) continue;
      await this.connection.run(`create table ${kind} as ${this.rowsOf(kind, path)} limit 0`);
      if (key) await this.connection.run(`alter table ${kind} add primary key (${key})`);
      await this.add(kind, path);
    }
  }

  /** Adds a file to a table; a row with a known id takes the place of the one that was there. */
  async add(kind: string, path: string): Promise<void> {
    const { key } = TABLES[kind]!;
    if (!key) await this.connection.run(`create table if not exists ${kind} as ${this.rowsOf(kind, path)} limit 0`);
    await this.connection.run(`insert ${key ? 'or replace' : ''} into ${kind} ${this.rowsOf(kind, path)}`);
  }

  /** Writes what it keeps into its file. */
  async checkpoint(): Promise<void> {
    await this.connection.run('checkpoint');
  }

  /** The roll-up of a period's contacts. @throws Refusal text_rules: its regular expressions are not PostgreSQL's */
  async rollUp(reading: Omit<ContactReading, 'watermark'>): Promise<Map<string, string>> {
    if (reading.patterns.length > 0)
      throw new Refusal('text_rules', 'DuckDB reads regular expressions in another way than PostgreSQL');
    const rows = (await this.connection.runAndReadAll(rollUpStatement(reading))).getRows();
    return new Map(rows.map((row) => [row.slice(0, -1).join('\u0000'), String(row.at(-1))]));
  }

  /** The retention step of a close to the integers of retentionSums. */
  async retention(question: RetentionQuestion): Promise<Map<string, string>> {
    const counts = (await this.connection.runAndReadAll(hitCountStatement(question))).getRows();
    const hits = counts.map(([month, decision, count]) => ({
      month: String(month),
      decision: String(decision),
      hits: Number(count),
    }));
    const rows = (await this.connection.runAndReadAll(retentionStatement(question, hits))).getRows();
    return new Map(rows.map(([key, integers]) => [String(key), String(integers)]));
  }

  private rowsOf(kind: string, path: string): string {
    const { typed, made } = TABLES[kind]!;
    const replaced = Object.entries(typed).map(([column, type]) => `${column}::${type} as ${column}`);
    const more = made ? `, ${made(this.timeZone)}` : '';
    return `select * replace (${replaced.join(', ')})${more} from read_csv(${text(path)}, header = true, all_varchar = true)`;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

function rollUpStatement({ period, cuts, exposureRules }: Omit<ContactReading, 'watermark'>): string {
  const [first, last] = [firstDay(period), lastDay(period)];
  const rules = exposureRules.map(
    ({ rule, days, decisions, ages }, i) =>
      `(${i}, ${text(rule)}, ${days}, ${decisions ? `[${decisions.map(text).join(', ')}]` : 'null::varchar[]'}, ${ages})`,
  );
  const longest = Math.max(0, ...exposureRules.map((rule) => rule.days));
  return `
with
contact as (
  select contact_id, customer_id, case_id, started_at as began, started_on, handle_seconds, coalesce(escalated, false) as escalated, transferred_from is not null as transferred,
    channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction
  from contacts
  where started_on between date ${text(addDays(first, -8))} and date ${text(last)}
),
seen as (
  select *,
    (customer_id is not null and count(*) filter (where not escalated) over by_customer > 0)
      or (case_id is not null and count(*) filter (where not escalated) over by_case > 0) as repeat
  from contact
  window
    by_customer as (partition by customer_id, reason_code order by began range between interval '168 hours' preceding and interval '1 microsecond' preceding),
    by_case as (partition by case_id order by began range between interval '168 hours' preceding and interval '1 microsecond' preceding)
),
rule(number, rule, days, decisions, ages) as (${rules.length === 0 ? 'select 0, null, 0, null::varchar[], false where false' : `values ${rules.join(', ')}`}),
hit as (
  select customer_id, decision_code, occurred_at as struck, occurred_on as hit_on from exposures
  where occurred_on between date ${text(addDays(first, -longest - 1))} and date ${text(last)}
),
cause as (
  select s.contact_id, r.number, r.rule, h.decision_code, r.ages, max(h.struck) as hit_at, arg_max(h.hit_on, h.struck) as hit_on, max(s.began) as began
  from hit h join seen s using (customer_id) join rule r
    on h.struck < s.began and h.struck >= s.began - to_hours(r.days * 24) and (r.decisions is null or list_contains(r.decisions, h.decision_code))
  where s.started_on >= date ${text(first)}
  group by all
),
causes as (
  select contact_id, string_agg(rule || '|' || decision_code || '|' || hit_on || '|' ||
    case when ages then (epoch_us(began) - epoch_us(hit_at)) // 86400000000 else 0 end, ';' order by number, hit_at desc, decision_code) as causes
  from cause group by contact_id
),
segment as (
  select contact_id, reason_code, handle_seconds as seconds,
    case when sum(handle_seconds) over (partition by contact_id) = 0 then 1 else handle_seconds end as weight
  from contact_segments semi join contact using (contact_id)
),
quota as (
  select *, 720720 * weight // sum(weight) over (partition by contact_id) as whole, 720720 * weight % sum(weight) over (partition by contact_id) as rest
  from segment
),
parts as (
  select contact_id, reason_code, seconds, whole + case when row_number() over (partition by contact_id order by rest desc, reason_code)
    <= 720720 - sum(whole) over (partition by contact_id) then 1 else 0 end as parts
  from quota
),
split as (
  select s.*, p.reason_code as part_reason, x.causes, coalesce(p.parts, 720720) as parts,
    case when p.contact_id is null then s.handle_seconds else p.seconds end as seconds
  from seen s left join parts p using (contact_id) left join causes x using (contact_id)
  where s.started_on >= date ${text(first)}
)
select channel, reason_code, queue, site, vendor, product, segment, language, decision_code, direction, escalated, transferred, part_reason,
  len(list_filter([${cuts.map((cut) => `date ${text(cut)}`).join(', ')}], lambda cut: cut <= started_on)) as slice, repeat, causes,
  customer_id is not null as known, case when decision_code is not null then started_on::varchar end as tagged_on,
  sum(parts)::varchar || ' ' || coalesce(sum(seconds), 0)::varchar || ' ' || coalesce(sum(parts) filter (where seconds is null), 0)::varchar
from split group by ${Array.from({ length: 18 }, (_, i) => i + 1).join(', ')}`;
}
