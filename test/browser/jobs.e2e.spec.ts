import pg from 'pg';
import { chromium, type Browser, type Page } from 'playwright-core';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';
import { axeViolations, visitOf, visitsOfTests } from './visit.ts';

jest.setTimeout(180_000);

const BOARD = '/periods/2026-05';

describeWithBrowser('work that lasts', () => {
  let house: WebHouse;
  let browser: Browser;
  let holder: pg.Client;
  const visits = visitsOfTests();

  beforeAll(async () => {
    [house, browser] = await Promise.all([webHouse(), chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] })]);
    holder = new pg.Client({ connectionString: house.books.database.adminUrl });
    await holder.connect();
    await house.books.periods.reopen(house.books.people.finance, '2026-05' as never, 'anew');
  });
  afterAll(async () => {
    await browser?.close();
    await holder?.end();
    await house?.end();
  });

  const be = async (who: string, javaScriptEnabled = true): Promise<Page> => {
    const visit = await visitOf(browser, house.address, who, { javaScriptEnabled });
    visits.push(visit);
    return visit.page;
  };
  /** A month that somebody else holds: whoever calculates it waits. */
  const hold = async (): Promise<void> => {
    await holder.query('begin');
    await holder.query(`select from period where period = '2026-05' for update`);
  };
  const pathOf = (page: Page): string => new URL(page.url()).pathname;
  const runs = async (): Promise<unknown> => await house.books.sql(`select run_id from run where period = '2026-05'`);

  it('has a page that goes to the board by itself when the month is calculated', async () => {
    const dana = await be('dana');
    await hold();
    await dana.goto(BOARD);
    await dana.click('.actions >> text=Calculate');
    expect(pathOf(dana)).toMatch(/^\/jobs\/\d+$/);
    expect(await dana.textContent('h1')).toBe('May 2026 is calculated');
    expect(await dana.textContent('#job')).toContain('It waits its turn');
    expect(await axeViolations(dana)).toEqual([]);
    await dana.setViewportSize({ width: 320, height: 640 });
    expect(await dana.evaluate('document.documentElement.scrollWidth')).toBe(320);
    await holder.query('commit');
    await dana.waitForURL(`**${BOARD}`);
    expect(await dana.textContent('h1')).toContain('May 2026 ties out to the cent.');
    await dana.click('.actions >> text=Hand in');
    await dana.waitForSelector('text=In review');
    await house.books.periods.reopen(house.books.people.finance, '2026-05' as never, 'anew');
  });

  it('can be left; home and the board tell of it, and without script a link looks again', async () => {
    const before = await runs();
    const dana = await be('dana', false);
    await hold();
    await dana.goto(BOARD);
    await dana.click('button:text-is("Dry run")');
    const page = pathOf(dana);
    await dana.click('a:text-is("Look again")');
    expect([pathOf(dana), await dana.textContent('h1')]).toEqual([page, 'Dry run of May 2026']);
    await dana.goto('/');
    expect(await dana.textContent('main')).toContain('The dry run of May 2026 that dana asked for is under way.');
    const carl = await be('carl', false);
    await carl.goto(BOARD);
    expect(await carl.textContent('main')).toContain('The dry run of May 2026 that dana asked for is under way.');
    await dana.click('a:text-is("See how far it is")');
    await holder.query('commit');
    while (pathOf(dana) === page) {
      await dana.waitForTimeout(100);
      await dana.click('a:text-is("Look again")');
    }
    expect(new URL(dana.url()).search).toBe(`?job=${page.split('/').at(-1)}`);
    expect(await dana.textContent('h2:has-text("Dry run")')).toContain('would be charged');
    expect(await runs()).toEqual(before);
    const found = dana.url();
    await dana.goto('/');
    await dana.click('tr:has-text("Your dry run of May 2026 is done.") a');
    expect(await dana.locator('h2:has-text("Dry run")').count()).toBe(1);
    // The same address shows others the same, or nothing.
    await carl.goto(found);
    expect(await carl.locator('h2:has-text("Dry run")').count()).toBe(1);
    const ravi = await be('ravi', false);
    for (const path of [page, found, '/jobs/99999', '/jobs/x', `${BOARD}?job=99999`])
      expect([path, (await ravi.request.get(path)).status()]).toEqual([path, 404]);
    expect((await carl.request.get(`/periods/2026-04?job=${page.split('/').at(-1)}`)).status()).toBe(404);
  });

  it('shows a refusal as if one had waited for it', async () => {
    const dana = await be('dana');
    await hold();
    await dana.goto(BOARD);
    await dana.click('.actions >> text=Calculate');
    expect(pathOf(dana)).toMatch(/^\/jobs\/\d+$/);
    // Meanwhile somebody hands the month in.
    await holder.query(`update period set state = 'in_review', submitted_by = prepared_by where period = '2026-05'`);
    await holder.query('commit');
    await dana.waitForURL(`**${BOARD}?job=*`);
    expect(await dana.textContent('.refusal')).toContain('2026-05 is in review and cannot be calculated anew');
    const csrf = await dana.inputValue('input[name="csrf"] >> nth=0');
    const closed = await dana.request.post('/periods/2026-04/close', { form: { csrf } });
    expect([closed.status(), await closed.text()]).toEqual([422, expect.stringContaining('2026-04 is closed')]);
  });

  it('recomputes the books so, too, and keeps what it found for who left', async () => {
    const audra = await be('audra');
    await audra.goto('/audit');
    await audra.click('text=Recompute the books');
    await audra.waitForSelector('h1:has-text("no difference")');
    await audra.goto('/audit');
    expect(await audra.textContent('main')).toContain('Recomputed last for audra');
    await audra.click('a:text-is("See what it found")');
    expect(await audra.textContent('h1')).toMatch(/recomputed: no difference\.$/);
    const mia = await be('mia');
    expect((await mia.request.get(audra.url())).status()).toBe(403);
  });
});
