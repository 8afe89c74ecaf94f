import type { Role } from '../domain/roles.ts';
import { label, t } from './language.ts';

const ROLE_NAMES: Readonly<Record<Role, string>> = {
  finance: label('finance'),
  controller: label('controller'),
  cfo: label('cfo'),
  unit_owner: label('unit owner'),
  service_leader: label('service leader'),
  auditor: label('auditor'),
  admin: label('admin'),
};

const TREATMENTS: Readonly<Record<string, string>> = {
  charged: label('charged'),
  withheld: label('withheld'),
  parked: label('parked'),
};

const DECISION_KINDS: Readonly<Record<string, string>> = {
  fee: label('fee'),
  price: label('price'),
  policy: label('policy'),
  launch: label('launch'),
  campaign: label('campaign'),
  process: label('process'),
  defect: label('defect'),
  outage: label('outage'),
};

/** What sort of decision. */
export function decisionKind(kind: string): string {
  return t(Object.hasOwn(DECISION_KINDS, kind) ? DECISION_KINDS[kind]! : kind);
}

/** Whether a line is charged. */
export function treatmentName(treatment: string): string {
  return t(TREATMENTS[treatment] ?? treatment);
}

/** What a person is here. */
export function roleName(role: string): string {
  return t(ROLE_NAMES[role as Role] ?? role.replaceAll('_', ' '));
}
