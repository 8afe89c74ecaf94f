import { readdirSync, readFileSync } from 'node:fs';
import { csv } from '../builders/books.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { Api, type Said } from './api.ts';
import { households, OWNER, type Households } from './households.ts';
import { ACCESS, operationsOf, personOf, type Field, type OperationShown } from './operations.ts';

jest.setTimeout(3_600_000);

const FULL = Boolean(process.env['ANSWERABLE_FULL']);
/** Every n-th in each run, all of them with ANSWERABLE_FULL. */
const sample = <T>(all: readonly T[], every: number): T[] => (FULL ? [...all] : all.filter((_, i) => i % every === 0));

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
const BESIDE: readonly string[] = [
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202egnp.exe',
  '\ufeff',
  'x'.repeat(20_000),
  '\r\n',
  '{}',
  '-0',
];

/** Names that every object of the language answers to: a table looked up by what somebody sent must not. */
const INHERITED = ['hasOwnProperty', 'constructor', '__proto__'];

describeWithShared('hostile requests', 'hostile/blns/blns.json', () => {
  const strings = [...(JSON.parse(readFileSync(sharedPath('hostile/blns/blns.json'), 'utf8')) as string[]), ...BESIDE];
  const amounts = lines(readFileSync(sharedPath('hostile/amounts/amounts.txt'), 'utf8'));
  const suite = ['test_parsing', 'test_transform'].flatMap((folder) =>
    readdirSync(sharedPath('hostile/JSONTestSuite', folder)).map((name) => ({
      name,
      bytes: readFileSync(sharedPath('hostile/JSONTestSuite', folder, name)),
    })),
  );
  let house: Households;
  let api: Api;
  let operations: OperationShown[];

  beforeAll(async () => {
    house = await households();
    api = new Api(house.address, house, true);
    operations = await operationsOf(api);
  });
  afterAll(async () => {
    await house?.end();
  });

  /** Less than 500, and a refusal is a problem with a code. */
  function check(what: unknown, said: Said): void {
    const problem = said.status >= 400 ? (said.body as { code?: unknown; status?: unknown } | undefined) : undefined;
    const isWell =
      said.status < 400 ||
      (said.status < 500 &&
        said.headers.get('content-type') === 'application/problem+json' &&
        typeof problem?.code === 'string' &&
        problem.status === said.status);
    if (!isWell) expect([what, said.status, said.text.slice(0, 500)]).toBe('a refusal as problem+json');
  }

  async function eachOf<T>(all: readonly T[], deed: (one: T) => Promise<void>): Promise<void> {
    const left = [...all];
    const work = async (): Promise<void> => {
      for (let one = left.pop(); one !== undefined; one = left.pop()) await deed(one);
    };
    await Promise.all(Array.from({ length: 8 }, work));
  }

  function send({ name, isUpload }: OperationShown, field: Field, value: unknown): Promise<Said> {
    const { roles, at, body = {} } = ACCESS[name]!;
    const [method, template] = name.split(' ') as [string, string];
    const who = personOf(roles[0]!);
    let path = at;
    if (field.in === 'path') {
      const place = template.split('/').indexOf(`{${field.name}}`);
      const parts = at.split('?')[0]!.split('/');
      // fetch resolves a part that is nothing but dots before it asks
      parts[place] = encodeURIComponent(String(value)).replace(/^\.+$/, '%2E');
      path = parts.join('/');
    } else if (field.in === 'query') {
      path = `${at}${at.includes('?') ? '&' : '?'}${field.name}=${encodeURIComponent(String(value))}`;
    }
    if (isUpload) return api.ask(who, method, path, { raw: 'a\n1\n', headers: { 'content-type': 'text/csv' } });
    if (method === 'GET') return api.get(who, path);
    return api.ask(who, method, path, {
      body: field.in === 'body' ? { ...(body as object), [field.name]: value } : body,
    });
  }
  /** What an address can carry: halves of surrogate pairs cannot be sent. */
  const sendable = (field: Field) => (text: string) =>
    field.in === 'body' || (!/\p{Cs}/u.test(text) && text.length < 5_000 && text !== '');

  it('of naughty strings in every field of bodies, queries and paths are answered, never with a fault of ours', async () => {
    for (const operation of operations) {
      for (const field of operation.fields)
        await eachOf([...INHERITED, ...sample(strings, 60)].filter(sendable(field)), async (text) =>
          check([operation.name, field.name, text], await send(operation, field, text)),
        );
    }
  });

  it('of values of another type in every field of a body are refused by its pointer', async () => {
    for (const operation of operations) {
      for (const field of operation.fields.filter((of) => of.in === 'body')) {
        for (const value of [null, 0, -1, 1e308, true, [], {}, [[]], [null], { a: { b: [] } }, ['x', 5]]) {
          const said = await send(operation, field, value);
          check([operation.name, field.name, value], said);
          const isWanted = {
            string: 'string',
            integer: 'number',
            boolean: 'boolean',
            array: 'object',
            object: 'object',
          }[field.schema.type!];
          if (said.status === 200)
            expect([operation.name, field.name, value === null ? isWanted : typeof value]).toEqual([
              operation.name,
              field.name,
              isWanted,
            ]);
        }
      }
    }
  });

  it('of the JSON suite as every body are answered; what is no JSON is refused', async () => {
    const bodies = sample(suite, 24);
    for (const { name } of operations.filter((of) => of.hasBody)) {
      const { roles, at } = ACCESS[name]!;
      const [method] = name.split(' ') as [string];
      await eachOf(bodies, async ({ name: file, bytes }) => {
        const said = await api.ask(personOf(roles[0]!), method, at, {
          raw: bytes,
          headers: { 'content-type': 'application/json' },
        });
        check([name, file], said);
        if (file.startsWith('n_') && bytes.length > 0) expect([name, file, said.status]).toEqual([name, file, 400]);
      });
    }
  });

  describe('texts that are accepted come back as they were:', () => {
    const texts = sample(strings, 12).filter((text) => text.trim() !== '');
    /** What a deed said of its text; undefined when it was refused, as it must be for what cannot be kept. */
    async function kept<T>(what: unknown, said: Promise<Said>): Promise<T | undefined> {
      const answer = await said;
      check(what, answer);
      return answer.status === 200 ? (answer.body as T) : undefined;
    }
    const cannotBeKept = (text: string): boolean => /[\0\p{Cs}]/u.test(text) || text.length > 10_000;

    it('of disputes, replies and rulings', async () => {
      const line = house.lines['RETAIL']!;
      for (const text of texts) {
        // one after the other: a line has one open dispute
        const opened = await kept<{ id: string }>(
          text,
          api.post(OWNER, '/disputes', { line, reason: text, evidence: text }),
        );
        expect([text, opened === undefined]).toEqual([text, cannotBeKept(text)]);
        if (!opened) continue;
        await kept(text, api.post('finance', `/disputes/${opened.id}/replies`, { text }));
        await kept(text, api.post(OWNER, `/disputes/${opened.id}/escalate`, { reason: text }));
        await kept(text, api.post('cfo', `/disputes/${opened.id}/ruling`, { accept: false, reason: text }));
        const { body } = await api.get(OWNER, `/disputes/${opened.id}`);
        expect(body).toMatchObject({ reason: text, evidence: text, ruling: text, thread: [{ text }, { text }] });
        const { body: log } = await api.get('auditor', `/audit/newest?object=${opened.id}&deed=dispute.rule`);
        expect((log as { items: { reason: string }[] }).items[0]!.reason).toBe(text);
      }
    });

    it('of notes on decisions', async () => {
      for (const text of texts) {
        const note = await kept<{ text: string }>(text, api.post(OWNER, '/decisions/D-RETAIL/notes', { text }));
        expect([text, note?.text]).toEqual([text, cannotBeKept(text) ? undefined : text]);
        if (!note) continue;
        const { body } = await api.get('finance', '/decisions/D-RETAIL/notes?limit=1');
        expect((body as { items: { text: string }[] }).items[0]!.text).toBe(text);
      }
    });

    it('of corrections, reopenings, names and labels', async () => {
      await eachOf([...texts.entries()], async ([i, text]) => {
        const asked = await kept<{ why: string }>(
          text,
          api.post('finance', '/corrections', { chargePeriod: '2026-03', unit: 'RETAIL', amount: '1.00', why: text }),
        );
        expect([text, asked?.why]).toEqual([text, cannotBeKept(text) ? undefined : text]);
        await kept(text, api.post('finance', '/periods/2026-03/reopen', { reason: text }));
        const user = await kept<{ name: string }>(
          text,
          api.post('admin', '/users', { login: `u${i}`, name: text, role: 'auditor' }),
        );
        if (user) {
          expect(user.name).toBe(text);
          const { tokenId } =
            (await kept<{ tokenId: number }>(
              text,
              api.post('admin', '/tokens', { login: `u${i}`, label: text.slice(0, 200) }),
            )) ?? {};
          const { body } = await api.get('admin', '/tokens?limit=1000');
          const label = (body as { items: { tokenId: number; label: string }[] }).items.find(
            (one) => one.tokenId === tokenId,
          )?.label;
          expect([text, label]).toEqual([text, tokenId === undefined ? undefined : text.slice(0, 200)]);
        }
      });
    });

    it('of events', async () => {
      await eachOf([...texts.entries()], async ([i, text]) => {
        const event = { response_id: `s${i}`, occurred_at: '2026-04-05T10:00:00', instrument: text, score: 5 };
        check(text, await api.post('finance', '/events/surveys', { events: [event] }));
        check(
          text,
          await api.post('finance', '/events/contacts?dryRun=true', { events: [{ [text]: text, contact_id: text }] }),
        );
      });
    });
  });

  it('of 368 amounts in every field of money are refused, or taken as what they say', async () => {
    const decimal = /^[+-]?\d+(\.\d+)?$/;
    const isSame = (given: string, taken: string): boolean => {
      const scaled = (text: string) =>
        BigInt(`${text.replace(/^\+/, '').split('.')[0]}${(text.split('.')[1] ?? '').padEnd(30, '0')}`);
      const sign = (text: string) => (text.startsWith('-') ? -1n : 1n);
      const plain = (text: string) => sign(text) * scaled(text.replace(/^[+-]/, ''));
      return plain(given) === plain(taken);
    };
    const fields = operations.flatMap((operation) =>
      operation.fields.filter((field) => field.schema.format === 'decimal').map((field) => [operation, field] as const),
    );
    expect(fields.map(([{ name }, field]) => `${name} ${field.in} ${field.name}`).sort()).toEqual([
      'GET /disputes/{id}/preview query amount',
      'POST /corrections body amount',
      'POST /disputes body amount',
      'POST /disputes/{id}/ruling body amount',
    ]);
    for (const [operation, field] of fields)
      await eachOf(sample(amounts, 10).filter(sendable(field)), async (text) =>
        check([operation.name, text], await send(operation, field, text)),
      );
    const taken: string[] = [];
    for (const text of sample(amounts, 4)) {
      const asked = await api.post('finance', '/corrections', {
        chargePeriod: '2026-03',
        unit: 'RETAIL',
        amount: text,
        why: 'x',
      });
      check(text, asked);
      const preview = await api.get(
        'finance',
        `/disputes/${house.disputes['RETAIL']}/preview?amount=${encodeURIComponent(text)}`,
      );
      check(text, preview);
      const ledger = csv([
        {
          entry_id: `e${taken.length}`,
          period: '2026-04',
          account: '6000',
          cost_center: 'CC',
          amount: text,
          currency: 'EUR',
        },
      ]);
      check(
        text,
        await api.ask('finance', 'POST', '/imports/ledger?dryRun=true', {
          raw: ledger,
          headers: { 'content-type': 'text/csv' },
        }),
      );
      if (asked.status !== 200) continue;
      const { amount } = asked.body as { amount: string };
      expect([text, decimal.test(text.trim())]).toEqual([text, true]);
      expect([text, amount, isSame(text.trim(), amount)]).toEqual([text, amount, true]);
      taken.push(text);
    }
    expect(taken.length).toBeGreaterThan(3);
  });
});
