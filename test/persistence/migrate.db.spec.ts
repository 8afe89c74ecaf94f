import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installedBinaries } from '../../src/embedded/binaries.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { migrationFiles, pendingMigrations } from '../../src/persistence/migration-files.ts';
import { ensureDatabase, ensureRoles } from '../../src/persistence/roles.ts';
import { installedMajor, startInstalled } from '../database/installed-server.ts';
import { testDatabase, testServer, type TestDatabase } from '../database/test-database.ts';
import { databaseUrl, execute } from '../database/test-server.ts';

const names = (files: readonly { name: string }[]): string[] => files.map((file) => file.name);
const ALL = names(migrationFiles());

/** A database without a schema; the migrator's URL. */
async function emptyDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const { adminUrl, appPassword, run } = testServer();
  const name = `${run}_empty_${Math.random().toString(36).slice(2)}`;
  await ensureDatabase(adminUrl, name);
  return {
    url: databaseUrl(adminUrl, name, { name: 'answerable_migrator', password: appPassword }),
    drop: async () => void (await execute(adminUrl, `drop database "${name}" with (force)`)),
  };
}

describe('migrations', () => {
  let folder: string;
  let db: Awaited<ReturnType<typeof emptyDatabase>>;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-migrations-'));
    db = await emptyDatabase();
  });
  afterEach(async () => {
    await db.drop();
    rmSync(folder, { recursive: true });
  });

  it('run once, in order, as the owner, by the migrator', async () => {
    const lines: string[] = [];
    expect(names(await pendingMigrations(db.url))).toEqual(ALL);
    expect(await migrate(db.url, { log: (line) => lines.push(line) })).toEqual(ALL);
    expect(lines).toHaveLength(ALL.length);
    expect(await pendingMigrations(db.url)).toEqual([]);
    expect(await migrate(db.url)).toEqual([]);
    const { rows } = await execute(db.url, `select distinct tableowner from pg_tables where schemaname = 'public'`);
    expect(rows).toEqual([{ tableowner: 'answerable_owner' }]);
  });

  it('are run by one of two migrators that come at once; the other finds nothing to do', async () => {
    const ran = await Promise.all([migrate(db.url), migrate(db.url), migrate(db.url)]);
    expect(ran.map((applied) => applied.length).sort((a, b) => a - b)).toEqual([0, 0, ALL.length]);
  });

  it('stop at a fault, name file and line, and keep what went before', async () => {
    writeFileSync(join(folder, '001-good.sql'), 'create table good (n int);\n');
    writeFileSync(join(folder, '002-bad.sql'), 'create table half (n int);\n\ninsert into nowhere values (1);\n');
    writeFileSync(join(folder, '003-later.sql'), 'create table later (n int);\n');
    await expect(migrate(db.url, { folder })).rejects.toThrow(
      'migrations/002-bad.sql:3: relation "nowhere" does not exist',
    );
    expect(names(await pendingMigrations(db.url, migrationFiles(folder)))).toEqual(['002-bad', '003-later']);
    const { rows } = await execute(db.url, `select tablename from pg_tables where schemaname = 'public' order by 1`);
    expect(rows).toEqual([{ tablename: 'good' }, { tablename: 'schema_migration' }]);
    writeFileSync(join(folder, '002-bad.sql'), 'create table half (n int);\n');
    expect(await migrate(db.url, { folder })).toEqual(['002-bad', '003-later']);
  });

  it('refuse a database that a newer program wrote', async () => {
    writeFileSync(join(folder, '001-good.sql'), 'create table good (n int);\n');
    writeFileSync(join(folder, '002-newer.sql'), 'create table newer (n int);\n');
    await migrate(db.url, { folder });
    rmSync(join(folder, '002-newer.sql'));
    const refusal = expect.objectContaining({ code: 'database_newer' }) as Error;
    await expect(migrate(db.url, { folder })).rejects.toEqual(refusal);
    await expect(pendingMigrations(db.url, migrationFiles(folder))).rejects.toEqual(refusal);
  });

  it('are numbered, each its own', () => {
    writeFileSync(join(folder, '001-one.sql'), '');
    writeFileSync(join(folder, '003-another.sql'), '');
    expect(migrationFiles(folder).map((file) => file.number)).toEqual([1, 3]);
    writeFileSync(join(folder, '003-three.sql'), '');
    expect(() => migrationFiles(folder)).toThrow('003-three.sql cannot follow number 3');
  });
});

describe('the schema as the app meets it', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.drop());

  it('keeps the list of migrations from it', async () => {
    await expect(execute(db.appUrl, 'delete from schema_migration')).rejects.toThrow('permission denied');
  });
});

describe.each([
  { major: 15, folder: installedMajor(15) },
  { major: 18, folder: installedBinaries().folder },
])('a fresh server of PostgreSQL $major', ({ major, folder }) => {
  if (folder === undefined) {
    it.skip(`is tried where PostgreSQL ${major} is installed`, () => undefined);
    return;
  }
  let server: Awaited<ReturnType<typeof startInstalled>>;
  beforeAll(async () => {
    server = await startInstalled(folder);
  });
  afterAll(() => server.stop());

  it('gets roles, database and schema from an administrator who is no superuser', async () => {
    const { rows } = await execute(
      server.adminUrl,
      `select current_setting('server_version_num')::int / 10000 as major`,
    );
    expect(rows).toEqual([{ major }]);
    await execute(server.adminUrl, `create role landlord login createrole createdb password 'keys'`);
    const landlord = databaseUrl(server.adminUrl, 'postgres', { name: 'landlord', password: 'keys' });
    for (let time = 1; time <= 2; time += 1) {
      await ensureRoles(landlord, { migrator: 'word', app: 'word' });
      await ensureDatabase(landlord, 'answerable');
    }
    const migrator = databaseUrl(server.adminUrl, 'answerable', { name: 'answerable_migrator', password: 'word' });
    expect(await migrate(migrator)).toEqual(ALL);
    expect(await migrate(migrator)).toEqual([]);
    const app = databaseUrl(server.adminUrl, 'answerable', { name: 'answerable_app', password: 'word' });
    await execute(app, 'begin; set local role answerable_books; select from company; commit');
  });

  it('loses the powers that somebody gave to a role of ours', async () => {
    await execute(server.adminUrl, 'alter role answerable_app superuser bypassrls createrole createdb inherit');
    await ensureRoles(server.adminUrl, { migrator: 'word', app: 'word' });
    const { rows } = await execute(
      server.adminUrl,
      `select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolinherit as power from pg_roles where rolname = 'answerable_app'`,
    );
    expect(rows).toEqual([{ power: false }]);
  });
});
