import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { packageRoot } from '../../src/package-root.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';
import { axeViolations, visitOf, visitsOfTests } from './visit.ts';

jest.setTimeout(240_000);

/** Pictures of every stop, for people to look at after a run. */
const PICTURES = join(packageRoot, 'out', 'pages');
const MOST_BYTES = 100_000;

describeWithBrowser('the first five minutes', () => {
  let house: WebHouse;
  let browser: Browser;
  const visits = visitsOfTests();

  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    [house, browser] = await Promise.all([webHouse(), chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] })]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.end();
  });

  const be = async (who: string): Promise<Page> => {
    const visit = await visitOf(browser, house.address, who);
    visits.push(visit);
    return visit.page;
  };

  /** Every stop: nothing for axe, a page that is light enough, and a picture. */
  const stop = async (page: Page, name: string): Promise<void> => {
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    expect([name, (await page.content()).length < MOST_BYTES]).toEqual([name, true]);
    expect([name, await axeViolations(page)]).toEqual([name, []]);
  };

  const stateOfMay = async (): Promise<unknown> =>
    (await house.books.sql<{ state: string }>(`select state from period where period = '2026-05'`))[0]!.state;

  it('finance goes from the largest charge to its contacts, closes, and by a second person approves and issues', async () => {
    await house.books.periods.reopen(house.books.people.finance, '2026-05' as never, 'one more file');
    const dana = await be('dana');
    expect(await dana.textContent('.demo-bar')).toMatch(/Demo data\. You are Dana.*Ravi.*Mia.*Audra/s);
    expect(await dana.textContent('h1')).toMatch(/^May: .*€ of service cost\. The units are charged/);
    await stop(dana, '1-home-finance');
    await dana.click('section:has-text("costs most of") table a >> nth=0');
    expect(new URL(dana.url()).pathname).toBe('/decisions/FEE');
    await stop(dana, '2-decision');
    await dana.click('nav >> text=Statements');
    await dana.click('table a:text-is("Retail")');
    await dana.click('table a[href^="/explain/line/"] >> nth=0');
    const minor = async (label: string): Promise<bigint> => {
      const text = await dana.textContent(`tr:has(td:text-is("${label}")) td.n`);
      return BigInt(text!.replaceAll(/[^\d]/g, ''));
    };
    const own = await minor('Own cost of the pool, by the ledger');
    expect(own).toBeGreaterThan(0n);
    expect(own + (await minor('Support received from other pools'))).toBe(await minor('Cost of the pool'));
    await dana.click('table a[href^="/explain/contact/"] >> nth=0');
    await stop(dana, '3-contact');

    await dana.click('nav >> text=Close');
    await stop(dana, '4-close');
    await dana.click('.actions >> text=Calculate');
    await dana.click('.actions >> text=Hand in');
    await dana.waitForURL('**/periods/2026-05');
    expect(await stateOfMay()).toBe('in_review');
    const carl = await be('carl');
    await carl.click('table a >> text=Review');
    await carl.click('.actions >> text=Approve');
    await carl.click('.actions >> text=Issue');
    await carl.waitForURL('**/periods/2026-05');
    expect(await stateOfMay()).toBe('closed');
    await stop(carl, '5-issued');
    await carl.goto('/statements/2026-05/RETAIL');
    const waiting = carl.waitForEvent('download');
    await carl.click('section a:text-is("XLSX")');
    expect(
      readFileSync(await (await waiting).path())
        .subarray(0, 2)
        .toString(),
    ).toBe('PK');
  });

  it('the unit owner sees only her unit, finds her largest charge, disputes it, and meets 404 for another’s', async () => {
    const ravi = await be('ravi');
    expect(await ravi.textContent('h1')).toContain('Retail is charged');
    expect(await ravi.textContent('body')).not.toMatch(/Mobile|MOBILE/);
    await stop(ravi, '6-home-owner');
    await ravi.click('nav >> text=Units');
    await ravi.click('table a[href^="/units/"] >> nth=0');
    await stop(ravi, '7-unit');
    await ravi.click('section:has-text("drives it most") a[href^="/explain/line/"] >> nth=0');
    expect(await ravi.textContent('h1')).toContain('€ for');
    await stop(ravi, '8-charge-explained');
    await ravi.click('.sub a >> text=RETAIL');
    await stop(ravi, '9-statement');
    await ravi.click('a:text-is("Dispute") >> nth=0');
    await ravi.fill('#reason', 'not ours');
    await stop(ravi, '10-dispute-preview');
    await ravi.click('text=Open the dispute');
    expect(new URL(ravi.url()).pathname).toMatch(/^\/disputes\/\d+$/);
    await stop(ravi, '11-dispute');
    for (const path of ['/statements/2026-05/MOBILE', '/units/MOBILE', '/decisions/PRICE', '/periods/2026-05'])
      expect([path, (await ravi.request.get(path)).status()]).toEqual([path, 404]);
    await ravi.goto('/statements/2026-05/MOBILE');
    await stop(ravi, '12-not-yours');
  });

  it('the service leader finds the value statement, and which decisions pay', async () => {
    const mia = await be('mia');
    await mia.click('nav >> text=Value');
    expect(await mia.textContent('h1')).toMatch(/^Service cost .*€, the units bear .*€, and customers/);
    expect(await mia.textContent('main')).toContain('The service’s own value statement');
    await stop(mia, '13-value');
    await mia.click('nav >> text=Decisions');
    await mia.click('text=Which of them pay');
    await stop(mia, '14-which-decisions-pay');
    await mia.click('svg a circle >> nth=-1');
    expect(new URL(mia.url()).pathname).toMatch(/^\/decisions\/(FEE|PRICE)$/);
  });

  it('the auditor verifies the chain and the books, and can change nothing', async () => {
    const audra = await be('audra');
    await audra.click('table a >> text=Verify');
    await audra.click('text=Check the chain');
    expect(await audra.textContent('h1')).toMatch(/^The chain is unbroken to event \d+/);
    await audra.click('text=Recompute the books');
    await audra.waitForSelector('h1:has-text("no difference")'); // at once, or from the page of its job
    expect(await audra.textContent('h1')).toMatch(/recomputed: no difference\.$/);
    await stop(audra, '15-verified');
    const csrf = await audra.inputValue('input[name="csrf"] >> nth=0');
    const count = 'select count(*)::int as n from audit_event';
    const before = await house.books.sql(count);
    const form = {
      csrf,
      reason: 'x',
      text: 'x',
      outcome: 'accept',
      step: 'apply',
      yaml: 'x',
      login: 'ravi',
      role: 'admin',
      on: 'on',
    };
    for (const path of [
      ...['/periods/2026-05/close', '/periods/2026-05/submit', '/periods/2026-05/approve', '/periods/2026-05/issue'],
      ...['/disputes/1/reply', '/disputes/1/rule', '/disputes/1/escalate', '/statements/2026-05/RETAIL/accept'],
      ...[
        '/settings/users',
        '/settings/users/disable',
        '/settings/one-person',
        '/imports/history/1/undo',
        '/rules/try',
      ],
    ])
      expect([path, (await audra.request.post(path, { form })).status()]).toEqual([path, 403]);
    expect(await house.books.sql(count)).toEqual(before);
  });
});
