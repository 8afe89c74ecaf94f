import pg from 'pg';
import { period } from '../../src/domain/period.ts';
import { cellSums, type ExposureRule } from '../../src/persistence/close-inputs.queries.ts';
import type { Tx } from '../../src/persistence/database.ts';
import { sql } from '../../src/persistence/sql.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { makeShards, onShards, withLiterals, type Value } from './on-shards.ts';

const MARCH = period('2026-03');
const MARK = '104'; // import 105 came later
const CUSTOMERS = Array.from({ length: 120 }, (_, i) => `k${i}`);
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

async function asked(keys: readonly string[]): Promise<Asked[]> {
  const reading = { period: MARCH, cuts: ['2026-03-01', '2026-03-12'], watermark: MARK, patterns: ['late fee', 'réclam'], exposureRules: RULES }; // prettier-ignore
  return [
    { name: 'cells of a close', ...(await sentBy((tx) => cellSums(tx, reading))), sums: ['parts', 'seconds', 'untimed_parts'] }, // prettier-ignore
    named('retention-contacts', [['2026-02-01', '2026-03-01'], '2026-03-31', MARK, '2026-01-01']),
    named('retention-hits', [['FEE', 'OLD'], '2026-03-31', MARK]),
    named('retention-revenue', [keys, '2026-01-01', '2026-03-31', MARK, '0.4', 'EUR', factors]),
    named('retention-referrals', ['2026-01-01', '2026-03-31', MARK]),
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
    questions = await asked(rows.map(({ key }) => key));
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

/** Contacts of customers and of none that change customer, day, case and cell, are taken back and restored; and the like. */
async function putWorld(client: pg.Client, keys: ReadonlyMap<string, string>): Promise<void> {
  const random = randomOf(20260322);
  const one = <T>(...choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;
  const some = (share: number): boolean => random() < share;
  const instant = (from: number, days: number): number => Date.UTC(2026, 0, from) + Math.floor(random() * days * 96) * 900_000; // prettier-ignore
  const customer = (): string => one(...CUSTOMERS);
  const of = (id: string | null) => ({ customer_id: id, customer_key: id && keys.get(id) });
  await client.query(`insert into cell (cell_no, channel, queue, reason_code, decision_code, escalated, direction) overriding system value
    select n, 'voice', 'queue ' || n, 'reason ' || n % 3, case when n % 4 = 0 then 'FEE' end, n % 5 = 0, case when n % 7 = 0 then 'outbound' end
    from generate_series(901, 912) as n`);
  const at = (time: number) => ({ started_at: new Date(time).toISOString(), started_on: new Date(time).toISOString().slice(0, 10) }); // prettier-ignore
  const happened = (time: number) => ({ occurred_at: at(time).started_at, occurred_on: at(time).started_on });
  const contacts: object[] = [];
  const segments: object[] = [];
  const talks: { customer: string; time: number }[] = [];
  for (let i = 0; i < 2500; i++) {
    const contact = () => {
      const time = instant(20, 72);
      return {
        ...{ contact_id: `c${i}`, ...at(time), ...of(some(0.2) ? null : customer()), line: i },
        ...{
          cell_no: 901 + Math.floor(random() * 12),
          case_id: some(0.4) ? `case ${Math.floor(random() * 150)}` : null,
        },
        ...{ handle_seconds: some(0.1) ? null : 60 + Math.floor(random() * 900) },
        text: some(0.1) ? one('a late fee', 'Réclamation', 'late fee, réclamation') : null,
      };
    };
    for (const { import_id, sign, row } of versions(contact, some, (row) => ({
      ...row,
      ...of(some(0.3) ? null : customer()),
    })))
      // prettier-ignore
      contacts.push({ ...row, import_id, sign });
    const first = contacts.at(-1) as { customer_id: string | null; started_at: string; started_on: string };
    if (first.customer_id) talks.push({ customer: first.customer_id, time: Date.parse(first.started_at) });
    if (some(0.15))
      for (let s = 0; s < 1 + Math.floor(random() * 3); s++)
        segments.push({ contact_id: `c${i}`, reason_code: `part ${s}`, handle_seconds: one(0, 1, 90, 100), started_on: first.started_on, import_id: 101, line: s, sign: 1 }); // prettier-ignore
  }
  const exposures = Array.from({ length: 900 }, (_, i) => () => ({
    ...{ exposure_id: `e${i}`, decision_code: one('FEE', 'OLD', 'PRICE'), ...happened(instant(10, 80)) },
    ...{ ...of(customer()), line: i, amount_minor: 300, waived_minor: null, currency: 'EUR' },
  }));
  const revenue = Array.from({ length: 2500 }, (_, i) => () => {
    const talk = some(0.3) ? one(...talks) : undefined;
    const [who, whom] = [talk?.customer ?? customer(), customer()];
    return {
      ...{ event_id: `r${i}`, ...happened(talk ? talk.time + 30_000 : instant(2, 88)), ...of(who), line: i },
      ...{ kind: one('purchase', 'renewal', 'expansion', 'refund', 'referral', 'fee'), currency: one('EUR', 'EUR', 'USD') },
      ...{ amount_minor: 100 + Math.floor(random() * 9000), margin_minor: some(0.5) ? 77 : null },
      ...{ decision_code: some(0.15) ? 'FEE' : null, referred_customer_id: whom, referred_customer_key: keys.get(whom) },
    };
  }); // prettier-ignore
  const signed = (makers: readonly (() => object)[]): object[] =>
    makers.flatMap((make) =>
      versions(make, some, (row) => ({ ...row, ...of(customer()) })).map(({ row, ...version }) => ({
        ...row,
        ...version,
      })),
    );
  for (const [table, rows] of [
    ['contact', contacts],
    ['contact_segment', segments],
    ['exposure', signed(exposures)],
    ['revenue', signed(revenue)],
  ] as const)
    // prettier-ignore
    await client.query(`insert into ${table} select * from jsonb_populate_recordset(null::${table}, $1::jsonb)`, [
      JSON.stringify(rows),
    ]);
}

/** A row as imports leave it: once; or corrected, moved to another customer, moved back, taken back, restored, or corrected too late. */
function versions<T extends object>(make: () => T, some: (share: number) => boolean, moved: (row: T) => T) {
  const row = make();
  const first = [{ import_id: 101, sign: 1, row }];
  if (some(0.6)) return first;
  const next = some(0.5) ? moved(row) : make();
  const corrected = [...first, { import_id: 102, sign: -1, row }, { import_id: 102, sign: 1, row: next }];
  if (some(0.4)) return corrected;
  if (some(0.2)) return [...first, { import_id: 102, sign: -1, row }];
  if (some(0.3)) return [...corrected, { import_id: 103, sign: -1, row: next }, { import_id: 103, sign: 1, row }];
  if (some(0.3)) return [...corrected, { import_id: 104, sign: 1, row }, { import_id: 104, sign: -1, row: next }];
  if (some(0.5)) return [...first, { import_id: 105, sign: -1, row }, { import_id: 105, sign: 1, row: next }];
  return [{ import_id: 105, sign: 1, row }];
}

/** Even and repeatable (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
