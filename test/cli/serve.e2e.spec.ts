import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { freePort } from '../builders/free-port.ts';
import { BINARY } from './answerable.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';

describe('serve', () => {
  let database: TestDatabase;
  let port: number;
  let child: ChildProcess;
  let said = '';
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);

  beforeAll(async () => {
    database = await testDatabase();
    port = await freePort();
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: database.appUrl,
      SESSION_SECRET: 'x'.repeat(32),
      PORT: String(port),
    };
    child = spawn(process.execPath, [BINARY, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text: Buffer) => (said += text.toString()));
    while (!said.includes('answers at')) await new Promise((resolve) => setTimeout(resolve, 50));
  });
  afterAll(async () => {
    if (child.exitCode === null) child.kill('SIGKILL');
    await database.drop();
  });

  it('lives and can work; what is not there answers 404', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'ok', version: expect.stringMatching(/^\d+\./) });
    expect(await (await get('/readyz')).json()).toEqual({ status: 'ok' });
    expect((await get('/nowhere')).status).toBe(404);
    expect((await get('/healthz')).headers.get('x-powered-by')).toBeNull();
  });

  it('is not ready, with a reason, while the database is away; it is again when that is back', async () => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    const within = async (name: string): Promise<void> => void (await client.query(`alter table ${name}`));
    await within('period rename to period_away');
    const away = await get('/readyz');
    expect([away.status, await away.json()]).toEqual([
      503,
      { status: 'unavailable', why: 'the schema is not there; run answerable migrate' },
    ]);
    await within('period_away rename to period');
    expect((await get('/readyz')).status).toBe(200);
    await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    await client.end();
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
  });

  it('ends with 0 on SIGTERM, having logged JSON lines', async () => {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(0);
    const logged = said.split('\n').filter((line) => line.startsWith('{'));
    expect(logged.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(
      expect.arrayContaining(['listening', 'stopped']),
    );
  });
});
