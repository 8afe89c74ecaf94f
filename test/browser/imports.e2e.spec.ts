import { readFileSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { csv } from '../builders/books.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';
import { axeViolations, visitOf, type Visit } from './visit.ts';

jest.setTimeout(180_000);

const TICKETS = csv([
  { 'Ticket ID': 'T-1', 'Created At': '2026-06-02T10:00:00+02:00', Category: 'billing', Channel: 'voice' },
  { 'Ticket ID': 'T-2', 'Created At': '2026-06-03T10:00:00+02:00', Category: 'billing', Channel: 'voice' },
  { 'Ticket ID': '<i>T-3</i>', 'Created At': '2026-06-04T10:00:00+02:00', Category: 'unheard-of', Channel: 'voice' },
]);
const upload = (text: string, name = 'tickets <1>.csv') => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

describeWithBrowser('the import wizard', () => {
  let house: WebHouse;
  let browser: Browser;
  let visit: Visit;

  beforeAll(async () => {
    [house, browser] = await Promise.all([webHouse(), chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] })]);
  });
  afterEach(async () => {
    await visit?.context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.end();
  });

  const contacts = async (): Promise<number> =>
    (await house.books.sql<{ n: number }>(`select count(*)::int as n from contact where contact_id like '%T-%'`))[0]!.n;

  it('takes a file of another system through four steps, without script: guessed, checked, loaded, undone', async () => {
    visit = await visitOf(browser, house.address, 'dana', { javaScriptEnabled: false });
    const { page } = visit;
    await page.click('nav >> text=Data');
    await page.setInputFiles('#file', upload(TICKETS));
    await page.click('button.primary');
    expect(await page.textContent('h1')).toContain('looks like contacts');
    expect(await page.inputValue('#mapping')).toContain('contact_id: Ticket ID');
    expect(await page.locator('.rows li').count()).toBe(3);
    expect(await page.textContent('.rows')).toContain('<i>T-3</i>');

    await page.fill('#mapping', 'name: x\nkind: contacts\ncolumns: { contact_id: Nowhere, nonsense: 1 }');
    await page.click('button:text-is("Check without loading")');
    expect(await page.textContent('.refusal')).toContain('nonsense');
    expect(await page.inputValue('#mapping')).toContain('kind: contacts');
    await page.click('text=Guess again');
    await page.click('button:text-is("Check without loading")');

    expect(new URL(page.url()).pathname).toMatch(/^\/imports\/[\w-]+\/check$/);
    expect(await page.textContent('h1')).toBe('1 row is refused; 2 would be loaded.');
    expect(await page.textContent('section:has(h2:text("value is refused")) tbody')).toContain('unheard-of');
    expect(await contacts()).toBe(0);
    await page.fill('#control', '2');
    await page.click('button:text-is("Compare")');
    expect(await page.textContent('main')).toContain('✓ Rows agrees with the source');
    const waiting = page.waitForEvent('download');
    await page.click('text=Refused rows as a file');
    const refused = readFileSync(await (await waiting).path(), 'utf8');
    expect(refused.split('\n')[0]).toContain('error');
    expect(refused).toContain('T-3');

    await page.click('button:has-text("Load 2 rows")'); // all or nothing
    expect(await page.textContent('h1')).toContain('1 row is refused');
    expect(await contacts()).toBe(0);
    await page.check('input[name="accept"]');
    await page.click('button:has-text("Load 2 rows")');
    expect(await page.textContent('h1')).toContain('is loaded: 2 new rows');
    expect(await contacts()).toBe(2);
    await page.click('button[aria-label^="Undo"] >> nth=0');
    expect(await page.textContent('table tr:has-text("undoes") >> nth=0')).toContain('tickets');
  });

  it('says that a file is loaded already, and which of its rows would change', async () => {
    visit = await visitOf(browser, house.address, 'dana');
    const { page, complaints } = visit;
    const june = (seconds: string) =>
      csv([
        {
          contact_id: 'J-1',
          started_at: '2026-06-09T10:00:00',
          channel: 'voice',
          reason_code: 'billing',
          handle_seconds: seconds,
        },
      ]);
    const load = async (text: string): Promise<void> => {
      await page.goto('/imports');
      await page.setInputFiles('#file', upload(text, 'june.csv'));
      await page.click('button.primary');
      await page.click('button:text-is("Check without loading")');
    };
    await load(june('300'));
    expect(await axeViolations(page)).toEqual([]);
    await page.click('button:has-text("Load 1 row")');
    await load(june('300'));
    expect(await page.textContent('h1')).toMatch(/is loaded already, .* by dana: 0 changes/);
    expect(await page.isDisabled('button:has-text("Load")')).toBe(true);
    await load(june('301'));
    expect(await page.textContent('main')).toContain('300 → 301');
    expect(complaints).toEqual([]);
  });

  it('is nobody else’s: an upload is its owner’s, and only finance uploads', async () => {
    const { users, people } = house.books;
    visit = await visitOf(browser, house.address, 'dana');
    await visit.page.goto('/imports');
    await visit.page.setInputFiles('#file', upload(TICKETS));
    await visit.page.click('button.primary');
    const path = new URL(visit.page.url()).pathname;
    await visit.context.close();
    await users.add(people.admin, { login: 'fay', name: 'Fay', role: 'finance', units: [] });
    const { token } = await users.createToken(people.admin, 'fay', 'test', 1);
    visit = await visitOf(browser, house.address, undefined);
    const { page } = visit;
    await page.goto('/sign-in');
    const anonymous = await page.inputValue('input[name="csrf"] >> nth=0');
    const multipart = { csrf: anonymous, file: upload(TICKETS) };
    expect((await page.request.post('/imports', { multipart })).status()).toBe(403);
    await page.fill('#token', token);
    await page.press('#token', 'Enter');
    expect((await page.goto(path))!.status()).toBe(404);
    expect((await page.request.post('/imports', { multipart: { csrf: 'no', file: upload(TICKETS) } })).status()).toBe(
      403,
    );
    await visit.context.close();
    visit = await visitOf(browser, house.address, 'mia');
    await visit.page.goto('/imports');
    expect(await visit.page.locator('#file').count()).toBe(0);
    const csrf = await visit.page.inputValue('input[name="csrf"] >> nth=0');
    const answer = await visit.page.request.post('/imports', { multipart: { csrf, file: upload(TICKETS) } });
    expect(answer.status()).toBe(403);
  });
});
