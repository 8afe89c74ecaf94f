import type { Role } from '../domain/roles.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface UserRow {
  readonly userId: number;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  /** as given; without the units below them */
  readonly units: readonly string[];
  readonly disabled: boolean;
}

/** What a token is held to; null: nothing beside its holder's rights. */
export interface TokenScope {
  readonly role: Role | null;
  /** of role unit_owner; null: those of the holder */
  readonly units: readonly string[] | null;
}

export interface TokenRow extends TokenScope {
  readonly tokenId: number;
  readonly login: string;
  readonly label: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly state: 'good' | 'revoked' | 'expired' | 'user disabled';
}

interface StoredUser {
  user_id: string;
  login: string;
  name: string;
  role: Role;
  units: string[];
  disabled: boolean;
}

const asUser = (row: StoredUser): UserRow => ({
  userId: Number(row.user_id),
  login: row.login,
  name: row.name,
  role: row.role,
  units: row.units,
  disabled: row.disabled,
});

export async function userByLogin(tx: Tx, login: string): Promise<UserRow | undefined> {
  const rows: StoredUser[] = await tx.query(sql('user-by-login'), [login]);
  return rows.map(asUser)[0];
}

export async function userById(tx: Tx, userId: number): Promise<UserRow | undefined> {
  const rows: StoredUser[] = await tx.query(sql('user-by-id'), [userId]);
  return rows.map(asUser)[0];
}

/** The user of an OpenID Connect subject, named together with its issuer. */
export async function userBySubject(tx: Tx, subject: string): Promise<UserRow | undefined> {
  const rows: StoredUser[] = await tx.query(sql('user-by-subject'), [subject]);
  return rows.map(asUser)[0];
}

/** Binds a subject to a user who may act and is bound to nobody. @returns whether there was one */
export async function bindSubject(tx: Tx, login: string, subject: string): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(sql('user-bind-subject'), [login, subject]);
  return rows.length === 1;
}

/** What a password is held against; undefined when there is no such user. */
export async function passwordOf(
  tx: Tx,
  login: string,
): Promise<{ hash: string | null; disabled: boolean } | undefined> {
  const rows: { password_hash: string | null; disabled: boolean }[] = await tx.query(sql('user-password'), [login]);
  return rows.map((row) => ({ hash: row.password_hash, disabled: row.disabled }))[0];
}

export async function setPassword(tx: Tx, userId: number, hash: string): Promise<void> {
  await tx.query(sql('user-set-password'), [userId, hash]);
}

/** The holder of a token and whether it is good; the look-up is noted as its last use. */
export async function userByToken(
  tx: Tx,
  sha256: string,
): Promise<(UserRow & { usable: boolean; scope: TokenScope }) | undefined> {
  const [rows]: [(StoredUser & { usable: boolean; held_role: Role | null; held_units: string[] | null })[], number] =
    await tx.query(sql('user-by-token'), [sha256]);
  return rows.map((row) => ({
    ...asUser(row),
    usable: row.usable,
    scope: { role: row.held_role, units: row.held_units },
  }))[0];
}

export async function listUsers(tx: Tx): Promise<UserRow[]> {
  const rows: StoredUser[] = await tx.query(sql('user-list'));
  return rows.map(asUser);
}

/** Adds the users whose login is free; gives the logins that were. */
export async function insertUsers(
  tx: Tx,
  users: readonly { login: string; name: string; role: Role; units: readonly string[] }[],
): Promise<string[]> {
  const rows: { login: string }[] = await tx.query(sql('user-insert'), [
    users.map((user) => user.login),
    users.map((user) => user.name),
    users.map((user) => user.role),
    users.map((user) => user.units.join('|')),
  ]);
  return rows.map((row) => row.login);
}

/** Sets role, units and whether the user may act, and ends the user's tokens. @returns the tokens that ended */
export async function changeUser(
  tx: Tx,
  userId: number,
  to: { role: Role; units: readonly string[]; disabled: boolean },
): Promise<number[]> {
  const [rows]: [{ token_id: string }[], number] = await tx.query(sql('user-change'), [
    userId,
    to.role,
    to.units.join('|'),
    to.disabled,
  ]);
  return rows.map((row) => Number(row.token_id));
}

/** Admins who may act; nobody else changes them until the end of the transaction. */
export async function lockAdmins(tx: Tx): Promise<number[]> {
  const rows: { user_id: string }[] = await tx.query(sql('user-lock-admins'));
  return rows.map((row) => Number(row.user_id));
}

/** The units given and all below them. */
export async function unitsWithChildren(tx: Tx, units: readonly string[]): Promise<string[]> {
  const rows: { unit_code: string }[] = await tx.query(sql('unit-children'), [units]);
  return rows.map((row) => row.unit_code);
}

export async function knownUnits(tx: Tx): Promise<string[]> {
  const rows: { unit_code: string }[] = await tx.query(sql('unit-known'));
  return rows.map((row) => row.unit_code);
}

export async function insertToken(
  tx: Tx,
  token: { userId: number; label: string; sha256: string; days: number; scope: TokenScope },
): Promise<{ tokenId: number; expiresAt: Date }> {
  const rows: { token_id: string; expires_at: Date }[] = await tx.query(sql('token-insert'), [
    token.userId,
    token.label,
    token.sha256,
    token.days,
    token.scope.role,
    token.scope.units?.join('|') ?? null,
  ]);
  return { tokenId: Number(rows[0]!.token_id), expiresAt: rows[0]!.expires_at };
}

export async function listTokens(tx: Tx, userId: number | null): Promise<TokenRow[]> {
  const rows: {
    token_id: string;
    login: string;
    label: string;
    created_at: Date;
    expires_at: Date;
    last_used_at: Date | null;
    role: Role | null;
    units: string[] | null;
    state: TokenRow['state'];
  }[] = await tx.query(sql('token-list'), [userId]);
  return rows.map((row) => ({
    tokenId: Number(row.token_id),
    login: row.login,
    label: row.label,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
    role: row.role,
    units: row.units,
    state: row.state,
  }));
}

/** False when there is no such token, or it is not `holder`'s. */
export async function revokeToken(tx: Tx, tokenId: number, holder: number | null): Promise<boolean> {
  const [rows]: [unknown[], number] = await tx.query(sql('token-revoke'), [tokenId, holder]);
  return rows.length === 1;
}
