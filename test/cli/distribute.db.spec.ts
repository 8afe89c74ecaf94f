import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { citusStandIn } from '../builders/citus-stand-in.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';
import { answerableHere } from './answerable.ts';

describe('answerable distribute', () => {
  let database: TestDatabase;
  const run = (...args: string[]) =>
    answerableHere(['distribute', ...args], {
      DATABASE_URL: database.appUrl,
      DATABASE_MIGRATOR_URL: database.adminUrl,
    });
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('is refused on a server without Citus, with the next step, and changes nothing', async () => {
    const refused = await run();
    expect(refused).toMatchObject({ exitCode: 3, stdout: '' });
    expect(refused.stderr).toMatch(
      /this database has no Citus \(PostgreSQL [\d.]+.*\); it is one machine\nnext: see "Past one machine" in README\.md/,
    );
    const { error } = JSON.parse((await run('--json')).stdout) as { error: object };
    expect(error).toMatchObject({ code: 'no_citus', next: expect.any(String) as string });
  });

  it('is refused on the embedded database without starting it', async () => {
    const home = mkdtempSync(join(tmpdir(), 'answerable-distribute-'));
    try {
      const refused = await answerableHere(['distribute'], { ANSWERABLE_HOME: home });
      expect(refused.exitCode).toBe(3);
      expect(refused.stderr).toContain('the embedded database is one machine');
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  });

  it('wants a number of shards, and the login that may change the schema', async () => {
    expect((await run('--shards', '0')).exitCode).toBe(2);
    expect((await answerableHere(['distribute'], { DATABASE_URL: database.appUrl })).exitCode).toBe(2);
  });

  it('says where the facts lie; again, that they do', async () => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    await client.query(citusStandIn(['w1', 'w2', 'w3']));
    await client.end();
    expect(await run()).toMatchObject({
      exitCode: 0,
      stdout:
        'contacts, exposures and revenue lie on 3 workers in 32 shards (Citus 13.2.0); closes take the SQL road\n',
    });
    expect((await run()).stdout).toBe(
      'is distributed already, over 3 workers in 32 shards (Citus 13.2.0); nothing changed\n',
    );
    expect(JSON.parse((await run('--json')).stdout)).toEqual({ citusVersion: '13.2.0', workers: 3, shards: 32, changed: false }); // prettier-ignore
  });
});
