import type { MailOptions } from './application/mail-transport.ts';

/** What the service tells the pages when it starts. */
export interface WebOptions {
  /** people that a demo lets one be with one click; empty outside the demo */
  readonly demoPeople: readonly { readonly login: string; readonly name: string; readonly role: string }[];
  /** wrong tries to sign in before one has to wait; default: MOST_GUESSES */
  readonly mostGuesses?: number;
  /** how mail leaves the house; absent: it does not */
  readonly mail?: MailOptions | null;
  /** the organisation's own server for signing in; absent: none */
  readonly oidc?:
    | {
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret?: string | undefined;
        readonly redirectUri: string;
      }
    | undefined;
}

export const WEB_OPTIONS = Symbol('web options');
