import { Refusal } from './errors.ts';

/** Roles of the product (interfaces: Roles). Enforced here for every door, and again by PostgreSQL row-level security. */
export const ROLES = ['finance', 'controller', 'cfo', 'unit_owner', 'service_leader', 'auditor', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who acts. Units of a unit owner include the children; other roles have none. */
export interface Actor {
  readonly userId: number;
  readonly login: string;
  readonly name: string;
  readonly role: Role;
  readonly units: readonly string[];
  /** whose token acts in another role than the holder's: only what both may do */
  readonly holder?: Role;
  /** through which door, in which request: for the audit log */
  readonly from?: { readonly door: 'cli' | 'api' | 'web'; readonly request: string };
}

/** Deeds that need a right, with the roles that hold it. The one table of rights. */
const RIGHTS = {
  read_all: ['finance', 'controller', 'cfo', 'auditor', 'service_leader'],
  read_statement: ['finance', 'controller', 'cfo', 'auditor', 'service_leader', 'unit_owner'],
  import: ['finance'],
  change_model: ['finance'],
  close: ['finance'],
  submit: ['finance'],
  approve: ['controller', 'cfo'],
  issue: ['controller'],
  reopen: ['finance', 'controller'],
  confirm_reopening: ['controller', 'cfo'],
  rule_parked_unit: ['controller', 'cfo'],
  accept: ['unit_owner'],
  dispute: ['unit_owner', 'finance'],
  reply_to_dispute: ['unit_owner', 'finance', 'controller', 'cfo', 'service_leader'],
  rule_dispute: ['controller', 'cfo', 'service_leader'],
  correct: ['finance'],
  approve_correction: ['controller', 'cfo'],
  journal: ['finance', 'controller'],
  read_audit: ['controller', 'cfo', 'auditor', 'admin'],
  verify: ['finance', 'controller', 'cfo', 'auditor'],
  administer: ['admin'],
  mail: ['finance', 'controller'],
  write_note: ['unit_owner'],
} as const satisfies Record<string, readonly Role[]>;
export type Deed = keyof typeof RIGHTS;

/** All that a role may do: for the review of who has access to what. */
export function rightsOf(role: Role): Deed[] {
  return (Object.keys(RIGHTS) as Deed[]).filter((deed) => (RIGHTS[deed] as readonly Role[]).includes(role));
}

export function may(actor: Actor, deed: Deed): boolean {
  const roles: readonly Role[] = RIGHTS[deed];
  return roles.includes(actor.role) && (actor.holder === undefined || roles.includes(actor.holder));
}

/** @throws Refusal forbidden, naming who may */
export function requireRight(actor: Actor, deed: Deed): void {
  if (may(actor, deed)) return;
  const held = actor.holder === undefined ? '' : ` by this token of ${actor.holder}`;
  throw new Refusal('forbidden', `${actor.login} is ${actor.role}${held} and may not ${deed.replaceAll('_', ' ')}`, {
    kind: 'forbidden',
    next: `ask someone who is ${RIGHTS[deed].join(' or ')}`,
  });
}
