import type { Refusal } from '../../domain/errors.ts';
import { t } from '../language.ts';
import { Document, OtherLanguages, Section } from '../layout.tsx';
import { Refused } from '../refused.tsx';
import { roleName } from '../words.ts';

/** Sign in: people of the demo one click apart, a password, or an API token of `answerable token create`. */
export function SignInPage({
  csrf,
  fault,
  people,
  oidc,
}: {
  csrf: string;
  /** a rule's no, or a text of the catalogue */
  fault: Refusal | string | null;
  people: readonly { login: string; name: string; role: string }[];
  /** whether the organisation has a server of its own for this */
  oidc: boolean;
}) {
  return (
    <Document title={t('Sign in')}>
      <main id="main">
        <h1>Answerable</h1>
        <p class="lead">{t('Decisions answer for the customer contacts they cause.')}</p>
        {fault !== null && (
          <p class="refusal" role="alert">
            {typeof fault === 'string' ? t(fault) : <Refused of={fault} />}
          </p>
        )}
        {people.length > 0 && (
          <Section title={t('Demo data: be one of them')} sub={t('each sees only what the role may see')}>
            <div class="actions">
              {people.map((person) => (
                <form key={person.login} method="post" action="/be">
                  <input type="hidden" name="csrf" value={csrf} />
                  <input type="hidden" name="login" value={person.login} />
                  <button type="submit">
                    {person.name}, {roleName(person.role)}
                  </button>
                </form>
              ))}
            </div>
          </Section>
        )}
        {oidc && (
          <Section title={t('Sign in with your organisation')}>
            <div class="actions">
              <a class="button primary" href="/sign-in/oidc">
                {t('Sign in')}
              </a>
            </div>
          </Section>
        )}
        <Section
          title={t('Sign in with a password')}
          sub={t('an admin sets the first one: answerable user password LOGIN')}
        >
          <form method="post" action="/sign-in">
            <input type="hidden" name="csrf" value={csrf} />
            <label for="login">{t('Login')}</label>
            <input id="login" name="login" autocomplete="username" required />
            <label for="password">{t('Password')}</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required />
            <div class="actions">
              <button class="primary" type="submit">
                {t('Sign in')}
              </button>
            </div>
          </form>
        </Section>
        <Section title={t('Sign in with a token')} sub={t('an admin makes one: answerable token create LOGIN')}>
          <form method="post" action="/sign-in">
            <input type="hidden" name="csrf" value={csrf} />
            <label for="token">{t('Token')}</label>
            <input id="token" name="token" type="password" autocomplete="off" required />
            <div class="actions">
              <button class="primary" type="submit">
                {t('Sign in')}
              </button>
            </div>
          </form>
        </Section>
        <OtherLanguages />
      </main>
    </Document>
  );
}
