import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import type { ContactReading } from '../persistence/close-inputs.queries.ts';
import { hitCountStatement, retentionStatement } from './duckdb-retention.ts';
import { rollUpStatements } from './duckdb-roll-up.ts';
import { text } from './duckdb-text.ts';
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

  /** Loads the files of a folder that are there, all columns, ids unique: an index made at the end costs half. */
  async load(folder: string): Promise<void> {
    for (const [kind, { key }] of Object.entries(TABLES)) {
      const path = join(folder, `${kind}.csv`);
      if (!existsSync(path)) continue;
      await this.connection.run(`create table ${kind} as ${this.rowsOf(kind, path)}`);
      if (key) await this.connection.run(`alter table ${kind} add primary key (${key})`);
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

  /**
   * Rolls up the contacts of all these periods in one pass; `cells` and `causes` give what it found.
   * @param exposures runs what finds the exposures that contacts are put down to: a benchmark measures it
   * @throws Refusal text_rules: its regular expressions are not PostgreSQL's
   */
  async rollUp(
    readings: readonly Omit<ContactReading, 'watermark'>[],
    exposures: <T>(step: () => Promise<T>) => Promise<T> = (step) => step(),
  ): Promise<void> {
    if (readings.some(({ patterns }) => patterns.length > 0))
      throw new Refusal('text_rules', 'DuckDB reads regular expressions in another way than PostgreSQL');
    const { day, touch, again, cause, cell } = rollUpStatements(readings);
    await this.connection.run('drop table if exists day; drop table if exists cause; drop table if exists cell');
    await this.connection.run('begin'); // row numbers stay
    await this.connection.run(day);
    await this.connection.run(touch);
    await this.connection.run(again);
    await exposures(() => this.connection.run(cause));
    await this.connection.run(cell);
    await this.connection.run('drop table touch; drop table again');
    await this.connection.run('commit');
  }

  /** The roll-up of a period: the integers of its cells by their dimensions. */
  async cells(period: Period): Promise<Map<string, string>> {
    const rows = await this
      .rows(`select * exclude (month, tagged_on, parts, seconds, untimed_parts), tagged_on::varchar,
      concat_ws(' ', parts, seconds, untimed_parts) from cell where month = ${text(period)}`);
    return new Map(rows.map((row) => [row.slice(0, -1).join('\u0000'), String(row.at(-1))]));
  }

  /** How many contacts of a period are put down to exposures, by the text of their causes. */
  async causes(period: Period): Promise<Map<string, string>> {
    const rows = await this.rows(`select causes, count(*) from cause where month = ${text(period)} group by all`);
    return new Map(rows.map(([causes, contacts]) => [String(causes), String(contacts)]));
  }

  /** The retention step of a close to the integers of retentionSums. */
  async retention(question: RetentionQuestion): Promise<Map<string, string>> {
    const counts = await this.rows(hitCountStatement(question));
    const hits = counts.map(([month, decision, count]) => ({
      month: String(month),
      decision: String(decision),
      hits: Number(count),
    }));
    const rows = await this.rows(retentionStatement(question, hits));
    return new Map(rows.map(([key, integers]) => [String(key), String(integers)]));
  }

  private async rows(statement: string): Promise<unknown[][]> {
    return (await this.connection.runAndReadAll(statement)).getRows();
  }

  private rowsOf(kind: string, path: string): string {
    const { typed, made } = TABLES[kind]!;
    const replaced = Object.entries(typed).map(([column, type]) => `${column}::${type} as ${column}`);
    const more = made ? `, ${made(this.timeZone)}` : '';
    return `select * replace (${replaced.join(', ')})${more} from read_csv(${text(path)}, ${csvOptions(path)})`;
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }
}

/** Names and quotes told: to guess them anew takes a third of what a small file costs. */
function csvOptions(path: string): string {
  const columns = headerOf(path).map((column) => `${text(column)}: 'varchar'`);
  return `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', columns = {${columns.join(', ')}}`;
}

function headerOf(path: string): string[] {
  const start = Buffer.alloc(4096);
  const file = openSync(path, 'r');
  const length = readSync(file, start);
  closeSync(file);
  const [line] = start.toString('utf8', 0, length).split(/\r?\n/);
  return line!.split(',');
}
