import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { configOf } from '../../src/config.ts';
import { packageRoot } from '../../src/package-root.ts';
import { startService, type RunningService } from '../../src/service.ts';
import { freePort } from '../builders/free-port.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { Visitor, type Seen } from './visitor.ts';

jest.setTimeout(120_000);

describe('signing in by OpenID Connect', () => {
  let books: TestBooks;
  let service: RunningService;
  let provider: ChildProcess;

  beforeAll(async () => {
    const [port, providerPort] = [await freePort(), await freePort()];
    books = await testBooks();
    await books.users.add(books.people.admin, { login: 'eve@example.com', name: 'Eve', role: 'auditor', units: [] });
    await books.users.add(books.people.admin, { login: 'gone@example.com', name: 'Gone', role: 'auditor', units: [] });
    await books.users.disable(books.people.admin, 'gone@example.com');
    const callback = `http://localhost:${port}/sign-in/oidc/callback`;
    provider = spawn(
      process.execPath,
      [join(packageRoot, 'test', 'http', 'oidc-server.mjs'), String(providerPort), callback],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await once(provider.stdout!, 'data');
    const config = configOf({
      ...{ LOG_LEVEL: 'silent', PORT: String(port), OIDC_ISSUER: `http://localhost:${providerPort}` },
      ...{ OIDC_CLIENT_ID: 'answerable', OIDC_CLIENT_SECRET: 'secret of a test' },
    });
    service = await startService(config, books.db);
  });
  afterAll(async () => {
    provider?.kill();
    await service?.stop();
    await books?.end();
  });

  const isBack = (to: string): boolean => to.startsWith(`${service.address}/sign-in/oidc/callback`);

  /** Through the server's own pages as somebody, up to the answer that sends them back. */
  async function sentBack(visitor: Visitor, login: string): Promise<Seen> {
    let seen = await visitor.follow(await visitor.go('/sign-in/oidc'));
    for (let i = 0; i < 2; i += 1) {
      const action = /<form[^>]*action="([^"]+)"/.exec(seen.text)![1]!;
      const prompt = /name="prompt" value="([^"]+)"/.exec(seen.text)![1]!;
      seen = await visitor.follow(await visitor.go(action, { prompt, login, password: 'x' }), isBack);
      if (seen.to !== null) break;
    }
    return seen;
  }

  it('leads home as the user whose login is the verified address; from then on by the subject', async () => {
    const visitor = new Visitor(service.address);
    expect((await visitor.go('/sign-in')).text).toContain('Sign in with your organisation');
    const begin = await visitor.go('/sign-in/oidc');
    const asked = new URL(begin.to!).searchParams;
    expect([begin.status, asked.get('code_challenge_method'), asked.get('response_type')]).toEqual([
      303,
      'S256',
      'code',
    ]);
    for (const name of ['state', 'nonce', 'code_challenge']) expect(asked.get(name)).toMatch(/^[\w-]{43}$/);
    for (let i = 0; i < 2; i += 1) {
      const someone = new Visitor(service.address);
      const back = await sentBack(someone, 'eve@example.com');
      const home = await someone.go(back.to!);
      expect([home.status, home.to]).toEqual([303, '/']);
      expect((await someone.go('/')).text).toContain('Eve');
    }
    const events = await books.audit.newest(books.people.auditor, { deed: 'user.bind' });
    expect(events.map(({ body }) => (JSON.parse(body) as { object: { key: string } }).object.key)).toEqual([
      'eve@example.com',
    ]);
  });

  it.each(['nobody@example.com', 'unverified@example.com', 'gone@example.com'])('refuses %s', async (login) => {
    if (login.startsWith('unverified'))
      await books.users.add(books.people.admin, { login, name: 'U', role: 'admin', units: [] });
    const visitor = new Visitor(service.address);
    const back = await sentBack(visitor, login);
    const answer = await visitor.go(back.to!);
    expect([answer.status, answer.text.includes('nobody here has your verified e-mail address')]).toEqual([401, true]);
    expect((await visitor.go('/')).to).toBe('/sign-in');
  });

  it('takes an answer once, only in the session that asked, and only as the server gave it', async () => {
    const visitor = new Visitor(service.address);
    const back = await sentBack(visitor, 'eve@example.com');
    const stranger = new Visitor(service.address);
    expect((await stranger.go(back.to!)).status).toBe(401);
    const other = new URL(back.to!);
    other.searchParams.set('state', 'x'.repeat(43));
    expect((await visitor.go(other.href)).status).toBe(401);
    // That was the one answer of this trip.
    expect((await visitor.go(back.to!)).status).toBe(401);
    expect((await visitor.go('/sign-in/oidc/callback')).status).toBe(401);
    expect((await visitor.go('/')).to).toBe('/sign-in');
  });

  it('is not there when it is not configured, and says so plainly when the server is away', async () => {
    const plain = await startService(Object.assign(configOf({ LOG_LEVEL: 'silent' }), { port: 0 }), books.db);
    const away = await startService(
      Object.assign(configOf({ LOG_LEVEL: 'silent', OIDC_ISSUER: 'http://localhost:1', OIDC_CLIENT_ID: 'x' }), {
        port: 0,
      }),
      books.db,
    );
    try {
      expect((await new Visitor(plain.address).go('/sign-in/oidc')).status).toBe(404);
      expect((await new Visitor(plain.address).go('/sign-in')).text).not.toContain('organisation');
      const answer = await new Visitor(away.address).go('/sign-in/oidc');
      expect([answer.status, answer.text.includes('did not work')]).toEqual([401, true]);
    } finally {
      await plain.stop();
      await away.stop();
    }
    expect(() => configOf({ OIDC_ISSUER: 'http://example.com' })).toThrow('OIDC_ISSUER');
  });
});
