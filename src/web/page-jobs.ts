import { Injectable } from '@nestjs/common';
import { JobRunner } from '../application/job-runner.ts';
import { JobsService, type EndedJob, type Job } from '../application/jobs.service.ts';
import type { Work } from '../application/work.ts';
import type { Actor } from '../domain/roles.ts';

/** A person waits this long for a page without wondering. */
const PATIENCE_MS = 1_000;

/** Long deeds of pages: what ends at once is shown at once, the rest goes on and has a page of its own. */
@Injectable()
export class PageJobs {
  constructor(
    private readonly jobs: JobsService,
    private readonly runner: JobRunner,
  ) {}

  /** Asks for work and waits a moment. @returns the job, ended or not @throws Refusal forbidden */
  async begun(actor: Actor, work: Work): Promise<EndedJob> {
    const { id } = await this.jobs.ask(actor, work);
    const until = performance.now() + PATIENCE_MS;
    let wake: () => void = () => undefined;
    let isMoved = false;
    const unwatch = this.runner.watch(id, () => {
      isMoved = true;
      wake();
    });
    try {
      for (;;) {
        isMoved = false;
        const job = await this.jobs.show(actor, id);
        const left = until - performance.now();
        if (hasEnded(job) || left <= 0) return job;
        if (!isMoved) await moved(left, (on) => (wake = on));
      }
    } finally {
      unwatch();
    }
  }
}

async function moved(milliseconds: number, listen: (on: () => void) => void): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    listen(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

export const hasEnded = ({ state }: Job): boolean => state === 'done' || state === 'failed';

/** Where a job is watched. */
export const pageOfJob = ({ id }: Job): string => `/jobs/${id}`;

/** Where the outcome of a page's job is read; undefined for work that no page asks for. */
export function resultOf(job: Job): string | undefined {
  const { period, preview } = job.work as { readonly period?: string; readonly preview?: boolean };
  if (job.kind === 'close')
    return job.state === 'done' && preview !== true ? `/periods/${period}` : `/periods/${period}?job=${job.id}`;
  if (job.kind === 'verify') return `/audit?job=${job.id}`;
  return undefined;
}
