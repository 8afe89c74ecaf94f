import { Body, Param, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { MailsService } from '../application/mails.service.ts';
import { SettingsService } from '../application/settings.service.ts';
import { UsersService, type NewToken } from '../application/users.service.ts';
import { versionTag, VersionsService } from '../application/versions.service.ts';
import { Refusal } from '../domain/errors.ts';
import { ROLES, type Actor, type Role } from '../domain/roles.ts';
import { Who } from './bearer.guard.ts';
import { Flag, OneOf, Text, Texts, Whole } from './fields.ts';
import { IfMatch } from './if-match.ts';
import { listing, ListQuery } from './listing.ts';
import { Api, Does, Ends, Reads, Sets } from './operation.ts';
import { CodePipe } from './request.pipe.ts';

class UserRequest {
  @Text({ about: 'up to 64 of a-z, 0-9 and . _ @ + -', max: 64, example: 'ravi' })
  readonly login: string;

  @Text({ about: 'name for people; default: the login', max: 200, optional: true })
  readonly name?: string;

  @OneOf(ROLES, { about: 'what the user may do' })
  readonly role: Role;

  @Texts({ about: 'units of a unit_owner; the units below them are included', max: 300, optional: true })
  readonly units?: string[];
}

class RoleRequest {
  @OneOf(ROLES, { about: 'what the user may do' })
  readonly role: Role;

  @Texts({ about: 'units of a unit_owner', max: 300, optional: true })
  readonly units?: string[];
}

class TokenRequest {
  @Text({ about: 'of another person, by an admin; default: oneself', max: 64, optional: true })
  readonly login?: string;

  @Text({ about: 'what the token is for', max: 200, optional: true, example: 'nightly import' })
  readonly label?: string;

  @Whole({ about: 'days until it expires', min: 1, max: 366, optional: true })
  readonly days?: number;

  @OneOf(ROLES, { about: 'hold it to a role: the own one, auditor or unit_owner', optional: true })
  readonly role?: Role;

  @Texts({ about: 'hold it to units, as their owner sees them', max: 300, optional: true })
  readonly units?: string[];
}

class PasswordRequest {
  @Text({ about: '12 to 200 characters', max: 200 })
  readonly password: string;
}

class MailAddressRequest {
  @Text({ about: 'like ravi@example.com; absent: the login, when that is an address', max: 254, optional: true })
  readonly mailAddress?: string;
}

class MailOnIssueRequest {
  @Flag({ about: 'mail statements to the owners of their units whenever they are issued' })
  readonly mailOnIssue: boolean;
}

class OnePersonRequest {
  @Flag({ about: 'one person may prepare and approve' })
  readonly onePerson: boolean;

  @Text({ about: 'why' })
  readonly reason: string;
}

/** Who there is, who one is, and how the company works with the product. */
@Api('People and settings')
export class PeopleController {
  constructor(
    private readonly users: UsersService,
    private readonly settings: SettingsService,
    private readonly mails: MailsService,
    private readonly versions: VersionsService,
  ) {}

  @Reads('me', { about: 'who one is' })
  me(@Who() { login, name, role, units, holder }: Actor) {
    return { login, name, role, units, ...(holder === undefined ? {} : { holder }) };
  }

  @Reads('users', { about: 'who there is, in which role' })
  async list(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.users.list(actor), (row) => row.login, query);
  }

  @Does('users', { about: 'add a user' })
  async add(@Who() actor: Actor, @Body() { login, name = login, role, units = [] }: UserRequest) {
    return await this.users.add(actor, { login, name, role, units });
  }

  @Reads('users/:login', { about: 'a user, with the entity tag that edits may name' })
  async showUser(
    @Who() actor: Actor,
    @Param('login', CodePipe) login: string,
    @Res({ passthrough: true }) response: Response,
  ) {
    const user = await this.user(actor, login);
    response.setHeader('ETag', versionTag(user));
    return user;
  }

  @Sets('users/:login/role', { about: "change a user's role or units; the user's tokens end", edits: true })
  async changeRole(
    @Who() actor: Actor,
    @Param('login', CodePipe) login: string,
    @Body() { role, units = [] }: RoleRequest,
    @IfMatch() seen?: string,
  ) {
    await this.versions.requireUnchanged(`user ${login}`, seen, () => this.user(actor, login));
    return await this.users.changeRole(actor, login, role, units);
  }

  @Does('users/:login/disable', { about: 'the user may not act any more; what the user did stays', edits: true })
  async disable(@Who() actor: Actor, @Param('login', CodePipe) login: string, @IfMatch() seen?: string) {
    await this.versions.requireUnchanged(`user ${login}`, seen, () => this.user(actor, login));
    return await this.users.disable(actor, login);
  }

  @Sets('users/:login/password', { about: 'set a password: of oneself, or of another by an admin' })
  async setPassword(
    @Who() actor: Actor,
    @Param('login', CodePipe) login: string,
    @Body() { password }: PasswordRequest,
  ) {
    await this.users.setPassword(actor, login, password);
    return { login };
  }

  @Sets('users/:login/mail-address', {
    about: "where somebody's mail goes: an address; without one, to the login when that is one",
  })
  async setMailAddress(
    @Who() actor: Actor,
    @Param('login', CodePipe) login: string,
    @Body() { mailAddress }: MailAddressRequest,
  ) {
    await this.mails.setAddress(actor, login, mailAddress ?? null);
    return { login, mailAddress: mailAddress ?? null };
  }

  @Reads('tokens', { about: 'own tokens; an admin or auditor sees all' })
  async tokens(@Who() actor: Actor, @Query() query: ListQuery) {
    return listing(await this.users.tokens(actor), (row) => row.tokenId, query);
  }

  @Does('tokens', { about: 'make a token, shown once', shownOnce: ['token'] })
  async createToken(
    @Who() actor: Actor,
    @Body() { login = actor.login, label = 'api', days = 90, role, units }: TokenRequest,
  ): Promise<Omit<NewToken, 'token'> & { /** not in a replay */ readonly token?: string }> {
    return await this.users.createToken(actor, login, label, days, { role: role ?? null, units: units ?? null });
  }

  @Ends('tokens/:id', { about: 'end a token at once' })
  async revokeToken(@Who() actor: Actor, @Param('id', CodePipe) id: string) {
    // What is no number is no token.
    await this.users.revokeToken(actor, /^\d{1,9}$/.test(id) ? Number(id) : 0);
    return { revoked: id };
  }

  @Reads('settings', { about: 'the settings, with the entity tag that edits may name' })
  async show(@Who() actor: Actor, @Res({ passthrough: true }) response: Response) {
    const settings = await this.settings.show(actor);
    response.setHeader('ETag', versionTag(settings));
    return settings;
  }

  @Sets('settings/one-person', {
    about: 'one person may prepare and approve: for companies that have no second one; printed on every statement',
    edits: true,
  })
  async setOnePerson(@Who() actor: Actor, @Body() { onePerson, reason }: OnePersonRequest, @IfMatch() seen?: string) {
    await this.versions.requireUnchanged('settings', seen, () => this.settings.show(actor));
    await this.settings.setOnePerson(actor, onePerson, reason);
    return { onePerson };
  }

  @Sets('settings/mail-on-issue', {
    about: 'mail statements to the owners of their units whenever they are issued',
    edits: true,
  })
  async setMailOnIssue(@Who() actor: Actor, @Body() { mailOnIssue }: MailOnIssueRequest, @IfMatch() seen?: string) {
    await this.versions.requireUnchanged('settings', seen, () => this.settings.show(actor));
    await this.settings.setMailOnIssue(actor, mailOnIssue);
    return { mailOnIssue };
  }

  private async user(actor: Actor, login: string) {
    const user = (await this.users.list(actor)).find((one) => one.login === login);
    if (user !== undefined) return user;
    throw new Refusal('unknown_user', `there is no user ${login}`, { kind: 'not_found', next: 'answerable user list' });
  }
}
