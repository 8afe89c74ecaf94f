import { createReadStream } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import type { Period } from '../domain/period.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  insertJob,
  insertJobFilePart,
  jobFilePart,
  jobRows,
  newestJobRow,
  type JobRow,
} from '../persistence/jobs.queries.ts';
import type { Failure } from './failure.ts';
import { WORK_RIGHTS, type Work } from './work.ts';

/** Long work that was asked for, and how far it is. */
export interface Job {
  readonly id: string;
  readonly kind: string;
  /** what was asked for */
  readonly work: unknown;
  readonly state: 'waiting' | 'running' | 'done' | 'failed';
  readonly askedBy: string;
  readonly askedAt: Date;
  /** when it may begin: later than `askedAt` after a try that came to nothing */
  readonly dueAt: Date;
  readonly begunAt: Date | null;
  readonly endedAt: Date | null;
  /** how often work on it began; more than once when a process ended under it */
  readonly attempts: number;
  readonly progress: { readonly step: string; readonly done: number; readonly total: number } | null;
  /** the file that it made */
  readonly file: string | null;
}

/** A job with what came of it. */
export interface EndedJob extends Job {
  /** of a job that is done: what the same request answers at once */
  readonly answer: unknown;
  /** of a job that failed */
  readonly problem: Failure | null;
}

/** Size of the parts in which files are kept: what a row holds well. */
const PART_BYTES = 1_000_000;

/** Jobs: asked for here, done by JobRunner. Who reads all sees all of them, others their own. */
@Injectable()
export class JobsService {
  constructor(private readonly db: Database) {}

  /**
   * Keeps work to be done. The right is looked at now and again when it is done. @param input path of a file to read
   * @throws Refusal forbidden
   */
  async ask(actor: Actor, work: Work, input?: string): Promise<Job> {
    requireRight(actor, WORK_RIGHTS[work.kind]);
    if (isHeld(actor))
      throw new Refusal('forbidden', 'a token that is held to units asks for no jobs', {
        kind: 'forbidden',
        next: 'ask for the answer at once, without Prefer: respond-async',
      });
    return await this.db.books(async (tx) => {
      const { role, holder, units, from } = actor;
      const { kind, ...what } = work;
      const jobId = await insertJob(tx, {
        kind,
        work: what,
        userId: actor.userId,
        askedAs: { role, holder, units, from },
      });
      if (input !== undefined) {
        let part = 0;
        for await (const bytes of createReadStream(input, { highWaterMark: PART_BYTES }))
          await insertJobFilePart(tx, jobId, 'in', part++, bytes as Buffer);
      }
      return shown((await jobRows(tx, { jobId }))[0]!);
    });
  }

  /** Jobs that one may see, newest first. */
  async list(actor: Actor): Promise<Job[]> {
    return (await this.look(actor, (tx) => jobRows(tx, {}))).map(shown);
  }

  /** @throws Refusal no_such_job, also for somebody else's */
  async show(actor: Actor, id: string): Promise<EndedJob> {
    return ended(await this.find(actor, id));
  }

  /** The newest of a kind that one may see, on a period when one is given. What came of it, often long, is not read. */
  async newest(actor: Actor, kind: Work['kind'], period: Period | null = null): Promise<Job | null> {
    const row = await this.look(actor, (tx) => newestJobRow(tx, kind, period));
    return row === undefined ? null : shown(row);
  }

  /** The file that a job made. @throws Refusal no_such_job, no_file */
  async file(actor: Actor, id: string): Promise<{ name: string; content: Buffer }> {
    const row = await this.find(actor, id);
    if (row.file_name === null)
      throw new Refusal('no_file', `job ${id} has made no file`, { kind: 'not_found', next: `GET /api/v1/jobs/${id}` });
    const parts = await this.look(actor, (tx) => fileParts(tx, row.job_id, 'out'));
    return { name: row.file_name, content: Buffer.concat(parts) };
  }

  private async find(actor: Actor, id: string): Promise<JobRow> {
    const rows = /^\d{1,15}$/.test(id) ? await this.look(actor, (tx) => jobRows(tx, { jobId: id })) : [];
    if (rows[0] !== undefined) return rows[0];
    throw new Refusal('no_such_job', `there is no job ${id}`, { kind: 'not_found', next: 'GET /api/v1/jobs' });
  }

  private async look<T>(actor: Actor, look: (tx: Tx) => Promise<T>): Promise<T> {
    if (may(actor, 'read_all')) return await this.db.read(actor, look);
    // Its holder may have asked for more than the token shows.
    return await this.db.mine(isHeld(actor) ? { ...actor, userId: 0 } : actor, look);
  }
}

/** By a token to less than its holder may see. */
const isHeld = (actor: Actor): boolean => actor.holder !== undefined && !may(actor, 'read_all');

/** All parts of a job's file, in their order. */
async function fileParts(tx: Tx, jobId: string, side: 'in' | 'out'): Promise<Buffer[]> {
  const parts: Buffer[] = [];
  for (let part = 0; ; part += 1) {
    const bytes = await jobFilePart(tx, jobId, side, part);
    if (bytes === undefined) return parts;
    parts.push(bytes);
  }
}

/** Keeps a file with a job. */
export async function keepFile(tx: Tx, jobId: string, content: Buffer): Promise<void> {
  for (let part = 0; part * PART_BYTES < content.length; part += 1)
    await insertJobFilePart(tx, jobId, 'out', part, content.subarray(part * PART_BYTES, (part + 1) * PART_BYTES));
}

function ended(row: JobRow): EndedJob {
  const outcome: unknown = row.outcome === null ? null : JSON.parse(row.outcome);
  return {
    ...shown(row),
    answer: row.state === 'done' ? outcome : null,
    problem: row.state === 'failed' ? (outcome as Failure) : null,
  };
}

function shown(row: Omit<JobRow, 'outcome'>): Job {
  const isBegun = row.begun_at !== null;
  return {
    id: row.job_id,
    kind: row.kind,
    work: JSON.parse(row.work) as unknown,
    state: row.state === 'waiting' && isBegun && row.due_at <= row.begun_at! ? 'running' : row.state,
    askedBy: row.login,
    askedAt: row.asked_at,
    dueAt: row.due_at,
    begunAt: row.begun_at,
    endedAt: row.ended_at,
    attempts: row.attempts,
    progress: row.step === null ? null : { step: row.step, done: Number(row.done), total: Number(row.total) },
    file: row.file_name,
  };
}
