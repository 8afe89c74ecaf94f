// A real OpenID Connect server for one client, on a port of its own: node oidc-server.mjs PORT REDIRECT_URI
// Its own pages let anybody be any login; who is "unverified…" has no verified address.
import { Provider } from 'oidc-provider';

const [port, redirectUri] = process.argv.slice(2);
const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: 'answerable',
      client_secret: 'secret of a test',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  pkce: { required: () => true },
  claims: { openid: ['sub'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['a key of a test'] },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: `subject of ${id}`, email: id, email_verified: !id.startsWith('unverified') }),
  }),
});
provider.listen(Number(port), () => console.log('listening'));
