import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { claimant } from '../../src/embedded/home.ts';
import { leaseServer } from '../../src/embedded/lease.ts';
import { execute } from '../database/test-server.ts';
import {
  isGone,
  newHome,
  parentPids,
  postmasterPid,
  removeHomes,
  startCommand,
  supervisorPid,
  until,
} from './commands.ts';

const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === 'linux' ? it : it.skip;

const keepRow = (url: string): Promise<unknown> =>
  execute(url, 'create table if not exists kept (n int); insert into kept values (1)');
const keptRows = async (url: string): Promise<number> => (await execute(url, 'select from kept')).rowCount ?? 0;

describe('one server for all commands of a home', () => {
  afterEach(removeHomes);

  it('is started once by sixteen commands that come at once', async () => {
    const home = newHome();
    const commands = await Promise.all(Array.from({ length: 16 }, () => startCommand(home)));
    expect(new Set(commands.map((command) => command.port)).size).toBe(1);
    const answers = await Promise.all(
      commands.map(
        async ({ adminUrl }) =>
          (await execute(adminUrl, 'select pg_postmaster_start_time()::text as at')).rows[0] as { at: string },
      ),
    );
    expect(new Set(answers.map(({ at }) => at)).size).toBe(1);
    expect(readdirSync(join(home, 'claims'))).toEqual(['1']);
    await Promise.all(commands.map((command) => command.end()));
  });

  it('stays while one command is left, and goes with the last', async () => {
    const home = newHome();
    const [first, second] = await Promise.all([startCommand(home), startCommand(home)]);
    const [supervisor, postmaster] = [supervisorPid(home), postmasterPid(home)];
    await first.end();
    await keepRow(second.adminUrl);
    expect(isGone(postmaster)).toBe(false);
    await second.end();
    await until(() => isGone(postmaster) && isGone(supervisor));
    expect(existsSync(join(home, 'pg18', 'postmaster.pid'))).toBe(false);
  });

  it('lingers as long as the last command wished, and serves the next one in that time', async () => {
    const home = newHome();
    const first = await startCommand(home, { lingerSeconds: 30 });
    const supervisor = supervisorPid(home);
    await first.end();
    const second = await startCommand(home);
    expect(supervisorPid(home)).toBe(supervisor);
    expect(second.port).toBe(first.port);
    await second.end();
    await until(() => isGone(supervisor));
  });

  it('keeps rows and port from run to run', async () => {
    const home = newHome();
    const first = await startCommand(home);
    await keepRow(first.adminUrl);
    const postmaster = postmasterPid(home);
    await first.end();
    await until(() => isGone(postmaster));
    const second = await startCommand(home);
    expect(await keptRows(second.adminUrl)).toBe(1);
    expect(second.port).toBe(first.port);
    await second.end();
  });

  it('gives a lease to a command that comes while the server is stopping', async () => {
    const home = newHome();
    for (let round = 0; round < 5; round += 1) {
      const command = await startCommand(home);
      expect((await execute(command.adminUrl, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
      await command.end();
    }
  });

  it('takes no password and no stranger at its doors', async () => {
    const home = newHome();
    const command = await startCommand(home, { fsync: 'on' });
    await expect(execute(`postgresql://postgres@127.0.0.1:${command.port}/postgres`, 'select 1')).rejects.toThrow();
    for (const name of ['passwords.json', 'server.json', 'server.log']) {
      expect(statSync(join(home, name)).mode & 0o077).toBe(0);
    }
    const { rows } = await execute(
      command.adminUrl,
      `select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories', 'fsync', 'full_page_writes') order by name`,
    );
    const data = realpathSync(join(home, 'pg18'));
    expect((rows as { setting: string }[]).map(({ setting }) => setting)).toEqual([
      'on',
      'on',
      '127.0.0.1',
      `"${data}"`,
    ]);
    expect(statSync(data).mode & 0o077).toBe(0);
    const socket = join(data, `.s.PGSQL.${command.port}`);
    expect([statSync(socket).isSocket(), statSync(socket).mode & 0o077]).toEqual([true, 0]);
    await expect(execute(`postgresql://postgres@127.0.0.1/postgres?host=${data}&port=${command.port}`, 'select 1')).rejects.toThrow(); // prettier-ignore
    await command.end();
  });

  it('is reached by its port alone where a socket would have too long a name', async () => {
    const home = join(newHome(), 'x'.repeat(90));
    const command = await startCommand(home);
    expect(command.adminUrl).not.toContain('host=');
    const asked = `select inet_client_addr() is null as by_socket, current_setting('unix_socket_directories') as sockets`;
    expect((await execute(command.adminUrl, asked)).rows).toEqual([{ by_socket: false, sockets: '' }]);
    await command.end();
    await until(() => claimant(home) === undefined);
  });

  it('sorts by code point wherever it runs', async () => {
    const home = newHome();
    const command = await startCommand(home);
    const { rows } = await execute(
      command.adminUrl,
      `select datlocprovider, datlocale, pg_encoding_to_char(encoding) as encoding from pg_database where datname = 'template1'`,
    );
    expect(rows).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8', encoding: 'UTF8' }]);
    await command.end();
  });

  it('names a wrong ANSWERABLE_LINGER_SECONDS', async () => {
    await expect(startCommand(newHome(), { lingerSeconds: Number.NaN })).rejects.toThrow(
      'ANSWERABLE_LINGER_SECONDS is "NaN"',
    );
  });
});

describe('after kill -9', () => {
  afterEach(removeHomes);

  it('of the command, the server stops soon and keeps what was committed', async () => {
    const home = newHome();
    const command = await startCommand(home);
    await keepRow(command.adminUrl);
    const [supervisor, postmaster] = [supervisorPid(home), postmasterPid(home)];
    await command.kill();
    await until(() => isGone(postmaster) && isGone(supervisor));
    const next = await startCommand(home);
    expect(await keptRows(next.adminUrl)).toBe(1);
    await next.end();
  });

  it('of the supervisor, no server is left behind and the next start works', async () => {
    const home = newHome();
    const command = await startCommand(home);
    await keepRow(command.adminUrl);
    const postmaster = postmasterPid(home);
    process.kill(supervisorPid(home), 'SIGKILL');
    const next = await startCommand(home); // at once, while the old server is still stopping
    expect(isGone(postmaster)).toBe(true);
    expect(await keptRows(next.adminUrl)).toBe(1);
    await Promise.all([command.end(), next.end()]);
  });

  onLinux('of supervisor and shell, the reader of the pipe still stops the server', async () => {
    const home = newHome();
    const command = await startCommand(home);
    const postmaster = postmasterPid(home);
    const [shell] = parentPids(postmaster);
    process.kill(supervisorPid(home), 'SIGKILL');
    process.kill(shell!, 'SIGKILL');
    await until(() => isGone(postmaster));
    await command.end();
  });

  onLinux('of all that watch the server, the next start ends the orphan', async () => {
    const home = newHome();
    const command = await startCommand(home);
    await keepRow(command.adminUrl);
    const postmaster = postmasterPid(home);
    for (const pid of [...parentPids(postmaster).reverse(), supervisorPid(home)]) process.kill(pid, 'SIGKILL');
    await command.end();
    expect(isGone(postmaster)).toBe(false);
    const next = await startCommand(home);
    expect(isGone(postmaster)).toBe(true);
    expect(await keptRows(next.adminUrl)).toBe(1);
    await next.end();
  });

  it('of the server under a command, it is back on the same port with all that was committed and nothing else', async () => {
    const home = newHome();
    const command = await startCommand(home);
    await keepRow(command.adminUrl);
    const open = new pg.Client({ connectionString: command.adminUrl });
    open.on('error', () => undefined); // it is about to be cut
    await open.connect();
    await open.query('begin; insert into kept values (2)');
    const postmaster = postmasterPid(home);
    process.kill(postmaster, 'SIGKILL');
    await until(() => isGone(postmaster));
    await until(() => existsSync(join(home, 'pg18', 'postmaster.pid')) && postmasterPid(home) !== postmaster);
    const next = await startCommand(home);
    expect(next.port).toBe(command.port);
    expect(await keptRows(next.adminUrl)).toBe(1);
    expect(await keptRows(command.adminUrl)).toBe(1); // the same lease still holds
    await Promise.all([command.end(), next.end()]);
  });

  it('of everything at once, the next start recovers', async () => {
    const home = newHome();
    const command = await startCommand(home);
    await keepRow(command.adminUrl);
    // many rows of a table that is made with them are not in the log: they lie in its file before they are committed
    const rows = "insert into month select 'K-' || i from generate_series(1, 200000) i";
    await execute(command.adminUrl, `create table month (id text); ${rows}; create index on month (id)`);
    const postmaster = postmasterPid(home);
    process.kill(supervisorPid(home), 'SIGKILL');
    process.kill(postmaster, 'SIGKILL');
    await command.kill();
    const next = await startCommand(home);
    expect(await keptRows(next.adminUrl)).toBe(1);
    expect((await execute(next.adminUrl, 'select count(id)::int as rows from month')).rows).toEqual([
      { rows: 200_000 },
    ]);
    const byIndex = "set enable_seqscan = off; select id from month where id = 'K-150000'";
    expect((await execute(next.adminUrl, byIndex)) as unknown).toMatchObject([{}, { rows: [{ id: 'K-150000' }] }]);
    expect((await execute(next.adminUrl, 'show wal_level')).rows).toEqual([{ wal_level: 'minimal' }]);
    await next.end();
  });

  it('a pid file whose number now belongs to another program stops nobody', async () => {
    const home = newHome();
    const first = await startCommand(home);
    const { uid, gid } = statSync(join(home, 'pg18'));
    const postmaster = postmasterPid(home);
    const pidFile = readFileSync(join(home, 'pg18', 'postmaster.pid'), 'utf8');
    await first.end();
    await until(() => isGone(postmaster));
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], {
      stdio: 'ignore',
      ...(isRoot ? { uid, gid } : {}),
      cwd: '/',
    });
    const stale = join(home, 'pg18', 'postmaster.pid');
    writeFileSync(stale, pidFile.replace(/^\d+/, String(other.pid)), { mode: 0o600 });
    chownSync(stale, uid, gid);
    const next = await startCommand(home);
    expect(isGone(other.pid!)).toBe(false);
    other.kill();
    await next.end();
  });
});

describe('a start that cannot succeed', () => {
  afterEach(removeHomes);

  it('says why, each time, and hangs nobody', async () => {
    const home = newHome();
    const settings = { shared_buffers: 'plenty' };
    await expect(leaseServer(home, { settings })).rejects.toThrow(
      'invalid value for parameter "shared_buffers": "plenty"',
    );
    await expect(leaseServer(home, { settings })).rejects.toThrow(
      'invalid value for parameter "shared_buffers": "plenty"',
    );
    const command = await startCommand(home); // and the home is none the worse for it
    await command.end();
  });
});

(isRoot ? describe : describe.skip)('as root', () => {
  afterEach(removeHomes);

  it('runs the server as another user', async () => {
    const home = newHome();
    const command = await startCommand(home);
    expect(statSync(join(home, 'pg18')).uid).not.toBe(0);
    await command.end();
  });

  it('finds its data again in a home that the server cannot reach', async () => {
    const home = newHome({ reachable: false });
    const first = await startCommand(home);
    await keepRow(first.adminUrl);
    expect(lstatSync(join(home, 'pg18')).isSymbolicLink()).toBe(true);
    const postmaster = postmasterPid(home);
    await first.end();
    await until(() => isGone(postmaster));
    const second = await startCommand(home);
    expect(await keptRows(second.adminUrl)).toBe(1);
    await second.end();
  });
});
