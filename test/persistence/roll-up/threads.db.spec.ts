import pg from 'pg';
import { cellFaults } from '../../../src/application/roll-up-control.ts';
import { readRules } from '../../../src/application/read-close.ts';
import { period } from '../../../src/domain/period.ts';
import { cellSums, type ContactReading } from '../../../src/persistence/close-inputs.queries.ts';
import type { Tx } from '../../../src/persistence/database.ts';
import { packRows } from '../../../src/persistence/retention-packs.queries.ts';
import { rollUp } from '../../../src/persistence/roll-up.queries.ts';
import { RollUpThread } from '../../../src/persistence/roll-up/threads.ts';
import { csv, testBooks, type TestBooks } from '../../builders/books.ts';

const MARCH = period('2026-03');
const contacts = Array.from({ length: 3000 }, (_, i) => ({
  contact_id: `c${i}`,
  started_at: new Date(Date.UTC(2026, 1, 24) + ((i * 7919) % (35 * 24 * 60)) * 60_000).toISOString(),
  channel: i % 4 === 0 ? 'chat' : 'voice',
  reason_code: i % 3 === 0 ? 'billing.fee' : 'other',
  customer_id: i % 5 === 0 ? '' : `k${(i * 31) % 400}`,
  case_id: i % 7 === 0 ? `case ${i % 90}` : '',
  handle_seconds: i % 11 === 0 ? '' : 30 + (i % 400),
}));
const exposures = Array.from({ length: 900 }, (_, i) => ({
  exposure_id: `e${i}`,
  customer_id: `k${(i * 17) % 400}`,
  decision_code: 'FEE',
  occurred_at: new Date(Date.UTC(2026, 1, 10) + ((i * 104_729) % (45 * 24 * 60)) * 60_000).toISOString(),
  amount: '3.00',
  currency: 'EUR',
}));
const segments = contacts
  .filter(({ handle_seconds: seconds }, i) => i % 50 === 0 && seconds !== '')
  .flatMap(({ contact_id, handle_seconds: seconds }) => [
    { contact_id, reason_code: 'billing.fee', handle_seconds: 7 },
    { contact_id, reason_code: 'other', handle_seconds: Number(seconds) - 7 },
  ]);
const FILES = {
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
  'units.csv': csv([{ unit_code: 'RETAIL', name: 'Retail' }]),
  'reasons.csv': csv(
    ['billing.fee', 'other'].map((reason_code) => ({ reason_code, name: reason_code, owner_unit: 'RETAIL' })),
  ),
  'decisions.csv': csv([{ decision_code: 'FEE', title: 'A fee', kind: 'fee', effective_from: '2026-01-01' }]),
  'decision_owners.csv': csv([{ decision_code: 'FEE', unit_code: 'RETAIL', share: '1', valid_from: '2026-01-01' }]),
  'model.yaml':
    'pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]\n' +
    'rules: [{ name: hit, exposure: "*", within_days: 20, several: time_decay, half_life_days: 5 }, { name: owners, reason_owner: true }]\n',
  'contacts.csv': csv(contacts),
  'contact_segments.csv': csv(segments),
  'exposures.csv': csv(exposures),
};

describe('a roll-up in threads', () => {
  let books: TestBooks;
  let reading: ContactReading;
  beforeAll(async () => {
    books = await testBooks();
    await books.given(FILES);
    reading = (await books.db.books((tx) => readRules(tx, MARCH))).contacts;
  });
  afterAll(() => books.end());

  const threadsAlive = async (): Promise<number> =>
    (await books.sql(`select from pg_stat_activity where application_name = 'answerable roll-up'`)).length;
  const untilNoThread = async (): Promise<void> => {
    while ((await threadsAlive()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it.each([
    [2, 2],
    [2, 5],
    [3, 7],
  ])('%i at a time over %i slices gives what SQL gives, cell by cell', async (threads, slices) => {
    await books.db.books(async (tx) => {
      const sql = await cellSums(tx, reading);
      expect(sql.length).toBeGreaterThan(200);
      expect(sql.some(({ causes }) => causes !== null)).toBe(true);
      const all = { from: -(2n ** 63n), to: 2n ** 63n - 1n };
      const found = await rollUp(tx, reading, { threads, slices, sample: all });
      expect(cellFaults(found.sums, sql)).toEqual([]);
      expect(cellFaults(found.sample, await cellSums(tx, reading, all))).toEqual([]);
    });
    await untilNoThread();
  });

  it('reads what the transaction itself has imported, too, which no thread can see', async () => {
    const over = new Error('taken back');
    const added = books.db.books(async (tx) => {
      await importOneMore(tx);
      const later = { ...reading, watermark: '1000000' };
      const sql = await cellSums(tx, later);
      expect(cellFaults((await rollUp(tx, reading)).sums, sql)).not.toEqual([]);
      expect(cellFaults((await rollUp(tx, later, { threads: 2 })).sums, sql)).toEqual([]);
      throw over;
    });
    await expect(added).rejects.toBe(over);
  });

  it('needs none inside a larger transaction, whose snapshot cannot be shared', async () => {
    await books.db.whole(() =>
      books.db.books(async (tx) => {
        const { sums } = await rollUp(tx, reading, { threads: 2 });
        expect(cellFaults(sums, await cellSums(tx, reading))).toEqual([]);
      }),
    );
  });

  it('fails as a whole when a thread loses its connection, and leaves nothing', async () => {
    const other = new pg.Client({ connectionString: books.database.adminUrl });
    await other.connect();
    await other.query('begin');
    let locked: Promise<unknown> | undefined;
    const waits = async (who: string): Promise<boolean> =>
      (await books.sql(`select from pg_stat_activity where ${who} and wait_event_type = 'Lock'`)).length > 0;
    const until = async (holds: () => Promise<boolean>): Promise<void> => {
      while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const lost = books.db.books(async (tx) => {
      await tx.query(`insert into period (period) values ('2031-01')`);
      await tx.query('select from retention_pack limit 1'); // it may read on, while a thread waits behind who waits for it
      locked = other.query('lock table retention_pack in access exclusive mode');
      await until(() => waits(`query like 'lock table retention_pack%'`));
      await rollUp(tx, reading, { threads: 2 });
    });
    const heard = expect(lost).rejects.toThrow(/a thread of the roll-up failed: /);
    const thread = `application_name = 'answerable roll-up'`;
    await until(() => waits(thread));
    await books.sql(`select pg_terminate_backend(pid) from pg_stat_activity where ${thread}`);
    await heard;
    await locked;
    await other.query('rollback');
    await other.end();
    await untilNoThread();
    expect(await books.sql(`select from period where period = '2031-01'`)).toEqual([]);
  });

  it('fails when a thread ends by itself, or may not read', async () => {
    const traits = { reasons: new Int32Array(1), flags: new Uint8Array(1), reasonCount: 1 };
    const client = new pg.Client({ connectionString: books.database.adminUrl });
    await client.connect();
    await client.query('begin isolation level repeatable read');
    const { rows } = await client.query<{ snapshot: string }>('select pg_export_snapshot() as snapshot');
    const task = (role: string) => ({
      url: books.database.appUrl,
      view: { snapshot: rows[0]!.snapshot, role, units: 'RETAIL', user: '1', imports: '0' },
      reading: { ...reading, watermark: '0' },
      start: { reading, traits, sample: undefined, asides: new Map() },
      slices: [{ buckets: [0, 10], isWithUnnamed: true, expected: 10 } as const],
    });
    const ended = new RollUpThread(task('answerable_books'));
    await ended.end();
    await expect(ended.answer).rejects.toThrow('a thread of the roll-up ended before it had its sums');
    await expect(new RollUpThread(task('answerable_books')).answer).resolves.toMatchObject({ is: 'sums' });
    await expect(new RollUpThread(task('answerable_app')).answer).rejects.toThrow(/permission denied/);
    await expect(new RollUpThread(task('answerable_owner')).answer).rejects.toThrow(/permission denied to set role/);
    await client.query('rollback');
    await client.end();
  });

  async function importOneMore(tx: Tx): Promise<void> {
    const [row] = await tx.query<{ id: string }[]>(
      `insert into import (kind, file_name, bytes, sha256, rows_new, rows_changed, rows_same)
       select kind, 'more.csv', bytes, 'more', 50, 0, 0 from import where kind = 'contacts' limit 1 returning import_id as id`,
    );
    await tx.query(
      `insert into contact (started_at, started_on, customer_key, customer_id, import_id, cell_no, handle_seconds, line, sign, contact_id)
       select started_at, started_on, customer_key, customer_id, $1, cell_no, 1000, line, 1, 'more ' || contact_id
       from contact where started_on between '2026-03-01' and '2026-03-31' limit 50`,
      [row!.id],
    );
    await packRows(tx, 'contact', 'select * from contact where import_id = $1', [row!.id]);
  }
});
