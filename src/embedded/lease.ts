import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../domain/errors.ts';
import { packageRoot } from '../package-root.ts';
import { installedBinaries } from './binaries.ts';
import { claimant, logFile, openHome, passwordsOf, readState, type ServerState } from './home.ts';
import { GRANTED, type LeaseRequest } from './lease-desk.ts';
import { socketIn } from './postmaster.ts';

/** The right to use a home's server, until it is released or the process ends in whatever way. */
export interface ServerLease {
  /** URL of the superuser on database "postgres" */
  readonly adminUrl: string;
  readonly port: number;
  /** URL of somebody on a database, by the server's socket where this process can reach it */
  readonly urlOf: (user: string, password: string, database: string) => string;
  release(): Promise<void>;
}

const PATIENCE = 200_000;
/** Longer waits are explained on stderr. */
const QUIET = 3_000;
const STARTS = 3;

export interface LeaseOptions {
  /** PostgreSQL settings that replace ours, in case this call starts the server */
  readonly settings?: Readonly<Record<string, string>>;
  /** How long the server stays when this lease was the last; default ANSWERABLE_LINGER_SECONDS, else 2 */
  readonly lingerSeconds?: number;
}

/**
 * Leases the home's server: starts it (through a detached supervisor process) when it is not running. Commands that
 * come at once share one server. Refusal `no_embedded_postgres` where no binaries come with the platform.
 */
export async function leaseServer(home: string, options: LeaseOptions = {}): Promise<ServerLease> {
  installedBinaries();
  const lingerSeconds = options.lingerSeconds ?? lingerSetting();
  const place = openHome(home);
  const began = Date.now();
  const awaited = new Set<number>(); // supervisors whose failure is our failure
  let started: ChildProcess | undefined;
  let starts = 0;
  let told = '';
  while (Date.now() - began < PATIENCE) {
    const holder = claimant(place);
    const state = readState(place);
    const current =
      state !== undefined && state.supervisor.pid === holder?.pid && state.supervisor.began === holder.began;
    if (holder !== undefined) awaited.add(holder.pid);
    if (current && state.phase === 'ready') {
      const release = await takeLease(state, lingerSeconds);
      if (release !== undefined) {
        const { superuser } = passwordsOf(place);
        const { port } = state;
        const socket = socketQuery(state);
        const urlOf: ServerLease['urlOf'] = (user, password, database) =>
          `postgresql://${user}:${password}@127.0.0.1:${port}/${database}${socket}`;
        return { adminUrl: urlOf('postgres', superuser, 'postgres'), port, urlOf, release };
      }
    } else if (current && told !== state.message && (state.phase === 'recovering' || Date.now() - began > QUIET)) {
      told = state.message;
      process.stderr.write(`answerable: ${told}\n`);
    } else if (holder === undefined && !isRunning(started)) {
      if (state?.phase === 'failed' && awaited.has(state.supervisor.pid)) throw new Error(state.message);
      if (starts === STARTS) throw new Error(`the database's supervisor does not stay up (see ${logFile(place)})`);
      starts += 1;
      started = startSupervisor(place, options.settings ?? {});
      awaited.add(started.pid ?? 0);
    }
    await sleep(20);
  }
  throw new Error(`the database of ${place} was not ready after ${PATIENCE / 1000} s (see ${logFile(place)})`);
}

/** Says to the driver, behind a URL, that there is a socket; nothing where there is none that this process may write to. */
function socketQuery({ socketFolder, port }: ServerState): string {
  if (socketFolder === undefined) return '';
  try {
    accessSync(socketIn(socketFolder, port), constants.W_OK);
    return `?host=${encodeURIComponent(socketFolder)}`;
  } catch {
    return '';
  }
}

const isRunning = (child: ChildProcess | undefined): boolean =>
  child !== undefined && child.exitCode === null && child.signalCode === null;

/** Plain JavaScript, also under jest: the tests' bootstrap has built it. */
function startSupervisor(home: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const entry = join(packageRoot, 'dist', 'embedded', 'supervisor.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: run npm run build`);
  const log = openSync(logFile(home), 'a', 0o600);
  const { NODE_OPTIONS: _, ...env } = process.env; // a debugger's port, say, is ours alone
  const child = spawn(process.execPath, [entry, home, JSON.stringify(settings)], {
    cwd: home,
    detached: true, // Ctrl-C and the end of the terminal are for the command
    env,
    stdio: ['ignore', log, log],
    windowsHide: true,
  });
  child.on('error', () => undefined); // seen as a supervisor that does not stay up
  child.unref();
  closeSync(log);
  return child;
}

/** The function that gives the lease back, or undefined when the desk has just closed. */
async function takeLease(state: ServerState, lingerSeconds: number): Promise<(() => Promise<void>) | undefined> {
  return await new Promise((resolve) => {
    const socket = connect(state.leasePort, '127.0.0.1');
    const closed = new Promise<void>((done) => socket.once('close', () => done()));
    const request: LeaseRequest = { word: state.leaseWord, lingerSeconds };
    let said = '';
    socket.setEncoding('utf8');
    socket.on('error', () => undefined); // 'close' follows
    socket.on('data', (text: string) => {
      said += text;
      if (said !== GRANTED) return;
      socket.unref(); // a lease alone keeps no command alive
      resolve(async () => {
        socket.destroy();
        await closed;
      });
    });
    socket.once('close', () => resolve(undefined));
    socket.write(`${JSON.stringify(request)}\n`);
  });
}

function lingerSetting(): number {
  const text = process.env['ANSWERABLE_LINGER_SECONDS'] ?? '2';
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= 86_400) return seconds;
  throw new Refusal('bad_setting', `ANSWERABLE_LINGER_SECONDS is "${text}"; it takes seconds from 0 to 86400`);
}
