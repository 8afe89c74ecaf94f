import type { ChildProcessByStdio } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';

/** What one step of the benchmark cost. */
export interface Usage {
  readonly seconds: number;
  /** CPU-seconds of this process */
  readonly nodeSeconds: number;
  /** CPU-seconds of the PostgreSQL server with all its processes; null where /proc does not show them */
  readonly postgresSeconds: number | null;
  /** largest resident set of this process; of the step where Linux lets it be reset, else since the start */
  readonly peakBytes: number;
}

/** Runs a step and says what it cost. `postmaster`: the server's first process, when it runs on this machine. */
export async function measured<T>(
  postmaster: number | undefined,
  step: () => Promise<T>,
): Promise<{ outcome: T; usage: Usage }> {
  resetPeak();
  const { outcome, usage } = await measuredPart(postmaster, step);
  return { outcome, usage: { ...usage, peakBytes: peakBytes() } };
}

/** The same of a part of a measured step, but for memory. */
export async function measuredPart<T>(
  postmaster: number | undefined,
  step: () => Promise<T>,
): Promise<{ outcome: T; usage: Omit<Usage, 'peakBytes'> }> {
  const [startedAt, node, postgres] = [performance.now(), process.cpuUsage(), serverSeconds(postmaster)];
  const outcome = await step();
  const { user, system } = process.cpuUsage(node);
  const after = serverSeconds(postmaster);
  return {
    outcome,
    usage: {
      seconds: (performance.now() - startedAt) / 1000,
      nodeSeconds: (user + system) / 1e6,
      postgresSeconds: after === null || postgres === null ? null : after - postgres,
    },
  };
}

/** What a process of its own cost; null where /proc does not show it. */
export interface ChildUsage {
  readonly seconds: number;
  readonly nodeSeconds: number | null;
  readonly postgresSeconds: number | null;
  readonly peakBytes: number | null;
}

const LOOKS_MS = 20;

/** Waits for a process to end and gives what it said on stdout. @throws Error when it did not end well */
export async function measuredChild(
  postmaster: number | undefined,
  child: ChildProcessByStdio<null, Readable, null>,
): Promise<{ said: string; usage: ChildUsage }> {
  const [startedAt, postgres] = [performance.now(), serverSeconds(postmaster)];
  let nodeSeconds: number | null = null;
  let peak: number | null = null;
  const look = setInterval(() => {
    const stat = statOf(child.pid!);
    if (stat !== undefined) nodeSeconds = sum(stat, STAT.userTime, STAT.userTime + 1) / TICKS_PER_SECOND;
    peak = highWaterMark(child.pid!) ?? peak;
  }, LOOKS_MS);
  try {
    let said = '';
    const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await ended;
    if (code !== 0) throw new Error(`the measured process ended with ${code}: ${said}`);
    const after = serverSeconds(postmaster);
    const postgresSeconds = after === null || postgres === null ? null : after - postgres;
    return {
      said,
      usage: { seconds: (performance.now() - startedAt) / 1000, nodeSeconds, postgresSeconds, peakBytes: peak },
    };
  } finally {
    clearInterval(look);
  }
}

/** Linux: 5 resets the high-water mark of the resident set (proc(5)). */
function resetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // not Linux: the mark stays that of the whole process
  }
}

/** Largest resident set of this process: not `maxRSS`, which begins with that of the process that started it. */
export function peakBytes(): number {
  return highWaterMark('self') ?? 1024 * process.resourceUsage().maxRSS;
}

function highWaterMark(pid: number | 'self'): number | null {
  const mark = /^VmHWM:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`) ?? '');
  return mark === null ? null : 1024 * Number(mark[1]);
}

const TICKS_PER_SECOND = 100; // USER_HZ of every Linux that Node runs on
const STAT = { parent: 1, userTime: 11, childrenSystemTime: 14 } as const;

/** Fields of /proc/PID/stat behind the name, which may hold blanks; undefined where there is no such process. */
function statOf(pid: number | string): string[] | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** The first process of the server to which a session belongs, when that is PostgreSQL and here. */
export function postmasterOf(backendPid: number): number | undefined {
  if (!(textOf(`/proc/${backendPid}/cmdline`) ?? '').startsWith('postgres')) return undefined;
  return Number(statOf(backendPid)?.[STAT.parent]);
}

/** CPU-seconds of the postmaster, its children that have ended, and those that live. */
function serverSeconds(postmaster: number | undefined): number | null {
  const own = postmaster === undefined ? undefined : statOf(postmaster);
  if (own === undefined) return null;
  let ticks = sum(own, STAT.userTime, STAT.childrenSystemTime);
  for (const pid of (textOf(`/proc/${postmaster}/task/${postmaster}/children`) ?? allProcesses()).trim().split(' ')) {
    const stat = statOf(pid);
    if (stat !== undefined && Number(stat[STAT.parent]) === postmaster) {
      ticks += sum(stat, STAT.userTime, STAT.userTime + 1);
    }
  }
  return ticks / TICKS_PER_SECOND;
}

/** Where Linux does not list the children of a process. */
const allProcesses = (): string =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .join(' ');

const sum = (fields: readonly string[], from: number, to: number): number =>
  fields.slice(from, to + 1).reduce((total, ticks) => total + Number(ticks), 0);

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
