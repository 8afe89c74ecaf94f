import { HttpException } from '@nestjs/common';
import type { Express, Request, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { Refusal } from '../domain/errors.ts';
import { IS_API } from './faults-by-door.filter.ts';

const WINDOW_MS = 15 * 60_000;
/** Wrong tries of a quarter of an hour after which an address, or a login, has to wait. */
export const MOST_GUESSES = 10;

const tooMany = new Refusal('too_many_tries', 'too many wrong tries; wait a quarter of an hour', { kind: 'forbidden' });

/**
 * Whoever guesses tokens or passwords is held up: by address, and for a login by all addresses together. Only answers
 * of 401 count. Mounted after the forms are read.
 */
export function limitGuesses(server: Express, most: number): void {
  const limit = (options: { keyGenerator?: (request: Request) => string; skip: (request: Request) => boolean }) =>
    rateLimit({
      windowMs: WINDOW_MS,
      limit: most,
      standardHeaders: 'draft-7',
      legacyHeaders: false,
      skipSuccessfulRequests: true,
      requestWasSuccessful: (_request: Request, response: Response) => response.statusCode !== 401,
      handler: (request, _response, next) =>
        next(IS_API.test(request.path) ? tooMany : new HttpException(tooMany.message, 429)),
      ...options,
    });
  const isGuess = (request: Request): boolean =>
    IS_API.test(request.path)
      ? request.headers.authorization !== undefined
      : request.method === 'POST' && request.path === '/sign-in';
  server.use(limit({ skip: (request) => !isGuess(request) }));
  server.use(
    limit({
      keyGenerator: (request) => `login ${loginOf(request)?.toLowerCase()}`,
      skip: (request) => IS_API.test(request.path) || !isGuess(request) || loginOf(request) === undefined,
    }),
  );
}

function loginOf(request: Request): string | undefined {
  const { login } = (request.body ?? {}) as { login?: unknown };
  return typeof login === 'string' && login !== '' ? login : undefined;
}
