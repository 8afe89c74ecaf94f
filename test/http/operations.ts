import { ROLES, type Role } from '../../src/domain/roles.ts';
import type { Api } from './api.ts';
import { OWNER } from './households.ts';

const READERS: readonly Role[] = ['finance', 'controller', 'cfo', 'service_leader', 'auditor'];
const WITH_OWNERS: readonly Role[] = [...READERS, 'unit_owner'];

/**
 * Who may do what, said a second time and by hand: a new operation fails until it is entered here. `at` is a place that
 * holds nothing, so that nothing changes while rights are tried.
 */
export const ACCESS: Readonly<
  Record<string, { readonly roles: readonly Role[]; readonly at: string; readonly body?: unknown }>
> = {
  'GET /periods': { roles: WITH_OWNERS, at: '/periods' },
  'POST /periods/{period}/close': { roles: ['finance'], at: '/periods/2031-01/close?preview=true' },
  'POST /periods/{period}/submit': { roles: ['finance'], at: '/periods/2031-01/submit' },
  'POST /periods/{period}/approve': { roles: ['controller', 'cfo'], at: '/periods/2031-01/approve' },
  'POST /periods/{period}/issue': { roles: ['controller'], at: '/periods/2031-01/issue' },
  'POST /periods/{period}/reopen': {
    roles: ['finance', 'controller'],
    at: '/periods/2031-01/reopen',
    body: { reason: 'x' },
  },
  'POST /periods/{period}/reopen/confirm': { roles: ['controller', 'cfo'], at: '/periods/2031-01/reopen/confirm' },
  'GET /periods/{period}/runs': { roles: READERS, at: '/periods/2026-03/runs' },
  'GET /periods/{period}/parked': { roles: WITH_OWNERS, at: '/periods/2026-03/parked' },
  'POST /periods/{period}/parked/{unit}/release': {
    ...{ roles: ['controller', 'cfo'], at: '/periods/2031-01/parked/RETAIL/release', body: { reason: 'x' } },
  },
  'POST /periods/{period}/parked/{unit}/keep': {
    ...{ roles: ['controller', 'cfo'], at: '/periods/2031-01/parked/RETAIL/keep', body: { reason: 'x' } },
  },
  'GET /periods/{period}/statements': { roles: WITH_OWNERS, at: '/periods/2026-03/statements' },
  'GET /periods/{period}/statements/{unit}': { roles: WITH_OWNERS, at: '/periods/2026-03/statements/RETAIL' },
  'GET /periods/{period}/issued': { roles: WITH_OWNERS, at: '/periods/2026-03/issued' },
  'GET /periods/{period}/issued/files': { roles: WITH_OWNERS, at: '/periods/2026-03/issued/files' },
  'GET /periods/{period}/acceptances': { roles: WITH_OWNERS, at: '/periods/2026-03/acceptances' },
  'POST /periods/{period}/issued/{unit}/accept': { roles: ['unit_owner'], at: '/periods/2031-01/issued/RETAIL/accept' },
  'POST /periods/{period}/journal': { roles: ['finance', 'controller'], at: '/periods/2031-01/journal' },
  'POST /periods/{period}/journal/receipt': {
    ...{ roles: ['finance', 'controller'], at: '/periods/2031-01/journal/receipt', body: { receipt: 'x' } },
  },
  'GET /explain/contacts/{id}': { roles: READERS, at: '/explain/contacts/contact-of-RETAIL-2026-03-0' },
  'GET /explain/lines/{id}': { roles: WITH_OWNERS, at: '/explain/lines/nowhere' },
  'GET /decisions': { roles: WITH_OWNERS, at: '/decisions' },
  'GET /decisions/{code}': { roles: WITH_OWNERS, at: '/decisions/D-RETAIL' },
  'GET /decisions/{code}/notes': { roles: WITH_OWNERS, at: '/decisions/D-RETAIL/notes' },
  'POST /decisions/{code}/notes': { roles: ['unit_owner'], at: '/decisions/NOWHERE/notes', body: { text: 'x' } },
  'GET /runs/{before}/compare/{after}': { roles: READERS, at: '/runs/1/compare/1' },
  'GET /disputes': { roles: WITH_OWNERS, at: '/disputes' },
  'POST /disputes': { roles: ['unit_owner', 'finance'], at: '/disputes', body: { line: 'nowhere', reason: 'x' } },
  'GET /disputes/{id}': { roles: WITH_OWNERS, at: '/disputes/999' },
  'GET /disputes/{id}/preview': { roles: WITH_OWNERS, at: '/disputes/999/preview' },
  'POST /disputes/{id}/replies': {
    ...{
      roles: ['unit_owner', 'finance', 'controller', 'cfo', 'service_leader'],
      at: '/disputes/999/replies',
      body: { text: 'x' },
    },
  },
  'POST /disputes/{id}/escalate': {
    ...{
      roles: ['unit_owner', 'finance', 'controller', 'cfo', 'service_leader'],
      at: '/disputes/999/escalate',
      body: { reason: 'x' },
    },
  },
  'POST /disputes/{id}/ruling': {
    ...{
      roles: ['controller', 'cfo', 'service_leader'],
      at: '/disputes/999/ruling',
      body: { accept: false, reason: 'x' },
    },
  },
  'GET /corrections': { roles: READERS, at: '/corrections' },
  'POST /corrections': {
    ...{
      roles: ['finance'],
      at: '/corrections',
      body: { chargePeriod: '2031-01', unit: 'RETAIL', amount: '1.00', why: 'x' },
    },
  },
  'POST /corrections/{id}/approve': { roles: ['controller', 'cfo'], at: '/corrections/999/approve' },
  'POST /corrections/{id}/reverse': { roles: ['finance'], at: '/corrections/999/reverse', body: { reason: 'x' } },
  'GET /models': { roles: READERS, at: '/models' },
  'POST /models': { roles: ['finance'], at: '/models', body: { yaml: 'pools: 5' } },
  'POST /models/try': { roles: READERS, at: '/models/try', body: { yaml: 'pools: 5', period: '2031-01' } },
  'GET /models/reference': { roles: ROLES, at: '/models/reference' },
  'GET /models/{which}': { roles: READERS, at: '/models/1' },
  'GET /models/{before}/diff/{after}': { roles: READERS, at: '/models/1/diff/1' },
  'GET /imports': { roles: READERS, at: '/imports' },
  'POST /imports/company': { roles: ['finance'], at: '/imports/company?dryRun=true', body: { yaml: 'name: 5' } },
  'POST /imports/{kind}': { roles: ['finance'], at: '/imports/contacts?dryRun=true' },
  'POST /imports/{id}/undo': { roles: ['finance'], at: '/imports/999/undo' },
  'POST /events/{kind}': {
    roles: ['finance'],
    at: '/events/contacts?dryRun=true',
    body: { events: [{ contact_id: 'x' }] },
  },
  'GET /kinds': { roles: ROLES, at: '/kinds' },
  'GET /kinds/{kind}': { roles: ROLES, at: '/kinds/contacts' },
  'GET /kinds/{kind}/rows/{key}/versions': { roles: READERS, at: '/kinds/units/rows/RETAIL/versions' },
  'GET /mappings': { roles: ROLES, at: '/mappings' },
  'POST /mappings/suggest': { roles: ['finance'], at: '/mappings/suggest?kind=contacts' },
  'GET /audit': { roles: ['controller', 'cfo', 'auditor', 'admin'], at: '/audit' },
  'GET /audit/newest': { roles: ['controller', 'cfo', 'auditor', 'admin'], at: '/audit/newest' },
  'GET /audit/export': { roles: ['controller', 'cfo', 'auditor', 'admin'], at: '/audit/export' },
  'GET /audit/verification': { roles: ['finance', 'controller', 'cfo', 'auditor'], at: '/audit/verification' },
  'POST /audit/heads': { roles: ['finance', 'controller', 'cfo', 'auditor'], at: '/audit/heads' },
  'GET /verification': { roles: ['finance', 'controller', 'cfo', 'auditor'], at: '/verification?period=2026-03' },
  'POST /verification/file': { roles: ROLES, at: '/verification/file', body: { file: '{}' } },
  'GET /me': { roles: ROLES, at: '/me' },
  'GET /users': { roles: [...READERS, 'admin'], at: '/users' },
  'POST /users': { roles: ['admin'], at: '/users', body: { login: 'UPPER', role: 'cfo' } },
  'PUT /users/{login}/role': { roles: ['admin'], at: '/users/nobody/role', body: { role: 'cfo' } },
  'POST /users/{login}/disable': { roles: ['admin'], at: '/users/nobody/disable' },
  'PUT /users/{login}/password': { roles: ['admin'], at: '/users/nobody/password', body: { password: 'x'.repeat(12) } },
  'GET /tokens': { roles: ROLES, at: '/tokens' },
  'POST /tokens': { roles: ['admin'], at: '/tokens', body: { login: 'nobody' } },
  'DELETE /tokens/{id}': { roles: ROLES, at: '/tokens/999999' },
  'POST /periods/{period}/mail': { roles: ['finance', 'controller'], at: '/periods/2031-01/mail' },
  'PUT /users/{login}/mail-address': {
    ...{ roles: ['admin'], at: '/users/nobody/mail-address', body: { mailAddress: 'nobody@example.com' } },
  },
  'PUT /settings/mail-on-issue': { roles: ['admin'], at: '/settings/mail-on-issue', body: { mailOnIssue: false } },
  'GET /users/{login}': { roles: [...READERS, 'admin'], at: '/users/nobody' },
  'GET /periods/{period}': { roles: WITH_OWNERS, at: '/periods/2031-01' },
  'GET /jobs': { roles: ROLES, at: '/jobs' },
  'GET /jobs/{id}': { roles: ROLES, at: '/jobs/999' },
  'GET /jobs/{id}/file': { roles: ROLES, at: '/jobs/999/file' },
  'GET /jobs/{id}/events': { roles: ROLES, at: '/jobs/999/events' },
  'POST /periods/{period}/workbook': { roles: WITH_OWNERS, at: '/periods/2031-01/workbook' },
  'POST /verification': { roles: ['finance', 'controller', 'cfo', 'auditor'], at: '/verification', body: { run: 'x' } },
  'POST /verification/workbook': { roles: WITH_OWNERS, at: '/verification/workbook' },
  'GET /kinds/{kind}/template': { roles: ROLES, at: '/kinds/contacts/template' },
  'GET /periods/parked': { roles: WITH_OWNERS, at: '/periods/parked' },
  'GET /periods/{period}/value': { roles: READERS, at: '/periods/2026-03/value' },
  'GET /periods/{period}/value/preview': { roles: READERS, at: '/periods/2026-03/value/preview' },
  'GET /periods/{period}/scores': { roles: READERS, at: '/periods/2026-03/scores' },
  'GET /methods': { roles: ROLES, at: '/methods' },
  'GET /methods/{name}': { roles: ROLES, at: '/methods/apportion' },
  'POST /methods/{name}': { roles: READERS, at: '/methods/apportion', body: { spec: {} } },
  'GET /settings': { roles: [...READERS, 'admin'], at: '/settings' },
  'PUT /settings/one-person': { roles: ['admin'], at: '/settings/one-person', body: { onePerson: false, reason: 'x' } },
};

export const personOf = (role: Role): string => (role === 'unit_owner' ? OWNER : role);

export interface Field {
  readonly name: string;
  readonly in: 'body' | 'query' | 'path';
  readonly schema: { readonly type?: string; readonly format?: string; readonly items?: object };
}

/** An operation of the OpenAPI document. */
export interface OperationShown {
  /** `POST /disputes` */
  readonly name: string;
  readonly isUpload: boolean;
  readonly hasBody: boolean;
  readonly fields: readonly Field[];
}

type Schema = Field['schema'] & {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Field['schema']>>;
};
interface Shown {
  readonly paths: Record<
    string,
    Record<
      string,
      {
        readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
        readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
      }
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Every operation with its fields, as the service itself tells them. */
export async function operationsOf(api: Api): Promise<OperationShown[]> {
  const { paths, components } = (await api.get(null, '/openapi.json')).body as Shown;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): OperationShown => {
      const schema = requestBody?.content['application/json']?.schema;
      const named = schema?.$ref === undefined ? schema : components.schemas[schema.$ref.split('/').at(-1)!];
      const isUpload = 'multipart/form-data' in (requestBody?.content ?? {});
      return {
        name: `${method.toUpperCase()} ${path.replace('/api/v1', '')}`,
        isUpload,
        hasBody: method !== 'get' && !isUpload,
        fields: [
          ...parameters
            .filter((parameter) => parameter.in !== 'header')
            .map(({ name, schema: of, ...parameter }): Field => ({
              name,
              in: parameter.in as Field['in'],
              schema: of,
            })),
          ...Object.entries(named?.properties ?? {}).map(([name, of]): Field => ({ name, in: 'body', schema: of })),
        ],
      };
    }),
  );
}
