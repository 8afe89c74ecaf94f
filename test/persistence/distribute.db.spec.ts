import pg from 'pg';
import { distribute } from '../../src/persistence/distribute.ts';
import { citusStandIn } from '../builders/citus-stand-in.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';

const CONTACTS = [
  { contact_id: 'a', customer_id: 'k1' },
  { contact_id: 'b', customer_id: '' },
  { contact_id: 'ü', customer_id: '' },
].map((contact) => ({ ...contact, started_at: '2026-03-02T10:00:00Z', channel: 'voice', reason_code: 'other' }));
const FILES = {
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: UTC\n',
  'reasons.csv': csv([{ reason_code: 'other', name: 'Other', standard_handle_seconds: 100 }]),
  'contacts.csv': csv(CONTACTS),
};

async function onServer(statements: string): Promise<TestDatabase> {
  const database = await testDatabase();
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  await client.query(statements);
  await client.end();
  return database;
}

describe('distribute', () => {
  let books: TestBooks;
  let guarded: string[];
  beforeAll(async () => {
    books = await testBooks();
    await books.given(FILES);
    guarded = await guards(books.database);
  });
  afterAll(() => books.end());

  it('refuses where there is no Citus, and says what to do', async () => {
    await expect(distribute(books.database.adminUrl, 32)).rejects.toMatchObject({
      code: 'no_citus',
      message: expect.stringMatching(/^this database has no Citus \(PostgreSQL \d/) as string,
      next: expect.stringContaining('docker-compose.citus.yml') as string,
    });
    expect(await books.sql('select from distribution')).toEqual([]);
  });

  it.each([
    ['an old Citus', citusStandIn(['w1'], '11.3.0'), 'citus_too_old'],
    ['no workers', citusStandIn([]), 'no_workers'],
    ['workers that do not let the roles in', citusStandIn(['w1', 'w-2']), 'workers_not_ready'],
    [
      'facts that are spread by hand',
      `${citusStandIn(['w1'])}; insert into placed values ('exposure', 'distributed', 'exposure_id', 7)`,
      'distributed_otherwise',
    ],
  ])('refuses %s', async (_what, statements, code) => {
    const database = await onServer(statements);
    try {
      await expect(distribute(database.adminUrl, 32)).rejects.toMatchObject({ code });
    } finally {
      await database.drop();
    }
  });

  it('spreads facts by customer, together; dictionaries go everywhere, books stay; again, it changes nothing', async () => {
    await books.sql(citusStandIn(['w1', 'w2']));
    expect(await distribute(books.database.adminUrl, 48)).toEqual({ citusVersion: '13.2.0', workers: 2, shards: 48, changed: true }); // prettier-ignore
    const asked = await books.sql<{ deed: string; said: string }>(
      `select deed, said from asked where deed <> 'workers' order by no`,
    );
    expect(asked.map(({ deed, said }) => `${deed} ${said}`)).toEqual([
      'reference company',
      'reference cell',
      'distribute contact by customer_key with none, 48 shards',
      'distribute exposure by customer_key with public.contact, its shards',
      'distribute revenue by customer_key with public.contact, its shards',
      'distribute contact_segment by contact_id with none, 48 shards',
      ...['company', 'cell', 'contact', 'exposure', 'revenue', 'contact_segment'].map((table) => `empty here ${table}`),
    ]);
    const keys = await books.sql<{ id: string; own: boolean }>(
      `select contact_id as id, customer_key = own_contact_key(contact_id) as own from contact order by 1`,
    );
    expect(keys).toEqual([
      { id: 'a', own: false },
      { id: 'b', own: true },
      { id: 'ü', own: true },
    ]);
    expect(await distribute(books.database.adminUrl, 64)).toMatchObject({ shards: 48, changed: false });
    expect(await books.sql(`select from asked where deed <> 'workers'`)).toHaveLength(asked.length);
  });

  it('leaves every table as guarded as it was, and guards new months', async () => {
    expect(await guards(books.database)).toEqual(guarded);
    await books.sql(`select ensure_month('contact', '2026-07-01')`);
    expect(await guards(books.database)).toEqual([...guarded, 'contact_2026_07 append_only'].sort());
    await expect(books.sql('delete from contact')).rejects.toThrow('append-only; delete refused');
    await expect(books.sql('truncate contact')).rejects.toThrow('append-only; truncate refused');
  });

  it('spreads them anew when they were gathered again', async () => {
    await books.sql('delete from placed');
    expect(await distribute(books.database.adminUrl, 64)).toMatchObject({ shards: 64, changed: true });
    expect(await distribute(books.database.adminUrl, 32)).toMatchObject({ shards: 64, changed: false });
    await books.sql(`delete from placed where table_name = 'revenue'::regclass`);
    await expect(distribute(books.database.adminUrl, 32)).rejects.toMatchObject({
      code: 'distributed_otherwise',
      message: 'not spread as, or not by, this program: revenue',
    });
  });

  it('is all or nothing', async () => {
    const database = await onServer(`${citusStandIn(['w1'])}; create unique index on revenue (event_id, occurred_on)`);
    try {
      const before = await guards(database);
      await expect(distribute(database.adminUrl, 32)).rejects.toThrow('unique constraints that do not include');
      expect(await guards(database)).toEqual(before);
      await expect(distribute(database.adminUrl, 32)).rejects.toThrow('unique constraints that do not include');
    } finally {
      await database.drop();
    }
  });
});

/** Triggers by table. */
async function guards(database: TestDatabase): Promise<string[]> {
  const client = new pg.Client({ connectionString: database.adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ guard: string }>(
      `select tgrelid::regclass || ' ' || tgname as guard from pg_trigger where not tgisinternal`,
    );
    return rows.map(({ guard }) => guard).sort();
  } finally {
    await client.end();
  }
}
