import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { may, requireRight, ROLES, type Actor, type Role } from '../domain/roles.ts';
import { Database, type Tx } from '../persistence/database.ts';
import {
  bindSubject,
  changeUser,
  insertToken,
  insertUsers,
  knownUnits,
  listTokens,
  listUsers,
  lockAdmins,
  passwordOf,
  revokeToken,
  setPassword,
  userById,
  unitsWithChildren,
  userByLogin,
  userBySubject,
  userByToken,
  type TokenRow,
  type TokenScope,
  type UserRow,
} from '../persistence/users.queries.ts';
import { audit, SYSTEM } from './audit.ts';
import { checkedScope, heldTo } from './token-scope.ts';
import { isPassword, passwordHash } from './passwords.ts';

export interface NewUser {
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly units: readonly string[];
}

export interface NewToken extends TokenScope {
  readonly tokenId: number;
  readonly token: string;
  readonly login: string;
  readonly expiresAt: Date;
  readonly note: string;
}

/** People of an embedded database that has none yet: one per role, named after it; a unit owner needs a unit first. */
export const LOCAL_USERS: readonly NewUser[] = ROLES.filter((role) => role !== 'unit_owner').map((role) => ({
  login: role,
  name: role.replaceAll('_', ' '),
  role,
  units: [],
}));

const LOGIN = /^[a-z0-9][a-z0-9._@+-]{0,63}$/;
const LONGEST_TOKEN_DAYS = 366;
const SEEN_ONCE = 'the token is shown once; only its hash is kept';

/** Accounts and tokens: who acts, in which role, for which units. */
@Injectable()
export class UsersService {
  constructor(private readonly db: Database) {}

  /** @throws Refusal unknown_user, user_disabled */
  async actorByLogin(login: string): Promise<Actor> {
    return await this.db.books(async (tx) => await actorOf(tx, await knownUser(tx, login)));
  }

  /** @throws Refusal unknown_user, user_disabled */
  async actorById(userId: number): Promise<Actor> {
    return await this.db.books(async (tx) => {
      const user = await userById(tx, userId);
      if (user === undefined) throw unknownUser(`number ${userId}`);
      return await actorOf(tx, user);
    });
  }

  /** @throws Refusal bad_token: unknown, expired or revoked, without saying which to whoever tries */
  async actorByToken(token: string): Promise<Actor> {
    return await this.db.books(async (tx) => {
      const user = await userByToken(tx, sha256(token));
      if (user === undefined || !user.usable || user.disabled) {
        throw new Refusal('bad_token', 'the token is not good: unknown, expired, revoked, or its user is disabled', {
          kind: 'forbidden',
          next: 'ask an admin for another: answerable token create LOGIN',
        });
      }
      return await heldTo(tx, await actorOf(tx, user), user.scope);
    });
  }

  /** Who a token lets in with a session, which is held to nothing. @throws Refusal bad_token, token_held */
  async actorBySignInToken(token: string): Promise<Actor> {
    const actor = await this.actorByToken(token);
    if (actor.holder === undefined) return actor;
    throw new Refusal('token_held', 'this token is for programs: it is held to a part of what its holder may do', {
      kind: 'forbidden',
      next: 'ask an admin for another: answerable token create LOGIN',
    });
  }

  /** @throws Refusal bad_password: no such user, none set, disabled or wrong, without saying which and as slowly */
  async actorByPassword(login: string, password: string): Promise<Actor> {
    const kept = LOGIN.test(login) ? await this.db.books((tx) => passwordOf(tx, login)) : undefined;
    const isRight = await isPassword(kept === undefined || kept.disabled ? null : kept.hash, password);
    if (!isRight)
      throw new Refusal('bad_password', 'login and password do not belong together', {
        kind: 'forbidden',
        next: 'ask an admin: answerable user password LOGIN',
      });
    return await this.actorByLogin(login);
  }

  /**
   * Who an OpenID Connect server says that somebody is. The first time it is the user whose login is the verified e-mail
   * address; from then on the subject alone counts. @throws Refusal unknown_person, user_disabled
   */
  async actorBySubject(person: { issuer: string; subject: string; email: string | undefined }): Promise<Actor> {
    const subject = `${person.issuer} ${person.subject}`;
    return await this.db.books(async (tx) => {
      const login = person.email?.toLowerCase() ?? '';
      if (
        (await userBySubject(tx, subject)) === undefined &&
        LOGIN.test(login) &&
        (await bindSubject(tx, login, subject))
      )
        await audit(tx, { login }, { deed: 'user.bind', object: userObject({ login }), after: { subject } });
      const user = await userBySubject(tx, subject);
      if (user === undefined)
        throw new Refusal('unknown_person', 'nobody here has your verified e-mail address as login', {
          kind: 'forbidden',
          next: 'ask an admin: answerable user add EMAIL --role ROLE',
        });
      return await actorOf(tx, user);
    });
  }

  /** Of oneself, or by an admin for another. @throws Refusal weak_password, unknown_user */
  async setPassword(actor: Actor, login: string, password: string): Promise<void> {
    if (login !== actor.login || actor.holder !== undefined) requireRight(actor, 'administer');
    const hash = await passwordHash(password);
    await this.db.books(async (tx) => {
      const user = await knownUser(tx, login);
      await setPassword(tx, user.userId, hash);
      await audit(tx, actor, {
        deed: 'user.password',
        object: userObject(user),
        onBehalfOf: user.userId === actor.userId ? null : user.login,
      });
    });
  }

  async list(actor: Actor): Promise<UserRow[]> {
    if (!may(actor, 'administer')) requireRight(actor, 'read_all');
    return await this.db.books(listUsers);
  }

  /** @throws Refusal bad_login, login_taken, unknown_unit, units_missing, units_not_taken */
  async add(actor: Actor, user: NewUser): Promise<UserRow> {
    requireRight(actor, 'administer');
    return await this.db.books(async (tx) => {
      await checkUser(tx, user);
      if ((await insertUsers(tx, [user])).length === 0) {
        throw new Refusal('login_taken', `there is a user ${user.login} already`, {
          kind: 'conflict',
          next: `answerable user role ${user.login} ${user.role}`,
        });
      }
      await audit(tx, actor, { deed: 'user.add', object: userObject(user), after: shown(user) });
      return await knownUser(tx, user.login);
    });
  }

  /** Another role or other units; the user's tokens end. @throws Refusal unknown_user, last_admin, own_account */
  async changeRole(actor: Actor, login: string, role: Role, units: readonly string[]): Promise<UserRow> {
    return await this.change(actor, login, async (tx, user) => {
      await checkUser(tx, { ...user, role, units });
      return await changeUser(tx, user.userId, { role, units, disabled: user.disabled });
    });
  }

  /** The user may not act any more; the tokens end. What the user did stays. */
  async disable(actor: Actor, login: string): Promise<UserRow> {
    return await this.change(actor, login, (tx, user) => changeUser(tx, user.userId, { ...user, disabled: true }));
  }

  /**
   * A new token for a login: `answerable_` and 32 random bytes. Admins make them for anybody, others for themselves.
   * @param scope holds the token to less than its holder may do
   * @throws Refusal bad_days, bad_scope, unknown_unit, user_disabled
   */
  async createToken(
    actor: Actor,
    login: string,
    label: string,
    days: number,
    scope: TokenScope = { role: null, units: null },
  ): Promise<NewToken> {
    if (login !== actor.login || actor.holder !== undefined) requireRight(actor, 'administer');
    if (!Number.isInteger(days) || days < 1 || days > LONGEST_TOKEN_DAYS) {
      throw new Refusal('bad_days', `a token lives from 1 to ${LONGEST_TOKEN_DAYS} days, not ${days}`);
    }
    const token = `answerable_${randomBytes(32).toString('base64url')}`;
    return await this.db.books(async (tx) => {
      const user = await knownUser(tx, login);
      if (user.disabled) throw disabledRefusal(user);
      const held = await checkedScope(tx, user, scope);
      const kept = await insertToken(tx, { userId: user.userId, label, sha256: sha256(token), days, scope: held });
      await audit(tx, actor, {
        deed: 'token.create',
        object: { kind: 'token', key: `${kept.tokenId}` },
        after: { login: user.login, label, days, ...(held.role === null ? {} : { ...held }) },
        onBehalfOf: user.userId === actor.userId ? null : user.login,
      });
      return { ...kept, token, login: user.login, ...held, note: SEEN_ONCE };
    });
  }

  /** Own tokens; an admin or auditor sees everybody's. */
  async tokens(actor: Actor): Promise<TokenRow[]> {
    const all = may(actor, 'administer') || (actor.role === 'auditor' && (actor.holder ?? 'auditor') === 'auditor');
    return await this.db.books((tx) => listTokens(tx, all ? null : actor.userId));
  }

  /** @throws Refusal unknown_token, also for somebody else's */
  async revokeToken(actor: Actor, tokenId: number): Promise<void> {
    const holder = may(actor, 'administer') ? null : actor.userId;
    const found = await this.db.books(async (tx) => {
      if (!(await revokeToken(tx, tokenId, holder))) return false;
      await audit(tx, actor, { deed: 'token.revoke', object: { kind: 'token', key: `${tokenId}` } });
      return true;
    });
    if (!found) {
      throw new Refusal('unknown_token', `there is no token ${tokenId}`, {
        kind: 'not_found',
        next: 'answerable token list',
      });
    }
  }

  /** Makes the people of a database that has none. Gives the logins made; none when there is anybody. */
  async seed(users: readonly NewUser[]): Promise<string[]> {
    return await this.db.books(async (tx) => {
      if ((await listUsers(tx)).length > 0) return [];
      const made = await insertUsers(tx, users);
      for (const user of users.filter(({ login }) => made.includes(login)))
        await audit(tx, SYSTEM, { deed: 'user.add', object: userObject(user), after: shown(user) });
      return made;
    });
  }

  /** The first user of an empty database, with a token of one day. @throws Refusal not_first when there is anybody */
  async firstAdmin(login: string): Promise<{ login: string; token: string; expiresAt: Date }> {
    const user: NewUser = { login, name: login, role: 'admin', units: [] };
    await this.db.books((tx) => checkUser(tx, user));
    if ((await this.seed([user])).length === 0) {
      throw new Refusal('not_first', 'there are users already; an admin adds more', {
        kind: 'conflict',
        next: `answerable user add ${login} --role admin`,
      });
    }
    return await this.createToken(await this.actorByLogin(login), login, 'first admin', 1);
  }

  private async change(
    actor: Actor,
    login: string,
    deed: (tx: Tx, user: UserRow) => Promise<readonly number[]>,
  ): Promise<UserRow> {
    requireRight(actor, 'administer');
    return await this.db.books(async (tx) => {
      const admins = await lockAdmins(tx);
      const user = await knownUser(tx, login);
      if (user.userId === actor.userId) {
        throw new Refusal('own_account', 'nobody changes their own role or disables themselves', {
          kind: 'forbidden',
          next: 'ask another admin',
        });
      }
      if (admins.length === 1 && admins[0] === user.userId) {
        throw new Refusal('last_admin', `${login} is the last admin`, {
          kind: 'conflict',
          next: 'answerable user add LOGIN --role admin',
        });
      }
      const endedTokens = await deed(tx, user);
      const changed = await knownUser(tx, login);
      await audit(tx, actor, {
        deed: changed.disabled ? 'user.disable' : 'user.change',
        object: userObject(user),
        before: shown(user),
        after: shown(changed),
      });
      for (const token of endedTokens)
        await audit(tx, actor, { deed: 'token.revoke', object: { kind: 'token', key: `${token}` }, onBehalfOf: login });
      return changed;
    });
  }
}

const userObject = ({ login }: { login: string }) => ({ kind: 'user', key: login });
const shown = ({ name, role, units, ...rest }: NewUser & { disabled?: boolean }) => ({
  ...{ name, role, units },
  disabled: rest.disabled ?? false,
});

const sha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

async function knownUser(tx: Tx, login: string): Promise<UserRow> {
  const user = await userByLogin(tx, login);
  if (user === undefined) throw unknownUser(login);
  return user;
}

function unknownUser(login: string): Refusal {
  return new Refusal('unknown_user', `there is no user ${login}`, { kind: 'not_found', next: 'answerable user list' });
}

async function actorOf(tx: Tx, user: UserRow): Promise<Actor> {
  if (user.disabled) throw disabledRefusal(user);
  const units = user.role === 'unit_owner' ? await unitsWithChildren(tx, user.units) : [];
  return { userId: user.userId, login: user.login, name: user.name, role: user.role, units };
}

function disabledRefusal(user: UserRow): Refusal {
  return new Refusal('user_disabled', `${user.login} is disabled`, { kind: 'forbidden', next: 'answerable user list' });
}

async function checkUser(tx: Tx, user: NewUser): Promise<void> {
  if (!LOGIN.test(user.login)) {
    throw new Refusal(
      'bad_login',
      `"${user.login}" cannot be a login: up to 64 of a-z, 0-9 and . _ @ + -, beginning with a letter or digit`,
    );
  }
  if (user.role !== 'unit_owner') {
    if (user.units.length === 0) return;
    throw new Refusal('units_not_taken', `only a unit_owner has units; ${user.role} reads by role`);
  }
  const known = await knownUnits(tx);
  const unknown = user.units.find((unit) => !known.includes(unit));
  if (unknown !== undefined) {
    throw new Refusal('unknown_unit', `there is no unit ${unknown}; there are ${known.join(', ') || 'none yet'}`, {
      kind: 'not_found',
      next: 'answerable import units FILE',
    });
  }
  if (user.units.length === 0) {
    throw new Refusal('units_missing', 'a unit_owner needs at least one unit', {
      next: `answerable user add ${user.login} --role unit_owner --unit CODE`,
    });
  }
}
