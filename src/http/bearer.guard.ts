import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import { askedBy, requestIdOf } from '../request-log.ts';

/** A request after the guard: who acts. */
export interface ActedRequest extends Request {
  actor: Actor;
}

/** Only a token says who acts: a cookie never does, so no page of anybody else can make a browser act here. */
@Injectable()
export class BearerGuard implements CanActivate {
  constructor(private readonly users: UsersService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<ActedRequest>();
    const token = /^Bearer +(\S{1,200})$/i.exec(request.header('authorization') ?? '')?.[1];
    if (token === undefined)
      throw new Refusal('token_missing', 'this needs a token: Authorization: Bearer answerable_…', {
        kind: 'forbidden',
        next: 'answerable token create',
      });
    const actor = await this.users.actorByToken(token);
    const response = context.switchToHttp().getResponse<Response>();
    askedBy(response, actor.userId);
    request.actor = { ...actor, from: { door: 'api', request: requestIdOf(response) } };
    return true;
  }
}

/** The actor of a guarded request, as a parameter. */
export const Who = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor => context.switchToHttp().getRequest<ActedRequest>().actor,
);
