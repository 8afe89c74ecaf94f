import { ensureRoles } from '../../src/persistence/roles.ts';
import { testDatabase, testServer, type TestDatabase } from '../database/test-database.ts';
import { execute } from '../database/test-server.ts';

describe('the roles of the product', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.drop());

  it('have no power over row-level security, roles or the server', async () => {
    const { rows } = await execute(
      db.adminUrl,
      `select rolname, rolcanlogin, rolinherit, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as power
         from pg_roles where rolname like 'answerable%' order by rolname`,
    );
    expect(rows).toEqual([
      { rolname: 'answerable_app', rolcanlogin: true, rolinherit: false, power: false },
      { rolname: 'answerable_books', rolcanlogin: false, rolinherit: true, power: false },
      { rolname: 'answerable_migrator', rolcanlogin: true, rolinherit: true, power: false },
      { rolname: 'answerable_owner', rolcanlogin: false, rolinherit: true, power: false },
    ]);
  });

  it('are members of nothing but what their work needs', async () => {
    const { rows } = await execute(
      db.adminUrl,
      `select member::regrole::text as member, roleid::regrole::text as role, admin_option
         from pg_auth_members where member::regrole::text like 'answerable%' order by 1, 2`,
    );
    expect(rows).toEqual([
      { member: 'answerable_app', role: 'answerable_books', admin_option: false },
      { member: 'answerable_migrator', role: 'answerable_owner', admin_option: false },
    ]);
  });

  it('own nothing, except the owner, who owns all', async () => {
    const { rows } = await execute(
      db.adminUrl,
      `select distinct relowner::regrole::text as owner from pg_class where relnamespace = 'public'::regnamespace
       union select proowner::regrole::text from pg_proc where pronamespace = 'public'::regnamespace
       union select datdba::regrole::text from pg_database where datname = current_database()`,
    );
    expect(rows).toEqual([{ owner: 'answerable_owner' }]);
    const { rowCount } = await execute(
      db.adminUrl,
      `select from pg_shdepend where deptype = 'o' and refobjid::regrole::text in ('answerable_app', 'answerable_books', 'answerable_migrator')`,
    );
    expect(rowCount).toBe(0);
  });

  it('let the app take the books inside a transaction, and never the owner', async () => {
    const who = await execute(db.appUrl, `begin; set local role answerable_books; select current_user as who; commit`);
    expect((who as unknown as { rows: unknown[] }[])[2]!.rows).toEqual([{ who: 'answerable_books' }]);
    await expect(execute(db.appUrl, 'set role answerable_owner')).rejects.toThrow('permission denied to set role');
    await expect(execute(db.appUrl, 'alter table company disable row level security')).rejects.toThrow('must be owner');
    await expect(execute(db.appUrl, 'create role more')).rejects.toThrow('permission denied to create role');
    await expect(execute(db.appUrl, 'create schema more')).rejects.toThrow('permission denied');
  });

  it('are made by any number of callers at once', async () => {
    const { adminUrl, appPassword } = testServer();
    const passwords = { migrator: appPassword, app: appPassword };
    const urls = [adminUrl, db.adminUrl]; // two databases do not share their advisory locks
    await Promise.all(Array.from({ length: 8 }, (_, i) => ensureRoles(urls[i % 2]!, passwords)));
    expect((await execute(db.appUrl, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});
