import pg from 'pg';
import { LOCAL_USERS, UsersService } from '../../src/application/users.service.ts';
import type { Actor } from '../../src/domain/roles.ts';
import { Database } from '../../src/persistence/database.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';

describe('people and tokens', () => {
  let database: TestDatabase;
  let db: Database;
  let client: pg.Client;
  let users: UsersService;
  let admin: Actor;
  let finance: Actor;

  beforeAll(async () => {
    database = await testDatabase();
    db = await Database.connect(database.appUrl);
    client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    users = new UsersService(db);
    await users.seed(LOCAL_USERS);
    admin = await users.actorByLogin('admin');
    finance = await users.actorByLogin('finance');
    await givenUnits([
      ['RETAIL', null, '2025-01-01'],
      ['SHOPS', 'RETAIL', '2025-01-01'],
      ['ONLINE', 'SHOPS', '2025-01-01'],
      ['CARDS', null, '2025-01-01'],
      ['MOVED', 'RETAIL', '2025-01-01'],
      ['MOVED', 'CARDS', '2025-06-01'],
    ]);
  });
  afterAll(async () => {
    await client.end();
    await db.close();
    await database.drop();
  });

  async function givenUnits(units: readonly (readonly [string, string | null, string])[]): Promise<void> {
    const { rows } = await client.query<{ import_id: string }>(
      `insert into import (kind, file_name, bytes, sha256, rows_new, rows_changed, rows_same)
       values ('units', 'units.csv', 1, 'x', $1, 0, 0) returning import_id`,
      [units.length],
    );
    for (const [line, [unit, parent, from]] of units.entries()) {
      await client.query(
        'insert into unit (unit_code, name, parent_code, valid_from, import_id, line) values ($1, $1, $2, $3, $4, $5)',
        [unit, parent, from, rows[0]!.import_id, line],
      );
    }
  }

  it('begin as one per role, named after it, and only in a database without anybody', async () => {
    expect((await users.list(admin)).map((user) => [user.login, user.role])).toEqual(
      ['admin', 'auditor', 'cfo', 'controller', 'finance', 'service_leader'].map((role) => [role, role]),
    );
    expect(await users.seed(LOCAL_USERS)).toEqual([]);
    await expect(users.firstAdmin('eve')).rejects.toMatchObject({ code: 'not_first' });
  });

  it('only an admin changes accounts', async () => {
    const eve = { login: 'eve', name: 'Eve', role: 'controller', units: [] } as const;
    await expect(users.add(finance, eve)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(users.disable(finance, 'cfo')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(users.changeRole(finance, 'finance', 'admin', [])).rejects.toMatchObject({ code: 'forbidden' });
    await expect(users.createToken(finance, 'controller', 'x', 1)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('a unit owner has the units below, as the hierarchy stands today', async () => {
    await users.add(admin, { login: 'ravi', name: 'Ravi', role: 'unit_owner', units: ['RETAIL'] });
    expect((await users.actorByLogin('ravi')).units).toEqual(['ONLINE', 'RETAIL', 'SHOPS']);
    await users.changeRole(admin, 'ravi', 'unit_owner', ['CARDS', 'ONLINE']);
    expect((await users.actorByLogin('RAVI')).units).toEqual(['CARDS', 'MOVED', 'ONLINE']);
  });

  it.each([
    [{ login: 'Bad Login', role: 'finance', units: [] }, 'bad_login'],
    [{ login: 'fred', role: 'finance', units: ['RETAIL'] }, 'units_not_taken'],
    [{ login: 'fred', role: 'unit_owner', units: [] }, 'units_missing'],
    [{ login: 'fred', role: 'unit_owner', units: ['RETIAL'] }, 'unknown_unit'],
    [{ login: 'cfo', role: 'finance', units: [] }, 'login_taken'],
  ] as const)('%j is refused as %s', async (user, code) => {
    await expect(users.add(admin, { name: 'x', ...user })).rejects.toMatchObject({ code });
  });

  it('a token is stored as its hash and says who acts', async () => {
    const { token, tokenId } = await users.createToken(finance, 'finance', 'laptop', 30);
    expect(token).toMatch(/^answerable_[A-Za-z0-9_-]{43}$/);
    expect(await users.actorByToken(token)).toEqual(finance);
    const { rows } = await client.query<{ row: string }>('select to_jsonb(t)::text as row from api_token t');
    expect(rows.map(({ row }) => row).join()).not.toContain(token.slice(11));
    expect(await users.tokens(finance)).toEqual([
      expect.objectContaining({
        tokenId,
        login: 'finance',
        label: 'laptop',
        state: 'good',
        lastUsedAt: expect.any(Date),
      }),
    ]);
  });

  it('a token ends by revoking, in time, with its user, and with a change of role', async () => {
    const tokenOf = async (login: string): Promise<string> => (await users.createToken(admin, login, 'x', 1)).token;
    const refused = { code: 'bad_token' };

    const revoked = await users.createToken(admin, 'cfo', 'x', 1);
    await expect(users.revokeToken(finance, revoked.tokenId)).rejects.toMatchObject({ code: 'unknown_token' });
    await users.revokeToken(admin, revoked.tokenId);
    await expect(users.actorByToken(revoked.token)).rejects.toMatchObject(refused);

    const late = await tokenOf('cfo');
    await client.query(`update api_token set expires_at = now() where revoked_at is null and user_id =
      (select user_id from app_user where login = 'cfo')`);
    await expect(users.actorByToken(late)).rejects.toMatchObject(refused);

    const before = await tokenOf('auditor');
    await users.changeRole(admin, 'auditor', 'cfo', []);
    await expect(users.actorByToken(before)).rejects.toMatchObject(refused);

    const leaving = await tokenOf('cfo');
    await users.disable(admin, 'cfo');
    await expect(users.actorByToken(leaving)).rejects.toMatchObject(refused);
    await expect(users.actorByLogin('cfo')).rejects.toMatchObject({ code: 'user_disabled' });
    await expect(users.createToken(admin, 'cfo', 'x', 1)).rejects.toMatchObject({ code: 'user_disabled' });
    await expect(users.actorByToken(`answerable_${'x'.repeat(43)}`)).rejects.toMatchObject(refused);
  });

  it('nobody disables themselves, and one admin always stays, also when two would disable each other', async () => {
    await expect(users.disable(admin, 'admin')).rejects.toMatchObject({ code: 'own_account' });
    await users.add(admin, { login: 'ada', name: 'Ada', role: 'admin', units: [] });
    const ada = await users.actorByLogin('ada');
    const outcomes = await Promise.allSettled([users.disable(admin, 'ada'), users.disable(ada, 'admin')]);
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find((outcome) => outcome.status === 'rejected')).toMatchObject({ reason: { code: 'last_admin' } });
  });

  it('a unit owner sees no accounts', async () => {
    await expect(users.list(await users.actorByLogin('ravi'))).rejects.toMatchObject({ code: 'forbidden' });
  });
});
