import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { SettingsService } from '../application/settings.service.ts';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import { may, ROLES, type Actor, type Role } from '../domain/roles.ts';
import { refusedWith, typed } from './form.tsx';
import { PageDoor } from './page-door.ts';
import { SettingsPage, type CompanySettings } from './pages/settings.tsx';
import type { Refusing } from './refused.tsx';
import { send } from './send.ts';

type Deed = (actor: Actor, fields: Readonly<Record<string, string>>) => Promise<string | null>;

/** The company's settings, accounts and tokens: an admin's deeds, and everybody's own tokens. */
@Controller('settings')
export class SettingsController {
  constructor(
    private readonly door: PageDoor,
    private readonly settings: SettingsService,
    private readonly users: UsersService,
  ) {}

  @Get()
  async page(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.door.guarded(request, response, (actor) => this.show(request, response, actor));
  }

  @Post('one-person')
  async onePerson(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.act(request, response, async (actor, { on, reason = '' }) => {
      await this.settings.setOnePerson(actor, on === 'on', reason);
      return null;
    });
  }

  @Post('users')
  async account(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.act(request, response, async (actor, { login = '', name = '', units = '', role, step }) => {
      if (!ROLES.includes(role as Role)) throw new Refusal('bad_role', 'choose one of the roles');
      const codes = units
        .split(',')
        .map((code) => code.trim())
        .filter((code) => code !== '');
      if (step === 'change') await this.users.changeRole(actor, login, role as Role, codes);
      else await this.users.add(actor, { login, name: name === '' ? login : name, role: role as Role, units: codes });
      return null;
    });
  }

  @Post('users/disable')
  async disable(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.act(request, response, async (actor, { login = '' }) => {
      await this.users.disable(actor, login);
      return null;
    });
  }

  @Post('tokens')
  async token(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.act(request, response, async (actor, { of, label = '', days = '' }) => {
      const made = await this.users.createToken(actor, of ?? actor.login, label, Number(days));
      return made.token;
    });
  }

  @Post('tokens/:id/revoke')
  async revoke(@Req() request: Request, @Res() response: Response, @Param('id') id: string): Promise<void> {
    await this.act(request, response, async (actor) => {
      if (!/^\d{1,9}$/.test(id)) throw new Refusal('unknown_token', 'there is no such token', { kind: 'not_found' });
      await this.users.revokeToken(actor, Number(id));
      return null;
    });
  }

  /** A deed gives a new token or nothing; refused, the page stands as it was typed. */
  private async act(request: Request, response: Response, deed: Deed): Promise<void> {
    await this.door.guarded(request, response, async (actor) => {
      let token: string | null;
      try {
        token = await deed(actor, typed(request));
      } catch (error) {
        if (error instanceof Refusal && error.kind === 'forbidden') throw error;
        return await this.show(request, response, actor, { fault: refusedWith(error) });
      }
      if (token === null) response.redirect(303, '/settings');
      else await this.show(request, response, actor, { token });
    });
  }

  private async show(
    request: Request,
    response: Response,
    actor: Actor,
    after: { readonly fault?: Refusing; readonly token?: string } = {},
  ): Promise<void> {
    const { fault = null, token = null } = after;
    const admin = may(actor, 'administer');
    const page = (
      <SettingsPage
        view={await this.door.viewOf(request, response, actor, undefined, null)}
        settings={await this.company(actor)}
        users={admin || actor.role === 'auditor' ? await this.users.list(actor) : null}
        tokens={await this.users.tokens(actor)}
        admin={admin}
        newToken={token}
        fault={fault}
        typed={fault === null ? {} : typed(request)}
      />
    );
    send(response, fault === null ? 200 : 422, page);
  }

  private async company(actor: Actor): Promise<CompanySettings | null> {
    if (!may(actor, 'administer') && !may(actor, 'read_all')) return null;
    try {
      return await this.settings.show(actor);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'no_company') return null;
      throw error;
    }
  }
}
