import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { period } from '../../src/domain/period.ts';
import { dayNumber, daysOf } from '../../src/domain/retention/cohort.ts';
import { cellList, customerDays } from '../../src/persistence/close-inputs.queries.ts';
import type { Literal } from '../../src/persistence/copy-out.ts';
import type { Tx } from '../../src/persistence/database.ts';
import { copyIntegers } from '../../src/persistence/integer-rows.ts';
import { contactsOfCallers, segmentsInOrder } from '../../src/persistence/retention.queries.ts';
import { packRows } from '../../src/persistence/retention-packs.queries.ts';
import {
  customersInOrder,
  referralEvents,
  type CustomerReading,
} from '../../src/persistence/retention-streams.queries.ts';
import { CustomerKeys, keysWhere } from '../../src/persistence/retention/customer-keys.ts';
import { packageRoot } from '../../src/package-root.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { readCustomers } from '../builders/read-customers.ts';
import { CUSTOMERS, putWorld } from './signed-world.ts';

const MARK = '104'; // import 105 came later
const UNTIL = '2026-03-31';
const [JANUARY, FEBRUARY, MARCH] = [period('2026-01'), period('2026-02'), period('2026-03')];
const NO_REVENUE = { from: UNTIL, to: UNTIL, mark: MARK, marginRate: null, currency: 'EUR', factors: {} } as const;
/** In one slice, and bucket by bucket. */
const SLICINGS = [
  { words: Infinity, slices: 1 },
  { words: 1, slices: 40 },
];
const NO_RATE = -Number.MAX_SAFE_INTEGER;

/** The same rows by SQL alone, which joins, nets and sorts them: all int8, by customer. */
async function bySql(tx: Tx, name: string, parameters: readonly Literal[], columns: number): Promise<string[]> {
  const text = readFileSync(join(packageRoot, 'test', 'persistence', 'retention', `${name}.sql`), 'utf8');
  return linesOf(await copyIntegers(tx, text, parameters, columns));
}

function linesOf({
  key,
  values,
}: {
  readonly key: BigInt64Array;
  readonly values: readonly ArrayLike<number>[];
}): string[] {
  return Array.from(key, (own, i) => [own, ...values.map((column) => column[i])].join(' '));
}

function linesBy(keys: CustomerKeys, rows: readonly (readonly [customer: number, ...values: number[]])[]): string[] {
  return rows.map(([own, ...values]) => [keys.sorted[own], ...values].join(' '));
}

function columnsOf(keys: CustomerKeys, customer: Int32Array, values: readonly ArrayLike<number>[]): string[] {
  return Array.from(customer, (own, i) => [keys.sorted[own], ...values.map((column) => column[i])].join(' '));
}

/** Of nobody but those whom the database knows. */
const NOBODY_ELSE: CustomerReading = {
  ...{ until: UNTIL, mark: MARK, decisions: [], called: [], inbound: new Uint8Array(0) },
  referrals: { by: new BigInt64Array(), came: new BigInt64Array() },
};

describe('facts of retention, read in narrow rows', () => {
  let books: TestBooks;
  let everybody: CustomerKeys;

  beforeAll(async () => {
    books = await testBooks();
    const given = async (rows: readonly object[]) =>
      books.given({ 'customers.csv': csv(rows as Record<string, string>[]) });
    await books.given({ 'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n' });
    const about = (customer_id: string, i: number) => ({
      ...{ customer_id, joined_at: i % 5 === 0 ? '' : `2025-0${1 + (i % 9)}-15`, left_at: i % 7 === 0 ? '2026-02-10' : '' },
      ...{ segment: ['', 'gold', 'good', 'so_so', 'so%so'][i % 5]!, monthly_margin: i % 3 === 0 ? '' : `${i}.50`, currency: 'EUR' },
    }); // prettier-ignore
    await given(CUSTOMERS.map(about));
    await given(CUSTOMERS.slice(0, 40).map((id, i) => ({ ...about(id, i + 1), segment: 'gone over' })));
    const [last] = await books.sql<{ id: string }>(`select max(import_id)::text as id from import`);
    await given(CUSTOMERS.slice(30, 50).map((id, i) => about(id, i + 3)));
    const [undone] = await books.sql<{ id: string }>(`select max(import_id)::text as id from import`);
    expect(Number(undone!.id)).toBeGreaterThan(Number(last!.id));
    await books.imports.undo(books.people.finance, undone!.id);
    const rows = await books.sql<{ id: string; key: string }>('select distinct customer_id as id, customer_key as key from customer'); // prettier-ignore
    const client = new pg.Client({ connectionString: books.database.adminUrl });
    await client.connect();
    await client.query(`set session_replication_role to replica`);
    await client.query("select ensure_month(fact, day::date) from unnest('{contact,contact_segment,exposure,revenue}'::text[]) fact, generate_series('2025-12-01'::date, '2026-05-01', '1 month') day"); // prettier-ignore
    await putWorld(client, new Map(rows.map(({ id, key }) => [id, key])));
    // who was taken off the list altogether
    await client.query(`insert into customer (customer_id, customer_key, import_id, line, removed)
      select customer_id, customer_key, 103, 1, true from customer where customer_id in ('k3', 'k33', 'k99') group by 1, 2`);
    await client.end();
    await books.db.books(async (tx) => {
      await packRows(tx, 'contact', 'select * from contact', []);
      await packRows(tx, 'revenue', 'select * from revenue', []);
      await packRows(tx, 'exposure', 'select * from exposure', []);
    });
    everybody = CustomerKeys.of([BigInt64Array.from(rows, ({ key }) => BigInt(key))]);
  }, 120_000);
  afterAll(() => books.end());

  it('are the hits that SQL gives, in its order', async () => {
    const codes = ['PRICE', 'FEE'];
    await books.db.books(async (tx) => {
      const expected = await bySql(tx, 'hits', [codes, UNTIL, MARK], 4);
      const { customers } = await customersInOrder(tx, { ...NOBODY_ELSE, decisions: codes });
      expect(expected.length).toBeGreaterThan(300);
      const inMarch = expected
        .map((line) => line.split(' '))
        .filter(([, , own]) => Number(own) >= dayNumber('2026-03-01'));
      const flags = new Uint8Array(customers.count);
      customers.hits.flag(flags, [daysOf(MARCH)]);
      const counts = customers.hits.countsIn(daysOf(MARCH));
      expect([...counts]).toEqual(['1', '2'].map((code) => inMarch.filter(([, , , own]) => own === code).length));
      const { keys, hits } = customers.chosen(new Uint8Array(customers.count).fill(1), []);
      expect(keys.sorted).toEqual(everybody.sorted);
      expect([...keysWhere(keys.sorted, flags)]).toEqual([...new Set(inMarch.map(([key]) => BigInt(key!)))]);
      const { customer, at, day, decision } = hits;
      expect(columnsOf(everybody, customer, [at, day, decision.map((own) => own + 1)])).toEqual(expected);
    });
  });

  it('are the hits of those who were chosen, by their places', async () => {
    const codes = ['FEE'];
    await books.db.books(async (tx) => {
      const expected = await bySql(tx, 'hits', [codes, UNTIL, MARK], 4);
      const { customers } = await customersInOrder(tx, { ...NOBODY_ELSE, decisions: codes });
      const wanted = new Uint8Array(customers.count).map((_, number) => (number % 3 === 0 ? 1 : 0));
      const { keys, hits, placeOf } = customers.chosen(wanted, []);
      expect(keys.sorted).toEqual(everybody.sorted.filter((_, number) => number % 3 === 0));
      expect([...placeOf]).toEqual(Array.from(wanted, (own, number) => (own === 1 ? number / 3 : -1)));
      const { customer, at, day, decision } = hits;
      const chosen = new Set(Array.from(keys.sorted, String));
      expect(columnsOf(keys, customer, [at, day, decision.map((own) => own + 1)])).toEqual(
        expected.filter((line) => chosen.has(line.split(' ')[0]!)),
      );
    });
  });

  it('are the referrals that SQL gives, in its order', async () => {
    await books.db.books(async (tx) => {
      const expected = await bySql(tx, 'referrals', ['2026-01-10', UNTIL, MARK], 4);
      expect(expected.length).toBeGreaterThan(100);
      expect(linesOf(await referralEvents(tx, '2026-01-10', UNTIL, MARK))).toEqual(expected);
    });
  });

  it.each([[[MARCH]], [[JANUARY, MARCH]], [[FEBRUARY, MARCH]]])(
    'are the contacts of those who called in %s that SQL gives, in its order, ties by contact',
    async (months) => {
      await books.db.books(async (tx) => {
        const expected = linesOf(
          await contactsOfCallers(
            tx,
            months.map((month) => `${month}-01` as const),
            UNTIL,
            MARK,
          ),
        );
        const cells = await cellList(tx);
        const inbound = new Uint8Array(2000);
        for (const [cell, { direction }] of cells) inbound[cell] = direction === 'outbound' ? 0 : 1;
        const { customers } = await customersInOrder(tx, { ...NOBODY_ELSE, called: months, inbound });
        const called = customers.callers.slice(0, customers.count);
        expect(customers.count).toBe(everybody.count);
        const nobody = await customersInOrder(tx, { ...NOBODY_ELSE, called: months });
        expect(nobody.customers.callers).not.toContain(1); // no cell's contacts make a caller
        const all = CustomerKeys.of([keysWhere(everybody.sorted, called), everybody.sorted.slice(0, 9)]);
        const callers = new Uint8Array(all.count).fill(1);
        const kept = { callers, inbound, talksFrom: dayNumber('2026-03-01') };
        const days = months.map(daysOf);
        expect(expected.length).toBeGreaterThan(800);
        for (const slicing of SLICINGS) {
          const { contacts, slices } = await readCustomers(tx, all, kept, '-infinity', NO_REVENUE, {
            called: days,
            slicing,
          });
          expect(slices.length).toBeGreaterThanOrEqual(slicing.slices);
          expect(linesBy(all, contacts)).toEqual(expected);
        }
      });
    },
  );

  it.each<[string, number, string | null, Record<string, string>]>([
    [
      'of all customers',
      1,
      '0.4',
      { '2026-01 USD': '1.5', '2026-02 USD': '0.9', '2026-03 USD': '0.812345678901234567' },
    ],
    ['of some, a month without a rate', 3, '0.333333333333', { '2026-02 USD': '0.9' }],
    [
      'of some, where margins must be stated',
      2,
      null,
      { '2026-01 USD': '1', '2026-02 USD': '0.05', '2026-03 USD': '7' },
    ],
  ])('are the margins that SQL gives: %s', async (_name, each, marginRate, factors) => {
    await books.db.books(async (tx) => {
      const keys = CustomerKeys.of([everybody.sorted.filter((_key, i) => i % each === 0)]);
      const from = '2026-01-20';
      const literal = `{${[...keys.sorted].join(',')}}`;
      const expected = await bySql(tx, 'revenue', [literal, from, UNTIL, MARK, marginRate, 'EUR', JSON.stringify(factors)], 3); // prettier-ignore
      const kept = { talksFrom: dayNumber('2026-01-19') };
      const reading = { from, to: UNTIL, mark: MARK, marginRate, currency: 'EUR', factors } as const;
      const { margins } = await readCustomers(tx, keys, kept, '2026-01-19', reading);
      for (const slicing of SLICINGS)
        expect((await readCustomers(tx, keys, kept, '2026-01-19', reading, { slicing })).margins).toEqual(margins);
      const found = linesBy(
        keys,
        margins.map(([own, day, margin]) => [own, day!, Number.isNaN(margin) ? NO_RATE : margin!]),
      );
      expect(expected.length).toBeGreaterThan(300);
      expect([...found].sort()).toEqual([...expected].sort());
      const order = (lines: readonly string[]) => lines.map((line) => line.split(' ').slice(0, 2).join(' '));
      expect(order(found)).toEqual(order(expected));
      expect(expected.some((line) => line.endsWith(`${NO_RATE}`))).toBe(marginRate === null || each === 3);
    });
  });

  it('make the customer-days that SQL counts', async () => {
    await books.db.books(async (tx) => {
      const codes = ['PRICE', 'FEE'];
      const { customers } = await customersInOrder(tx, { ...NOBODY_ELSE, decisions: codes });
      const counted: bigint[] = [];
      for (const month of [FEBRUARY, MARCH])
        for (const [decision, code] of codes.entries())
          for (const within of [1, 9, 45])
            for (const [patterns, names] of [
              [null, null],
              [['g%'], ['gold', 'good', 'gone over']],
            ] as const) {
              const found = customers.customerDays(names && new Set(names), daysOf(month), { decision, within });
              expect(found).toEqual(await customerDays(tx, month, code, within, patterns, MARK));
              counted.push(found.hit);
            }
      expect(counted.every((days) => days > 0n)).toBe(true);
      expect(new Set(counted).size).toBeGreaterThan(20);
    });
  });

  it('are the customers that SQL gives, and the populations it draws', async () => {
    await books.db.books(async (tx) => {
      const segments = ['gold', 'gone over', 'good', 'so%so', 'so_so'];
      // one came who is nobody, one referred who is nobody
      const [by, came] = [BigInt64Array.of(everybody.sorted[7]!, 2n), BigInt64Array.of(1n, everybody.sorted[9]!)];
      const reading = { ...NOBODY_ELSE, referrals: { by, came } };
      const { customers, segments: known } = await customersInOrder(tx, reading);
      expect([...known].sort()).toEqual(segments);
      expect(await segmentsInOrder(tx, known)).toEqual(segments);
      const all = CustomerKeys.of([everybody.sorted, BigInt64Array.of(1n)]);
      expect(customers.count).toBe(all.count);
      expect([...customers.by, ...customers.came]).toEqual([...all.placesOf(by), ...all.placesOf(came)]);
      for (const [patterns, names] of [
        [null, null],
        [['g%'], ['gold', 'good', 'gone over']],
        [['so\\%so', 'x'], ['so%so']],
      ] as const)
        // prettier-ignore
        for (const from of [-(2n ** 63n), 0n, everybody.sorted[60]!, 2n ** 63n - 1n])
          for (const most of [7, 1000]) {
            const expected = await bySql(tx, 'population', [patterns, `${from}`, most, '2026-03-01', MARK], 1);
            const drawn = customers.drawn(names && new Set(names), { from, most }, dayNumber('2026-03-01'));
            expect(Array.from(drawn, (number) => `${all.sorted[number]}`)).toEqual(expected.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)));
            if (names === null) expect(drawn.length).toBeGreaterThan(6);
          }
      const wanted = new Uint8Array(all.count).map((_, number) => (number < 5 ? 0 : 1));
      const { keys, traits } = customers.chosen(wanted, segments);
      expect(keys.sorted).toEqual(all.sorted.subarray(5));
      const { joinedOn, leftOn, segment, monthlyMargin } = traits;
      const left = leftOn.map((day) => (day === Infinity ? 1_000_000 : day));
      const place = Int32Array.from({ length: keys.count }, (_, i) => i);
      const literal = `{${[...keys.sorted].join(',')}}`;
      expect(columnsOf(keys, place, [joinedOn, left, segment, monthlyMargin])).toEqual(
        await bySql(tx, 'customers', [literal, MARK, segments], 5),
      );
    });
  });
});
