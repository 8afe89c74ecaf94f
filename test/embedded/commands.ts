import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimant } from '../../src/embedded/home.ts';
import { pidExists } from '../../src/embedded/running-process.ts';
import { packageRoot } from '../../src/package-root.ts';

/** A real process with a lease. */
export interface Command {
  readonly process: ChildProcess;
  readonly port: number;
  readonly adminUrl: string;
  readonly stderr: () => string;
  /** Ends as a command should */
  end(): Promise<void>;
  /** kill -9 */
  kill(): Promise<void>;
}

const homes: { folder: string; home: string }[] = [];

/** A new home; `reachable: false` puts it where root's server user cannot go. */
export function newHome({ reachable = true } = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'answerable-test-'));
  chmodSync(folder, reachable ? 0o711 : 0o700);
  const home = reachable ? folder : join(folder, 'home');
  mkdirSync(home, { recursive: true });
  homes.push({ folder, home });
  return home;
}

/** Ends what a failed test may have left, and removes its home with the data that lies elsewhere. */
export async function removeHomes(): Promise<void> {
  for (const { folder, home } of homes.splice(0)) {
    const supervisor = claimant(home);
    if (supervisor !== undefined) process.kill(supervisor.pid, 'SIGTERM');
    await until(() => claimant(home) === undefined);
    const entry = join(home, 'pg18');
    const data = existsSync(entry) ? realpathSync(entry) : entry;
    if (data !== entry) rmSync(dirname(data), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function startCommand(home: string, { lingerSeconds = 0, fsync = 'off' } = {}): Promise<Command> {
  const script = join(packageRoot, 'test', 'embedded', 'command.mjs');
  const env = { ...process.env, ANSWERABLE_LINGER_SECONDS: String(lingerSeconds) };
  const child = spawn(process.execPath, [script, home, fsync], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  let complaint = '';
  child.stdout.on('data', (text: Buffer) => (said += text.toString()));
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await until(() => said.includes('\n') || child.exitCode !== null, 60_000);
  if (!said.includes('\n')) throw new Error(`the command failed: ${complaint}`);
  return {
    ...(JSON.parse(said) as { port: number; adminUrl: string }),
    process: child,
    stderr: () => complaint,
    end: () => (child.stdin.end(), ended),
    kill: () => (child.kill('SIGKILL'), ended),
  };
}

export async function until(condition: () => boolean, patience = 20_000): Promise<void> {
  // a file that the condition reads may go between a look and the reading: not yet
  const holds = (): boolean => {
    try {
      return condition();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  };
  for (const giveUpAt = Date.now() + patience; !holds(); await sleep(20)) {
    if (Date.now() > giveUpAt) throw new Error(`waited ${patience} ms in vain for ${condition.toString()}`);
  }
}

export function supervisorPid(home: string): number {
  const { supervisor } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { supervisor: { pid: number } };
  return supervisor.pid;
}

export const postmasterPid = (home: string): number =>
  Number(readFileSync(join(home, 'pg18', 'postmaster.pid'), 'utf8').split('\n')[0]);

/** Linux only: the shell that stands between supervisor and server, and its reader. */
export function parentPids(postmaster: number): number[] {
  const stat = (pid: number): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  const shell = Number(stat(postmaster)[1]);
  const children = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ').map(Number);
  return [shell, ...children.filter((pid) => pid !== postmaster)];
}

export const isGone = (pid: number): boolean => !pidExists(pid);
