import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
} from 'node:fs';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, thisProcess, type RunningProcess } from './running-process.ts';

/** What the supervisor tells the commands, in `server.json`. */
export interface ServerState {
  readonly supervisor: RunningProcess;
  readonly phase: 'starting' | 'recovering' | 'ready' | 'stopping' | 'failed';
  /** One line for a person: what is waited for, or what failed */
  readonly message: string;
  /** Port of the database; kept from start to start while it is free */
  readonly port: number;
  /** Where its socket lies; absent: it has only the port */
  readonly socketFolder?: string | undefined;
  /** Where leases are taken, and the word that opens it */
  readonly leasePort: number;
  readonly leaseWord: string;
}

/** Made once per home. Whoever may read them owns the home. */
export interface Passwords {
  readonly superuser: string;
  readonly migrator: string;
  readonly app: string;
}

/** Makes the home when it is absent and gives its real path, by which concurrent commands agree on it. */
export function openHome(home: string): string {
  if (!existsSync(home)) {
    mkdirSync(home, { recursive: true });
    // Root's server runs as another user, who must be able to pass; every file in here has its own narrow mode.
    if (process.getuid?.() === 0) chmodSync(home, 0o711);
  }
  return realpathSync(resolve(home));
}

export const logFile = (home: string): string => join(home, 'server.log');

export function readState(home: string): ServerState | undefined {
  return readJson<ServerState>(join(home, 'server.json'));
}

export function writeState(home: string, state: ServerState): void {
  replacePrivate(home, join(home, 'server.json'), JSON.stringify(state));
}

/** The home's passwords, made at first use; commands that come at once agree on one set. */
export function passwordsOf(home: string): Passwords {
  const path = join(home, 'passwords.json');
  if (!existsSync(path)) {
    const word = (): string => randomBytes(24).toString('hex');
    createPrivate(home, path, JSON.stringify({ superuser: word(), migrator: word(), app: word() } satisfies Passwords));
  }
  return JSON.parse(readFileSync(path, 'utf8')) as Passwords;
}

/**
 * The one live supervisor of the home, or undefined. Claims are numbered files, and the newest one holds as long as its
 * process lives: a kill -9 needs no tidying up, and nobody removes a claim that a rival may just be looking at.
 */
export function claimant(home: string): RunningProcess | undefined {
  return holderOf(home, claims(home).at(-1) ?? 0);
}

/** Makes this process the home's supervisor; false when another lives or was quicker. */
export function claim(home: string): boolean {
  mkdirSync(join(home, 'claims'), { recursive: true, mode: 0o700 });
  ownedLikeHome(home, join(home, 'claims'));
  const newest = claims(home).at(-1) ?? 0;
  if (holderOf(home, newest) !== undefined) return false;
  const number = newest + 1;
  if (!createPrivate(home, claimPath(home, number), JSON.stringify(thisProcess()))) return false;
  if (claims(home).at(-1) !== number) return false; // the list had moved on while we looked
  for (const old of claims(home)) if (old < number - 20) rmSync(claimPath(home, old), { force: true });
  return true;
}

/** At its end: where a system does not say when a process began, a later one of the same number would seem to be it. */
export function giveUpClaim(home: string): void {
  const newest = claims(home).at(-1) ?? 0;
  if (holderOf(home, newest)?.pid === process.pid) {
    replacePrivate(
      home,
      claimPath(home, newest),
      JSON.stringify({ pid: 0, began: 'given up' } satisfies RunningProcess),
    );
  }
}

function holderOf(home: string, number: number): RunningProcess | undefined {
  const holder = readJson<RunningProcess>(claimPath(home, number));
  return holder !== undefined && holder.pid !== 0 && isAlive(holder) ? holder : undefined;
}

const claimPath = (home: string, number: number): string => join(home, 'claims', String(number));

function claims(home: string): number[] {
  try {
    return readdirSync(join(home, 'claims'))
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all; false when the file is there already. */
function createPrivate(home: string, path: string, text: string): boolean {
  const draft = writeDraft(home, path, text);
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function replacePrivate(home: string, path: string, text: string): void {
  renameSync(writeDraft(home, path, text), path);
}

function writeDraft(home: string, path: string, text: string): string {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  ownedLikeHome(home, draft);
  return draft;
}

/** After a run as root on an ordinary user's home, that user must still be able to read what is in it. */
export function ownedLikeHome(home: string, path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(home);
  chownSync(path, uid, gid);
}
