import { testDatabase, type TestDatabase } from './test-database.ts';
import { execute } from './test-server.ts';

describe('the database of a spec file', () => {
  let db: TestDatabase;
  beforeAll(async () => {
    db = await testDatabase();
  });
  afterAll(() => db.drop());

  it('is migrated and empty', async () => {
    const { rows } = await execute(db.adminUrl, 'select count(*)::int as n from schema_migration');
    expect((rows as { n: number }[])[0]!.n).toBeGreaterThan(0);
    expect((await execute(db.appUrl, 'select from company')).rowCount).toBe(0);
  });

  it('is its own: another one sees nothing of it', async () => {
    const other = await testDatabase();
    await execute(db.adminUrl, 'create table only_here ()');
    await expect(execute(other.adminUrl, 'select from only_here')).rejects.toThrow('does not exist');
    await other.drop();
    await expect(execute(other.adminUrl, 'select 1')).rejects.toThrow('does not exist');
  });

  it('is entered as a role that owns nothing', async () => {
    const { rows } = await execute(db.appUrl, 'select current_user as who');
    expect(rows).toEqual([{ who: 'answerable_app' }]);
    await expect(execute(db.appUrl, 'create table mine ()')).rejects.toThrow('permission denied for schema public');
  });
});
