import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { claimant } from '../../src/embedded/home.ts';
import { reaches, serverUser } from '../../src/embedded/server-user.ts';
import { packageRoot } from '../../src/package-root.ts';
import { migrationFiles } from '../../src/persistence/migration-files.ts';
import { execute } from '../database/test-server.ts';
import { newHome, removeHomes, startCommand, until } from './commands.ts';

interface Opened {
  readonly appUrl: string;
  readonly adminUrl: string;
  readonly applied: string[];
  readonly milliseconds: number;
}

const script = join(packageRoot, 'test', 'embedded', 'open.mjs');

async function open(home: string, user: { uid?: number; gid?: number } = {}): Promise<Opened> {
  const env = { ...process.env, ANSWERABLE_LINGER_SECONDS: '0' };
  const { stdout } = await promisify(execFile)(process.execPath, [script, home], { ...user, cwd: '/', env });
  return JSON.parse(stdout) as Opened;
}

const SEEN_FROM = `select case when inet_client_addr() is null then 'by the socket' else 'by the port' end as came`;

describe('the product on its own server', () => {
  afterEach(removeHomes);

  it('is made once by two first commands that come at once, and found ready by the third', async () => {
    const home = newHome();
    const first = await Promise.all([open(home), open(home)]);
    expect(first.map(({ applied }) => applied.length).sort((a, b) => a - b)).toEqual([0, migrationFiles().length]);
    const third = await open(home);
    expect(third.applied).toEqual([]);
    expect(third.milliseconds).toBeLessThan(3_000);
    const holder = await startCommand(home);
    const urlOf = (url: string): string => url.replace(/:\d+\//, `:${holder.port}/`);
    expect((await execute(urlOf(third.appUrl), 'select current_user, current_database()')).rows).toEqual([
      { current_user: 'answerable_app', current_database: 'answerable' },
    ]);
    expect(
      (await execute(urlOf(third.adminUrl), 'select usesuper from pg_user where usename = current_user')).rows,
    ).toEqual([{ usesuper: true }]);
    expect((await execute(urlOf(third.adminUrl), 'show io_method')).rows).toEqual([{ io_method: 'sync' }]);
    const byPort = urlOf(third.adminUrl).replace(/\?.*$/, '');
    for (const [url, came] of [
      [third.appUrl, 'by the socket'],
      [byPort, 'by the port'],
    ] as const)
      // prettier-ignore
      expect((await execute(urlOf(url), SEEN_FROM)).rows).toEqual([{ came }]);
    await holder.end();
  });
});

const ordinary = serverUser(undefined);
const tryable = ordinary !== undefined && reaches(ordinary, process.execPath, script, join(packageRoot, 'dist'));
(tryable ? describe : describe.skip)('an ordinary user', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-test-'));
    chmodSync(folder, 0o777);
  });
  afterEach(async () => {
    await until(() => claimant(join(folder, 'home')) === undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  it('has all in the home, may let root use it once, and goes on', async () => {
    const home = join(folder, 'home');
    expect((await open(home, ordinary)).applied).toHaveLength(migrationFiles().length);
    expect(statSync(join(home, 'pg18')).uid).toBe(ordinary!.uid);
    expect((await open(home)).applied).toEqual([]); // as root
    expect(statSync(join(home, 'pg18')).uid).toBe(ordinary!.uid);
    const again = await open(home, ordinary);
    expect(again.applied).toEqual([]);
  });

  it('is told which folder it may not write', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o755 });
    await expect(open(join(closed, 'home'), ordinary)).rejects.toThrow(/EACCES.*closed\/home/);
  });
});
