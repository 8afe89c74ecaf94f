import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { chromium, type Browser, type Page } from 'playwright-core';
import { packageRoot } from '../../src/package-root.ts';
import { webHouse, type Login, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';
import { axeViolations, visitOf } from './visit.ts';

jest.setTimeout(240_000);

const MOST_BYTES = 100_000;
const PICTURES = join(packageRoot, 'out', 'pictures', 'german');
const german = JSON.parse(readFileSync(join(packageRoot, 'templates', 'labels', 'de.json'), 'utf8')) as Readonly<
  Record<string, string>
>;

/** English texts that a German page must not show: alone, or within another when they are long enough to be no name. */
const ENGLISH = Object.entries(german)
  .map(([english, text]) => ({ english: english.split(' ‖ ')[0]!, text }))
  .filter(({ english, text }) => english !== text && !english.includes('{') && english.length > 2);
const ALONE = new Set(ENGLISH.map(({ english }) => english));
const WITHIN = ENGLISH.map(({ english }) => english).filter((english) => english.split(' ').length > 2);
/** Names, not words: of a rule and of logins of the house, and of the kinds of files as `answerable import` takes them. */
const NAMES = new Set(['fee', 'decisions', 'reasons', 'units', 'admin', 'auditor', 'cfo', 'controller', 'finance']);

/** A decision of the house; its title stays as it was typed. */
const FEE = 'Late fee, 5.00';

/** All that is read or heard, but for what is marked as English, what people typed, and what is code. */
const READ = `(() => {
  const silent = 'script, style, pre, code, textarea, [lang=en], .hash';
  const texts = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!walk.currentNode.parentElement.closest(silent)) texts.push(walk.currentNode.data);
  for (const node of document.querySelectorAll('[aria-label], [title], [placeholder]'))
    if (!node.closest(silent)) for (const name of ['aria-label', 'title', 'placeholder']) texts.push(node.getAttribute(name) ?? '');
  return texts.map((text) => text.trim()).filter((text) => text !== '');
})()`;

describeWithBrowser('the pages in German', () => {
  let house: WebHouse;
  let browser: Browser;
  const ended: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    [house, browser] = await Promise.all([webHouse(), chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] })]);
    await mkdir(PICTURES, { recursive: true });
  });
  afterAll(async () => {
    for (const end of ended) await end();
    await browser?.close();
    await house?.end();
  });

  async function visit(who: Login | undefined, locale = 'de-DE'): Promise<Page> {
    const { page, context } = await visitOf(browser, house.address, who, { locale, javaScriptEnabled: true });
    ended.push(() => context.close());
    return page;
  }

  async function paths(): Promise<string[]> {
    const [line] = await house.books.sql<{ line_id: string }>(
      `select l.line_id from statement_line l join period p using (run_id)
       where p.period = '2026-05' and l.unit_code = 'RETAIL' and l.decision_code = 'FEE' order by 1 limit 1`,
    );
    const [issued] = await house.books.sql<{ line_id: string }>(
      `select l.line_id from statement_line l join period p using (run_id)
       where p.period = '2026-03' and l.unit_code = 'RETAIL' order by 1 limit 1`,
    );
    return [
      ...['/', '/periods/2026-05', '/periods/2026-04', '/statements/2026-05', '/statements/2026-05/RETAIL'],
      ...['/statements/2026-03/RETAIL', '/decisions', '/decisions/FEE', '/decisions/map', '/rules', '/rules/try'],
      ...[`/explain/line/${line!.line_id}`, '/explain/contact/2026-05-f-0', '/disputes', '/imports', '/audit'],
      ...['/settings', '/units', '/units/RETAIL', '/value', '/sign-in', '/nowhere'],
      `/statements/2026-03/RETAIL/lines/${issued!.line_id}/dispute`,
    ];
  }

  it.each(['dana', 'ravi', 'carl'] as const)('say nothing in English to %s, and axe finds nothing', async (who) => {
    const page = await visit(who);
    const english: string[] = [];
    const figures: string[] = [];
    for (const path of await paths()) {
      const answer = (await page.goto(path))!;
      expect([path, (await answer.body()).length < MOST_BYTES]).toEqual([path, true]);
      const headers = answer.headers();
      expect([path, headers['content-language'], headers['vary']]).toEqual([
        path,
        'de',
        expect.stringMatching(/cookie/i),
      ]);
      expect([path, await page.getAttribute('html', 'lang')]).toEqual([path, 'de']);
      const read = await page.evaluate<string[]>(READ);
      for (const text of read.map((one) => one.replaceAll(FEE, 'Gebühr'))) {
        if (NAMES.has(text)) continue;
        if (ALONE.has(text) || WITHIN.some((words) => text.includes(words))) english.push(`${path}: ${text}`);
        // 1,234.56 or 12.5% or 5 Nov 2026: figures and days of another language
        if (/\d[.]\d\d?(?!\d)(?!\.)|\d[.]\d{4}|\d%|\b\d{1,2} [A-Z][a-z]{2} \d{4}/.test(text))
          figures.push(`${path}: ${text}`);
      }
      if (who === 'dana') expect([path, await axeViolations(page)]).toEqual([path, []]);
      if (who === 'dana')
        await page.screenshot({
          path: join(PICTURES, `${path.replace(/\W+/g, '-').slice(1, 60) || 'home'}.png`),
          fullPage: true,
        });
      // German words are long: none may widen a narrow page.
      await page.setViewportSize({ width: 320, height: 640 });
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320]);
      await page.setViewportSize({ width: 1280, height: 900 });
    }
    expect(english).toEqual([]);
    expect(figures).toEqual([]);
  });

  it('tell in German why a deed is refused, with its values', async () => {
    const page = await visit('dana');
    await page.goto('/settings');
    const csrf = await page.inputValue('input[name="csrf"] >> nth=0');
    const answer = await page.request.post('/periods/2026-05/approve', {
      form: { csrf },
      headers: { 'accept-language': 'de-DE' },
    });
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toContain('dana hat die Rolle finance und darf das nicht (approve)');
  });

  it('give the files that people read in German, too', async () => {
    const page = await visit('dana');
    for (const path of ['/statements/2026-03/RETAIL/statement.xlsx', '/periods/2026-03/workbook.xlsx']) {
      const sheets = async (language: string): Promise<string[]> => {
        const answer = await page.request.get(path, { headers: { 'accept-language': language } });
        const book = new ExcelJS.Workbook();
        await book.xlsx.load((await answer.body()) as unknown as ArrayBuffer);
        return book.worksheets.map(({ name }) => name);
      };
      expect([path, await sheets('de')]).toEqual([
        path,
        expect.arrayContaining(['Positionen', 'Prüfungen', 'Nachweis']),
      ]);
      expect([path, await sheets('en')]).toEqual([path, expect.arrayContaining(['Lines', 'Checks', 'Audit'])]);
    }
  });

  it('are chosen by a link, kept without script and after signing out; the browser’s wish stands until then', async () => {
    const { page, context } = await visitOf(browser, house.address, 'dana', {
      locale: 'de-DE',
      javaScriptEnabled: false,
    });
    ended.push(() => context.close());
    await page.goto('/units/RETAIL?period=2026-03');
    await page.click('footer >> text=English');
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/units/RETAIL?period=2026-03');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.goto('/');
    expect(await page.title()).toBe('Home · Answerable');
    await page.click('footer >> text=Sign out');
    await page.waitForURL(`${house.address}/sign-in`);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.click('text=Deutsch');
    expect(await page.getAttribute('html', 'lang')).toBe('de');
  });

  it('stand in English for who asks for a language that there is not, and lead to no other host', async () => {
    const page = await visit(undefined, 'fr-FR');
    await page.goto('/sign-in?language=xx');
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    for (const path of [
      '//evil.example/?language=de',
      '/%5Cevil.example?language=de',
      '/sign-in?language=de&language=en',
    ]) {
      const answer = await page.request.get(`${house.address}${path}`, { maxRedirects: 0 });
      const to = answer.headers()['location'];
      expect([path, to === undefined || new URL(to, house.address).origin === house.address]).toEqual([path, true]);
    }
  });
});
