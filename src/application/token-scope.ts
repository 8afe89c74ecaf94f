import { Refusal } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import type { Tx } from '../persistence/database.ts';
import { knownUnits, unitsWithChildren, type TokenScope, type UserRow } from '../persistence/users.queries.ts';

/**
 * What a token may be held to: the holder's own role; an auditor's reading; or, as a unit's owner sees, units, of an
 * owner only the own ones. Nobody gains anything by another role: what both may do is let.
 * @throws Refusal bad_scope, unknown_unit
 */
export async function checkedScope(tx: Tx, user: UserRow, { role, units }: TokenScope): Promise<TokenScope> {
  if (role === null && units !== null) return await checkedScope(tx, user, { role: 'unit_owner', units });
  if (role !== 'unit_owner') {
    if (units !== null) throw badScope(`units are for role unit_owner, not for ${role}`);
    if (role === null || role === user.role || role === 'auditor') return { role, units: null };
    throw badScope(`a token of ${user.login}, ${user.role}, may be held to ${user.role}, auditor or unit_owner`);
  }
  if (user.role === 'admin') throw badScope('an admin sees no figures, nor do tokens of one');
  if (units === null || units.length === 0) {
    if (user.role === 'unit_owner') return { role, units: null };
    throw badScope(`a token of ${user.login} as unit_owner needs units`);
  }
  const known = user.role === 'unit_owner' ? await unitsWithChildren(tx, user.units) : await knownUnits(tx);
  const unknown = units.find((unit) => !known.includes(unit));
  if (unknown === undefined) return { role, units: [...new Set(units)].sort() };
  throw new Refusal('unknown_unit', `there is no unit ${unknown} that ${user.login} may see`, { kind: 'not_found' });
}

/** Who acts by a token that is held to something. */
export async function heldTo(tx: Tx, actor: Actor, { role, units }: TokenScope): Promise<Actor> {
  if (role === null) return actor;
  const given = units === null ? actor.units : await unitsWithChildren(tx, units);
  const own = actor.role === 'unit_owner' ? given.filter((unit) => actor.units.includes(unit)) : given;
  return { ...actor, role, holder: actor.role, units: own };
}

function badScope(message: string): Refusal {
  return new Refusal('bad_scope', message, { next: 'answerable token create --help' });
}
