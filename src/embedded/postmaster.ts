import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, statSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { majorOf, type Binaries } from './binaries.ts';
import { serverEnvironment } from './data-directory.ts';
import { pidExists, servesDirectory } from './running-process.ts';
import type { ServerUser } from './server-user.ts';

export interface PostmasterSetting {
  readonly binaries: Binaries;
  readonly dataDirectory: string;
  readonly user: ServerUser;
  readonly log: string;
  /** Taken when it is free, else another one is found */
  readonly wantedPort: number | undefined;
  /** PostgreSQL settings that replace ours */
  readonly settings: Readonly<Record<string, string>>;
  /** Called once when the start takes long: PostgreSQL replays its log after a crash */
  readonly onRecovery: () => void;
}

export interface Postmaster {
  readonly port: number;
  /** Where a socket of the system lies beside the port; undefined where there is none */
  readonly socketFolder: string | undefined;
  /** Fulfilled when the server has ended, whoever ended it */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const RECOVERY_LIMIT = 120_000;
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  max_connections: '60',
  shared_buffers: '256MB',
  work_mem: '64MB',
  maintenance_work_mem: '256MB',
  max_wal_size: '2GB',
  // nothing follows this server by its log, so rows of a month that their own import makes are written once, not twice
  wal_level: 'minimal',
  max_wal_senders: '0',
  full_page_writes: 'on',
  // a month of facts is analysed after its import, in the time that the next one needs; 3,000 of its rows tell as much as 30,000
  default_statistics_target: '10',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};
/**
 * From PostgreSQL 18 on, by default, another process reads the pages that are not in the server's memory. Of a company's facts
 * they lie in the system's memory nearly always, and to ask for such a page costs several times what reading it in place does.
 */
const READ_IN_PLACE: Readonly<Record<string, string>> = { io_method: 'sync' };

/** Longest name of a socket, in bytes: macOS takes 104 with the byte that ends it. */
const LONGEST_SOCKET = 103;
const LONGEST_PORT = 65_535;
/** The socket of a server in its folder. */
export const socketIn = (folder: string, port: number): string => join(folder, `.s.PGSQL.${port}`);

/**
 * The data directory, which only the server's user and root can enter: bytes of facts cost the system half by a socket of what
 * they cost by a port. Undefined on Windows, and where the name would be too long.
 */
function socketFolderOf(dataDirectory: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  return Buffer.byteLength(socketIn(dataDirectory, LONGEST_PORT)) <= LONGEST_SOCKET ? dataDirectory : undefined;
}

/** PostgreSQL takes a list of folders there, parted by commas. */
const asList = (folder: string | undefined): string =>
  folder === undefined ? '' : `"${folder.replaceAll('"', '""')}"`;

/**
 * The server's parent. Lines on its stdin are signals for the server; the end of stdin means that the supervisor is
 * gone, however it went, and then the server stops at once (fast). The reader is a process of its own, so that the
 * server is stopped even when this shell is killed as well.
 */
const PARENT = `
exec 3<&0 0</dev/null
"$@" 3<&- >&2 &
server=$!
( while read -r signal <&3; do kill "-$signal" "$server"; done; kill -INT "$server" ) >/dev/null 2>&1 &
reader=$!
echo "$server"
exec 1>&2 3<&-
wait "$server"; code=$?
kill "$reader" 2>/dev/null
exit "$code"`;

/** Starts the server and waits until it takes connections; after a crash that can take two minutes. */
export async function startPostmaster(setting: PostmasterSetting): Promise<Postmaster> {
  const giveUpAt = Date.now() + RECOVERY_LIMIT;
  let port = (await portIfFree(setting.wantedPort ?? 0)) ?? (await portIfFree(0))!;
  let socketFolder = socketFolderOf(setting.dataDirectory);
  for (;;) {
    await endStranger(setting.dataDirectory, giveUpAt);
    const logBegin = statSync(setting.log).size;
    const server = launch(setting, port, socketFolder);
    if (await isReady(server, setting, giveUpAt))
      return { port, socketFolder, ended: server.ended, stop: () => stop(server, setting) };
    const said = readFileSync(setting.log).subarray(logBegin).toString('utf8');
    if (socketFolder !== undefined && /could not create any Unix-domain sockets/.test(said)) {
      socketFolder = undefined; // a file system that knows no sockets
    } else if (/could not bind|already in use/.test(said)) {
      port = (await portIfFree(0))!; // somebody took it between our look and the start
    } else if (!/lock file "postmaster.pid" already exists|pre-existing shared memory block/.test(said)) {
      const fatal = said.split('\n').findLast((line) => /FATAL|PANIC|error while loading/.test(line));
      throw new Error(
        `PostgreSQL did not start: ${fatal?.replace(/^.*?(FATAL|PANIC):\s*/, '') ?? 'no reason given'} (see ${setting.log})`,
      );
    }
    if (Date.now() > giveUpAt)
      throw new Error(`${setting.dataDirectory} is still in use by another PostgreSQL (see ${setting.log})`);
    await sleep(200); // processes of a killed server notice within moments that it is gone
  }
}

interface Launched {
  readonly child: ChildProcess;
  readonly pid: Promise<number>;
  readonly ended: Promise<void>;
  hasEnded: boolean;
}

function launch(
  { binaries, dataDirectory, user, log, settings }: PostmasterSetting,
  port: number,
  socketFolder: string | undefined,
): Launched {
  const socket = { unix_socket_directories: asList(socketFolder), unix_socket_permissions: '0700' };
  const ours = { ...SETTINGS, ...socket, ...(majorOf(binaries) >= 18 ? READ_IN_PLACE : {}), ...sharedMemory() };
  const options = Object.entries({ ...ours, ...settings, port: String(port) });
  const command = [
    join(binaries.folder, 'bin', 'postgres'),
    '-D',
    dataDirectory,
    ...options.flatMap(([k, v]) => ['-c', `${k}=${v}`]),
  ];
  const logHandle = openSync(log, 'a');
  const posix = process.platform !== 'win32';
  const [file, ...args] = posix ? ['/bin/sh', '-c', PARENT, 'sh', ...command] : command;
  const child = spawn(file!, args, {
    ...user,
    cwd: dataDirectory,
    env: serverEnvironment(),
    stdio: ['pipe', 'pipe', logHandle],
  });
  closeSync(logHandle);
  child.stdin!.on('error', () => undefined); // it ended before it read our signal
  const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()));
  const pid = posix
    ? new Promise<number>((resolve) => child.stdout!.once('data', (line: Buffer) => resolve(Number(line.toString()))))
    : Promise.resolve(child.pid ?? 0);
  const launched: Launched = { child, pid, ended, hasEnded: false };
  void ended.then(() => (launched.hasEnded = true));
  return launched;
}

/** Parallel queries need shared memory; a container's 64 MB are too few. */
function sharedMemory(): Record<string, string> {
  if (process.platform !== 'linux') return {};
  try {
    const { bsize, blocks } = statfsSync('/dev/shm');
    return bsize * blocks < 512 * 1024 * 1024 ? { dynamic_shared_memory_type: 'mmap' } : {};
  } catch {
    return { dynamic_shared_memory_type: 'mmap' };
  }
}

/** Line 8 of postmaster.pid is the server's own word on its state. */
async function isReady(server: Launched, setting: PostmasterSetting, giveUpAt: number): Promise<boolean> {
  const began = Date.now();
  const pid = await Promise.race([server.pid, server.ended]);
  let told = false;
  while (!server.hasEnded) {
    const lines = pidFile(setting.dataDirectory);
    if (Number(lines[0]) === pid && lines[7]?.trim() === 'ready') return true;
    if (!told && Date.now() - began > 1_500) {
      told = true;
      setting.onRecovery();
    }
    if (Date.now() > giveUpAt) {
      await stop(server, setting);
      throw new Error(`PostgreSQL was not ready after ${RECOVERY_LIMIT / 1000} s (see ${setting.log})`);
    }
    await sleep(15);
  }
  return false;
}

/** First lets closing connections go (smart), then ends them (fast); the last resort leaves recovery to the next start. */
async function stop(server: Launched, { binaries, dataDirectory }: PostmasterSetting): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync(join(binaries.folder, 'bin', 'pg_ctl'), ['stop', '-D', dataDirectory, '-m', 'fast', '-w'], {
      stdio: 'ignore',
    });
  }
  for (const [signal, patience] of [
    ['TERM', 1_000],
    ['INT', 60_000],
    ['QUIT', 30_000],
  ] as const) {
    if (server.hasEnded) return;
    server.child.stdin!.write(`${signal}\n`);
    await Promise.race([server.ended, sleep(patience, undefined, { ref: false })]);
  }
}

/** Ends a server of an earlier run that lost its supervisor, and removes a pid file whose number now is another's. */
async function endStranger(dataDirectory: string, giveUpAt: number): Promise<void> {
  const pid = Number(pidFile(dataDirectory)[0]);
  if (!(pid > 0) || !pidExists(pid)) return; // PostgreSQL itself replaces the file of a server that is gone
  if (!servesDirectory(pid, dataDirectory)) {
    rmSync(join(dataDirectory, 'postmaster.pid'), { force: true });
    return;
  }
  process.kill(pid, 'SIGINT');
  for (let waited = 0; pidExists(pid); waited += 50) {
    if (waited === 60_000) process.kill(pid, 'SIGQUIT');
    if (Date.now() > giveUpAt) throw new Error(`${dataDirectory} is in use by another run (PostgreSQL pid ${pid})`);
    await sleep(50);
  }
}

function pidFile(dataDirectory: string): string[] {
  try {
    return readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The port when it is free on the loopback; 0 stands for any. */
async function portIfFree(port: number): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const { port: found } = probe.address() as { port: number };
      probe.close(() => resolve(found));
    });
  });
}
