import type { ClientBase } from 'pg';
import { enlarged } from '../domain/enlarged.ts';
import type { LocalDate } from '../domain/period.ts';
import { dayNumber } from '../domain/retention/cohort.ts';
import { copyOutOf } from './copy-out.ts';
import { clientOf } from './client.ts';
import type { Tx } from './database.ts';
import { dayOf, PACKED_AS, recordWords, type PackedFact, type PackedTable } from './retention/fact-packs.ts';
import { sql } from './sql.ts';

/** Which facts are read: of some days, both included, from imports up to a number. */
export interface PackReading {
  readonly from: LocalDate | '-infinity';
  readonly until: LocalDate;
  readonly mark: string;
}

/** Takes a pack: its records stand in `row` from `at` on, highest byte first; `isWhole`: all their days are meant. */
export type TakeRecords = (row: Buffer, at: number, size: number, isWhole: boolean) => void;

/** Hands on the packs of some buckets, both included, in any order. */
export async function streamPacks(
  client: ClientBase,
  fact: PackedFact,
  { from, until, mark }: PackReading,
  buckets: readonly [first: number, last: number],
  take: TakeRecords,
): Promise<void> {
  await copyOutOf(client, sql('retention-pack-stream'), [fact, from, until, mark, ...buckets], (row, at) =>
    take(row, at + 9, row.readInt32BE(at + 5), row[at + 4] === 1),
  );
}

/** About how many packed facts there are; of packs that reach beyond the days all are counted. */
export async function packedFacts(tx: Tx, fact: PackedFact, { from, until, mark }: PackReading): Promise<number> {
  const [row] = (await tx.query(sql('retention-pack-sizes'), [fact, from, until, mark])) as [{ facts: number }];
  return row.facts;
}

/** Buckets of customers' keys: `from` included, `to` not. */
export interface Buckets {
  readonly from: number;
  readonly to: number;
}

/** A page of packs, the first room of a reading. */
const FIRST_WORDS = 2048;

/** Records of facts by customer, read a few buckets at a time: 118-retention-packs.sql says what their words are. */
export class PackedRows {
  private words = new Int32Array(FIRST_WORDS);
  private into = Buffer.from(this.words.buffer);
  private readonly lowest: number;
  private readonly highest: number;

  constructor(
    private readonly tx: Tx,
    private readonly fact: PackedFact,
    private readonly reading: PackReading,
  ) {
    this.lowest = reading.from === '-infinity' ? -Infinity : dayNumber(reading.from);
    this.highest = dayNumber(reading.until);
  }

  /** All records of the buckets, one behind the other, in any order; the next reading overwrites them. */
  async read(buckets: Buckets): Promise<Int32Array> {
    let end = 0;
    await this.stream(buckets, (row, at, size, isWhole) => {
      const next = end + size / 4;
      while (next > this.words.length) this.enlarge();
      this.put(row, at, size, end);
      end = isWhole ? next : this.keepDays(end, next);
    });
    return this.words.subarray(0, end);
  }

  /** Hands on the records of the buckets, pack after pack, while they come: `words` has them up to `end`. @returns how many words there were */
  async each(buckets: Buckets, take: (words: Int32Array, end: number) => void): Promise<number> {
    let sum = 0;
    await this.stream(buckets, (row, at, size, isWhole) => {
      while (size / 4 > this.words.length) this.enlarge();
      this.put(row, at, size, 0);
      const end = isWhole ? size / 4 : this.keepDays(0, size / 4);
      sum += end;
      take(this.words, end);
    });
    return sum;
  }

  private async stream({ from, to }: Buckets, take: TakeRecords): Promise<void> {
    await streamPacks(await clientOf(this.tx), this.fact, this.reading, [from, to - 1], take);
  }

  private put(row: Buffer, at: number, size: number, word: number): void {
    row.copy(this.into, 4 * word, at, at + size);
    this.into.subarray(4 * word, 4 * word + size).swap32();
  }

  private enlarge(): void {
    this.words = enlarged(this.words);
    this.into = Buffer.from(this.words.buffer);
  }

  /** Moves the records of some days, both included, to the front of those between two places. @returns where they end */
  private keepDays(from: number, to: number): number {
    const { words, fact, lowest, highest } = this;
    let end = from;
    for (let at = from, next = from; at < to; at = next) {
      next = at + recordWords(fact, words, at);
      const day = dayOf(fact, words, at);
      if (day < lowest || day > highest) continue;
      words.copyWithin(end, at, next);
      end += next - at;
    }
    return end;
  }
}

/** A contact's record under a key, as 123-contacts-rolled-up-from-packs.sql makes it. */
const contactUnder = (key: string): string =>
  `contact_record(${key}, started_at, started_on, cell_no, import_id * sign, handle_seconds, contact_id, case_id)`;

/** What is packed as a fact: columns as the migrations' functions take them, the key whose bucket it goes to, the day, and which rows. */
const PACKED = {
  contact: {
    record: contactUnder('customer_key'),
    key: 'customer_key',
    day: 'started_on',
    where: 'customer_id is not null',
  },
  unnamed: { record: contactUnder('0'), key: '0::bigint', day: 'started_on', where: 'customer_id is null' },
  taken: { record: contactUnder('0'), key: '0::bigint', day: 'started_on', where: 'sign = -1' },
  revenue: {
    record:
      'revenue_record(customer_key, occurred_at, occurred_on, kind, currency, margin_minor, amount_minor, sign::smallint)',
    key: 'customer_key',
    day: 'occurred_on',
    where: `kind not in ('fee', 'referral') and decision_code is null`,
  },
  referral: {
    record: 'referral_record(customer_key, occurred_at, occurred_on, sign::smallint, referred_customer_key)',
    key: 'customer_key',
    day: 'occurred_on',
    where: `kind = 'referral' and referred_customer_key is not null`,
  },
  hit: {
    record: 'hit_record(customer_key, occurred_at, occurred_on, sign::smallint, decision_code)',
    key: 'customer_key',
    day: 'occurred_on',
    where: 'true',
  },
} as const satisfies Readonly<Record<PackedFact, object>>;

/** Packs rows of a table that the database has. @param rows a query of signed facts with their imports */
export async function packRows(
  tx: Tx,
  table: PackedTable,
  rows: string,
  parameters: readonly unknown[],
): Promise<void> {
  const packs = PACKED_AS[table].map((fact) => {
    const { record, key, day, where } = PACKED[fact];
    return `select '${fact}', (${key} >> 58) + 32, import_id, min(${day}), max(${day}), count(*), string_agg(${record}, '')
      from written where ${where} group by 2, 3, date_trunc('month', ${day})`;
  });
  await tx.query('set local enable_hashagg to off'); // it would hold all records in memory
  await tx.query(
    `with written as materialized (${rows})
     insert into retention_pack (fact, bucket, import_id, first_on, last_on, facts, records) ${packs.join(' union all ')}`,
    [...parameters],
  );
  await tx.query('set local enable_hashagg to default');
}
