import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  discovery,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type Configuration,
} from 'openid-client';

export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** absent: a public client, proven by PKCE alone */
  readonly clientSecret?: string | undefined;
  /** where the server sends people back: `/sign-in/oidc/callback` of the public address */
  readonly redirectUri: string;
}

/** What has to come back, kept in the session of whoever was sent away. */
export interface OidcTrip {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** Who came back, by the word of the server. */
export interface OidcPerson {
  readonly issuer: string;
  readonly subject: string;
  /** only when the server has verified it */
  readonly email: string | undefined;
}

/** OpenID Connect: authorization code with PKCE, state and nonce. */
export class Oidc {
  private found: Promise<Configuration> | undefined;

  constructor(private readonly settings: OidcSettings) {}

  /** Where to send somebody, and what to keep until they come back. */
  async begin(): Promise<{ url: string; trip: OidcTrip }> {
    const trip = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const url = buildAuthorizationUrl(await this.configuration(), {
      redirect_uri: this.settings.redirectUri,
      scope: 'openid email',
      code_challenge: await calculatePKCECodeChallenge(trip.verifier),
      code_challenge_method: 'S256',
      state: trip.state,
      nonce: trip.nonce,
    });
    return { url: url.href, trip };
  }

  /** @param query of the address they came back to @throws whatever is wrong with it */
  async end(query: string, trip: OidcTrip): Promise<OidcPerson> {
    const configuration = await this.configuration();
    const tokens = await authorizationCodeGrant(configuration, new URL(`${this.settings.redirectUri}${query}`), {
      pkceCodeVerifier: trip.verifier,
      expectedState: trip.state,
      expectedNonce: trip.nonce,
      idTokenExpected: true,
    });
    const { iss: issuer, sub: subject, email, email_verified: isVerified } = tokens.claims()!;
    return { issuer, subject, email: isVerified === true && typeof email === 'string' ? email : undefined };
  }

  /** Asked for once; again when the server could not be reached. */
  private configuration(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const address = new URL(issuer);
    // Without TLS only on this machine: config.ts takes no other.
    const execute = address.protocol === 'http:' ? [allowInsecureRequests] : [];
    this.found ??= discovery(address, clientId, clientSecret, undefined, { execute }).catch((error: unknown) => {
      this.found = undefined;
      throw error;
    });
    return this.found;
  }
}
