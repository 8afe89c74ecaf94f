import { unzipSync, strFromU8 } from 'fflate';
import { ROLES } from '../../src/domain/roles.ts';
import { Api, type Said } from './api.ts';
import { households, OWNER, RELATIONS, type Households, type Relation } from './households.ts';
import { ACCESS, operationsOf, personOf, type OperationShown } from './operations.ts';

jest.setTimeout(240_000);

const LOOKS = 15;

describe('who may see and do what', () => {
  let house: Households;
  let api: Api;
  let operations: OperationShown[];

  beforeAll(async () => {
    house = await households();
    api = new Api(house.address, house);
    operations = await operationsOf(api);
  });
  afterAll(async () => {
    await house?.end();
  });

  const asked = (who: string | null, name: string): Promise<Said> => {
    const { at, body } = ACCESS[name]!;
    const [method] = name.split(' ') as [string];
    if (method === 'GET') return api.get(who, at);
    if (operations.find((operation) => operation.name === name)!.isUpload)
      return api.ask(who, method, at, { raw: 'a,b\n1,2\n', headers: { 'content-type': 'text/csv' } });
    return api.ask(who, method, at, { body: body ?? {} });
  };

  it('lists every operation of the OpenAPI document, and no other', () => {
    expect(Object.keys(ACCESS).sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it.each(ROLES)('lets a %s do what the role may, and refuses the rest as problem+json', async (role) => {
    for (const { name } of operations) {
      const said = await asked(personOf(role), name);
      const { code } = (said.status < 400 ? {} : said.body) as { code?: string };
      const isLet = code !== 'forbidden';
      expect([name, isLet, said.status < 500]).toEqual([name, ACCESS[name]!.roles.includes(role), true]);
      if (!isLet)
        expect([name, said.status, said.headers.get('content-type')]).toEqual([name, 403, 'application/problem+json']);
    }
  });

  it('refuses everybody without a token, or with one that is not good', async () => {
    for (const { name } of operations) {
      const nobody = await asked(null, name);
      expect([name, nobody.status, nobody.body]).toEqual([
        name,
        401,
        expect.objectContaining({ code: 'token_missing' }),
      ]);
      const [method, path] = [name.split(' ')[0]!, ACCESS[name]!.at];
      for (const authorization of ['Bearer answerable_guess', 'Basic YTpi', `bearer ${'x'.repeat(500)}`]) {
        const guess = await api.ask(null, method, path, { headers: { authorization } });
        expect([name, authorization, guess.status]).toEqual([name, authorization, 401]);
      }
    }
  });

  it('takes no session for a token: a signed-in browser does nothing here', async () => {
    const { users } = house.books;
    const { token } = await users.createToken(await users.actorByLogin('admin'), 'admin', 'page', 1);
    const page = await fetch(`${house.address}/sign-in`);
    const cookies = page.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())![1]!;
    const signed = await fetch(`${house.address}/sign-in`, {
      ...{ method: 'POST', redirect: 'manual' as const },
      headers: { cookie: cookies, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf, token }).toString(),
    });
    expect(signed.status).toBe(303);
    const cookie = [cookies, ...signed.headers.getSetCookie().map((one) => one.split(';')[0])].join('; ');
    for (const { name } of operations) {
      const [method] = name.split(' ') as [string];
      const said = await api.ask(null, method, ACCESS[name]!.at, { headers: { cookie } });
      expect([name, said.status]).toEqual([name, 401]);
    }
  });

  it('changes nothing by GET, HEAD or OPTIONS, and knows no other method', async () => {
    const deeds = operations.filter(({ name }) => !name.startsWith('GET'));
    const before = await house.books.sql('select count(*) from audit_event');
    for (const { name } of deeds) {
      const [, path] = name.split(' ') as [string, string];
      const at = ACCESS[name]!.at;
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'PATCH']) {
        const isOther =
          operations.some((other) => other.name === `GET ${path}`) ||
          /^\/(models|imports|kinds|methods)\/[^/]+$/.test(path);
        if (isOther && (method === 'GET' || method === 'HEAD')) continue; // a look of its own
        const said = await api.ask('admin', method, at);
        expect([name, method, said.status]).toEqual([name, method, said.status >= 400 ? said.status : 'refused']);
      }
    }
    expect(await house.books.sql('select count(*) from audit_event')).toEqual(before);
  });

  describe('an owner', () => {
    const SEEN: readonly Relation[] = ['own', 'child'];
    const HIDDEN: readonly Relation[] = ['parent', 'sibling'];
    /** Everything that names a unit or what belongs to one, by the relation; `none` names what is not there. */
    const named = (relation: Relation | 'none'): readonly (readonly [string, string, unknown?])[] => {
      const unit = relation === 'none' ? 'NOWHERE' : RELATIONS[relation];
      const line = relation === 'none' ? 'f'.repeat(20) : house.lines[unit]!;
      const dispute = relation === 'none' ? '999' : house.disputes[unit]!;
      return [
        ...['2026-03', '2026-04'].flatMap((period): [string, string][] => [
          ['GET', `/periods/${period}/statements?unit=${unit}`],
          ['GET', `/periods/${period}/statements?unit=${unit}&format=csv`],
          ['GET', `/periods/${period}/statements?unit=${unit}&format=json`],
          ['GET', `/periods/${period}/statements?unit=${unit}&format=xlsx`],
          ['GET', `/periods/${period}/statements/${unit}`],
        ]),
        ['GET', `/periods/2026-03/issued/files?unit=${unit}`],
        ['GET', `/explain/lines/${line}`],
        ['GET', `/explain/lines/${line}?all=true`],
        ['GET', `/decisions/D-${unit}`],
        ['GET', `/decisions/D-${unit}/notes`],
        ['POST', `/decisions/D-${unit}/notes`, { text: 'hello' }],
        ['GET', `/disputes/${dispute}`],
        ['GET', `/disputes/${dispute}/preview`],
        ['POST', `/disputes/${dispute}/replies`, { text: 'hello' }],
        ['POST', `/disputes/${dispute}/escalate`, { reason: 'hello' }],
        ['POST', '/disputes', { line, reason: 'mine' }],
        ['POST', `/periods/2026-03/issued/${unit}/accept`],
      ];
    };
    const ask = ([method, path, body]: readonly [string, string, unknown?]) =>
      method === 'GET' ? api.get(OWNER, path) : api.ask(OWNER, method, path, { body: body ?? {} });
    const namesOf = (relation: Relation | 'none'): string[] => {
      if (relation === 'none') return ['D-NOWHERE', 'NOWHERE', 'f'.repeat(20), '/disputes/999', 'dispute 999'];
      const unit = RELATIONS[relation];
      const dispute = house.disputes[unit]!;
      return [`D-${unit}`, unit, house.lines[unit]!, `/disputes/${dispute}`, `dispute ${dispute}`];
    };
    /** An answer without what the question named. */
    const plain = (said: Said, relation: Relation | 'none'): string =>
      namesOf(relation).reduce((text, name, i) => text.replaceAll(name, `<${i}>`), said.text);

    it.each(HIDDEN)('has what is of the %s answered as what is not there, to the letter', async (relation) => {
      const [foreign, missing] = [named(relation), named('none')];
      for (const [i, question] of foreign.entries()) {
        const [there, nowhere] = [await ask(question), await ask(missing[i]!)];
        expect([question, there.status, plain(there, relation)]).toEqual([question, 404, plain(nowhere, 'none')]);
        const headers = (said: Said) => [...said.headers.keys()].sort();
        expect([question, headers(there)]).toEqual([question, headers(nowhere)]);
      }
      const count = await house.books.sql(
        'select count(*)::int as n from (select from dispute_entry union all select from decision_note) entries',
      );
      expect(count).toEqual([{ n: 0 }]);
    });

    it.each(HIDDEN)('cannot tell by the clock what is of the %s from what is not there', async (relation) => {
      const missing = named('none');
      for (const [i, question] of named(relation).entries()) {
        if (question[0] !== 'GET') continue;
        // The fastest looks, because neighbours on the machine only add; what another unit's figures cost to read is a
        // multiple of it, in every round.
        const apart = async (): Promise<boolean> => {
          const fastest: [number, number] = [Infinity, Infinity];
          for (let look = 0; look < LOOKS; look++) {
            for (const [kind, asked] of [question, missing[i]!].entries()) {
              const begun = performance.now();
              await ask(asked);
              fastest[kind] = Math.min(fastest[kind]!, performance.now() - begun);
            }
          }
          const [there, nowhere] = fastest;
          return Math.abs(there - nowhere) >= Math.max(5, nowhere / 2);
        };
        expect([question, (await apart()) && (await apart()) && (await apart())]).toEqual([question, false]);
      }
    });

    it('sees nothing of others in any list, count, export, explanation or error', async () => {
      const whole = [
        ...[
          '/periods',
          '/decisions',
          '/disputes',
          '/me',
          '/tokens',
          '/periods/2026-03/parked',
          '/periods/2026-03/acceptances',
        ],
        ...['2026-03', '2026-04'].flatMap((period) =>
          ['', '?format=csv', '?format=json', '?format=xlsx'].map((format) => `/periods/${period}/statements${format}`),
        ),
        ...['/periods/2026-03/issued', '/periods/2026-03/issued?unit=MOBILE', '/periods/2026-03/issued/files'],
        ...[
          '/audit',
          '/imports',
          '/models/1',
          '/corrections',
          '/explain/contacts/contact-of-MOBILE-2026-03-0',
          '/users',
        ],
      ];
      const own = SEEN.flatMap((relation) => named(relation)).filter(([method]) => method === 'GET');
      for (const [, path] of [...whole.map((one) => ['GET', one] as const), ...own]) {
        const said = await fetch(`${house.address}/api/v1${path}`, {
          headers: { authorization: `Bearer ${await api.tokenOf(OWNER)}` },
        });
        const bytes = new Uint8Array(await said.arrayBuffer());
        const texts = bytes[0] === 0x50 && bytes[1] === 0x4b ? Object.values(unzipSync(bytes)) : [bytes];
        const text = texts
          .map((part) => strFromU8(part))
          .join('\n')
          .replaceAll('contact-of-MOBILE-2026-03-0"', '"');
        for (const relation of HIDDEN)
          for (const secret of house.secretsOf(RELATIONS[relation]))
            expect([path, secret, text.includes(secret)]).toEqual([path, secret, false]);
      }
      const { body } = await api.get(OWNER, '/disputes');
      expect((body as { items: { unit: string }[] }).items.map(({ unit }) => unit).sort()).toEqual(['RETAIL', 'SHOPS']);
    });

    it('sees and does everything of the own unit and of those below', async () => {
      for (const relation of SEEN) {
        for (const question of named(relation)) {
          const said = await ask(question);
          expect([question, said.status, said.status === 200 ? '' : said.text]).toEqual([question, 200, '']);
        }
      }
    });

    it('ends no token of another', async () => {
      await api.tokenOf('finance');
      const [{ token_id: id }] = (await house.books.sql(
        `select token_id from api_token join app_user using (user_id) where login = 'finance'`,
      )) as [{ token_id: string }];
      const [there, nowhere] = [
        await api.ask(OWNER, 'DELETE', `/tokens/${id}`),
        await api.ask(OWNER, 'DELETE', '/tokens/99999'),
      ];
      expect([there.status, there.text.replace(/(tokens\/|token )\d+/g, '$1')]).toEqual([
        404,
        nowhere.text.replace(/(tokens\/|token )\d+/g, '$1'),
      ]);
      expect((await api.get('finance', '/me')).status).toBe(200);
    });
  });
});
