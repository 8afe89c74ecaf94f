import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { installedBinaries, runnableBinaries } from '../../src/embedded/binaries.ts';
import { serverEnvironment } from '../../src/embedded/data-directory.ts';
import { startPostmaster, type Postmaster } from '../../src/embedded/postmaster.ts';
import { serverUser } from '../../src/embedded/server-user.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { ensureDatabase, ensureRoles } from '../../src/persistence/roles.ts';
import type { TestDatabase } from '../database/test-database.ts';
import { databaseUrl, execute } from '../database/test-server.ts';

const PASSWORD = 'only-here';
const NAME = 'faults';

/**
 * A PostgreSQL of its own that a test may kill, every process of it, and start again on the same data and port.
 * `dataHome`: where the data lies, for a small disk; the write-ahead log then lies elsewhere.
 */
export class KillableServer {
  private postmaster: Postmaster | undefined;
  private port: number | undefined;
  private readonly home = mkdtempSync(join(tmpdir(), 'answerable-faults-'));
  private readonly data: string;
  private readonly user = serverUser(undefined);
  private readonly binaries;

  constructor(dataHome?: string) {
    chmodSync(this.home, 0o711); // root's server runs as another user
    this.binaries = runnableBinaries(installedBinaries(), this.user, this.home);
    this.data = join(dataHome ?? this.home, 'data');
    const passwordFile = join(this.home, 'password');
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    writeFileSync(join(this.home, 'server.log'), '');
    mkdirSync(join(this.home, 'wal'));
    for (const path of [this.home, passwordFile, join(this.home, 'wal'), ...(dataHome ? [dataHome] : [])])
      if (this.user) chownSync(path, this.user.uid, this.user.gid);
    const options = [
      '-U',
      'postgres',
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
      `--pwfile=${passwordFile}`,
    ];
    if (dataHome !== undefined) options.push('-X', join(this.home, 'wal'));
    const surroundings = { ...this.user, cwd: this.home, env: serverEnvironment(), stdio: 'pipe' } as const;
    execFileSync(join(this.binaries.folder, 'bin', 'initdb'), ['-D', this.data, ...options], surroundings);
  }

  get adminUrl(): string {
    return databaseUrl(`postgresql://postgres:${PASSWORD}@127.0.0.1:${this.port}/postgres`, NAME);
  }

  get appUrl(): string {
    return databaseUrl(this.adminUrl, NAME, { name: 'answerable_app', password: PASSWORD });
  }

  /** Starts, or starts again, recovering what was killed; the first time it makes roles, database and schema. */
  async start(): Promise<void> {
    const isFirst = this.port === undefined;
    this.postmaster = await startPostmaster({
      binaries: this.binaries,
      dataDirectory: this.data,
      user: this.user,
      log: join(this.home, 'server.log'),
      wantedPort: this.port,
      // Processes are killed, not the machine: what was written is in the kernel's hands.
      settings: { fsync: 'off', shared_buffers: '32MB', max_connections: '40' },
      onRecovery: () => undefined,
    });
    if (!isFirst && this.postmaster.port !== this.port) throw new Error('the port was taken meanwhile');
    this.port = this.postmaster.port;
    if (!isFirst) return;
    const maintenance = databaseUrl(this.adminUrl, 'postgres');
    await ensureRoles(maintenance, { migrator: PASSWORD, app: PASSWORD });
    await ensureDatabase(maintenance, NAME);
    await migrate(this.adminUrl);
  }

  /** kill -9 of the postmaster and of every process below it, at once; settles when the postmaster is gone. */
  async kill(): Promise<void> {
    const postmaster = Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
    for (const pid of [postmaster, ...childrenOf(postmaster)]) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended by itself meanwhile
      }
    }
    await this.postmaster?.ended;
  }

  /** As a test database, for `testBooks`. */
  asDatabase(): TestDatabase {
    return { appUrl: this.appUrl, adminUrl: this.adminUrl, name: NAME, drop: () => Promise.resolve() };
  }

  /** Numbers of the processes that serve the program's connections. */
  async backends(): Promise<number[]> {
    const of = `select pid from pg_stat_activity where usename = 'answerable_app'`;
    return ((await execute(this.adminUrl, of)).rows as { pid: number }[]).map(({ pid }) => pid);
  }

  /** Settles when what a killed client had begun is over, one way or the other. */
  async areGone(backends: readonly number[]): Promise<void> {
    for (let waited = 0; waited < 10_000; waited += 20) {
      const left = await this.backends();
      if (!backends.some((pid) => left.includes(pid))) return;
      await sleep(20);
    }
    throw new Error('a transaction of a killed client is still open');
  }

  async end(): Promise<void> {
    await this.postmaster?.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return Number(/\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]) === parent;
      } catch {
        return false;
      }
    });
}
