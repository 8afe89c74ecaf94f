import { Controller, Get, Inject, Next, Post, Req, Res } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import { WEB_OPTIONS, type WebOptions } from '../web-options.ts';
import { enter } from './enter.ts';
import { language } from './language.ts';
import { csrfOf } from './page-door.ts';
import { RefusalPage } from './pages/plain.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { send } from './send.ts';

/** In and out. */
@Controller()
export class SignInController {
  constructor(
    private readonly users: UsersService,
    @Inject(WEB_OPTIONS) private readonly options: WebOptions,
  ) {}

  @Get('sign-in')
  signIn(@Res() response: Response): void {
    send(
      response,
      200,
      <SignInPage
        csrf={csrfOf(response)}
        fault={null}
        people={this.options.demoPeople}
        oidc={this.options.oidc !== undefined}
      />,
    );
  }

  @Post('sign-in')
  async signInWith(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): Promise<void> {
    try {
      const field = (name: string): string | undefined => {
        const value = (request.body as Readonly<Record<string, unknown>>)[name];
        return typeof value === 'string' ? value : undefined;
      };
      const login = field('login');
      const actor =
        login === undefined
          ? await this.users.actorBySignInToken(field('token') ?? '')
          : await this.users.actorByPassword(login, field('password') ?? '');
      enter(request, response, actor.login, next);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      send(
        response,
        401,
        <SignInPage
          csrf={csrfOf(response)}
          fault={error}
          people={this.options.demoPeople}
          oidc={this.options.oidc !== undefined}
        />,
      );
    }
  }

  /** One click to be one of the demo's people; there are none outside the demo. */
  @Post('be')
  be(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): void {
    const { login } = request.body as { login?: unknown };
    const person = this.options.demoPeople.find((candidate) => candidate.login === login);
    if (person === undefined) send(response, 404, <RefusalPage status={404} />);
    else enter(request, response, person.login, next);
  }

  @Post('sign-out')
  signOut(@Req() request: Request, @Res() response: Response, @Next() next: NextFunction): void {
    request.session.destroy((error: unknown) => {
      if (error) return next(error);
      response.setHeader('Clear-Site-Data', '"cache", "cookies", "storage"');
      response.redirect(303, `/sign-in?language=${language()}`); // the cookie of the choice is gone, too
    });
  }
}
