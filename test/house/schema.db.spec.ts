import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { packageRoot } from '../../src/package-root.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';

const SQL_FOLDER = join(packageRoot, 'src', 'persistence', 'sql');
const PRODUCT_ROLES = ['answerable_owner', 'answerable_migrator', 'answerable_app', 'answerable_books'];

describe('the migrated schema', () => {
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await testDatabase();
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const names = async (query: string, parameters: unknown[] = []): Promise<string[]> => {
    const { rows } = await client.query<{ name: string }>(query, parameters);
    return rows.map((row) => row.name);
  };

  it('forces row-level security, with a policy for each role, on every table with a unit', async () => {
    const tables = `select c.oid, c.relname, c.relrowsecurity and c.relforcerowsecurity as forced from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and exists (
        select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attname ~ '(^|_)unit(_code)?$')`;
    expect((await names(`select relname as name from (${tables}) t`)).length).toBeGreaterThan(4);
    expect(await names(`select relname as name from (${tables}) t where not forced`)).toEqual([]);
    const roles = ['answerable_app', 'answerable_books'];
    const without = `select relname || ' for ' || role as name from (${tables}) t, unnest($1::text[]) role
      where not exists (select from pg_policy p where p.polrelid = t.oid and role::regrole = any (p.polroles))`;
    expect(await names(without, [roles])).toEqual([]);
  });

  it('belongs to the owner; the roles that work own nothing', async () => {
    const owned = `
      select relname as name from pg_class where pg_get_userbyid(relowner) = any ($1)
      union all select proname from pg_proc where pg_get_userbyid(proowner) = any ($1)
      union all select nspname from pg_namespace where pg_get_userbyid(nspowner) = any ($1)
      union all select datname from pg_database where pg_get_userbyid(datdba) = any ($1)`;
    expect(await names(owned, [['answerable_app', 'answerable_books', 'answerable_migrator']])).toEqual([]);
    const elsewhere = `select relname as name from pg_class
      where relnamespace = 'public'::regnamespace and pg_get_userbyid(relowner) <> 'answerable_owner'`;
    expect(await names(elsewhere)).toEqual([]);
  });

  it('knows no role that is superuser, bypasses row-level security or makes roles or databases', async () => {
    const mighty = `select rolname as name from pg_roles
      where rolname = any ($1) and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)`;
    expect(await names(mighty, [PRODUCT_ROLES])).toEqual([]);
    expect(await names('select rolname as name from pg_roles where rolname = any ($1)', [PRODUCT_ROLES])).toHaveLength(
      4,
    );
  });

  it('gives nobody of the product update, delete or truncate on an append-only table', async () => {
    const rights = `select c.relname || ' ' || right_name || ' ' || role as name
      from pg_trigger t join pg_class c on c.oid = t.tgrelid,
        unnest($1::text[]) role, unnest(array['update', 'delete', 'truncate']) right_name
      where t.tgname = 'append_only' and has_table_privilege(role, c.oid, right_name)`;
    expect(await names(rights, [['answerable_app', 'answerable_books', 'answerable_migrator'].slice(0, 2)])).toEqual(
      [],
    );
  });

  it('is defined to a cent: amounts are numbers of minor units, never floats', async () => {
    const floats = `select table_name || '.' || column_name as name from information_schema.columns
      where table_schema = 'public' and data_type in ('real', 'double precision', 'money')`;
    expect(await names(floats)).toEqual([]);
  });

  it.each(readdirSync(SQL_FOLDER))('prepares %s', async (file) => {
    const text = readFileSync(join(SQL_FOLDER, file), 'utf8');
    expect(text).toMatch(/^-- \S/); // its header says parameters and rows
    await client.query('begin');
    try {
      // What a caller makes before, in its own transaction, is said in the header as SQL.
      for (const [, statement] of text.matchAll(/^-- within: (.+)$/gm)) await client.query(statement!);
      await client.query(`prepare house as ${text.replace(/;\s*$/, '')}`);
    } finally {
      await client.query('rollback');
      await client.query('deallocate all');
    }
  });
});

describe('SQL files', () => {
  const sources = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(join(packageRoot, 'src', file), 'utf8')] as const);

  it.each(readdirSync(SQL_FOLDER))('%s is called from one file, of queries', (file) => {
    const call = `sql('${file.replace(/\.sql$/, '')}')`;
    const callers = sources.filter(([, text]) => text.includes(call)).map(([name]) => name);
    expect(callers).toEqual([expect.stringMatching(/^persistence\/[a-z-]+\.queries\.ts$/)]);
  });

  it.each(sources.flatMap(([name, text]) => [...text.matchAll(/\bsql\('([a-z0-9-]+)'\)/g)].map((m) => [name, m[1]!])))(
    '%s calls %s, which is there',
    (_name, statement) => {
      expect(readdirSync(SQL_FOLDER)).toContain(`${statement}.sql`);
    },
  );
});
