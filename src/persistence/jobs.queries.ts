import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Channel of notices about jobs: empty for a new one, else the number of the job that moved. */
export const JOB_CHANNEL = 'answerable_job';

export interface DueJob {
  readonly job_id: string;
  readonly kind: string;
  /** JSON */
  readonly work: string;
  readonly asked_by: string;
  /** JSON */
  readonly asked_as: string;
}

export interface JobRow {
  readonly job_id: string;
  readonly kind: string;
  /** JSON */
  readonly work: string;
  readonly login: string;
  readonly asked_at: Date;
  readonly due_at: Date;
  readonly state: 'waiting' | 'done' | 'failed';
  /** JSON */
  readonly outcome: string | null;
  readonly file_name: string | null;
  readonly ended_at: Date | null;
  readonly attempts: number;
  readonly begun_at: Date | null;
  readonly step: string | null;
  readonly done: string;
  readonly total: string;
}

export async function insertJob(
  tx: Tx,
  job: { kind: string; work: unknown; userId: number; askedAs: unknown; dueAt?: Date },
): Promise<string> {
  const rows = (await tx.query(sql('job-insert'), [
    job.kind,
    JSON.stringify(job.work),
    job.userId,
    JSON.stringify(job.askedAs),
    job.dueAt ?? null,
  ])) as [{ job_id: string }];
  return rows[0].job_id;
}

/** Holds the next job until the transaction ends; undefined when there is none that nobody works on. */
export async function takeJob(tx: Tx, kinds: readonly string[] | null): Promise<DueJob | undefined> {
  return ((await tx.query(sql('job-take'), [kinds])) as DueJob[])[0];
}

/** @returns how often work on it began, this time included */
export async function beginJob(tx: Tx, jobId: string): Promise<number> {
  const [rows] = (await tx.query(sql('job-begin'), [jobId])) as [[{ attempts: number }], number];
  return rows[0].attempts;
}

export async function noteStep(tx: Tx, jobId: string, step: string, done: number, total: number): Promise<void> {
  await tx.query(sql('job-step'), [jobId, step, Math.round(done), Math.round(total)]);
}

export async function endJob(
  tx: Tx,
  jobId: string,
  end: { state: 'done' | 'failed'; outcome: unknown; fileName?: string | undefined },
): Promise<void> {
  const outcome = JSON.stringify(end.outcome ?? null);
  await tx.query(sql('job-end'), [jobId, end.state, outcome, end.fileName ?? null]);
}

export async function putOffJob(tx: Tx, jobId: string, seconds: number, why: string): Promise<void> {
  await tx.query(sql('job-later'), [jobId, seconds, why]);
}

export async function jobRows(tx: Tx, which: { jobId?: string; userId?: number }): Promise<JobRow[]> {
  return (await tx.query(sql('job-list'), [which.jobId ?? null, which.userId ?? null])) as JobRow[];
}

/** The newest of a kind, on a period when one is given. */
export async function newestJobRow(
  tx: Tx,
  kind: string,
  period: string | null,
): Promise<Omit<JobRow, 'outcome'> | undefined> {
  return ((await tx.query(sql('job-newest'), [kind, period])) as Omit<JobRow, 'outcome'>[])[0];
}

export async function insertJobFilePart(
  tx: Tx,
  jobId: string,
  side: 'in' | 'out',
  part: number,
  bytes: Buffer,
): Promise<void> {
  await tx.query(sql('job-file-insert'), [jobId, side, part, bytes]);
}

export async function jobFilePart(
  tx: Tx,
  jobId: string,
  side: 'in' | 'out',
  part: number,
): Promise<Buffer | undefined> {
  return ((await tx.query(sql('job-file-part'), [jobId, side, part])) as { bytes: Buffer }[])[0]?.bytes;
}
