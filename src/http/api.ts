import type { Express, NextFunction, Request, Response } from 'express';
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

/** Before every API route: nothing is stored on the way. */
export function useApi(server: Express): void {
  server.set('etag', 'strong');
  server.use((request: Request, response: Response, next: NextFunction) => {
    if (IS_API.test(request.path)) response.setHeader('Cache-Control', 'private, no-cache');
    next();
  });
}
