import pg from 'pg';
import { period } from '../../src/domain/period.ts';
import { cellSums, type ExposureRule } from '../../src/persistence/close-inputs.queries.ts';
import type { Tx } from '../../src/persistence/database.ts';
import { sql } from '../../src/persistence/sql.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { CUSTOMERS, putWorld } from './signed-world.ts';
import { makeShards, onShards, withLiterals, type Value } from './on-shards.ts';

const MARCH = period('2026-03');
const MARK = '104'; // import 105 came later
const RULES: ExposureRule[] = [
  { rule: 'hit', days: 20, decisions: null, ages: true },
  { rule: 'fee', days: 3, decisions: ['FEE'], ages: false },
];
const factors = JSON.stringify({ '2026-02 USD': '0.9', '2026-03 USD': '0.8' });

/** What is asked, and how rows of several pieces become one answer: which columns they are added up by, which are added. */
interface Asked {
  readonly name: string;
  readonly statement: string;
  readonly values: readonly Value[];
  /** columns that are added; none: rows are taken as they are */
  readonly sums?: readonly string[];
}

async function sentBy(call: (tx: Tx) => Promise<unknown>): Promise<Pick<Asked, 'statement' | 'values'>> {
  const sent: Pick<Asked, 'statement' | 'values'>[] = [];
  const query = (statement: string, values: readonly Value[] = []) => (
    sent.push({ statement, values }),
    Promise.resolve([])
  );
  await call({ query } as unknown as Tx);
  return sent.at(-1)!;
}

const named = (name: string, values: readonly Value[], sums?: readonly string[]): Asked => ({
  ...{ name, statement: sql(name), values },
  ...(sums ? { sums } : {}),
});

async function asked(): Promise<Asked[]> {
  const reading = { period: MARCH, cuts: ['2026-03-01', '2026-03-12'], watermark: MARK, patterns: ['late fee', 'réclam'], exposureRules: RULES }; // prettier-ignore
  return [
    { name: 'cells of a close', ...(await sentBy((tx) => cellSums(tx, reading))), sums: ['parts', 'seconds', 'untimed_parts'] }, // prettier-ignore
    named('retention-contacts', [['2026-02-01', '2026-03-01'], '2026-03-31', MARK, '2026-01-01']),
    named('retention-renewals', [MARK]),
    named('sales-in-contacts', ['2026-02-01', '2026-03-31', MARK, '0.4', 'EUR', factors], ['sales', 'margin_minor']),
    named('contact-digest', ['2026-03-01', '2026-03-31', MARK], ['contacts', 'hashes']),
    named('customer-days', ['2026-03-01', '2026-03-31', 'FEE', 9, null, MARK]),
    named('decision-exposures', ['FEE', '2026-01-01', '2026-03-31', MARK], ['exposures', 'billed', 'waived']),
    named('decision-refunds', ['FEE', '2026-01-01', '2026-03-31', MARK], ['refunded']),
  ];
}

/** Rows added up as a coordinator does: sorted texts. */
function addedUp(rows: readonly Record<string, unknown>[], sums: readonly string[] = []): string[] {
  const groups = new Map<string, (bigint | null)[]>();
  for (const row of rows) {
    const key = JSON.stringify(Object.entries(row).filter(([name]) => !sums.includes(name)));
    const values = [...sums.map((name) => (row[name] === null ? null : BigInt(row[name] as string))), 1n];
    const before = groups.get(key) ?? values.map(() => 0n);
    groups.set(key, before.map((sum, i) => (sum === null || values[i] === null ? null : sum + values[i]!))); // prettier-ignore
  }
  return [...groups]
    .map(([key, values]) => `${key} ${(sums.length > 0 ? values.slice(0, -1) : values).join(' ')}`)
    .filter((line) => sums.length === 0 || !/^\S+( 0)+$/.test(line))
    .sort();
}

describe('facts in pieces', () => {
  let books: TestBooks;
  let client: pg.Client;
  let questions: Asked[];
  const here = new Map<string, string[]>();

  beforeAll(async () => {
    books = await testBooks();
    await books.given({
      'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
      'customers.csv': csv(CUSTOMERS.map((customer_id) => ({ customer_id, joined_at: '2020-01-01' }))),
    });
    client = new pg.Client({ connectionString: books.database.adminUrl });
    await client.connect();
    for (const month of ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'])
      for (const fact of ['contact', 'contact_segment', 'exposure', 'revenue'])
        await client.query('select ensure_month($1, $2::date)', [fact, month]);
    const { rows } = await client.query<{ id: string; key: string }>('select customer_id as id, customer_key::text as key from customer'); // prettier-ignore
    await putWorld(client, new Map(rows.map(({ id, key }) => [id, key])));
    questions = await asked();
    await client.query(`set client_min_messages to error; set timezone to 'UTC'; set enable_nestloop to off`);
    for (const { name, statement, values, sums } of questions)
      here.set(name, addedUp((await client.query<Record<string, unknown>>(withLiterals(statement, values))).rows, sums)); // prettier-ignore
    // what `distribute` does to contacts without customer
    await client.query(`set session_replication_role to replica;
      update contact set customer_key = own_contact_key(contact_id) where customer_key is null;
      reset session_replication_role`);
  });
  afterAll(async () => {
    await client.end();
    await books.end();
  });

  it('have answers that say something', () => {
    expect(here.get('cells of a close')!.length).toBeGreaterThan(200);
    expect([...here].filter(([name, lines]) => lines.length < 20 && !/renewals|digest|days/.test(name))).toEqual([]);
  });

  it('give on one machine what they gave before contacts without customer had keys', async () => {
    for (const { name, statement, values, sums } of questions)
      expect([name, addedUp((await client.query<Record<string, unknown>>(withLiterals(statement, values))).rows, sums)]).toEqual([name, here.get(name)]); // prettier-ignore
  });

  it('are apart: what looks across customers says something else', async () => {
    const statement = 'select case_id, count(*) over (partition by case_id) as contacts from contact';
    await makeShards(client, 3);
    const whole = addedUp((await client.query<Record<string, unknown>>(statement)).rows);
    expect(addedUp(await onShards(client, statement, [], 3))).not.toEqual(whole);
  });

  it.each([1, 2, 3, 7, 16])(
    'add up to the same over %i pieces',
    async (count) => {
      await makeShards(client, count);
      for (const { name, statement, values, sums } of questions)
        expect([name, addedUp(await onShards(client, statement, values, count), sums)]).toEqual([name, here.get(name)]);
    },
    120_000,
  );
});
