import { csv } from '../builders/books.ts';
import { contact } from '../builders/small-house.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { Api, type Said } from './api.ts';
import { Visitor } from './visitor.ts';

jest.setTimeout(120_000);

/** Everything that the shell can do, through the API. */
describe('deeds through the API', () => {
  let house: WebHouse;
  let api: Api;

  beforeAll(async () => {
    house = await webHouse();
    api = new Api(house.address, house);
  });
  afterAll(async () => {
    await house?.end();
  });

  const done = <T = Record<string, unknown>>(said: Said): T => {
    if (said.status !== 200) throw new Error(`${said.status}: ${said.text.slice(0, 1_000)}`);
    return said.body as T;
  };
  const lineOf = async (period: string, who: string): Promise<{ id: string; amount: string }> => {
    const { units } = done<{ units: { lines: { id: string; amount: string; decision: string | null }[] }[] }>(
      await api.get(who, `/periods/${period}/statements`),
    );
    return units[0]!.lines.find((line) => line.decision === 'FEE')!;
  };

  it('take a period from calculated to issued, by two people', async () => {
    done(await api.post('carl', '/periods/2026-05/reopen', { reason: 'once more' }));
    const preview = done(await api.post('dana', '/periods/2026-05/close?preview=true'));
    expect(preview).toMatchObject({ preview: true, run: { id: null }, reconciliation: { difference: '0.00' } });
    const run = done(await api.post('dana', '/periods/2026-05/close'));
    expect(run).toMatchObject({ preview: false, isNew: false });
    for (const [who, deed, state] of [
      ['dana', 'submit', 'in_review'],
      ['carl', 'approve', 'approved'],
      ['carl', 'issue', 'closed'],
    ] as const)
      expect(done(await api.post(who, `/periods/2026-05/${deed}`))).toMatchObject({ period: '2026-05', state });
    const { items } = done<{ items: { number: string }[] }>(await api.get('ravi', '/periods/2026-05/issued'));
    expect(items.map(({ number }) => number)).toEqual(['2026-05/RETAIL/1']);
    const files = done<{ items: { file: { answerable: string } }[] }>(
      await api.get('dana', '/periods/2026-05/issued/files'),
    );
    expect(files.items.map(({ file }) => file.answerable)).toContain('certificate');
    const checked = done<{ differences: string[] }>(
      await api.post('ravi', '/verification/file', { file: JSON.stringify(files.items[0]!.file) }),
    );
    expect(checked.differences).toEqual([]);
  });

  it('give statements as JSON, CSV and Excel', async () => {
    const csvFile = await api.get('dana', '/periods/2026-05/statements?format=csv');
    expect([csvFile.status, csvFile.headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8']);
    expect(csvFile.text).toMatch(/^period,unit,line/);
    const excel = await api.get('ravi', '/periods/2026-05/statements?format=xlsx&unit=RETAIL');
    expect([excel.status, excel.headers.get('content-disposition')]).toEqual([
      200,
      'attachment; filename=statements-2026-05-RETAIL.xlsx',
    ]);
    expect(excel.text.slice(0, 2)).toBe('PK');
    expect((await api.get('ravi', '/periods/2026-05/statements?format=xlsx&unit=MOBILE')).status).toBe(404);
  });

  it('dispute a line, answer, escalate and rule; what is previewed is posted', async () => {
    const line = await lineOf('2026-05', 'ravi');
    const opened = done<{ id: string }>(
      await api.post('ravi', '/disputes', { line: line.id, reason: 'the fee was waived', amount: '1.00' }),
    );
    done(await api.post('dana', `/disputes/${opened.id}/replies`, { text: 'we look' }));
    const shown = done<{ thread: unknown[] }>(await api.get('ravi', `/disputes/${opened.id}`));
    expect(shown).toMatchObject({ state: 'open', amount: '1.00', thread: [{ text: 'we look' }] });
    const preview = done<{ postings: { unit: string; amount: string }[] }>(
      await api.get('carl', `/disputes/${opened.id}/preview?amount=0.50`),
    );
    expect(preview.postings.map(({ unit, amount }) => [unit, amount])).toEqual([
      ['RETAIL', '-0.50'],
      ['service', '0.50'],
    ]);
    const ruled = done(
      await api.post('carl', `/disputes/${opened.id}/ruling`, { accept: true, amount: '0.50', reason: 'half' }),
    );
    expect(ruled).toMatchObject({ state: 'accepted', accepted: '0.50' });
    expect((await api.post('carl', `/disputes/${opened.id}/ruling`, { accept: false, reason: 'no' })).status).toBe(409);
    const second = done<{ id: string }>(await api.post('ravi', '/disputes', { line: line.id, reason: 'the rest' }));
    expect(done(await api.post('ravi', `/disputes/${second.id}/escalate`, { reason: 'it lasts' }))).toMatchObject({
      state: 'escalated',
    });
    const { items } = done<{ items: { id: string }[] }>(await api.get('ravi', '/disputes'));
    expect(items).toHaveLength(2);
  });

  it('correct a closed period by two people, and take it back', async () => {
    const asked = done<{ id: string }>(
      await api.post('dana', '/corrections', {
        chargePeriod: '2026-05',
        unit: 'RETAIL',
        amount: '3.00',
        why: 'forgotten',
      }),
    );
    expect(done(await api.post('carl', `/corrections/${asked.id}/approve`))).toMatchObject({ state: 'approved' });
    expect(done(await api.post('dana', `/corrections/${asked.id}/reverse`, { reason: 'no' }))).toMatchObject({
      amount: '-3.00',
      reverses: asked.id,
    });
    expect(done<{ items: unknown[] }>(await api.get('audra', '/corrections')).items).toHaveLength(2);
  });

  it('journal a closed period once, and read the receipt', async () => {
    const tried = await api.post('dana', '/periods/2026-05/journal');
    // A unit of this house has no cost center.
    expect([tried.status, tried.body]).toEqual([422, expect.objectContaining({ code: 'cost_center_missing' })]);
    expect((await api.post('dana', '/periods/2026-05/journal', { mapping: 'name: 5' })).status).toBe(400);
    expect((await api.post('dana', '/periods/2026-05/journal/receipt', { receipt: 'x' })).body).toMatchObject({
      code: 'no_journal',
    });
    expect((await api.post('audra', '/periods/2026-05/journal')).status).toBe(403);
  });

  describe('files', () => {
    const rows = csv([contact('api-1', '2026-06-02', 'billing'), contact('api-2', '2026-06-03', 'network')]);
    const upload = (text: string, query = '', headers: Record<string, string> = {}) =>
      api.ask('dana', 'POST', `/imports/contacts${query}`, {
        raw: text,
        headers: { 'content-type': 'text/csv', ...headers },
      });

    it('are tried, loaded, known again, and undone', async () => {
      expect(done(await upload(rows, '?dryRun=true&fileName=june.csv'))).toMatchObject({
        ...{ dryRun: true, importId: null, new: 2, file: 'june.csv' },
      });
      const loaded = done<{ importId: string }>(await upload(rows, '?fileName=june.csv'));
      expect(loaded).toMatchObject({ new: 2, same: 0, refusedRows: null });
      expect(done(await upload(rows))).toMatchObject({ new: 0 });
      const { items } = done<{ items: { importId: string; fileName: string }[] }>(
        await api.get('dana', '/imports?limit=1'),
      );
      expect(items[0]).toMatchObject({ importId: loaded.importId, fileName: 'june.csv' });
      expect(done(await api.post('dana', `/imports/${loaded.importId}/undo`))).toMatchObject({
        undoes: loaded.importId,
        rows: 2,
      });
    });

    it('come as forms, too, with a mapping of their own', async () => {
      const form = new FormData();
      form.set(
        'file',
        new Blob(['Nr;Am;Grund\nm-1;02.06.2026 10:00;billing\n'], { type: 'text/csv' }),
        '../../etc/june export.csv',
      );
      form.set(
        'mapping',
        'name: ours\nkind: contacts\ndates: dd.mm.yyyy hh:MM\ncolumns:\n  contact_id: Nr\n  started_at: { from: Am, as: instant }\n  reason_code: Grund\n  channel: { value: voice }\n',
      );
      const answer = await fetch(`${house.address}/api/v1/imports/contacts?dryRun=true`, {
        method: 'POST',
        headers: { authorization: `Bearer ${await api.tokenOf('dana')}`, 'idempotency-key': 'form-1' },
        body: form,
      });
      const body = (await answer.json()) as Record<string, unknown>;
      expect([answer.status, body['file'] ?? body]).toEqual([200, 'june export.csv']);
    });

    it('with a bad row are refused as a whole, each fault with line, column and remedy; a dry run gives the rows back', async () => {
      const bad = rows.replace('2026-06-03T10:00:00', 'yesterday');
      const { status, body } = await upload(bad);
      expect([status, body]).toEqual([
        400,
        expect.objectContaining({
          code: 'invalid_input',
          errors: [expect.objectContaining({ line: 3, column: 'started_at', got: 'yesterday' })],
        }),
      ]);
      const tried = done<{ refused: number; refusedRows: string }>(await upload(bad, '?dryRun=true'));
      expect([tried.refused, tried.refusedRows]).toEqual([1, expect.stringContaining('yesterday')]);
    });

    it('name a shipped mapping only: no name leads to another file of the server', async () => {
      for (const mapping of ['/etc/passwd', '../package.json', 'package.json'])
        expect((await upload(rows, `?dryRun=true&mapping=${encodeURIComponent(mapping)}`)).body).toMatchObject({
          code: 'unknown_mapping',
        });
    });

    it('of another type are refused, and so is JSON that is none', async () => {
      expect((await upload(rows, '', { 'content-type': 'image/png' })).status).toBe(415);
      expect(
        (await api.ask('dana', 'POST', '/models', { raw: '{', headers: { 'content-type': 'application/json' } }))
          .status,
      ).toBe(400);
      expect(
        (await api.ask('dana', 'POST', '/models', { raw: 'yaml: x', headers: { 'content-type': 'text/yaml' } })).status,
      ).toBe(415);
    });

    it('are had a mapping for', async () => {
      const said = await api.ask('dana', 'POST', '/mappings/suggest?kind=contacts&fileName=x.csv', {
        raw: rows,
        headers: { 'content-type': 'text/csv' },
      });
      expect(done<{ mapping: string }>(said).mapping).toContain('kind: contacts');
    });
  });

  it('take events in batches: all or none, a known one once', async () => {
    const event = { ...contact('event-1', '2026-06-05', 'billing'), handle_seconds: 120 };
    const send = (events: unknown[], query = '') => api.post('dana', `/events/contacts${query}`, { events });
    expect(done(await send([event], '?dryRun=true'))).toMatchObject({ new: 1, importId: null });
    expect(done(await send([event, { ...event, contact_id: 'event-2', vendor: null }]))).toMatchObject({ new: 2 });
    expect(done(await send([event]))).toMatchObject({ new: 0, same: 1 });
    expect((await send([{ ...event, colour: 'red' }])).body).toMatchObject({
      errors: [{ line: 2, column: 'colour', code: 'unknown_field' }],
    });
    expect(
      (
        await send([
          { ...event, contact_id: 'event-3' },
          { ...event, contact_id: 'event-4', started_at: 'soon' },
        ])
      ).status,
    ).toBe(400);
    expect((await api.post('dana', '/events/units', { events: [{}] })).body).toMatchObject({ code: 'unknown_kind' });
    expect((await send([])).status).toBe(400);
  });

  it('show, try, compare and store the rules', async () => {
    const { yaml, model_id: id } = done<{ yaml: string; model_id: number }>(await api.get('dana', '/models/2026-05'));
    const other = yaml.replace('"0.0501"', '"0.0601"');
    const trial = done(await api.post('dana', '/models/try', { yaml: other, period: '2026-05' }));
    expect(trial).toMatchObject({ period: '2026-05', units: expect.any(Array) as unknown });
    const [more, bad] = [['billing*=3', '*=1'], ['billing*']];
    const grown = await api.post('dana', '/models/try', { yaml: other, period: '2026-05', volumes: more });
    expect(done(grown)).not.toEqual(trial);
    const refused = await api.post('dana', '/models/try', { yaml: other, period: '2026-05', volumes: bad });
    expect([refused.status, refused.body]).toMatchObject([422, { code: 'bad_volume' }]);
    const applied = done<{ modelId: number }>(await api.post('dana', '/models', { yaml: other, from: '2026-06' }));
    const { changes } = done<{ changes: { path: string }[] }>(
      await api.get('dana', `/models/${id}/diff/${applied.modelId}`),
    );
    expect(changes.map(({ path }) => path)).toEqual(['charging.standard_rates.voice']);
    expect(done<{ items: unknown[] }>(await api.get('audra', '/models')).items).toHaveLength(2);
    expect((await api.post('dana', '/models', { yaml: 'pools: 5' })).body).toMatchObject({ code: 'invalid_input' });
    expect(done<{ reference: string }>(await api.get('dana', '/models/reference')).reference).toContain('pools');
  });

  it('note what an owner says about a decision: appended, audited, of the own unit alone', async () => {
    const said = await api.post('ravi', '/decisions/FEE/notes', { text: 'waived from June on' }, { key: 'note-1' });
    const note = done<{ id: string }>(said);
    expect(note).toMatchObject({ decision: 'FEE', unit: 'RETAIL', writtenBy: 'ravi', text: 'waived from June on' });
    const again = await api.post('ravi', '/decisions/FEE/notes', { text: 'waived from June on' }, { key: 'note-1' });
    expect([done(again), again.headers.get('idempotency-replayed')]).toEqual([note, 'true']);
    done(await api.post('ravi', '/decisions/FEE/notes', { text: 'not waived after all' }));
    for (const who of ['ravi', 'dana', 'audra', 'mia']) {
      const { items } = done<{ items: { text: string }[] }>(await api.get(who, '/decisions/FEE/notes'));
      expect(items.map(({ text }) => text)).toEqual(['not waived after all', 'waived from June on']);
    }
    expect((await api.post('dana', '/decisions/FEE/notes', { text: 'x' })).status).toBe(403);
    expect((await api.post('ravi', '/decisions/FEE/notes', { text: ' ' })).body).toMatchObject({
      ...{ status: 422, code: 'text_missing', next: 'answerable decision FEE --note "…"' },
    });
    const { items } = done<{ items: { object: { key: string }; reason: string }[] }>(
      await api.get('audra', '/audit/newest?deed=decision.note'),
    );
    expect(items.map(({ object, reason }) => [object.key, reason])).toEqual([
      ['FEE', 'not waived after all'],
      ['FEE', 'waived from June on'],
    ]);
    // Whatever the service forgets: no note for another unit, or on a decision that is not its own, and none is changed.
    const { db, users, sql } = house.books;
    const ravi = await users.actorByLogin('ravi');
    const write = (decision: string, unit: string) =>
      db.own(ravi, (tx) =>
        tx.query(`insert into decision_note (decision_code, unit_code, text, written_by) values ($1, $2, 'x', 1)`, [
          decision,
          unit,
        ]),
      );
    await expect(write('PRICE', 'MOBILE')).rejects.toThrow(/does not own|row-level security/);
    await expect(write('PRICE', 'RETAIL')).rejects.toThrow('unit RETAIL does not own decision PRICE');
    await expect(sql(`update decision_note set text = 'y'`)).rejects.toThrow('append-only');
  });

  it('add people, change what they may, and end their tokens', async () => {
    expect(done(await api.post('admin', '/users', { login: 'eve', role: 'auditor' }))).toMatchObject({
      login: 'eve',
      name: 'eve',
    });
    const made = await api.post('admin', '/tokens', { login: 'eve', label: 'x', days: 1 }, { key: 'eve-1' });
    const { token } = done<{ token: string }>(made);
    const again = await api.post('admin', '/tokens', { login: 'eve', label: 'x', days: 1 }, { key: 'eve-1' });
    expect([again.status, again.headers.get('idempotency-replayed'), again.text.includes('answerable_')]).toEqual([
      200,
      'true',
      false,
    ]);
    const asEve = (path: string) => api.get(null, path, { authorization: `Bearer ${token}` });
    expect((await asEve('/me')).body).toEqual({ login: 'eve', name: 'eve', role: 'auditor', units: [] });
    done(await api.ask('admin', 'PUT', '/users/eve/role', { body: { role: 'unit_owner', units: ['RETAIL'] } }));
    expect((await asEve('/me')).status).toBe(401);
    done(await api.post('admin', '/users/eve/disable'));
    expect((await api.ask('admin', 'DELETE', '/tokens/999999')).status).toBe(404);
    const own = done<{ tokenId: number }>(await api.post('ravi', '/tokens'));
    expect(done(await api.ask('ravi', 'DELETE', `/tokens/${own.tokenId}`))).toEqual({ revoked: `${own.tokenId}` });
    expect(done<{ items: unknown[] }>(await api.get('admin', '/users')).items.length).toBeGreaterThan(5);
  });

  it('make tokens that are held to a role and to units: what both may do, and nothing more', async () => {
    const held = async (who: string, scope: object) => {
      const { token } = done<{ token: string }>(await api.post(who, '/tokens', { label: 'held', ...scope }));
      return {
        get: (path: string) => api.get(null, path, { authorization: `Bearer ${token}` }),
        post: (path: string, body: unknown = {}) =>
          api.post(null, path, body, { headers: { authorization: `Bearer ${token}` } }),
        put: (path: string, body: unknown) =>
          api.ask(null, 'PUT', path, { body, headers: { authorization: `Bearer ${token}` } }),
      };
    };
    const reader = await held('dana', { role: 'auditor' });
    expect(done(await reader.get('/me'))).toMatchObject({ login: 'dana', role: 'auditor', holder: 'finance' });
    expect((await reader.get('/periods/2026-05/statements')).status).toBe(200);
    expect((await reader.post('/periods/2026-05/close')).body).toMatchObject({ code: 'forbidden' });
    expect((await reader.get('/audit')).status).toBe(403); // an auditor may, who is finance may not
    const tokens = done<{ items: { login: string; role: string; lastUsedAt: string | null }[] }>(
      await reader.get('/tokens?limit=1000'),
    );
    expect(new Set(tokens.items.map(({ login }) => login))).toEqual(new Set(['dana']));
    expect(tokens.items[0]).toMatchObject({ role: 'auditor', lastUsedAt: expect.any(String) as unknown });
    // It makes no way out of itself.
    expect((await reader.post('/tokens')).status).toBe(403);
    expect((await reader.put('/users/dana/password', { password: 'x'.repeat(20) })).status).toBe(403);
    const board = await held('dana', { units: ['RETAIL'] });
    const { units } = done<{ units: { unit: string }[] }>(await board.get('/periods/2026-05/statements'));
    expect(units.map(({ unit }) => unit)).toEqual(['RETAIL']);
    expect((await board.get('/periods/2026-05/statements/MOBILE')).status).toBe(404);
    for (const path of ['/imports', '/users', '/settings', '/explain/contacts/2026-05-f-0'])
      expect([path, (await board.get(path)).status]).toEqual([path, 403]);
    expect(done<{ items: unknown[] }>(await board.get('/jobs')).items).toEqual([]);
    expect((await board.post('/periods/2026-05/workbook')).status).toBe(403);
    const narrow = await held('ravi', { role: 'auditor' });
    expect((await narrow.get('/periods/2026-05/statements')).status).toBe(200);
    expect((await narrow.get('/periods/2026-05/statements/MOBILE')).status).toBe(404);
    expect((await narrow.post('/periods/2026-05/issued/RETAIL/accept')).status).toBe(403);
    for (const [who, scope, code] of [
      ['dana', { role: 'controller' }, 'bad_scope'],
      ['dana', { role: 'unit_owner' }, 'bad_scope'],
      ['dana', { role: 'auditor', units: ['RETAIL'] }, 'bad_scope'],
      ['dana', { units: ['NOWHERE'] }, 'unknown_unit'],
      ['ravi', { units: ['MOBILE'] }, 'unknown_unit'],
      ['admin', { units: ['RETAIL'] }, 'bad_scope'],
    ] as const)
      expect([scope, (await api.post(who, '/tokens', scope)).body]).toEqual([scope, expect.objectContaining({ code })]);
    const visitor = new Visitor(house.address);
    const { token } = done<{ token: string }>(await api.post('dana', '/tokens', { role: 'auditor' }));
    expect((await visitor.signIn({ token })).status).toBe(401);
  });

  it('show the value statement, scores, methods, templates and parked charges; check a workbook', async () => {
    expect(done(await api.get('audra', '/periods/2026-05/value'))).toMatchObject({ period: '2026-05' });
    expect(done(await api.get('audra', '/periods/2026-05/value/preview'))).toMatchObject({ currency: 'EUR' });
    expect(done(await api.get('audra', '/periods/2026-05/scores'))).toMatchObject({ period: '2026-05' });
    expect(done<{ items: unknown[] }>(await api.get('audra', '/periods/parked')).items).toEqual([]);
    const { items } = done<{ items: { name: string }[] }>(await api.get('audra', '/methods'));
    for (const { name } of items) {
      const { example } = done<{ example: object }>(await api.get('audra', `/methods/${name}`));
      const said = await api.post('audra', `/methods/${name}`, { spec: example });
      expect([name, said.status]).toEqual([name, 200]);
    }
    const file = await api.post('audra', '/methods/its_poisson', { spec: { data: '/etc/passwd' } });
    expect([file.status, file.text.includes('inline')]).toEqual([422, true]);
    expect((await api.get('audra', '/kinds/contacts/template')).text).toMatch(/^contact_id,/);
    expect((await api.get('audra', '/kinds/contacts/template?format=xlsx')).text.slice(0, 2)).toBe('PK');
    expect(done(await api.get('audra', '/models/newest'))).toMatchObject({ yaml: expect.any(String) as unknown });
    const bytes = await fetch(`${house.address}/api/v1/periods/2026-04/statements?format=xlsx`, {
      headers: { authorization: `Bearer ${await api.tokenOf('audra')}` },
    }).then((answer) => answer.arrayBuffer());
    const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const upload = (raw: Uint8Array | string) =>
      api.ask('audra', 'POST', '/verification/workbook?', { raw, headers: { 'content-type': XLSX } });
    expect(done(await upload(new Uint8Array(bytes)))).toMatchObject({ differences: [] });
    const none = await upload('no zip');
    expect([none.status, none.text.includes('/tmp')]).toEqual([400, false]);
  });

  it('are refused by 412 when what they edit is not any more what If-Match names; of two at once one is done', async () => {
    const tagOf = async (path: string): Promise<string> => (await api.get('admin', path)).headers.get('etag')!;
    done(await api.post('admin', '/users', { login: 'mo', role: 'auditor' }));
    const seen = await tagOf('/users/mo');
    expect(seen).toMatch(/^"[0-9a-f]{32}"$/);
    const role = (tag: string, wanted: string) =>
      api.ask('admin', 'PUT', '/users/mo/role', { body: { role: wanted }, headers: { 'if-match': tag } });
    const both = await Promise.all([role(seen, 'finance'), role(seen, 'cfo')]);
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 412]);
    expect(both.find(({ status }) => status === 412)!.body).toMatchObject({ code: 'changed_meanwhile' });
    expect((await role(`"other", ${await tagOf('/users/mo')}`, 'auditor')).status).toBe(200);
    expect((await role('*', 'auditor')).status).toBe(200);
    const settings = await tagOf('/settings');
    const set = (mailOnIssue: boolean) =>
      api.ask('admin', 'PUT', '/settings/mail-on-issue', { body: { mailOnIssue }, headers: { 'if-match': settings } });
    expect([(await set(true)).status, (await set(false)).status]).toEqual([200, 412]);
    done(await api.ask('admin', 'PUT', '/settings/mail-on-issue', { body: { mailOnIssue: false } }));
    const { items } = done<{ items: { period: string }[] }>(await api.get('dana', '/periods'));
    const { period } = items.at(-1)!;
    const stale = await api.post('dana', `/periods/${period}/submit`, {}, { headers: { 'if-match': '"old"' } });
    expect(stale.status).toBe(412);
    expect((await api.get('dana', `/periods/${period}`)).body).toEqual(items.at(-1));
    expect((await api.get('dana', '/periods/2031-01')).body).toMatchObject({ code: 'no_such_period', status: 404 });
  });

  it('show the settings and set one-person mode with a reason', async () => {
    expect(done(await api.get('audra', '/settings'))).toMatchObject({ onePerson: false });
    const set = (onePerson: boolean) =>
      api.ask('admin', 'PUT', '/settings/one-person', { body: { onePerson, reason: 'only one of us' } });
    done(await set(true));
    expect(done(await api.get('audra', '/settings'))).toMatchObject({ onePerson: true });
    done(await set(false));
  });

  it('list, export and verify the audit log; every deed came by the API, with the number of its request', async () => {
    const first = done<{ items: { no: number }[]; next: number }>(await api.get('audra', '/audit?limit=2'));
    const second = done<{ items: { no: number }[] }>(await api.get('audra', `/audit?limit=2&after=${first.next}`));
    expect([...first.items, ...second.items].map(({ no }) => no)).toEqual([1, 2, 3, 4]);
    const { items } = done<{ items: { door: string; request: string }[] }>(
      await api.get('audra', '/audit/newest?deed=user.add&user=admin'),
    );
    expect(items[0]).toMatchObject({ door: 'api', request: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    const log = await api.get('audra', '/audit/export');
    expect(log.headers.get('answerable-head')).toBe(
      `${log.text.trim().split('\n').length} ${JSON.parse(log.text.trim().split('\n').at(-1)!).hash}`,
    );
    const head = done<{ no: number; hash: string; leaves: string[] }>(await api.post('audra', '/audit/heads'));
    done(await api.post('audra', '/audit/heads', { published: `${JSON.stringify(head)}\n` }));
    const foreign = JSON.stringify({ ...head, hash: '0'.repeat(64) });
    expect((await api.post('audra', '/audit/heads', { published: foreign })).body).toMatchObject({
      code: 'heads_differ',
      status: 409,
    });
    expect(done(await api.get('audra', '/audit/verification'))).toMatchObject({ faults: [] });
    expect(done(await api.get('audra', '/verification?period=2026-05'))).toMatchObject({ differences: [] });
  });
});
