import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { JobsService } from '../application/jobs.service.ts';
import { Refusal } from '../domain/errors.ts';
import { hasEnded, resultOf } from './page-jobs.ts';
import { PageDoor } from './page-door.ts';
import { JobPage } from './pages/job.tsx';
import { send } from './send.ts';

/** Work that a page has asked for: how far it is; once it has ended, the page that shows what came of it. */
@Controller()
export class JobPageController {
  constructor(
    private readonly door: PageDoor,
    private readonly jobs: JobsService,
  ) {}

  @Get('jobs/:id')
  async job(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      const job = await this.jobs.show(actor, id);
      const result = resultOf(job);
      if (result === undefined) throw new Refusal('no_such_job', `there is no job ${id}`, { kind: 'not_found' });
      if (hasEnded(job)) return response.redirect(303, result);
      const view = await this.door.viewOf(request, response, actor, undefined, null);
      send(response, 200, <JobPage view={view} job={job} />);
    });
  }
}
