import type { NextFunction, Request, Response } from 'express';

/** Lets somebody in: a new session for a new person, so that nothing of the last one is carried over. */
export function enter(request: Request, response: Response, login: string, next: NextFunction): void {
  request.session.regenerate((fault: unknown) => {
    if (fault) return next(fault);
    request.session.login = login;
    request.session.signedInAt = Date.now();
    request.session.save((error: unknown) => (error ? next(error) : response.redirect(303, '/')));
  });
}
