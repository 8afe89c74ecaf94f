import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Job } from '../application/jobs.service.ts';

/** Whether the sender would rather have a job than wait: `Prefer: respond-async` (RFC 7240), as a parameter. */
export const Later = createParamDecorator((_: unknown, context: ExecutionContext): boolean =>
  /(^|,)\s*respond-async\s*(;|,|$)/i.test(context.switchToHttp().getRequest<Request>().header('prefer') ?? ''),
);

/** The answer of a deed that is done later: 202, with where to look. */
export class Accepted {
  constructor(readonly job: Job) {}
}
