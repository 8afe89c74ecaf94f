import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { freePort } from '../builders/free-port.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { Collector } from '../builders/otlp.ts';
import { HOUSE, MARCH } from '../builders/small-house.ts';
import { Visitor } from '../http/visitor.ts';
import { BINARY } from './answerable.ts';

jest.setTimeout(120_000);

const SAID = [
  ...['http.request.method', 'http.route', 'http.response.status_code', 'url.scheme', 'network.protocol.version'],
  ...['answerable.request', 'db.query.summary', 'db.system.name', 'error.type', 'db.response.status_code'],
];

describe('traces', () => {
  let books: TestBooks;
  let token: string;

  beforeAll(async () => {
    books = await testBooks();
    await books.given(HOUSE);
    await books.issue(MARCH);
    ({ token } = await books.users.createToken(books.people.admin, 'finance', 'traces', 1));
  });
  afterAll(async () => {
    await books?.end();
  });

  /** The built program serves while `deed` asks it; then it is told to stop. @returns what it said */
  async function served(env: Record<string, string>, deed: (address: string) => Promise<void>): Promise<string> {
    const port = await freePort();
    const child = spawn(process.execPath, [BINARY, 'serve'], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: books.database.appUrl,
        SESSION_SECRET: 'x'.repeat(32),
        PORT: String(port),
        NODE_OPTIONS: `--import=${join(packageRoot, 'test', 'cli', 'loaded-modules.mjs')}`,
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()));
    const closed = once(child, 'close');
    try {
      while (!said.includes('answers at') && child.exitCode === null) await new Promise((r) => setTimeout(r, 50));
      await deed(`http://127.0.0.1:${port}`);
      child.kill('SIGTERM');
      expect((await closed)[0]).toBe(0);
    } finally {
      if (child.exitCode === null) child.kill('SIGKILL');
    }
    return said;
  }

  it('of requests and their statements go to the collector when the service stops, and hold nothing of the books', async () => {
    const collector = new Collector();
    const address = await collector.start();
    const secrets = ['RETAIL', 'Retail', 'finance', token.slice(11), '2026-03', 'kim%40example.org', 'set_config'];
    let request = '';
    // Nothing is sent before the stop: what arrives was flushed by it.
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: address, OTEL_BSP_SCHEDULE_DELAY: '60000' };
    const said = await served(env, async (service) => {
      const get = (path: string) =>
        fetch(`${service}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
      const shown = await get('/periods/2026-03/statements?unit=RETAIL');
      expect(shown.status).toBe(200);
      request = shown.headers.get('x-request-id')!;
      const { units } = (await shown.json()) as { units: { net: string; lines: { id: string }[] }[] };
      secrets.push(units[0]!.net, units[0]!.lines[0]!.id);
      expect((await get(`/explain/lines/${units[0]!.lines[0]!.id}?name=kim%40example.org`)).status).toBe(400);
      expect((await get('/explain/contacts/kim%40example.org')).status).toBe(404);
      await get('/nowhere/kim%40example.org');
      expect((await fetch(`${service}/healthz`)).status).toBe(200);
      const visitor = new Visitor(service);
      await visitor.signIn({ token });
      expect((await visitor.go('/statements/2026-03/RETAIL')).status).toBe(200);
      expect(collector.bodies).toHaveLength(0);
    });
    collector.end();
    expect(said).not.toContain('opentelemetry files loaded: 0');
    expect(new Set(collector.paths)).toEqual(new Set(['/v1/traces']));
    const { spans } = collector;
    const requests = spans.filter(({ kind }) => kind === 2);
    const shown = requests.find(({ attributes }) => attributes['answerable.request'] === request)!;
    expect(shown).toMatchObject({
      ...{ name: 'GET /api/v1/periods/:period/statements', parent: '' },
      attributes: { 'http.request.method': 'GET', 'http.response.status_code': '200', 'url.scheme': 'http' },
    });
    expect(requests.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...['GET /api/v1/explain/contacts/:id', 'POST /sign-in', 'GET /statements/:period/:unit', 'GET'],
      ]),
    );
    expect(requests.map(({ name }) => name)).not.toContain('GET /healthz');
    const statements = spans.filter(({ trace, kind }) => trace === shown.trace && kind === 3);
    expect(statements.map(({ parent }) => parent)).toEqual(statements.map(() => shown.id));
    expect(statements.map(({ name }) => name)).toEqual(expect.arrayContaining(['sql user-by-token', 'sql start']));
    for (const { attributes, others } of spans) {
      expect(Object.keys(attributes).filter((name) => !SAID.includes(name))).toEqual([]);
      expect(others).toEqual([]);
    }
    const bytes = Buffer.concat(collector.bodies).toString('latin1');
    expect(secrets.filter((secret) => bytes.includes(secret) || bytes.includes(decodeURIComponent(secret)))).toEqual(
      [],
    );
    expect(bytes).not.toMatch(/select |insert |answerable_app|\d\.\d\d\b.*(EUR|€)/i);
  });

  it('stop the service in time where no collector answers', async () => {
    const begun = Date.now();
    await served({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, async (service) => {
      expect((await fetch(`${service}/sign-in`)).status).toBe(200);
    });
    expect(Date.now() - begun).toBeLessThan(30_000);
  });

  it('are off where nothing names a collector: not a file of OpenTelemetry is loaded', async () => {
    const said = await served({}, async (service) => {
      expect((await fetch(`${service}/sign-in`)).status).toBe(200);
    });
    expect(said).toContain('opentelemetry files loaded: 0');
  });
});
