/** What the service tells the pages when it starts. */
export interface WebOptions {
  /** people that a demo lets one be with one click; empty outside the demo */
  readonly demoPeople: readonly { readonly login: string; readonly name: string; readonly role: string }[];
}

export const WEB_OPTIONS = Symbol('web options');
