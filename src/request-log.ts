import { randomUUID } from 'node:crypto';
import type { Express, NextFunction, Request, Response } from 'express';
import type { Logger } from 'pino';

/** Probes come every few seconds and say nothing. */
const PROBES = /^\/(healthz|readyz)$/;

/**
 * Gives every request a number (the sender's X-Request-Id, where it is one), by which the answer, the log and the audit log
 * name it, and logs each answer in a line. A line has routes and numbers of users only: no address, since it may hold a
 * customer's or a contact's name, and no figures.
 */
export function logRequests(server: Express, log: Logger): void {
  server.use((request: Request, response: Response, next: NextFunction) => {
    const given = request.header('x-request-id');
    response.setHeader('X-Request-Id', given !== undefined && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID());
    const begun = performance.now();
    response.once('close', () => {
      const line = {
        requestId: requestIdOf(response),
        method: request.method,
        route: (request.route as { path?: string } | undefined)?.path ?? null,
        status: response.statusCode,
        ms: Math.round(performance.now() - begun),
        user: (response.locals['user'] as number | undefined) ?? null,
      };
      const said = response.writableFinished ? 'answered' : 'cut off';
      if (PROBES.test(request.path)) log.debug(line, said);
      else log.info(line, said);
    });
    next();
  });
}

/** Number of the request that is answered. */
export function requestIdOf(response: Response): string {
  return String(response.getHeader('X-Request-Id'));
}

/** Who asked, for the log. */
export function askedBy(response: Response, userId: number): void {
  response.locals['user'] = userId;
}
