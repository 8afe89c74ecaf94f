import { randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { installedBinaries, runnableBinaries } from './binaries.ts';
import { dataDirectoryOf, makeDataDirectory } from './data-directory.ts';
import {
  claim,
  giveUpClaim,
  logFile,
  ownedLikeHome,
  passwordsOf,
  readState,
  writeState,
  type ServerState,
} from './home.ts';
import { openLeaseDesk, type LeaseDesk } from './lease-desk.ts';
import { startPostmaster, type Postmaster, type PostmasterSetting } from './postmaster.ts';
import { thisProcess } from './running-process.ts';
import { serverUser } from './server-user.ts';

/**
 * Owns the server of one home, apart from the commands that use it: starts it, hands out leases, restarts it when it
 * crashes under them, and stops it when the last lease is gone. Started by `leaseServer` as
 * `node supervisor.js HOME SETTINGS`; of several started at once one stays.
 */
const [home = '', settings = '{}'] = process.argv.slice(2);
const LOG_LIMIT = 8 * 1024 * 1024;
/** Crashes within ten minutes after which it gives up, so that a broken disk does not keep it busy. */
const CRASH_LIMIT = 5;

if (claim(home)) await supervise();

async function supervise(): Promise<void> {
  let state: ServerState = {
    supervisor: thisProcess(),
    phase: 'starting',
    message: 'the database is starting',
    port: readState(home)?.port ?? 0,
    leasePort: 0,
    leaseWord: randomBytes(24).toString('hex'),
  };
  const tell = (news: Partial<ServerState>): void => writeState(home, (state = { ...state, ...news }));
  const fail = (error: unknown): never => {
    note(error instanceof Error ? (error.stack ?? error.message) : String(error));
    tell({ phase: 'failed', message: error instanceof Error ? error.message : String(error) });
    process.exit(1); // the server, if any, stops with our end of its pipe
  };
  process.on('exit', () => giveUpClaim(home));
  process.on('uncaughtException', fail).on('unhandledRejection', fail);

  tell({});
  beginLog();
  const setting: PostmasterSetting = {
    ...prepare(),
    wantedPort: state.port,
    onRecovery: () =>
      tell({ phase: 'recovering', message: 'the database is recovering from a crash; this can take up to 120 s' }),
  };
  let postmaster: Postmaster = await startPostmaster(setting);
  const crashes: number[] = [];
  let stopping = false;
  let desk: LeaseDesk | undefined = undefined;

  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    tell({ phase: 'stopping', message: 'the database of an earlier command is stopping' });
    desk?.close();
    await postmaster.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());

  desk = await openLeaseDesk(state.leaseWord, () => void stop());
  const ready = (): void => {
    const { port, socketFolder } = postmaster;
    tell({ phase: 'ready', message: '', port, socketFolder, leasePort: desk.port });
  };
  ready();

  for (;;) {
    await postmaster.ended;
    if (stopping) return;
    crashes.push(Date.now());
    note(`PostgreSQL ended by itself; its leases: ${desk.isIdle() ? 'none' : 'some'}`);
    if (desk.isIdle()) process.exit(0);
    if (crashes.filter((at) => at > Date.now() - 600_000).length > CRASH_LIMIT) {
      throw new Error(`PostgreSQL crashed ${crashes.length} times (see ${logFile(home)})`);
    }
    // On the same port, so that the commands' pools find it again.
    tell({ phase: 'recovering', message: 'the database is recovering from a crash; this can take up to 120 s' });
    postmaster = await startPostmaster({ ...setting, wantedPort: postmaster.port });
    ready();
  }
}

function prepare(): Omit<PostmasterSetting, 'wantedPort' | 'onRecovery'> {
  const installed = installedBinaries();
  const existing = dataDirectoryOf(home, installed);
  const user = serverUser(existing);
  const binaries = runnableBinaries(installed, user, home);
  const wanted = JSON.parse(settings) as Record<string, string>;
  const dataDirectory =
    existing ?? makeDataDirectory(home, binaries, user, passwordsOf(home).superuser, wanted['fsync'] !== 'off');
  return { binaries, user, dataDirectory, log: logFile(home), settings: wanted };
}

function beginLog(): void {
  const log = logFile(home);
  if (existsSync(log) && statSync(log).size > LOG_LIMIT) renameSync(log, `${log}.1`);
  if (!existsSync(log)) writeFileSync(log, '', { mode: 0o600 });
  ownedLikeHome(home, log);
}

function note(line: string): void {
  appendFileSync(logFile(home), `${new Date().toISOString()} supervisor ${process.pid}: ${line}\n`);
}
