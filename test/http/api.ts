import { Documented, type Document } from './documented.ts';
import type { Login, WebHouse } from '../builders/web-house.ts';

/** An answer of the API as tests look at it. */
export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** undefined when the answer is not JSON */
  readonly body: unknown;
}

export interface Asked {
  readonly body?: unknown;
  /** sent as it is */
  readonly raw?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly key?: string;
}

let keys = 0;

/** Speaks to /api/v1 of a house as its people. */
export class Api {
  private readonly tokens = new Map<string, string>();
  private document: Promise<Documented | undefined> | undefined;

  constructor(
    readonly address: string,
    private readonly house: Pick<WebHouse, 'books'>,
    /** for very many requests: connections are used again */
    private readonly keepAlive = false,
  ) {}

  async tokenOf(login: string): Promise<string> {
    const known = this.tokens.get(login);
    if (known !== undefined) return known;
    const { users } = this.house.books;
    const { token } = await users.createToken(await users.actorByLogin(login), login, 'test', 1);
    this.tokens.set(login, token);
    return token;
  }

  /** @param who null: without a token. A new Idempotency-Key each time, unless one is given. */
  async ask(who: Login | (string & {}) | null, method: string, path: string, asked: Asked = {}): Promise<Said> {
    const headers: Record<string, string> = this.keepAlive ? {} : { connection: 'close' };
    if (who !== null) headers['authorization'] = `Bearer ${await this.tokenOf(who)}`;
    if (method !== 'GET') headers['idempotency-key'] = asked.key ?? `test-${(keys += 1)}`;
    if (asked.body !== undefined) headers['content-type'] = 'application/json';
    const body = asked.raw ?? (asked.body === undefined ? undefined : JSON.stringify(asked.body));
    const answer = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: { ...headers, ...asked.headers },
      redirect: 'manual',
      ...(body === undefined ? {} : { body: body as NonNullable<RequestInit['body']> }),
    });
    const text = await answer.text();
    const documented = await this.documented();
    const isJson = /json(;|$)/.test(answer.headers.get('content-type') ?? '') && text !== '';
    const said = {
      status: answer.status,
      headers: answer.headers,
      text,
      body: isJson ? (JSON.parse(text) as unknown) : undefined,
    };
    documented?.check(method, path, said);
    return said;
  }

  /** The document of the service: every answer that passes here is held against it. */
  private async documented(): Promise<Documented | undefined> {
    this.document ??= fetch(`${this.address}/api/v1/openapi.json`, { headers: { connection: 'close' } })
      .then((answer) => answer.json())
      .then((document) => new Documented(document as Document))
      .catch(() => undefined);
    return await this.document;
  }

  get(who: Login | (string & {}) | null, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Said> {
    return this.ask(who, 'GET', path, { headers });
  }

  post(who: Login | (string & {}) | null, path: string, body: unknown = {}, asked: Asked = {}): Promise<Said> {
    return this.ask(who, 'POST', path, { body, ...asked });
  }
}
