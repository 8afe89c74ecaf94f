import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';

/** A process told apart from a later one that was given the same number. */
export interface RunningProcess {
  readonly pid: number;
  /** When it began, in the system's own words; empty where the system does not say */
  readonly began: string;
}

export const thisProcess = (): RunningProcess => ({ pid: process.pid, began: beganOf(process.pid) });

/** When in doubt (another user's process, a system that does not say) it is taken to be alive. */
export function isAlive({ pid, began }: RunningProcess): boolean {
  if (!pidExists(pid)) return false;
  const now = beganOf(pid);
  return now === '' || began === '' || now === began;
}

export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return !isZombie(pid);
}

/** Whether `pid` is a PostgreSQL server (or one of its processes) on this data directory. */
export function servesDirectory(pid: number, dataDirectory: string): boolean {
  if (process.platform === 'linux') {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === dataDirectory; // postmaster and backends work in their data directory
    } catch {
      return commandLine(pid).includes(dataDirectory);
    }
  }
  return process.platform === 'win32' || commandLine(pid).includes(dataDirectory);
}

function commandLine(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}

/** Fields of /proc/<pid>/stat from the state (field 3) on; the name before them may hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function isZombie(pid: number): boolean {
  return process.platform === 'linux' && statFields(pid)?.[0] === 'Z';
}

function beganOf(pid: number): string {
  if (process.platform === 'linux') {
    const ticks = statFields(pid)?.[19]; // field 22, clock ticks since boot
    return ticks === undefined ? '' : `${bootId()} ${ticks}`;
  }
  if (process.platform === 'win32') return '';
  try {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe', env }).trim();
  } catch {
    return '';
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot';
  }
}
