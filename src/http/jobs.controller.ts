import { Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { JobRunner } from '../application/job-runner.ts';
import { JobsService, type EndedJob } from '../application/jobs.service.ts';
import type { Actor } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Reads } from './operation.ts';
import { shownFailure } from './problem.filter.ts';
import { CodePipe } from './request.pipe.ts';

/** Between notices, a look at the job and a sign of life for what stands in between. */
const HEARTBEAT_MS = 5_000;

/** Work that is answered later: how far it is, and what came of it. */
@Api('Jobs', 'jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly runner: JobRunner,
  ) {}

  @Reads('', { about: 'jobs that one may see, newest first' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.jobs.list(actor), (job) => job.id, query);
  }

  @Reads(':id', { about: 'how far a job is, and what came of it' })
  async show(@Who() actor: Actor, @Param('id', CodePipe) id: string) {
    return shown(await this.jobs.show(actor, id));
  }

  @Reads(':id/file', { about: 'the file that a job made', types: ['application/octet-stream'] })
  async file(@Who() actor: Actor, @Param('id', CodePipe) id: string, @Res() response: Response): Promise<void> {
    const { name, content } = await this.jobs.file(actor, id);
    response.attachment(name).send(content);
  }

  @Reads(':id/events', {
    about: 'the job each time it moves, as server-sent events, until it has ended',
    types: ['text/event-stream'],
  })
  async events(
    @Who() actor: Actor,
    @Param('id', CodePipe) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    let job = await this.jobs.show(actor, id); // refused before anything is sent
    let wake: () => void = () => undefined;
    const unwatch = this.runner.watch(job.id, () => wake());
    request.once('close', () => wake());
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    try {
      for (let sent = ''; ; job = await this.jobs.show(actor, id)) {
        const text = JSON.stringify(shown(job));
        response.write(text === sent ? ': still there\n\n' : `event: ${job.state}\ndata: ${text}\n\n`);
        sent = text;
        if (hasEnded(job) || response.destroyed || this.runner.hasStopped) break;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, HEARTBEAT_MS);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        if (response.destroyed) break;
      }
    } finally {
      unwatch();
      response.end();
    }
  }
}

const hasEnded = ({ state }: EndedJob): boolean => state === 'done' || state === 'failed';

/** Its problem as problems are shown. */
function shown(job: EndedJob) {
  return { ...job, problem: job.problem === null ? null : shownFailure(job.problem) };
}
