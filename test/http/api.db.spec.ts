import { webHouse, type WebHouse } from '../builders/web-house.ts';
import type { Command } from 'commander';
import { program } from '../../src/cli/program.ts';
import { Api, type Said } from './api.ts';
import { COMMANDS } from './commands.ts';

jest.setTimeout(120_000);

/** Without it fetch adds no-cache, which asks for the whole answer. */
const REVALIDATE = { 'cache-control': 'max-age=0' };

describe('the API', () => {
  let house: WebHouse;
  let api: Api;

  beforeAll(async () => {
    house = await webHouse();
    api = new Api(house.address, house);
  });
  afterAll(async () => {
    await house?.end();
  });

  it('tells what it can: OpenAPI 3.1, to everybody', async () => {
    const { status, body } = await api.get(null, '/openapi.json');
    expect(status).toBe(200);
    const document = body as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/api/v1/periods/{period}/close');
    const docs = await fetch(`${house.address}/api/docs`, { redirect: 'manual' });
    expect([docs.status, docs.headers.get('location')]).toEqual([302, '/api/v1/openapi.json']);
  });

  it('has an operation for every command of the shell that is not about the machine it runs on', async () => {
    const { body } = await api.get(null, '/openapi.json');
    const operations = Object.entries((body as { paths: Record<string, object> }).paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1', '')}`),
    );
    const leaves = (command: Command, above: string): string[] =>
      command.commands.length === 0
        ? [above]
        : command.commands.flatMap((one) => leaves(one, `${above} ${one.name()}`.trim()));
    expect(leaves(program(), '').sort()).toEqual(Object.keys(COMMANDS).sort());
    for (const [command, doing] of Object.entries(COMMANDS))
      for (const name of doing) expect([command, name, operations.includes(name)]).toEqual([command, name, true]);
  });

  it('answers problems as RFC 9457 says, with the code that the shell gives', async () => {
    const nobody = await api.get(null, '/periods');
    expect([nobody.status, nobody.headers.get('content-type'), nobody.headers.get('www-authenticate')]).toEqual([
      401,
      'application/problem+json',
      'Bearer realm="answerable"',
    ]);
    expect(nobody.body).toEqual({
      type: 'urn:answerable:problem:token_missing',
      title: 'Unauthorized',
      status: 401,
      detail: expect.stringContaining('token'),
      instance: '/api/v1/periods',
      code: 'token_missing',
      next: 'answerable token create',
    });
    const wrong = await api.get(null, '/periods', { authorization: 'Bearer answerable_no' });
    expect([wrong.status, wrong.body]).toEqual([401, expect.objectContaining({ code: 'bad_token' })]);
    const code = async (path: string) => {
      const { status, body } = await api.get('dana', path);
      return [status, (body as { code: string }).code];
    };
    expect(await code('/nowhere')).toEqual([404, 'no_such_route']);
    expect(await code('/periods/2026-13/runs')).toEqual([400, 'invalid_input']);
    expect(await code('/periods/2031-01/statements')).toEqual([404, 'no_run']);
    expect(await code('/periods?colour=red')).toEqual([400, 'invalid_input']);
    expect(await code('/decisions/%00')).toEqual([404, 'not_found']);
    expect(await code('/decisions/%E0%A4%A')).toEqual([400, 'malformed']);
    expect((await api.post('carl', '/periods/2026-05/close')).status).toBe(403);
    expect((await api.post('dana', '/periods/2026-04/close')).status).toBe(409);
  });

  it('names every fault of a body by its pointer', async () => {
    const { status, body } = await api.post('dana', '/periods/2026-05/reopen', { reason: 5, colour: 'red' });
    expect([status, body]).toEqual([
      400,
      expect.objectContaining({
        code: 'invalid_input',
        errors: expect.arrayContaining([
          expect.objectContaining({ pointer: '/colour', code: 'unknown_field', got: '"red"' }),
          expect.objectContaining({ pointer: '/reason', code: 'bad_value', got: '5' }),
        ]) as unknown,
      }),
    ]);
  });

  it('gives statements with entity tags: unchanged is 304', async () => {
    for (const path of [
      '/periods/2026-05/statements',
      '/periods/2026-05/statements?format=csv',
      '/periods/2026-05/statements/RETAIL',
      '/decisions/FEE',
    ]) {
      const first = await api.get('ravi', path);
      const tag = first.headers.get('etag')!;
      expect([path, first.status, tag]).toEqual([path, 200, expect.stringMatching(/^"/)]);
      const again = await api.get('ravi', path, { 'if-none-match': tag, ...REVALIDATE });
      expect([path, again.status, again.text]).toEqual([path, 304, '']);
      expect([path, (await api.get('ravi', path, { 'if-none-match': '"other"', ...REVALIDATE })).status]).toEqual([
        path,
        200,
      ]);
    }
    const canonical = await api.get('ravi', '/periods/2026-05/statements/RETAIL');
    const [{ sha256 }] = (await house.books.sql<{ sha256: string }>(
      `select s.sha256 from statement s join period p using (run_id) where p.period = '2026-05' and s.unit_code = 'RETAIL'`,
    )) as [{ sha256: string }];
    expect(canonical.headers.get('etag')).toBe(`"${sha256}"`);
  });

  it('lists in parts: a cursor goes on where the last part ended', async () => {
    const seen: string[] = [];
    let after = '';
    for (let i = 0; i < 5; i += 1) {
      const { body } = await api.get('dana', `/periods?limit=1${after}`);
      const { items, next } = body as { items: { period: string }[]; next: string | null };
      seen.push(...items.map((item) => item.period));
      if (next === null) break;
      after = `&after=${next}`;
    }
    expect(seen).toEqual(['2026-03', '2026-04', '2026-05']);
    expect((await api.get('dana', '/periods?after=bm9wZQ')).status).toBe(400);
    expect((await api.get('dana', '/periods?limit=0')).status).toBe(400);
  });

  it('explains a line and a contact, and shows an owner only own units', async () => {
    const { body } = await api.get('ravi', '/periods/2026-05/statements');
    const { units } = body as { units: { unit: string; lines: { id: string }[] }[] };
    expect(units.map(({ unit }) => unit)).toEqual(['RETAIL']);
    const line = await api.get('ravi', `/explain/lines/${units[0]!.lines[0]!.id}`);
    expect([line.status, line.body]).toEqual([200, expect.objectContaining({ period: '2026-05', ledgerEntries: [] })]);
    expect((await api.get('dana', '/explain/contacts/2026-05-f-0')).status).toBe(200);
    expect((await api.get('ravi', '/periods/2026-05/statements/MOBILE')).body).toMatchObject({
      code: 'no_such_statement',
    });
  });

  describe('a key', () => {
    it('is wanted by what changes something, and by nothing else', async () => {
      const token = await api.tokenOf('dana');
      const answer = await fetch(`${house.address}/api/v1/periods/2026-05/submit`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
      });
      expect([answer.status, await answer.json()]).toEqual([
        400,
        expect.objectContaining({
          errors: [expect.objectContaining({ column: 'Idempotency-Key', code: 'idempotency_key_missing' })],
        }),
      ]);
    });

    it('repeated gives the same answer and no second effect; with another body or path it is refused', async () => {
      const reopen = (reason: string, key: string, path = '/periods/2026-05/reopen') =>
        api.post('carl', path, { reason }, { key });
      const first = await reopen('again', 'k1');
      expect([first.status, first.body, first.headers.get('idempotency-replayed')]).toEqual([
        200,
        { period: '2026-05', state: 'calculated', awaitsConfirmation: false },
        null,
      ]);
      const second = await reopen('again', 'k1');
      expect([second.status, second.text, second.headers.get('idempotency-replayed')]).toEqual([
        200,
        first.text,
        'true',
      ]);
      expect((await reopen('other', 'k1')).body).toMatchObject({ status: 422, code: 'key_reused' });
      expect((await reopen('again', 'k1', '/periods/2026-04/reopen')).body).toMatchObject({ code: 'key_reused' });
      // The key is its sender's: another person's is another key. A refused deed leaves its key free.
      const dana = await api.post('dana', '/periods/2026-05/approve', {}, { key: 'k1' });
      expect(dana.status).toBe(403);
      expect((await api.post('dana', '/periods/2026-05/submit', {}, { key: 'k1' })).status).toBe(200);
      const events = await house.books.audit.newest(house.books.people.auditor, { object: '2026-05' });
      expect(events.filter(({ body }) => body.includes('"period.reopen"'))).toHaveLength(1);
    });

    it('sent a thousand times at once has one effect', async () => {
      const times = 1_000;
      const answers: Said[] = [];
      const ask = async (): Promise<void> => {
        while (answers.length + underWay < times) {
          underWay += 1;
          const said = await api.post('dana', '/periods/2026-05/reopen', { reason: 'once' }, { key: 'k2' });
          underWay -= 1;
          answers.push(said);
        }
      };
      let underWay = 0;
      await Promise.all(Array.from({ length: 100 }, ask)); // as many connections as a machine of two cores takes
      const count = (status: number) => answers.filter((answer) => answer.status === status).length;
      expect(count(200)).toBeGreaterThan(0);
      const others = answers.filter(({ status }) => status !== 200 && status !== 409);
      expect(others.map(({ text }) => text)).toEqual([]);
      expect(answers).toHaveLength(times);
      for (const { status, body } of answers) if (status === 409) expect(body).toMatchObject({ code: 'in_flight' });
      const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true');
      expect(replayed).toHaveLength(count(200) - 1);
      const events = await house.books.audit.newest(house.books.people.auditor, { object: '2026-05' });
      expect(events.filter(({ body }) => body.includes('"reason":"once"'))).toHaveLength(1);
      expect((await api.post('dana', '/periods/2026-05/submit')).status).toBe(200);
    });
  });
});
