import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { configOf } from '../../src/config.ts';
import { packageRoot } from '../../src/package-root.ts';
import { startService } from '../../src/service.ts';
import { describeWithShared } from '../shared-files.ts';
import { freePort } from '../builders/free-port.ts';
import { testBooks } from '../builders/books.ts';
import { NAUGHTY, PEOPLE, SHARED_NAUGHTY, webHouse, type Login, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';

jest.setTimeout(900_000);

const MOST_BYTES = 100_000;
/** Also dark and narrow. */
const IN_EVERY_LIGHT = /^\/($|periods\/2026-05$|statements\/2026-05\/RETAIL$|decisions\/FEE$)/;
/** Pictures of every page, for people to look at after a run. */
const PICTURES = join(packageRoot, 'out', 'pages');
/** What the router answers to GET and no path below opens: files, and the steps of an upload, which imports.e2e.spec.ts looks at. */
const FILES = /\.(csv|xlsx|jsonl)$|\/:file$|^\/imports\/:id\//;
/** Evaluated in the page. */
const WIDEST = 'document.documentElement.scrollWidth';
/** Whose pages axe reads in every run: they show all that the others do. With ANSWERABLE_FULL it reads everybody's. */
const READ_BY_AXE: readonly Login[] = process.env['ANSWERABLE_FULL']
  ? PEOPLE.map(({ login }) => login)
  : ['dana', 'ravi'];

describeWithBrowser('the pages', () => {
  let house: WebHouse;
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let dispute: string;

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    [house, browser] = await Promise.all([webHouse(), chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] })]);
    const { disputes, users, sql } = house.books;
    const [line] = await sql<{ line_id: string }>(
      `select line_id from statement_line where charge_period = '2026-04' and unit_code = 'RETAIL' order by 1 limit 1`,
    );
    const opened = await disputes.open(await users.actorByLogin('ravi'), line!.line_id, { reason: NAUGHTY[0]! });
    dispute = `/disputes/${opened.id}`;
  });
  afterEach(async () => {
    for (const context of contexts) await context.close();
    contexts = [];
  });
  afterAll(async () => {
    await browser?.close();
    await house?.end();
  });

  /** A page of somebody, or of nobody, with everything that the browser complains about. */
  async function visit(
    who: Login | undefined,
    options: { javaScriptEnabled?: boolean } = {},
  ): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ baseURL: house.address, ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // Chromium writes one for each answer above 399, which the tests look at themselves.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
        complaints.push(message.text());
    });
    if (options.javaScriptEnabled !== false) {
      await page.addInitScript(() => {
        const seen: string[] = ((globalThis as { violations?: string[] }).violations = []);
        addEventListener('securitypolicyviolation', (event: unknown) =>
          seen.push((event as { violatedDirective: string }).violatedDirective),
        );
      });
    }
    if (who !== undefined) {
      await page.goto('/sign-in');
      await page.click(`form:has(input[value="${who}"]) button`);
      await page.waitForURL(`${house.address}/`);
    }
    return { page, complaints };
  }

  async function pathsFor(): Promise<string[]> {
    const line = await lineOf('RETAIL', 'FEE');
    return [
      ...['/', '/periods/2026-05', '/periods/2026-04', '/statements/2026-05', '/statements/2026-05/RETAIL'],
      ...['/statements/2026-03/RETAIL', '/decisions', '/decisions/FEE', `/explain/line/${line}`],
      ...['/explain/contact/2026-05-f-0', '/rules', '/rules/try', '/disputes', '/imports', '/audit'],
      ...['/settings', '/units', '/units/RETAIL', '/value', '/value/scores', '/decisions/map', '/glossary'],
      ...['/statements/2026-04/RETAIL', '/periods', dispute, await openLine(), '/sign-in', '/nowhere'],
    ];
  }

  /** Where a line of an issued statement is disputed. */
  async function openLine(): Promise<string> {
    const [row] = await house.books.sql<{ line_id: string }>(
      `select line_id from statement_line where charge_period = '2026-03' and unit_code = 'RETAIL' order by 1 limit 1`,
    );
    return `/statements/2026-03/RETAIL/lines/${row!.line_id}/dispute`;
  }

  async function lineOf(unit: string, decision: string | null = null): Promise<string> {
    const rows = await house.books.sql<{ line_id: string }>(
      `select l.line_id from statement_line l join period p using (run_id)
       where p.period = '2026-05' and l.unit_code = $1 and ($2::text is null or l.decision_code = $2) order by 1 limit 1`,
      [unit, decision],
    );
    return rows[0]!.line_id;
  }

  async function picture(page: Page, who: string, path: string, how: string): Promise<void> {
    const name = path.replace(/[^\w-]+/g, '_').slice(0, 60);
    await page.screenshot({ path: join(PICTURES, `page${name}-${who}-${how}.png`), fullPage: true });
  }

  async function violations(page: Page, rules?: string[]): Promise<string[]> {
    const builder = new AxeBuilder({ page }).setLegacyMode();
    const found = await (rules ? builder.withRules(rules) : builder).analyze();
    return found.violations.map(
      (one) =>
        `${one.id}: ${one.nodes
          .map((node) => node.html)
          .join(' ')
          .slice(0, 400)}`,
    );
  }

  const OWNER_MISSING = ['/periods/2026-05', '/periods/2026-04', '/periods', '/explain/contact/2026-05-f-0'];
  const statusFor = (who: Login, path: string): number => {
    if (path === '/nowhere' || (who === 'ravi' && OWNER_MISSING.includes(path))) return 404;
    if (path.endsWith('/dispute')) return ['dana', 'ravi'].includes(who) ? 200 : 403;
    if (path === '/audit') return ['carl', 'audra'].includes(who) ? 200 : 403;
    return who === 'ravi' && ['/rules', '/rules/try', '/imports', '/value', '/value/scores'].includes(path) ? 403 : 200;
  };

  it.each(PEOPLE.map((person) => person.login))(
    'hold for %s: status, no complaint, axe in light and dark and at 320 px, at most 100 kB, no script',
    async (who) => {
      const { page, complaints } = await visit(who);
      for (const path of await pathsFor()) {
        await page.emulateMedia({ colorScheme: 'light' });
        await page.setViewportSize({ width: 1280, height: 900 });
        const answer = (await page.goto(path))!;
        expect([path, answer.status()]).toEqual([path, statusFor(who, path)]);
        expect([path, (await answer.body()).length < MOST_BYTES]).toEqual([path, true]);
        expect([path, answer.headers()['content-security-policy']]).toEqual([
          path,
          expect.stringContaining("default-src 'none'"),
        ]);
        expect([path, await page.locator('script, [style], [onclick]').count()]).toEqual([path, 0]);
        expect([path, await page.title()]).toEqual([path, expect.stringMatching(/. · Answerable$/)]);
        if (READ_BY_AXE.includes(who)) {
          await picture(page, who, path, 'light');
          expect([path, await violations(page)]).toEqual([path, []]);
          await page.emulateMedia({ colorScheme: 'dark' }); // swaps colours and nothing else
          expect([path, 'dark', await violations(page, ['color-contrast'])]).toEqual([path, 'dark', []]);
          if (IN_EVERY_LIGHT.test(path)) await picture(page, who, path, 'dark');
        }
        await page.setViewportSize({ width: 320, height: 640 });
        expect([path, 'at 320 px', await page.evaluate(WIDEST)]).toEqual([path, 'at 320 px', 320]);
        if (READ_BY_AXE.includes(who)) {
          if (IN_EVERY_LIGHT.test(path)) await picture(page, who, path, 'narrow');
          expect([path, 'at 320 px', await violations(page, ['scrollable-region-focusable'])]).toEqual([
            path,
            'at 320 px',
            [],
          ]);
        }
        expect([path, await page.evaluate('globalThis.violations')]).toEqual([path, []]);
      }
      expect(complaints).toEqual([]);
    },
  );

  it('are all looked at: every address of the router has a path here', async () => {
    const paths = (await pathsFor()).map((path) => path.split('?')[0]!);
    const missing = house.service.pages.filter((pattern) => {
      const as = new RegExp(`^${pattern.replace(/\{\/:\w+\}/g, '(/[^/]+)?').replace(/:\w+/g, '[^/]+')}$`);
      return !FILES.test(pattern) && !paths.some((path) => as.test(path));
    });
    expect(house.service.pages.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  it('go on paper: pages counted, head rows repeated, the hash below, PRELIMINARY above until issued', async () => {
    const { page } = await visit('dana');
    for (const [path, state, format] of [
      ['/periods/2026-05', 'preliminary', 'A4'],
      ['/statements/2026-05/RETAIL', 'preliminary', 'Letter'],
      ['/statements/2026-03/RETAIL', 'issued', 'A4'],
    ] as const) {
      await page.goto(path);
      const link = (await page.getAttribute('link[media=print]', 'href'))!;
      const css = await (await page.request.get(link)).text();
      const [{ hash }] = (await house.books.sql(
        `select hash from run join period using (run_id) where period.period = $1`,
        [/\d{4}-\d{2}/.exec(path)![0]],
      )) as [{ hash: string }];
      expect(css).toContain(`sha256 ${hash}`);
      expect([path, css.includes('PRELIMINARY')]).toEqual([path, state === 'preliminary']);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('.rail').isVisible()).toBe(false);
      expect(await page.evaluate('getComputedStyle(document.querySelector("thead")).display')).toBe(
        'table-header-group',
      );
      await page.pdf({ path: join(PICTURES, `paper-${state}-${format}.pdf`), format });
      await page.emulateMedia({ media: 'screen' });
    }
    for (const path of ['en/preliminary/x.css', `xx/issued/${'0'.repeat(64)}.css`, `en/other/${'0'.repeat(64)}.css`])
      expect([path, (await page.request.get(`/assets/print/${path}`)).status()]).toEqual([path, 404]);
  });

  it('lead from a unit over its decision and the reason to the contacts in three clicks, and back', async () => {
    const { page } = await visit('dana');
    await page.goto('/units/RETAIL');
    await page.click('table a[href="/decisions/FEE"]');
    const profit = page.locator('section:has(#made) td.n');
    const [billed, waived, refunded, cost, before, effect, net] = (await profit.allTextContents()).map((text) =>
      Math.round(Number(text.replace('−', '-').replace(/[+,]/g, '')) * 100),
    ) as [number, number, number, number, number, number, number];
    expect(billed + waived + refunded + cost).toBe(before); // waived, refunded and cost are printed with their minus
    expect(before + effect).toBe(net);
    expect(await page.locator('button:has-text("Read what they said")').count()).toBe(1);
    await page.click('section:has-text("opens the contacts of its largest line") a[href^="/explain/line/"] >> nth=0');
    await page.click('table a[href^="/explain/contact/"] >> nth=0');
    expect(new URL(page.url()).pathname).toMatch(/^\/explain\/contact\//);
    for (const back of ['/explain/line/', '/decisions/FEE', '/units/RETAIL']) {
      await page.goBack();
      expect(new URL(page.url()).pathname).toContain(back);
    }
  });

  it('tell who may do what, how fresh each source is and what nobody takes', async () => {
    const { page: audra } = await visit('audra');
    await audra.goto('/audit');
    const review = await audra.request.get((await audra.getAttribute('a[href$="access.csv"]', 'href'))!);
    expect(await review.text()).toMatch(/^login,name,role,units,state,may\n/);
    expect(await review.text()).toMatch(/\ncarl,Carl,controller,,active,read_all .*approve/);
    expect(await review.text()).toMatch(/\nravi,Ravi,unit_owner,RETAIL,active,read_statement /);
    const { page: ravi } = await visit('ravi');
    expect((await ravi.request.get('/audit/access.csv')).status()).toBe(403);
    const { page: dana } = await visit('dana');
    await dana.goto('/imports');
    expect(await dana.textContent('section:has-text("newest import and newest month")')).toMatch(/ledger.*2026/);
    expect(await dana.textContent('section:has-text("that nobody takes")')).toContain('Nobody, voice: no owner');
  });

  it('say what to do next where there is nothing yet', async () => {
    const books = await testBooks();
    const service = await startService(Object.assign(configOf({ LOG_LEVEL: 'silent' }), { port: 0 }), books.db, {
      demoPeople: PEOPLE,
    });
    await books.users.add(books.people.admin, PEOPLE[0]);
    const context = await browser.newContext({ baseURL: service.address });
    contexts.push(context);
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.click('form:has(input[value="dana"]) button');
    for (const path of [
      '/',
      '/periods',
      '/statements',
      '/units',
      '/decisions',
      '/decisions/map',
      '/disputes',
      '/value',
      '/value/scores',
    ]) {
      const answer = (await page.goto(path))!;
      expect([path, answer.status()]).toEqual([path, 200]);
      expect([path, await page.textContent('h1')]).toEqual([path, expect.stringMatching(/\b(No|no|Nothing|not)\b/)]);
      expect([path, await violations(page)]).toEqual([path, []]);
    }
    for (const path of ['/imports', '/rules', '/settings', '/glossary'])
      expect([path, (await page.goto(path))!.status()]).toEqual([path, path === '/rules' ? 404 : 200]);
    await page.goto('/');
    await page.screenshot({ path: join(PICTURES, 'nothing-yet.png'), fullPage: true });
    await service.stop();
    await books.end();
  });

  it('weigh at most 100 kB with style and type, on a first visit', async () => {
    const { page } = await visit('dana');
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(request.url()));
    await page.goto('/statements/2026-05/RETAIL', { waitUntil: 'networkidle' });
    const urls = [...asked].filter((url) => !url.startsWith('data:'));
    expect(urls.filter((url) => !url.startsWith(house.address))).toEqual([]);
    let bytes = 0;
    // Style and type may come from the browser's memory by now; a first visit loads them.
    for (const url of new Set([...urls, `${house.address}/assets/style.css`, `${house.address}/assets/inter.woff2`]))
      bytes += (await (await page.request.get(url)).body()).length;
    expect(bytes).toBeLessThan(MOST_BYTES);
  });

  it('say nothing of what is not yours: another unit’s statement, line and decision, and the close, are as if missing', async () => {
    const { page } = await visit('ravi');
    const body = async (path: string): Promise<string> => {
      const answer = await page.request.get(path);
      return `${answer.status()} ${await answer.text()}`;
    };
    const missing = await body('/statements/2026-05/NOBODY');
    expect(missing).toMatch(/^404 /);
    for (const path of [
      '/statements/2026-05/MOBILE',
      '/statements/2026-05/MOBILE/statement.xlsx',
      `/explain/line/${await lineOf('MOBILE')}`,
      '/explain/line/nothing',
      '/explain/contact/2026-05-m-1',
      '/decisions/PRICE',
      '/units/MOBILE',
      '/decisions/NOTHING',
      '/periods/2026-05',
      '/periods/1999-01',
      '/statements/1999-01',
      '/statements/2026-05/%00',
      '/explain/contact/%00',
      '/nowhere',
    ]) {
      expect([path, await body(path)]).toEqual([path, missing]);
    }
    for (const path of [
      '/',
      '/statements/2026-05',
      '/decisions',
      '/statements/2026-05/RETAIL',
      '/units',
      '/units/RETAIL',
    ]) {
      const own = await body(path);
      expect(own).toMatch(/^200 /);
      expect(own).not.toMatch(/Mobile|MOBILE|PRICE/);
    }
  });

  it('refuse who may not act: the auditor and the service leader change nothing', async () => {
    for (const who of ['audra', 'mia'] as const) {
      const { page } = await visit(who);
      await page.goto('/periods/2026-05');
      expect(await page.locator('.actions button:not([disabled])').count()).toBe(0);
      const csrf = await page.inputValue('input[name="csrf"] >> nth=0');
      for (const deed of ['close', 'submit', 'approve', 'issue']) {
        const answer = await page.request.post(`/periods/2026-05/${deed}`, { form: { csrf } });
        expect([who, deed, answer.status()]).toEqual([who, deed, 403]);
      }
    }
    expect(await stateOfMay()).toBe('in_review');
  });

  it('refuse a deed by GET, without a token of the form, with a foreign one, and without a session', async () => {
    const { page } = await visit('carl');
    const { page: other } = await visit('carl');
    await other.goto('/periods/2026-05');
    const foreign = await other.inputValue('input[name="csrf"] >> nth=0');
    const post = async (form: Record<string, string>, to = page): Promise<number> =>
      (await to.request.post('/periods/2026-05/approve', { form, maxRedirects: 0 })).status();
    expect([await post({}), await post({ csrf: 'no' }), await post({ csrf: foreign })]).toEqual([403, 403, 403]);
    for (const deed of ['close', 'submit', 'approve', 'issue'])
      expect([deed, (await page.request.get(`/periods/2026-05/${deed}`)).status()]).toEqual([deed, 404]);
    for (const path of ['/sign-out', '/be']) expect((await page.request.get(path)).status()).toBe(404);
    const nobody = (await visit(undefined)).page;
    expect(await post({}, nobody)).toBe(403);
    await nobody.goto('/sign-in');
    const own = await nobody.inputValue('input[name="csrf"] >> nth=0');
    expect(await post({ csrf: own }, nobody)).toBe(303);
    await nobody.goto('/periods/2026-05');
    expect(new URL(nobody.url()).pathname).toBe('/sign-in');
    expect(await stateOfMay()).toBe('in_review');
  });

  it('answer malformed requests with a plain page and no stack', async () => {
    const { page } = await visit('dana');
    const csrf = await page.inputValue('input[name="csrf"] >> nth=0');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answers = [
      await page.request.get('/statements/%E0%A4%A'),
      await page.request.post('/sign-in', { headers: form, data: `csrf=${csrf}&token=a&token=b` }),
      await page.request.post('/sign-in', { headers: form, data: 'csrf=a&csrf=b' }),
      await page.request.post('/sign-in', { headers: form, data: `csrf=${csrf}&token=${'x'.repeat(100_000)}` }),
      await page.request.post('/periods/2026-13/close', { form: { csrf } }),
      await page.request.get('/?period=2026-05&period=2026-04'),
    ];
    expect(answers.map((answer) => answer.status())).toEqual([400, 401, 403, 413, 422, 200]);
    for (const answer of answers) {
      expect(answer.headers()['content-type']).toMatch(/^text\/html/);
      expect(await answer.text()).not.toMatch(/node_modules|\.ts:|\bat /);
    }
  });

  it('answer a fault of ours with a plain page that tells nothing of it', async () => {
    const { page } = await visit('dana');
    await house.books.sql('alter table decision rename to decision_away');
    try {
      const answer = (await page.goto('/decisions'))!;
      expect(answer.status()).toBe(500);
      expect(await page.textContent('h1')).toBe('Something failed on our side.');
      expect(await page.content()).not.toMatch(/decision_away|relation|\bat /);
    } finally {
      await house.books.sql('alter table decision_away rename to decision');
    }
  });

  it('work without script: sign in, read, follow a figure to its contacts and back, sign out', async () => {
    const { page } = await visit('ravi', { javaScriptEnabled: false });
    await page.click('nav >> text=Statements');
    await page.click('table a[href^="/explain/line/"] >> nth=0');
    expect(await page.textContent('h1')).toContain('€');
    await page.click('.sub a >> text=Retail');
    expect(new URL(page.url()).pathname).toBe('/statements/2026-05/RETAIL');
    await page.click('footer button');
    await page.goto('/');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('let one in with a token, and end the session for good', async () => {
    const { users, people } = house.books;
    const { token } = await users.createToken(people.admin, 'audra', 'test', 1);
    const { page } = await visit(undefined);
    await page.goto('/sign-in');
    await page.fill('#token', 'answerable_wrong');
    await page.press('#token', 'Enter');
    expect(await page.textContent('[role=alert]')).toContain('not good');
    const before = (await page.context().cookies()).find((cookie) => cookie.name === 'answerable')!.value;
    await page.fill('#token', token);
    await page.press('#token', 'Enter');
    expect(await page.textContent('footer')).toContain('audra'.replace('a', 'A'));
    const session = (await page.context().cookies()).find((cookie) => cookie.name === 'answerable')!;
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(session.value).not.toBe(before);
    await page.click('footer button');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await page.context().addCookies([session]);
    await page.goto('/');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
  });

  it('end the right to look at once when an account is disabled', async () => {
    const { users, people } = house.books;
    await users.add(people.admin, { login: 'leaver', name: 'Leaver', role: 'auditor', units: [] });
    const { token } = await users.createToken(people.admin, 'leaver', 'test', 1);
    const { page } = await visit(undefined);
    await page.goto('/sign-in');
    await page.fill('#token', token);
    await page.press('#token', 'Enter');
    expect((await page.goto('/'))!.status()).toBe(200);
    await users.disable(people.admin, 'leaver');
    expect((await page.goto('/'))!.status()).toBe(403);
  });

  it('keep health checks and style free of sessions', async () => {
    for (const path of ['/healthz', '/readyz', '/assets/style.css', '/assets/inter.woff2']) {
      const answer = await fetch(`${house.address}${path}`);
      expect([path, answer.status, answer.headers.get('set-cookie')]).toEqual([path, 200, null]);
    }
    expect((await fetch(`${house.address}/assets/style.css`)).headers.get('cache-control')).toContain('max-age');
  });

  it('bind their cookies to the host and to https behind a proxy that ends TLS', async () => {
    const port = await freePort();
    const config = configOf({ PUBLIC_URL: 'https://books.example', PORT: String(port), LOG_LEVEL: 'silent' });
    const service = await startService(config, house.books.db);
    const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, { headers: { 'x-forwarded-proto': 'https' } });
    const cookies = answer.headers.getSetCookie();
    await service.stop();
    expect(new Set(cookies.map((cookie) => cookie.split('=')[0]))).toEqual(
      new Set(['__Host-answerable', '__Host-answerable-csrf']),
    );
    for (const cookie of cookies) expect(cookie).toMatch(/^(?=.*; Path=\/(;|$))(?=.*; HttpOnly)(?=.*; Secure)/);
    expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=/);
    expect(await answer.text()).not.toContain('action="/be"'); // nobody to be outside the demo
  });

  describeWithShared('with naughty strings', SHARED_NAUGHTY, () => {
    it('print names of reasons, units and decisions as they are and run none of them', async () => {
      const { page, complaints } = await visit('ravi');
      page.on('dialog', (dialog) => complaints.push(dialog.message()));
      await page.goto('/statements/2026-05/RETAIL');
      const cells = await page.locator('tr.part td:first-child').allTextContents();
      expect(NAUGHTY.length).toBeGreaterThan(15);
      expect(NAUGHTY.filter((name) => !cells.includes(name))).toEqual([]);
      const { page: finance } = await visit('dana');
      finance.on('dialog', (dialog) => complaints.push(dialog.message()));
      for (const path of ['/', '/statements/2026-05', '/statements/2026-05/ODD', '/decisions', '/decisions/PRICE']) {
        await finance.goto(path);
        expect([path, await finance.textContent('main')]).toEqual([path, expect.stringContaining(NAUGHTY[0]!)]);
      }
      expect(complaints).toEqual([]);
    });
  });

  // Last: these move the period that the others look at.
  it('take a period from hand-in to issue: by two people, each through the forms', async () => {
    const dana = (await visit('dana')).page;
    const carl = (await visit('carl')).page;
    const deeds = async (page: Page): Promise<string[]> => {
      await page.goto('/periods/2026-05');
      return await page.locator('section:has(#why-close) button:not([disabled])').allTextContents();
    };
    expect(await deeds(dana)).toEqual(['Dry run']);
    const csrf = await dana.inputValue('input[name="csrf"] >> nth=0');
    expect((await dana.request.post('/periods/2026-05/approve', { form: { csrf } })).status()).toBe(403);
    await house.books.periods.reopen(house.books.people.finance, '2026-05' as never, 'once more');
    expect(await deeds(carl)).toEqual([]);
    expect(await deeds(dana)).toEqual(['Dry run', 'Calculate', 'Hand in']);
    await dana.click('.actions >> text=Calculate');
    expect(await deeds(dana)).toEqual(['Dry run', 'Calculate', 'Hand in']);
    await dana.click('.actions >> text=Hand in');
    await dana.waitForURL('**/periods/2026-05');
    expect(await stateOfMay()).toBe('in_review');
    expect(await deeds(dana)).toEqual(['Dry run']);
    await carl.goto('/');
    await carl.click('table a >> text=Review');
    await carl.click('.actions >> text=Approve');
    expect(await deeds(carl)).toEqual(['Issue']);
    const again = await carl.request.post('/periods/2026-05/approve', {
      form: { csrf: await carl.inputValue('input[name="csrf"] >> nth=0') },
    });
    expect(again.status()).toBe(409);
    await carl.click('.actions >> text=Issue');
    await carl.waitForURL('**/periods/2026-05');
    expect(await stateOfMay()).toBe('closed');
    expect(await carl.textContent('.chip')).toBe('Issued');
    expect(await deeds(dana)).toEqual([]);
  });

  it('refuse the approval of one’s own work', async () => {
    const { users, people, sql } = house.books;
    await house.books.periods.close(await users.actorByLogin('dana'), '2026-06' as never);
    await house.books.periods.submit(await users.actorByLogin('dana'), '2026-06' as never);
    await users.changeRole(people.admin, 'dana', 'controller', []); // rights alone would allow it now
    const { page } = await visit('dana');
    await page.goto('/periods/2026-06');
    const csrf = await page.inputValue('input[name="csrf"] >> nth=0');
    const answer = await page.request.post('/periods/2026-06/approve', { form: { csrf } });
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toMatch(/prepared|handed in|own/);
    expect(await sql(`select state from period where period = '2026-06'`)).toEqual([{ state: 'in_review' }]);
  });

  async function stateOfMay(): Promise<string> {
    return (await house.books.sql<{ state: string }>(`select state from period where period = '2026-05'`))[0]!.state;
  }
});
