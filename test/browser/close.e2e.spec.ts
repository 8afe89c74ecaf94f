import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { csv } from '../builders/books.ts';
import { contact, STANDARD_MODEL } from '../builders/small-house.ts';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';
import { axeViolations, visitOf, visitsOfTests } from './visit.ts';

jest.setTimeout(180_000);

const BOARD = '/periods/2026-05';
/** The voice pool takes voice only, and a unit of whose contacts a fifth is taken by no pool is parked. */
const STRICT = `${STANDARD_MODEL.replace('kind: operating,', 'kind: operating, serves: { channel: [voice] },').trimEnd()}
bounds: { unmapped_share: "0.2" }
`;

/** With a name of a mailbox and a number in it, and with what breaks pages that do not escape. */
const SAID = 'why <b>this</b> fee? call 0171 2345678 or write to anna.adler@example.com';

describeWithBrowser('the close board', () => {
  let house: WebHouse;
  let folder: string;
  let browser: Browser;
  const visits = visitsOfTests();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-mails-'));
    [house, browser] = await Promise.all([
      webHouse({ MAIL_FOLDER: folder }),
      chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] }),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await house?.end();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Without script: every deed here is a plain form. */
  const at = async (who: string, path = BOARD): Promise<Page> => {
    const visit = await visitOf(browser, house.address, who, { javaScriptEnabled: false });
    visits.push(visit);
    await visit.page.goto(path);
    return visit.page;
  };
  /** A calculation that takes longer than a moment has a page of its own. */
  const ended = async (page: Page, button: string): Promise<void> => {
    await page.click(button);
    while (new URL(page.url()).pathname.startsWith('/jobs/')) {
      await page.waitForTimeout(200);
      await page.click('a:text-is("Look again")');
    }
  };
  const runs = async (): Promise<number> =>
    (await house.books.sql<{ n: number }>(`select count(*)::int as n from run where period = '2026-05'`))[0]!.n;
  const stateOfMay = async (): Promise<string> =>
    (await house.books.sql<{ state: string }>(`select state from period where period = '2026-05'`))[0]!.state;
  const matters = async (page: Page): Promise<string[]> =>
    await page.locator('section:has-text("what it means") tbody th').allTextContents();

  it('takes the month back when its name is typed, and keeps what was typed when it is not', async () => {
    const dana = await at('dana');
    expect(await dana.textContent('h1')).toMatch(/ties out to the cent\. Nothing is open/);
    await dana.click('summary:text-is("Take it back")');
    await dana.fill('#reason', 'one <more> file');
    await dana.fill('#period', 'May');
    await dana.click('button:text-is("Take it back")');
    expect(await dana.textContent('.refusal')).toContain('2026-05');
    expect(await dana.inputValue('#reason')).toBe('one <more> file');
    expect(await stateOfMay()).toBe('in_review');
    await dana.fill('#period', '2026-05');
    await dana.click('button:text-is("Take it back")');
    expect(await stateOfMay()).toBe('calculated');
    const [{ reason }] = (await house.books.sql(
      `select body::json ->> 'reason' as reason from audit_event where deed = 'period.reopen'`,
    )) as [{ reason: string }];
    expect(reason).toBe('one <more> file');
  });

  it('names what is open: a channel that no pool takes, the unit parked for it, newer rules and data', async () => {
    const { books } = house;
    await books.given({
      'contacts.csv': csv([contact('video-1', '2026-05-11', 'odd', { channel: 'video', text: SAID })]),
    });
    await books.models.apply(books.people.finance, STRICT, '2026-05');
    const dana = await at('dana');
    expect(await matters(dana)).toEqual(['The rules have changed', 'Newer data is there']);
    await ended(dana, '.actions >> text=Calculate');
    expect(await matters(dana)).toEqual([
      'Channel “video” is not mapped',
      expect.stringMatching(/^<script>alert\(1\).* is parked$/),
    ]);
    expect(await axeViolations(await withScript('dana'))).toEqual([]);
    // What differs from the run before, and why.
    expect(await dana.textContent('section:has-text("Why:")')).toMatch(/rules \d+ instead of \d+; contacts\.csv/);
    expect(await dana.textContent('summary:has-text("Back from the lines")')).toContain('difference 0.00');
  });

  it('lets a controller rule on the parked unit, with a reason, and nobody else', async () => {
    expect(await (await at('dana')).locator('button:text-is("Release")').count()).toBe(0);
    const carl = await at('carl');
    await carl.fill('[id="parked-ODD"] [name=reason]', 'a single call');
    await carl.click('button:text-is("Release")');
    expect(await matters(carl)).toEqual(['Channel “video” is not mapped']);
    const again = await carl.request.post(`${BOARD}/parked/ODD`, {
      form: { csrf: await carl.inputValue('input[name="csrf"] >> nth=0'), ruling: 'kept', reason: 'no' },
    });
    expect([again.status(), await again.text()]).toEqual([409, expect.stringContaining('released by carl')]);
    const audra = await at('audra');
    const form = {
      csrf: await audra.inputValue('input[name="csrf"] >> nth=0'),
      ...{ channel: 'video', pool: 'voice', reason: 'x', ruling: 'kept', period: '2026-05' },
    };
    for (const deed of ['channel', 'parked/ODD', 'reopen', 'confirm-reopening', 'corrections/1/approve'])
      expect([deed, (await audra.request.post(`${BOARD}/${deed}`, { form })).status()]).toEqual([deed, 403]);
  });

  it('maps the value, tries it dry, and keeps nothing of the dry run', async () => {
    const dana = await at('dana');
    const before = await runs();
    await dana.selectOption('#pool-video', 'voice');
    await dana.click('button:text-is("Map “video”")');
    expect(await matters(dana)).toEqual(['The rules have changed']);
    await ended(dana, 'button:text-is("Dry run")');
    expect(await dana.textContent('section:has-text("nothing of this is kept")')).toMatch(
      /Dry run: .*€ would be charged, nobody is parked/,
    );
    expect(await dana.textContent('[role=status]')).toContain('It ties out to the cent.');
    expect([await runs(), await stateOfMay()]).toEqual([before, 'calculated']);
    await dana.goto(BOARD);
    await ended(dana, '.actions >> text=Calculate');
    expect(await runs()).toBe(before + 1);
    expect(await matters(dana)).toEqual([]);
    await dana.click('.actions >> text=Hand in');
    // In review a dry run still shows what a change would do.
    await ended(dana, 'button:text-is("Dry run")');
    expect(await dana.textContent('h2:has-text("Dry run")')).toContain('nobody is parked');
  });

  it('shows what customers said behind a charge when asked, masked, and writes each look down', async () => {
    const [{ line_id: line }] = (await house.books.sql(
      `select line_id from statement_line l join period p using (run_id) where p.period = '2026-05' and unit_code = 'ODD' order by contacts desc limit 1`,
    )) as [{ line_id: string }];
    const looks = async (): Promise<unknown[]> =>
      await house.books.sql(
        `select actor from (select body::json ->> 'actor' as actor from audit_event where deed = 'contact.read_words') e`,
      );
    const mia = await at('mia', `/explain/line/${line}`);
    expect(await mia.textContent('main')).not.toContain('why <b>this');
    expect(await looks()).toEqual([]);
    await mia.click('button:has-text("Read what they said")');
    const said = await mia.locator('blockquote').allTextContents();
    expect(said.join()).toContain('why <b>this</b> fee?');
    expect(said.join()).not.toMatch(/0171|2345678|anna\.adler/);
    expect(await looks()).toEqual([{ actor: 'mia' }]);
    // Another unit's owner meets a missing page, and nothing is written down.
    const ravi = await at('ravi', '/');
    const csrf = await ravi.inputValue('input[name="csrf"] >> nth=0');
    expect((await ravi.request.post(`/explain/line/${line}/words`, { form: { csrf } })).status()).toBe(404);
    expect(await looks()).toHaveLength(1);
  });

  it('has a correction approved by another person than who asked', async () => {
    const { books } = house;
    const dana = await books.users.actorByLogin('dana');
    const { id } = await books.corrections.ask(dana, {
      ...{ chargePeriod: '2026-04' as never, unit: 'RETAIL', amount: '-1.25', why: 'double <count>' },
    });
    expect(await (await at('dana')).locator('button:text-is("Approve the correction")').count()).toBe(0);
    const carl = await at('carl', '/');
    await carl.click('table tr:has-text("waits for approval") a >> nth=-1');
    expect(await carl.textContent(`[id="correction-${id}"]`)).toContain('double <count>');
    await carl.click('button:text-is("Approve the correction")');
    expect(await matters(carl)).toEqual([]);
    expect((await books.corrections.list(dana)).map(({ state, approvedBy }) => [state, approvedBy])).toEqual([
      ['approved', 'carl'],
    ]);
  });

  it('tells before the issue what it closes, in numbers; the workbook of the month downloads', async () => {
    const carl = await at('carl');
    expect(await carl.textContent('#why-approve')).toMatch(/lets .*€ for 3 units be issued/);
    await carl.click('.actions >> text=Approve');
    expect(await carl.textContent('#why-issue')).toMatch(/closes May 2026 for good: .*€ for 3 units/);
    await carl.click('.actions >> text=Issue');
    expect(await stateOfMay()).toBe('closed');
    const waiting = carl.waitForEvent('download');
    await carl.click('section a:text-is("XLSX")');
    expect((await waiting).suggestedFilename()).toMatch(/2026-05.*\.xlsx$/);
  });

  it('mails the issued statements to those who answer for them, once, and tells how many', async () => {
    await house.books.sql(`update app_user set mail_address = 'ravi@example.com' where login = 'ravi'`);
    const carl = await at('carl');
    expect(await carl.textContent('section:has-text("Nobody has been mailed")')).toContain('own unit’s statement');
    for (let twice = 0; twice < 2; twice++) {
      await carl.click('button:text-is("Mail the statements to their owners")');
      expect(await carl.textContent('main')).toContain('1 mail is on its way or there');
    }
    for (let wait = 0; wait < 100 && readdirSync(folder).length === 0; wait++)
      await new Promise((resolve) => setTimeout(resolve, 100));
    expect(readdirSync(folder)).toHaveLength(1);
    const auditor = await at('audra');
    expect(await auditor.locator('button:has-text("Mail the statements")').count()).toBe(0);
  });

  it('opens an issued month again by two people', async () => {
    const dana = await at('dana');
    await dana.click('summary:text-is("Ask for it")');
    await dana.fill('#reason', 'wrong file');
    await dana.fill('#period', '2026-05');
    await dana.click('button:text-is("Ask for it")');
    expect(await dana.textContent('section:has-text("Open the month again")')).toContain(
      'dana asks for it: wrong file',
    );
    expect(await dana.locator('button:has-text("Confirm")').count()).toBe(0);
    const carl = await at('carl');
    await carl.click('button:has-text("Confirm: open it again")');
    expect(await stateOfMay()).toBe('calculated');
  });

  /** The same board where axe can run. */
  async function withScript(who: string): Promise<Page> {
    const visit = await visitOf(browser, house.address, who);
    visits.push(visit);
    await visit.page.goto(BOARD);
    return visit.page;
  }
});
