import { HttpException } from '@nestjs/common';
import type { Express, NextFunction, Request, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Refusal } from '../domain/errors.ts';
import type { Database } from '../persistence/database.ts';
import { IS_API } from './faults-by-door.filter.ts';
import { GuessStore } from './guess-store.ts';

const WINDOW_MS = 15 * 60_000;
/** Wrong tries of a quarter of an hour after which an address, or a login, has to wait. */
export const MOST_GUESSES = 10;

const tooMany = new Refusal('too_many_tries', 'too many wrong tries; wait a quarter of an hour', { kind: 'forbidden' });

/**
 * Whoever guesses tokens or passwords is held up: by address, and for a login by all addresses together. Only answers
 * of 401 count. Mounted after the forms are read.
 */
export function limitGuesses(server: Express, db: Database, most: number): void {
  server.use(tokenGuesses(db, most));
  const isSignIn = (request: Request): boolean => request.method === 'POST' && request.path === '/sign-in';
  // A try counts from its beginning, so that many at once are no way around.
  const limit = (
    of: string,
    options: { keyGenerator?: (request: Request) => string; skip: (request: Request) => boolean },
  ) =>
    rateLimit({
      windowMs: WINDOW_MS,
      limit: most,
      store: new GuessStore(db, of),
      passOnStoreError: true, // without its database the service lets nobody in anyhow
      standardHeaders: 'draft-7',
      legacyHeaders: false,
      skipSuccessfulRequests: true,
      requestWasSuccessful: (_request: Request, response: Response) => response.statusCode !== 401,
      handler: (_request, _response, next) => next(new HttpException(tooMany.message, 429)),
      ...options,
    });
  server.use(limit('sign-in', { skip: (request) => !isSignIn(request) }));
  server.use(
    limit('login', {
      keyGenerator: (request) => `login ${loginOf(request)?.toLowerCase()}`,
      skip: (request) => !isSignIn(request) || loginOf(request) === undefined,
    }),
  );
}

/** Programs send many good requests at once, so a token counts only when it was found to be wrong. */
function tokenGuesses(db: Database, most: number) {
  const wrong = new GuessStore(db, 'token');
  wrong.init({ windowMs: WINDOW_MS });
  /** of each address, what is answered and about to be counted: nobody is judged before */
  const counting = new Map<string, Promise<unknown>>();
  const counted = (address: string): Promise<unknown> => counting.get(address) ?? Promise.resolve();
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!IS_API.test(request.path) || request.headers.authorization === undefined) return next();
    const address = ipKeyGenerator(request.ip ?? '');
    response.once('finish', () => {
      if (response.statusCode !== 401) return;
      const count = counted(address)
        .then(() => wrong.increment(address))
        .catch(() => undefined)
        .finally(() => counting.get(address) === count && counting.delete(address));
      counting.set(address, count);
    });
    counted(address)
      .then(() => wrong.get(address))
      .then((seen) => next((seen?.totalHits ?? 0) >= most ? tooMany : undefined), next);
  };
}

function loginOf(request: Request): string | undefined {
  const { login } = (request.body ?? {}) as { login?: unknown };
  return typeof login === 'string' && login !== '' ? login : undefined;
}
