import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answerable, answerableHere } from './answerable.ts';
import { testDatabase, testServer, type TestDatabase } from '../database/test-database.ts';

describe('on the embedded database', () => {
  let home: string;
  const run = (...args: string[]) => answerableHere(args, { ANSWERABLE_HOME: home });

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'answerable-cli-'));
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('starts by itself, has local people, and finance acts when nobody is named', async () => {
    const list = await answerable(['user', 'list'], { env: { ANSWERABLE_HOME: home } });
    expect(list.exitCode).toBe(0);
    expect(list.stdout.split('\n')[0]).toMatch(/^login +name +role +units +state$/);
    const refused = await run('user', 'add', 'eve', '--role', 'auditor');
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toContain('finance is finance and may not administer\nnext: ask someone who is admin');
  });

  it('takes --as, says a refusal as JSON, and takes a token as well', async () => {
    expect((await run('user', 'add', 'eve', '--role', 'auditor', '--as', 'admin')).exitCode).toBe(0);
    const again = await run('user', 'add', 'eve', '--role', 'auditor', '--as', 'admin', '--json');
    expect(again.exitCode).toBe(3);
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'login_taken', next: expect.any(String) } });
    const token = (await run('token', 'create', '--as', 'eve')).stdout.trim();
    const env = { ANSWERABLE_HOME: home, ANSWERABLE_TOKEN: token };
    const own = await answerableHere(['token', 'list', '--json'], env);
    expect(JSON.parse(own.stdout)).toMatchObject({ tokens: [{ login: 'eve', state: 'good' }] });
    expect((await run('user', 'list', '--as', 'nobody')).exitCode).toBe(3);
  });
});

describe('on a server', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('a superuser migrates, the first admin gets a token, and only tokens act', async () => {
    const server = testServer();
    const env = { DATABASE_URL: database.appUrl, DATABASE_MIGRATOR_URL: database.adminUrl };
    const first = await answerableHere(['migrate', '--first-admin', 'ada', '--json'], env);
    expect(first).toMatchObject({ exitCode: 0 });
    const { token, ran } = JSON.parse(first.stdout) as { token: string; ran: string[] };
    expect(ran).toEqual([]); // the test's database is a migrated one
    expect(server.appPassword).not.toBe('');

    expect((await answerableHere(['migrate', '--first-admin', 'eve'], env)).exitCode).toBe(3);
    expect((await answerableHere(['user', 'list'], env)).stderr).toContain('set ANSWERABLE_TOKEN');
    expect((await answerableHere(['user', 'list', '--as', 'ada'], env)).exitCode).toBe(2);
    const list = await answerableHere(['user', 'list', '--json'], { ...env, ANSWERABLE_TOKEN: token });
    expect(JSON.parse(list.stdout)).toMatchObject({ users: [{ login: 'ada', role: 'admin' }] });
  });

  it('migrate wants to know who may change the schema', async () => {
    const outcome = await answerableHere(['migrate'], { DATABASE_URL: database.appUrl });
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain('DATABASE_MIGRATOR_URL: got nothing');
  });
});
