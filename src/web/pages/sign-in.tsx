import { Document, Section } from '../layout.tsx';

/** Sign in: people of the demo one click apart, a password, or an API token of `answerable token create`. */
export function SignInPage({
  csrf,
  fault,
  people,
  oidc,
}: {
  csrf: string;
  fault: string | null;
  people: readonly { login: string; name: string; role: string }[];
  /** whether the organisation has a server of its own for this */
  oidc: boolean;
}) {
  return (
    <Document title="Sign in">
      <main id="main">
        <h1>Answerable</h1>
        <p class="lead">Decisions answer for the customer contacts they cause.</p>
        {fault !== null && (
          <p class="refusal" role="alert">
            {fault}
          </p>
        )}
        {people.length > 0 && (
          <Section title="Demo data: be one of them" sub="each sees only what the role may see">
            <div class="actions">
              {people.map((person) => (
                <form key={person.login} method="post" action="/be">
                  <input type="hidden" name="csrf" value={csrf} />
                  <input type="hidden" name="login" value={person.login} />
                  <button type="submit">
                    {person.name}, {person.role.replace('_', ' ')}
                  </button>
                </form>
              ))}
            </div>
          </Section>
        )}
        {oidc && (
          <Section title="Sign in with your organisation">
            <div class="actions">
              <a class="button primary" href="/sign-in/oidc">
                Sign in
              </a>
            </div>
          </Section>
        )}
        <Section title="Sign in with a password" sub="an admin sets the first one: answerable user password LOGIN">
          <form method="post" action="/sign-in">
            <input type="hidden" name="csrf" value={csrf} />
            <label for="login">Login</label>
            <input id="login" name="login" autocomplete="username" required />
            <label for="password">Password</label>
            <input id="password" name="password" type="password" autocomplete="current-password" required />
            <div class="actions">
              <button class="primary" type="submit">
                Sign in
              </button>
            </div>
          </form>
        </Section>
        <Section title="Sign in with a token" sub="an admin makes one: answerable token create LOGIN">
          <form method="post" action="/sign-in">
            <input type="hidden" name="csrf" value={csrf} />
            <label for="token">Token</label>
            <input id="token" name="token" type="password" autocomplete="off" required />
            <div class="actions">
              <button class="primary" type="submit">
                Sign in
              </button>
            </div>
          </form>
        </Section>
      </main>
    </Document>
  );
}
