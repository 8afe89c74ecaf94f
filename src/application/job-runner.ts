import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  beginJob,
  endJob,
  jobFilePart,
  JOB_CHANNEL,
  noteStep,
  putOffJob,
  takeJob,
  type DueJob,
} from '../persistence/jobs.queries.ts';
import { processFolder } from '../process-folder.ts';
import { DEFECT, failureOf, isUnavailable, TryLater } from './failure.ts';
import { keepFile } from './jobs.service.ts';
import type { OnStep } from './on-step.ts';
import { UsersService } from './users.service.ts';
import { CHANGES_BOOKS, Worker, WORK_RIGHTS, type Work } from './work.ts';

const KINDS = Object.keys(WORK_RIGHTS);
/** Kinds whose deed and whose end are one transaction; the others change nothing but their job. */
const LANES: readonly (readonly string[])[] = [
  KINDS.filter((kind) => CHANGES_BOOKS.has(kind)),
  KINDS.filter((kind) => !CHANGES_BOOKS.has(kind)),
];
/** A job under which this many processes ended will end the next one, too. */
const MOST_ATTEMPTS = 5;
/** Notices come at once; this is for those that a broken connection lost, and for what falls due. */
const LOOK_AGAIN_MS = 2_000;
const STEP_MS = 250;

type InTx = <T>(deed: (tx: Tx) => Promise<T>) => Promise<T>;

/**
 * Does jobs, one at a time in each lane, in any number of processes. A job's row is locked from the moment it is taken
 * until its end is committed; the lock is the process's own, so a killed one leaves its job to the next that looks.
 */
@Injectable()
export class JobRunner {
  private readonly watchers = new Map<string, Set<() => void>>();
  private readonly idle = new Set<() => void>();
  private isStopping = false;
  private lanes: readonly Promise<void>[] = [];
  private endListening: (() => Promise<void>) | undefined;
  private relisten: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Database,
    private readonly users: UsersService,
    private readonly worker: Worker,
  ) {}

  /** Works until `stop`. @param onFault hears of defects */
  async start(onFault: (fault: unknown) => void): Promise<void> {
    processFolder(); // what a killed one before this left goes now, not with the first file
    await this.listen(onFault);
    this.lanes = LANES.map((kinds) => this.work(kinds, onFault));
  }

  /** Takes no more; settles when what is under way has ended, or after `patienceMs`. */
  async stop(patienceMs = 0): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.relisten);
    for (const wake of this.idle) wake();
    for (const watchers of this.watchers.values()) for (const tell of watchers) tell();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patienceMs)));
    await Promise.race([Promise.all(this.lanes), late]);
    clearTimeout(timer);
    await this.endListening?.().catch(() => undefined);
  }

  get hasStopped(): boolean {
    return this.isStopping;
  }

  /** Does every job of these kinds that is due now. @returns how many */
  async drain(kinds: readonly string[]): Promise<number> {
    let count = 0;
    for (const lane of LANES) {
      const own = lane.filter((kind) => kinds.includes(kind));
      while (own.length > 0 && (await this.next(own, () => undefined))) count += 1;
    }
    return count;
  }

  /** Calls whenever a job moved, until the function given back is called. */
  watch(jobId: string, onMove: () => void): () => void {
    const watchers = this.watchers.get(jobId) ?? new Set();
    this.watchers.set(jobId, watchers.add(onMove));
    return () => {
      watchers.delete(onMove);
      if (watchers.size === 0) this.watchers.delete(jobId);
    };
  }

  private async listen(onFault: (fault: unknown) => void): Promise<void> {
    const again = (): void => {
      if (this.isStopping) return;
      this.relisten = setTimeout(() => void this.listen(onFault), LOOK_AGAIN_MS).unref();
    };
    try {
      this.endListening = await this.db.listen(JOB_CHANNEL, (id) => this.hear(id), again);
    } catch (fault) {
      onFault(fault);
      again();
    }
  }

  private hear(id: string): void {
    if (id === '') for (const wake of this.idle) wake();
    else for (const tell of this.watchers.get(id) ?? []) tell();
  }

  private async work(kinds: readonly string[], onFault: (fault: unknown) => void): Promise<void> {
    while (!this.isStopping) {
      const did = await this.next(kinds, onFault).catch((fault: unknown) => (onFault(fault), false));
      if (!did) await this.rest();
    }
  }

  /** Until a job is asked for, or one may have fallen due. */
  private async rest(): Promise<void> {
    if (this.isStopping) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.idle.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_AGAIN_MS).unref();
      this.idle.add(wake);
    });
  }

  /** Takes a job and does it. @returns false when there is none */
  private async next(kinds: readonly string[], onFault: (fault: unknown) => void): Promise<boolean> {
    let taken: DueJob | undefined;
    let attempt = 0;
    const deed = async (inTx: InTx): Promise<boolean> => {
      taken = await inTx((tx) => takeJob(tx, kinds));
      if (taken === undefined) return false;
      const job = taken;
      attempt = await this.db.apart((tx) => beginJob(tx, job.job_id));
      if (attempt > MOST_ATTEMPTS) throw abandoned(job);
      await this.finish(job, inTx);
      return true;
    };
    try {
      if (CHANGES_BOOKS.has(kinds[0]!)) return await this.db.whole(() => deed((step) => this.db.books(step)));
      return await this.db.books((tx) => deed((step) => step(tx)));
    } catch (fault) {
      if (taken === undefined) throw fault;
      await this.fail(taken, attempt, fault, onFault);
      return true;
    }
  }

  /** The deed and its end, in the transaction that holds the job. */
  private async finish(job: DueJob, inTx: InTx): Promise<void> {
    const work = { kind: job.kind, ...(JSON.parse(job.work) as object) } as Work;
    const folder = await mkdtemp(join(processFolder(), 'job-'));
    const steps = new Steps((step, done, total) => this.db.apart((tx) => noteStep(tx, job.job_id, step, done, total)));
    try {
      const actor = await this.askedBy(job);
      const input = work.kind === 'import' ? await inputOf(inTx, job.job_id, folder) : undefined;
      const { answer, file } = await this.worker.do(actor, work, input, steps.note);
      await steps.end();
      await inTx(async (tx) => {
        if (file !== undefined) await keepFile(tx, job.job_id, file.content);
        await endJob(tx, job.job_id, { state: 'done', outcome: answer, fileName: file?.name });
      });
    } finally {
      await steps.end();
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** Who asked, with the rights of then if they are still those of now. @throws Refusal user_disabled, role_changed */
  private async askedBy(job: DueJob): Promise<Actor> {
    const then = JSON.parse(job.asked_as) as Pick<Actor, 'role' | 'holder' | 'units' | 'from'>;
    const now = await this.users.actorById(Number(job.asked_by));
    if (now.role !== (then.holder ?? then.role))
      throw new Refusal('role_changed', `${now.login} was ${then.role} when asking for this and is ${now.role} now`, {
        kind: 'forbidden',
      });
    const units = now.role === 'unit_owner' ? then.units.filter((unit) => now.units.includes(unit)) : then.units;
    return { ...now, ...then, units };
  }

  private async fail(job: DueJob, attempt: number, fault: unknown, onFault: (fault: unknown) => void): Promise<void> {
    const id = job.job_id;
    const failure = failureOf(fault);
    if (fault instanceof TryLater && attempt <= fault.delaysSeconds.length) {
      const seconds = fault.delaysSeconds[attempt - 1]!;
      return await this.db.apart((tx) => putOffJob(tx, id, seconds, fault.message));
    }
    if (failure === undefined && !(fault instanceof TryLater)) onFault(fault);
    // The database went away under it: whoever finds it again takes the job up.
    if (failure === undefined && isUnavailable(fault)) {
      await this.db.apart((tx) => putOffJob(tx, id, 1, 'the database was away')).catch(() => undefined);
      return;
    }
    const outcome = failure ?? (fault instanceof TryLater ? { code: 'given_up', detail: fault.message } : DEFECT);
    await this.db.apart((tx) => endJob(tx, id, { state: 'failed', outcome }));
  }
}

function abandoned(job: DueJob): Refusal {
  return new Refusal(
    'abandoned',
    `the processes that worked on job ${job.job_id} ended under it, ${MOST_ATTEMPTS} times`,
    {
      next: 'ask for the answer at once, and look at the log of the service',
    },
  );
}

async function inputOf(inTx: InTx, jobId: string, folder: string): Promise<string> {
  const path = join(folder, 'input');
  await inTx((tx) =>
    pipeline(Readable.from(partsOf(tx, jobId)), createWriteStream(path, { flags: 'wx', mode: 0o600 })),
  );
  return path;
}

async function* partsOf(tx: Tx, jobId: string): AsyncGenerator<Buffer> {
  for (let part = 0; ; part += 1) {
    const bytes = await jobFilePart(tx, jobId, 'in', part);
    if (bytes === undefined) return;
    yield bytes;
  }
}

/** Writes the newest step, a few times a second at most. What cannot be written is not missed. */
class Steps {
  private newest: Parameters<OnStep> | undefined;
  private writing: Promise<void> | undefined;
  private at = 0;
  private last: string | undefined;

  constructor(private readonly write: (...step: Parameters<OnStep>) => Promise<void>) {}

  readonly note: OnStep = (...step) => {
    if (step[0] === this.last && Date.now() - this.at < STEP_MS) return;
    this.last = step[0];
    this.newest = step;
    this.writing ??= this.flush();
  };

  async end(): Promise<void> {
    await this.writing;
  }

  private async flush(): Promise<void> {
    while (this.newest !== undefined) {
      const step = this.newest;
      this.newest = undefined;
      this.at = Date.now();
      await this.write(...step).catch(() => undefined);
    }
    this.writing = undefined;
  }
}
