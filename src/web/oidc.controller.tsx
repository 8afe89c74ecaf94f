import { Controller, Get, Inject, Next, NotFoundException, Req, Res } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import { WEB_OPTIONS, type WebOptions } from '../web-options.ts';
import { enter } from './enter.ts';
import { label } from './language.ts';
import { Oidc } from './oidc.ts';
import { csrfOf } from './page-door.ts';
import { SignInPage } from './pages/sign-in.tsx';
import { send } from './send.ts';

const FAILED = label('Signing in with your organisation did not work. Try again, or ask an admin.');

/** In by the organisation's own server. */
@Controller('sign-in/oidc')
export class OidcController {
  private readonly oidc: Oidc | undefined;

  constructor(
    private readonly users: UsersService,
    @Inject(WEB_OPTIONS) private readonly options: WebOptions,
  ) {
    this.oidc = options.oidc && new Oidc(options.oidc);
  }

  @Get()
  async begin(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (this.oidc === undefined) throw new NotFoundException();
    try {
      const { url, trip } = await this.oidc.begin();
      request.session.oidc = trip;
      response.redirect(303, url);
    } catch {
      this.refuse(response, FAILED);
    }
  }

  @Get('callback')
  async end(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    const { oidc: trip } = request.session;
    if (this.oidc === undefined) throw new NotFoundException();
    delete request.session.oidc; // an answer is taken once
    try {
      if (trip === undefined) throw new Error('nobody was sent away');
      const query = request.originalUrl.slice(request.path.length);
      const actor = await this.users.actorBySubject(await this.oidc.end(query, trip));
      enter(request, response, actor.login, next);
    } catch (error) {
      this.refuse(response, error instanceof Refusal ? error : FAILED);
    }
  }

  private refuse(response: Response, fault: Refusal | string): void {
    const { demoPeople: people } = this.options;
    send(response, 401, <SignInPage csrf={csrfOf(response)} fault={fault} people={people} oidc />);
  }
}
