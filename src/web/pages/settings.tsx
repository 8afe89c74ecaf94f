import { ROLES } from '../../domain/roles.ts';
import type { TokenRow, UserRow } from '../../persistence/users.queries.ts';
import { Fault, Field, Form } from '../form.tsx';
import { counted, day } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import type { Refusing } from '../refused.tsx';
import { Table } from '../table.tsx';
import { roleName } from '../words.ts';

export interface CompanySettings {
  readonly company: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly onePerson: boolean;
}

export function SettingsPage({
  view,
  settings,
  users,
  tokens,
  admin,
  newToken,
  fault,
  typed,
}: {
  view: View;
  /** null for who reads no settings, and before there is a company */
  settings: CompanySettings | null;
  /** null for who reads no accounts */
  users: readonly UserRow[] | null;
  tokens: readonly TokenRow[];
  admin: boolean;
  /** shown once */
  newToken: string | null;
  fault: Refusing | null;
  typed: Readonly<Record<string, string>>;
}) {
  return (
    <Page view={view} title={t('Settings')}>
      <h1>
        {settings === null ? t('Your tokens') : t('How {company} works with Answerable', { company: settings.company })}
      </h1>
      <p class="lead">
        {admin
          ? t('Each change is an event of the audit log.')
          : t('An admin changes these; each change is an audit event.')}
      </p>
      <Fault of={fault} />
      {newToken !== null && (
        <Section title={t('The new token')} sub={t('shown once; only its hash is kept')}>
          <p class="hash" role="status">
            {newToken}
          </p>
        </Section>
      )}
      {settings !== null && (
        <div class="columns">
          <div class="w6">
            <Section title={t('Company')} sub={t('from company.yaml')}>
              <Table>
                <tbody>
                  <Row label={t('Name')} value={settings.company} />
                  <Row label={t('Reporting currency')} value={settings.currency} />
                  <Row label={t('Time zone of days and months')} value={settings.timeZone} />
                  <Row
                    label={t('Prepares and approves')}
                    value={settings.onePerson ? t('may be one person') : t('always two people')}
                  />
                </tbody>
              </Table>
            </Section>
          </div>
          <div class="w6">
            <Section
              title={settings.onePerson ? t('One-person mode is on') : t('Two people close a period')}
              sub={t('with one-person mode every statement says that one person prepared and approved it')}
            >
              {admin && (
                <Form view={view} action="/settings/one-person">
                  <input type="hidden" name="on" value={settings.onePerson ? 'off' : 'on'} />
                  <Field name="reason" label={t('Reason')} value={typed['reason']} required fault={fault !== null} />
                  <div class="actions">
                    <button type="submit">
                      {settings.onePerson ? t('Turn one-person mode off') : t('Turn one-person mode on')}
                    </button>
                  </div>
                </Form>
              )}
            </Section>
          </div>
        </div>
      )}
      {users !== null && <Users view={view} users={users} admin={admin} typed={typed} fault={fault} />}
      <Section
        title={tokens.length === 0 ? t('No token') : counted(tokens.length, 'token', 'tokens')}
        sub={t('for the API and the command line; a token acts as its user and ends with the role')}
      >
        {tokens.length > 0 && (
          <Table>
            <thead>
              <tr>
                <th>{t('Token')}</th>
                <th>{t('Of')}</th>
                <th>{t('Made')}</th>
                <th>{t('Ends')}</th>
                <th>{t('Last used')}</th>
                <th>{t('State')}</th>
                <td></td>
              </tr>
            </thead>
            <tbody>
              {tokens.map((token) => (
                <tr key={token.tokenId}>
                  <td>{token.label === '' ? t('number {number}', { number: token.tokenId }) : token.label}</td>
                  <td>{token.login}</td>
                  <td>{day(token.createdAt.toISOString())}</td>
                  <td>{day(token.expiresAt.toISOString())}</td>
                  <td>{token.lastUsedAt === null ? t('never') : day(token.lastUsedAt.toISOString())}</td>
                  <td>{token.state}</td>
                  <td class="n">
                    {token.state === 'good' && (admin || token.login === view.actor.login) && (
                      <Form view={view} action={`/settings/tokens/${token.tokenId}/revoke`}>
                        <button class="link" type="submit">
                          {t('Revoke')}
                        </button>
                      </Form>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
        )}
        <Form view={view} action="/settings/tokens">
          <div class="filters">
            {admin && (
              <div>
                <Field name="of" label={t('Login')} value={typed['of'] ?? view.actor.login} required />
              </div>
            )}
            <div>
              <Field name="label" label={t('What it is for')} value={typed['label']} required />
            </div>
            <div>
              <Field name="days" label={t('Days until it ends')} value={typed['days'] ?? '90'} required />
            </div>
            <button type="submit">{t('Make a token')}</button>
          </div>
        </Form>
      </Section>
    </Page>
  );
}

function Users({
  view,
  users,
  admin,
  typed,
  fault,
}: {
  view: View;
  users: readonly UserRow[];
  admin: boolean;
  typed: Readonly<Record<string, string>>;
  fault: Refusing | null;
}) {
  return (
    <Section title={counted(users.length, 'account', 'accounts')} sub={t('a changed role ends its tokens')}>
      <Table focusable={!admin}>
        <thead>
          <tr>
            <th>{t('Login')}</th>
            <th>{t('Name')}</th>
            <th>{t('Role')}</th>
            <th>{t('Units')}</th>
            <th>{t('State')}</th>
            {admin && <td></td>}
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <tr key={user.login}>
              <td>{user.login}</td>
              <td>{user.name}</td>
              <td>{roleName(user.role)}</td>
              <td>{user.units.join(', ')}</td>
              <td>{user.disabled ? t('disabled') : t('active')}</td>
              {admin && (
                <td class="n">
                  {!user.disabled && user.login !== view.actor.login && (
                    <Form view={view} action="/settings/users/disable">
                      <input type="hidden" name="login" value={user.login} />
                      <button class="link" type="submit" aria-label={t('Disable {login}', { login: user.login })}>
                        {t('Disable')}
                      </button>
                    </Form>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </Table>
      {admin && (
        <Form view={view} action="/settings/users">
          <div class="filters">
            <div>
              <Field name="login" label={t('Login')} value={typed['login']} required fault={fault !== null} />
            </div>
            <div>
              <Field name="name" label={t('Name (of a new account)')} value={typed['name']} />
            </div>
            <div>
              <label for="role">{t('Role')}</label>
              <select id="role" name="role">
                {ROLES.map((role) => (
                  <option key={role} value={role} selected={role === typed['role']}>
                    {roleName(role)}
                  </option>
                ))}
              </select>
            </div>
            <div>
              <Field name="units" label={t('Units of a unit owner, by comma')} value={typed['units']} />
            </div>
            <button type="submit" name="step" value="add">
              {t('Add')}
            </button>
            <button type="submit" name="step" value="change">
              {t('Change the role')}
            </button>
          </div>
        </Form>
      )}
    </Section>
  );
}

function Row({ label, value }: { label: string; value: string }) {
  return (
    <tr>
      <td>{label}</td>
      <td>{value}</td>
    </tr>
  );
}
