import { randomUUID } from 'node:crypto';
import type { Express, NextFunction, Request, Response } from 'express';
import type { ActedRequest } from './bearer.guard.ts';
import { CorrectionsController, DisputesController } from './disputes.controller.ts';
import { ExplanationsController } from './explain.controller.ts';
import { IS_API } from './faults-by-door.filter.ts';
import { ImportsController } from './imports.controller.ts';
import { JobsController } from './jobs.controller.ts';
import { MethodsController } from './methods.controller.ts';
import { ModelsController } from './models.controller.ts';
import { PeopleController } from './people.controller.ts';
import { PeriodsController } from './periods.controller.ts';
import { AuditController, JournalsController } from './records.controller.ts';
import { StatementsController } from './statements.controller.ts';
import { ValueController } from './value.controller.ts';

/** Every controller of /api/v1. */
export const API = [
  PeriodsController,
  StatementsController,
  JournalsController,
  ExplanationsController,
  DisputesController,
  CorrectionsController,
  ModelsController,
  ImportsController,
  AuditController,
  PeopleController,
  JobsController,
  ValueController,
  MethodsController,
];

/** Before every API route: the number of the request, and nothing stored on the way. */
export function useApi(server: Express): void {
  server.set('etag', 'strong');
  server.use((request: Request, response: Response, next: NextFunction) => {
    if (!IS_API.test(request.path)) return next();
    const given = request.header('x-request-id');
    const requestId = given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
    (request as ActedRequest).requestId = requestId;
    response.setHeader('X-Request-Id', requestId);
    response.setHeader('Cache-Control', 'private, no-cache');
    next();
  });
}
