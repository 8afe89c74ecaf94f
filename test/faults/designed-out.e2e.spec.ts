import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { configOf, requireServiceSecrets } from '../../src/config.ts';
import { ROLES } from '../../src/domain/roles.ts';
import { packageRoot } from '../../src/package-root.ts';
import { processFolder } from '../../src/process-folder.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contact, HOUSE, JUNE, ledgerEntry, MAY, sectionOf } from '../builders/small-house.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { answerable } from '../cli/answerable.ts';

/** Failures that a review found in the nearest open product; each has its name here. */
describe('designed out, of the books:', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
    await books.given(HOUSE);
  });
  afterEach(() => books.end());
  const source = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
  const sources = (folder: string, end: RegExp): string[] =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => end.test(name))
      .map((name) => join(folder, name));
  const retail = () => ({ ...books.people.unit_owner, units: ['RETAIL'] });
  const disputed = async () => {
    const [line] = await books.sql<{ line_id: string }>(
      `select line_id from statement_line where unit_code = 'RETAIL' and kind = 'contacts'`,
    );
    return await books.disputes.open(retail(), line!.line_id, { reason: 'not ours' });
  };
  const correction = async () =>
    await books.corrections.ask(books.people.finance, { chargePeriod: MAY, unit: 'RETAIL', amount: '1.00', why: 'x' });
  const events = async (deed: string) =>
    (await books.audit.newest(books.people.auditor, { deed })).map(
      (event) => JSON.parse(event.body) as { object: { key: string }; reason: string | null },
    );

  it('period state enforced only in some routes', async () => {
    const { finance, controller, cfo } = books.people;
    const deeds = {
      close: () => books.periods.close(finance, MAY),
      submit: () => books.periods.submit(finance, MAY),
      approve: () => books.periods.approve(cfo, MAY),
      issue: () => books.periods.issue(controller, MAY),
      reopen: () => books.periods.reopen(controller, MAY, 'x'),
      confirm: () => books.periods.confirmReopening(cfo, MAY),
    };
    const allowed = {
      open: { refused: ['submit', 'approve', 'issue', 'reopen', 'confirm'], on: deeds.close },
      calculated: { refused: ['approve', 'issue', 'reopen', 'confirm'], on: deeds.submit },
      in_review: { refused: ['close', 'submit', 'issue', 'confirm'], on: deeds.approve },
      approved: { refused: ['close', 'submit', 'approve', 'confirm'], on: deeds.issue },
      closed: { refused: ['close', 'submit', 'approve', 'issue'], on: deeds.reopen },
    } as const;
    for (const [state, { refused, on }] of Object.entries(allowed)) {
      for (const deed of refused)
        expect([state, deed, await deeds[deed]().catch((error: { code: string }) => error.code)]).toEqual([
          state,
          deed,
          'wrong_state',
        ]);
      await on();
    }
    // and nothing else in the program moves a period
    const movers = sources('src', /\.tsx?$/).filter((file) =>
      /\bmark(Calculated|Submitted|Approved|Issued|Reopened)\b/.test(source(file)),
    );
    expect(movers.sort()).toEqual(['src/application/periods.service.ts', 'src/persistence/periods.queries.ts']);
  });

  it('approve or reject by id without checking state', async () => {
    await books.issue(MAY);
    const { controller, cfo } = books.people;
    const { id } = await disputed();
    const rule = (accept: boolean) => books.disputes.rule(controller, id, { accept, reason: 'x' });
    await rule(false);
    for (const accept of [true, false]) await expect(rule(accept)).rejects.toMatchObject({ code: 'dispute_ruled' });
    const asked = await correction();
    await books.corrections.approve(controller, asked.id);
    await expect(books.corrections.approve(cfo, asked.id)).rejects.toMatchObject({ code: 'approved_already' });
    await expect(books.periods.confirmReopening(cfo, MAY)).rejects.toMatchObject({ code: 'nothing_asked' });
    for (const no of ['999', '0', '-1', '1 or 1=1', ''])
      await expect(books.disputes.rule(controller, no, { accept: true, reason: 'x' })).rejects.toMatchObject({
        code: 'no_such_dispute',
      });
  });

  it('reject = delete', async () => {
    await books.issue(MAY);
    const { id } = await disputed();
    await books.disputes.rule(books.people.controller, id, { accept: false, reason: 'the recording shows it' });
    expect(await books.disputes.show(retail(), id)).toMatchObject({
      state: 'rejected',
      reason: 'not ours',
      ruling: 'the recording shows it',
      ruledBy: 'controller',
    });
    const deleting = [...sources('src', /\.tsx?$/), ...sources('src/persistence/sql', /\.sql$/)].flatMap((file) =>
      [...source(file).matchAll(/\b(?:delete from|truncate) +([\w$."{}]+)/gi)].map((match) => `${file}: ${match[1]}`),
    );
    // rows staged for an import, sessions, answers kept for a retry, counts of guesses, a job's incoming file once it has
    // ended, figures kept to save time: nothing that was ever a record
    const forgotten = /stage|staged|staging|session|idempotency_key|guess_count|job_file|kept_figure/;
    expect(deleting.filter((line) => !forgotten.test(line))).toEqual([]);
  });

  it('one bulk audit entry for many approvals', async () => {
    await books.issue(MAY);
    expect((await events('statement.issue')).map(({ object }) => object.key).sort()).toEqual([
      `${MAY}/MOBILE/1`,
      `${MAY}/RETAIL/1`,
      `${MAY}/SERVICE/1`,
    ]);
    const ids = [(await correction()).id, (await correction()).id];
    for (const id of ids) await books.corrections.approve(books.people.controller, id);
    expect((await events('correction.approve')).map(({ object }) => object.key).sort()).toEqual(ids.sort());
    const imports = await books.imports.history(books.people.finance, 100);
    const files = (await books.sql<{ n: number }>('select count(*)::int as n from import'))[0]!.n;
    const imported = await books.sql<{ n: number }>(
      `select count(distinct object_key)::int as n from audit_event where object_kind = 'import'`,
    );
    expect([imports.length, imported[0]!.n]).toEqual([files, files]);
  });

  it('dedupe key that merges distinct charges silently', async () => {
    const twin = { account: '6000', amount: '10.00' } as const;
    const file = csv(['a', 'b'].map((id) => ledgerEntry(id, MAY, twin.account, twin.amount)));
    await books.given({ 'ledger.csv': file });
    const ledger = async () =>
      ((await books.periods.close(books.people.finance, MAY)).document['reconciliation'] as { ledger: string }).ledger;
    expect(await ledger()).toBe('1170.00'); // 1150.00 and both
    await books.given({ 'ledger.csv': file });
    expect(await ledger()).toBe('1170.00');
    const folder = mkdtempSync(join(tmpdir(), 'answerable-designed-out-'));
    const path = join(folder, 'ledger.csv');
    writeFileSync(path, csv([ledgerEntry('a', MAY, '6000', '10.00'), ledgerEntry('a', MAY, '6000', '11.00')]));
    expect(await books.imports.importFile(books.people.finance, 'ledger', path, {})).toMatchObject({
      importId: null,
      faults: [
        { code: 'double_key', line: 2 },
        { code: 'double_key', line: 3 },
      ],
    });
    writeFileSync(path, csv([ledgerEntry('a', MAY, '6000', '11.00')]));
    expect(await books.imports.importFile(books.people.finance, 'ledger', path, {})).toMatchObject({ changed: 1 });
    expect(await ledger()).toBe('1171.00');
    rmSync(folder, { recursive: true });
  });

  it('reopen, user and settings changes unaudited', async () => {
    const { admin, finance, controller, cfo } = books.people;
    await books.issue(MAY);
    await books.periods.reopen(controller, MAY, 'a late entry');
    await books.periods.confirmReopening(cfo, MAY);
    await books.periods.submit(finance, MAY);
    await books.periods.reopen(finance, MAY, 'a typing error');
    await books.users.add(admin, { login: 'ravi', name: 'Ravi', role: 'unit_owner', units: ['RETAIL'] });
    await books.users.disable(admin, 'ravi');
    await books.settings.setOnePerson(admin, true, 'only one of us');
    expect((await events('period.ask_reopening')).map(({ reason }) => reason)).toEqual(['a late entry']);
    expect((await events('period.reopen')).map(({ reason }) => reason)).toEqual(['a typing error', 'a late entry']);
    expect(await events('company.one_person')).toMatchObject([{ reason: 'only one of us' }]);
    const ravi = (await books.audit.newest(books.people.auditor, { object: 'ravi' })).map(
      (event) => (JSON.parse(event.body) as { deed: string }).deed,
    );
    expect(ravi).toHaveLength(2);
  });

  it('any user can send', async () => {
    await books.periods.close(books.people.finance, MAY);
    await books.periods.submit(books.people.finance, MAY);
    await books.periods.approve(books.people.cfo, MAY);
    for (const role of ROLES.filter((name) => name !== 'controller'))
      await expect(books.periods.issue(books.people[role], MAY)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(
      books.periods.issue({ ...books.people.controller, userId: books.people.finance.userId }, MAY),
    ).rejects.toMatchObject({ code: 'own_work' });
    expect(await books.issued.list(books.people.auditor, MAY)).toEqual([]);
  });

  it('templates looked up from the working directory', async () => {
    await books.issue(MAY);
    const elsewhere = mkdtempSync(join(tmpdir(), 'answerable-elsewhere-'));
    for (const folder of ['templates/journals', 'templates/mappings', 'migrations', 'src/persistence/sql'])
      mkdirSync(join(elsewhere, folder), { recursive: true });
    writeFileSync(join(elsewhere, 'templates/journals/generic.yaml'), 'accounts: "of somebody else"');
    writeFileSync(join(elsewhere, 'package.json'), '{ "version": "9.9.9" }');
    const { token } = await books.users.createToken(books.people.finance, 'finance', 'test', 1);
    const env = { DATABASE_URL: books.database.appUrl, ANSWERABLE_TOKEN: token };
    const [there, here] = [
      await answerable(['journal', MAY], { env, cwd: elsewhere }),
      await answerable(['journal', MAY], { env }),
    ];
    expect([there.exitCode, there.stdout]).toEqual([0, here.stdout]);
    expect(there.stdout).toContain('CC-R,140.18');
    rmSync(elsewhere, { recursive: true });
  });

  it('a late fact of a closed period changes it', async () => {
    await books.issue(MAY);
    await books.given({ 'contacts.csv': csv([contact('late', `${MAY}-20`, 'billing')]) });
    const june = (await books.periods.close(books.people.finance, JUNE)).document;
    expect(sectionOf(june, 'RETAIL').adjustmentLines).toMatchObject([{ chargePeriod: MAY, postingPeriod: JUNE }]);
    expect((await books.verify.verify(books.people.auditor, MAY)).differences).toEqual([]);
  });
});

describe('designed out, of the web:', () => {
  let house: WebHouse;
  beforeAll(async () => {
    house = await webHouse();
  });
  afterAll(async () => {
    await house.end();
  });
  const pages = readdirSync(join(packageRoot, 'src', 'web'))
    .filter((name) => name.endsWith('.controller.tsx'))
    .map((name) => readFileSync(join(packageRoot, 'src', 'web', name), 'utf8'));
  const routes = (verb: string): string[] =>
    pages.flatMap((text) => {
      const prefix = /@Controller\('([^']+)'\)/.exec(text)?.[1];
      return [...text.matchAll(new RegExp(`@${verb}\\((?:'([^']*)')?\\)`, 'g'))].map(([, path = '']) =>
        `/${[prefix, path].filter(Boolean).join('/')}`
          .replace('{/:period}', `/${MAY}`)
          .replace(':period', MAY)
          .replace(':unit', 'RETAIL')
          .replace(':deed', 'approve')
          .replace(/:\w+/g, '1'),
      );
    });
  const signedIn = async (login: string): Promise<string> => {
    const { token } = await house.books.users.createToken(await house.books.users.actorByLogin(login), login, 'x', 1);
    const first = await fetch(`${house.address}/sign-in`);
    const cookie = first.headers.getSetCookie().map((one) => one.split(';')[0]!);
    const csrf = /name="csrf" value="([^"]+)"/.exec(await first.text())![1]!;
    const answer = await fetch(`${house.address}/sign-in`, {
      ...{ method: 'POST', redirect: 'manual', headers: { cookie: cookie.join('; ') } },
      body: new URLSearchParams({ csrf, token }),
    });
    expect(answer.status).toBe(303);
    return [...cookie, ...answer.headers.getSetCookie().map((one) => one.split(';')[0]!)].join('; ');
  };
  /** All but sessions, what a token was last used for, and counts of requests. */
  const records = async (): Promise<unknown> => {
    const tables = await house.books.sql<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname not in ('web_session', 'api_token', 'guess_count') order by 1`,
    );
    const counts = tables.map(
      ({ name }) => `select '${name}' as name, count(*)::int, max(xmin::text::bigint)::int as newest from ${name}`,
    );
    return await house.books.sql(counts.join(' union all '));
  };

  it('signed-cookie session with a default secret', async () => {
    const reached = configOf({ DATABASE_URL: 'postgres://answerable_app:x@db/answerable' });
    expect(() => requireServiceSecrets(reached)).toThrow(/SESSION_SECRET/);
    expect(() => configOf({ SESSION_SECRET: 'changeme' })).toThrow(/SESSION_SECRET/);
    const [one, other] = [await signedIn('dana'), await signedIn('dana')];
    const idOf = (cookie: string) => /answerable=([^;]+)/.exec(cookie)![1]!;
    expect(idOf(one)).not.toBe(idOf(other));
    // what the cookie names lies in the database: without the row it is worth nothing
    await house.books.sql('delete from web_session');
    const answer = await fetch(`${house.address}/periods/${MAY}`, { redirect: 'manual', headers: { cookie: one } });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/sign-in']);
  });

  it('no CSRF', async () => {
    const cookie = await signedIn('carl');
    const before = await records();
    expect(routes('Post').length).toBeGreaterThan(5);
    for (const path of routes('Post'))
      for (const body of [new URLSearchParams(), new URLSearchParams({ csrf: 'guess' })]) {
        const answer = await fetch(`${house.address}${path}`, {
          ...{ method: 'POST', redirect: 'manual', headers: { cookie } },
          body,
        });
        expect([path, answer.status]).toEqual([path, 403]);
      }
    expect(await records()).toEqual(before);
  });

  it('GET that changes state', async () => {
    const cookie = await signedIn('carl');
    const before = await records();
    for (const path of [...routes('Get'), ...routes('Post')]) {
      const answer = await fetch(`${house.address}${path}`, { redirect: 'manual', headers: { cookie } });
      expect([path, answer.status < 500]).toEqual([path, true]);
      await answer.text();
    }
    expect(await records()).toEqual(before);
  });

  it('innerHTML of file names with inline scripts allowed', async () => {
    const name = `<img src=x onerror=alert(1)>.csv`;
    const { token } = await house.books.users.createToken(await house.books.users.actorByLogin('dana'), 'dana', 'x', 1);
    const form = new FormData();
    form.set('file', new Blob([csv([contact('odd-name', '2026-06-02', 'billing')])], { type: 'text/csv' }), name);
    const headers = { authorization: `Bearer ${token}`, 'idempotency-key': 'odd-name' };
    const answer = await fetch(`${house.address}/api/v1/imports/contacts`, { method: 'POST', headers, body: form });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('onerror')]);
    const cookie = await signedIn('dana');
    for (const path of routes('Get')) {
      const page = await fetch(`${house.address}${path}`, { redirect: 'manual', headers: { cookie } });
      expect([path, (await page.text()).includes('<img src=x')]).toEqual([path, false]);
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none';.*script-src 'self'(;|$)/);
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
    }
    const scripts = readdirSync(join(packageRoot, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(tsx?|js)$/.test(file))
      .filter((file) =>
        /innerHTML|insertAdjacentHTML|document\.write/i.test(readFileSync(join(packageRoot, 'src', file), 'utf8')),
      );
    expect(scripts).toEqual([]);
  });

  it('whole upload in memory, temp file kept after an error', async () => {
    const { token } = await house.books.users.createToken(await house.books.users.actorByLogin('dana'), 'dana', 'x', 1);
    const upload = async (body: RequestInit['body'], type = 'text/csv') => {
      const headers = {
        authorization: `Bearer ${token}`,
        'idempotency-key': `u-${Math.random()}`,
        'content-type': type,
      };
      const answer = await fetch(`${house.address}/api/v1/imports/contacts`, {
        method: 'POST',
        headers,
        body: body!,
        duplex: 'half',
      } as RequestInit);
      await answer.text();
      return answer.status;
    };
    const part = Buffer.from(`${'x'.repeat(4_095)}\n`.repeat(64)); // 256 KiB
    const inFlight = () => readdirSync(processFolder()).filter((name) => /^(upload|refused)-/.test(name));
    expect(inFlight()).toEqual([]);
    const onDisk = () =>
      inFlight()
        .flatMap((name) =>
          readdirSync(join(processFolder(), name)).map(
            (file) => statSync(join(processFolder(), name, file), { throwIfNoEntry: false })?.size ?? 0,
          ),
        )
        .reduce((sum, size) => Math.max(sum, size), 0);
    let parts = 0;
    let written = 0;
    const large = new ReadableStream<Uint8Array>({
      async pull(stream) {
        if (parts++ < 80) return stream.enqueue(part);
        // 21 MB are on their way, and the rest is still to come: what came lies on the disk
        for (let waited = 0; (written = onDisk()) < 15_000_000 && waited < 10_000; waited += 20) await sleep(20);
        stream.close();
      },
    });
    expect([await upload(large as never), written > 15_000_000]).toEqual([400, true]);
    expect(await upload('')).toBe(400);
    expect(await upload('no,such,columns\n1,2,3\n')).toBe(400);
    expect(await upload('{}', 'image/png')).toBe(415);
    for (let waited = 0; inFlight().length > 0 && waited < 10_000; waited += 100) await sleep(100);
    expect(inFlight()).toEqual([]);
  });
});
