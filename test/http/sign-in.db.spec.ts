import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { PEOPLE, webHouse, type WebHouse } from '../builders/web-house.ts';
import { startService, type RunningService } from '../../src/service.ts';
import { configOf } from '../../src/config.ts';
import { Api } from './api.ts';
import { Visitor } from './visitor.ts';

jest.setTimeout(120_000);

const PASSWORD = 'correct horse battery staple';

describe('signing in', () => {
  let house: WebHouse;
  let api: Api;
  let second: RunningService;

  beforeAll(async () => {
    house = await webHouse();
    api = new Api(house.address, house);
    for (const login of ['dana', 'ravi'])
      await house.books.users.setPassword(house.books.people.admin, login, PASSWORD);
    second = await startService(Object.assign(configOf({ LOG_LEVEL: 'silent' }), { port: 0 }), house.books.db, {
      demoPeople: PEOPLE,
    });
  });
  afterAll(async () => {
    await second?.stop();
    await house?.end();
  });

  it('with a password of an account leads home; it is kept as Argon2id, and its setting is in the audit log', async () => {
    const visitor = new Visitor(house.address);
    expect(await visitor.signIn({ login: 'dana', password: PASSWORD })).toMatchObject({ status: 303, to: '/' });
    expect((await visitor.go('/')).text).toContain('Dana');
    const rows = await house.books.sql<{ password_hash: string }>(
      `select password_hash from app_user where login = 'dana'`,
    );
    expect(rows[0]!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const [event] = await house.books.audit.newest(house.books.people.auditor, { deed: 'user.password' });
    expect(JSON.parse(event!.body)).toMatchObject({ actor: 'admin', for: 'ravi', object: { key: 'ravi' } });
    expect(event!.body).not.toContain(PASSWORD);
  });

  it('is changed by oneself or an admin, and refuses weak ones', async () => {
    const set = (who: string, login: string, password: string) =>
      api.ask(who, 'PUT', `/users/${login}/password`, { body: { password } });
    expect((await set('mia', 'mia', 'short')).body).toMatchObject({ code: 'weak_password', status: 422 });
    expect((await set('mia', 'dana', PASSWORD)).status).toBe(403);
    expect((await set('mia', 'mia', `${PASSWORD}!`)).status).toBe(200);
    expect(await new Visitor(house.address).signIn({ login: 'mia', password: `${PASSWORD}!` })).toMatchObject({
      status: 303,
    });
  });

  it('says the same of a wrong password, no password, no such user and a disabled one, and as slowly', async () => {
    await house.books.users.add(house.books.people.admin, { login: 'gone', name: 'Gone', role: 'auditor', units: [] });
    await house.books.users.setPassword(house.books.people.admin, 'gone', PASSWORD);
    await house.books.users.disable(house.books.people.admin, 'gone');
    const said: string[] = [];
    for (const login of ['ravi', 'audra', 'nobody', 'gone', 'a\0b', "' or 1=1 --"]) {
      const password = login === 'gone' ? PASSWORD : 'wrong';
      const answer = await new Visitor(house.address).signIn({ login, password });
      expect([login, answer.status]).toEqual([login, 401]);
      said.push(/role="alert">([^<]*)</.exec(answer.text)![1]!);
    }
    expect(new Set(said)).toEqual(new Set(['login and password do not belong together']));
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let i = 0; i < 12; i += 1) {
      for (const [kind, login] of [
        ['known', 'ravi'],
        ['unknown', 'nobody'],
      ] as const) {
        const begun = performance.now();
        await expect(house.books.users.actorByPassword(login, 'wrong')).rejects.toMatchObject({ code: 'bad_password' });
        times[kind].push(performance.now() - begun);
      }
    }
    const median = (all: number[]) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)]!;
    const ratio = median(times.known) / median(times.unknown);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  it('is held up after ten wrong tries, with the right password too, in every process and after a restart; so is who guesses tokens', async () => {
    await house.books.sql('delete from guess_count');
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1)
      statuses.push((await new Visitor(second.address).signIn({ login: 'ravi', password: `wrong ${i}` })).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const right = await new Visitor(second.address).signIn({ login: 'ravi', password: PASSWORD });
    expect([right.status, right.text.includes('Wait a quarter of an hour')]).toEqual([429, true]);
    const third = await startService(Object.assign(configOf({ LOG_LEVEL: 'silent' }), { port: 0 }), house.books.db);
    try {
      // What one process counted, the others know.
      expect((await new Visitor(third.address).signIn({ login: 'ravi', password: PASSWORD })).status).toBe(429);
      const guess = () => fetch(`${third.address}/api/v1/me`, { headers: { authorization: 'Bearer answerable_x' } });
      for (let i = 0; i < 10; i += 1) expect((await guess()).status).toBe(401);
      const held = await guess();
      expect([held.status, held.headers.get('content-type'), await held.json()]).toEqual([
        429,
        'application/problem+json',
        expect.objectContaining({ code: 'too_many_tries' }),
      ]);
    } finally {
      await third.stop();
    }
  });
});

describe('metrics', () => {
  it('are on a port of their own and name no unit, person or amount; the service ends with them', async () => {
    const free = createServer().listen(0);
    await once(free, 'listening');
    const { port } = free.address() as AddressInfo;
    free.close();
    const house = await webHouse({ METRICS_PORT: String(port) });
    try {
      const api = new Api(house.address, house);
      await api.get('ravi', '/periods/2026-05/statements');
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
      const text = await answer.text();
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
      expect(text).toContain('answerable_periods{state="closed"} 2');
      expect(text).toContain('answerable_database_up 1');
      expect(text).toMatch(/answerable_import_rows_total\{result="new"\} [1-9]/);
      expect(text).toMatch(/answerable_import_rows_total\{result="refused"\} 0/);
      expect(text).toMatch(/answerable_unattributed_ratio 0(\.\d+)?$/m);
      expect(text).toMatch(
        /answerable_http_request_seconds_count\{method="GET",route="\/api\/v1\/periods\/:period\/statements",status="200"\} 1/,
      );
      expect(text).not.toMatch(/RETAIL|ravi|2026-05/);
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
      expect((await fetch(`${house.address}/metrics`)).status).toBe(404);
    } finally {
      await house.end();
    }
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });
});
