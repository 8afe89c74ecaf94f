import { chromium, type Browser } from 'playwright-core';
import { webHouse, type WebHouse } from '../builders/web-house.ts';
import { describeWithBrowser, LAUNCH } from './browser.ts';
import { axeViolations, visitOf, type Visit } from './visit.ts';

jest.setTimeout(180_000);

describeWithBrowser('disputes and acceptance on the pages', () => {
  let house: WebHouse;
  let browser: Browser;
  const visits: Visit[] = [];

  beforeAll(async () => {
    [house, browser] = await Promise.all([webHouse(), chromium.launch({ ...LAUNCH, args: [...LAUNCH.args] })]);
  });
  afterEach(async () => {
    for (const { context } of visits.splice(0)) await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await house?.end();
  });

  const visit = async (who: string, options = {}): Promise<Visit> => {
    const one = await visitOf(browser, house.address, who, options);
    visits.push(one);
    return one;
  };

  it('open one from its line, preview it to the cent, answer it and rule it, without script', async () => {
    const { page } = await visit('ravi', { javaScriptEnabled: false });
    await page.goto('/statements/2026-04/RETAIL');
    await page.click('a:text-is("Dispute") >> nth=0');
    const form = page.url();
    expect(await page.textContent('tr.total')).toContain('0.00');
    await page.fill('#reason', '<b>not ours</b> & "theirs"');
    await page.fill('#amount', '999999.00');
    await page.click('text=Open the dispute');
    expect(await page.textContent('.refusal')).toContain('999,999.00'.replace(',', ''));
    expect(await page.inputValue('#reason')).toBe('<b>not ours</b> & "theirs"'); // nothing typed is lost
    await page.fill('#amount', '0.40');
    await page.fill('#to', 'MOBILE');
    await page.click('button:text-is("Preview")');
    expect(await page.locator('td.n').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringContaining('−0.40'), expect.stringContaining('+0.40')]),
    );
    expect(await house.books.sql('select from dispute')).toHaveLength(0);
    await page.click('text=Open the dispute');
    const dispute = new URL(page.url()).pathname;
    expect(dispute).toMatch(/^\/disputes\/\d+$/);
    expect(await page.textContent('.thread')).toContain('<b>not ours</b> & "theirs"');
    await page.fill('#text', 'ticket 4711');
    await page.click('button:text-is("Reply")');
    expect(await page.textContent('.thread')).toContain('ticket 4711');
    expect(await page.locator('text=Accept: take it back').count()).toBe(0);
    await page.goto(form);
    expect(await page.textContent('.refusal')).toContain('is in dispute');
    await page.goto('/statements/2026-04/RETAIL');
    expect(await page.textContent(`a[href="${dispute}"]`)).toContain('Disputed');

    const { page: carl, complaints } = await visit('carl');
    await carl.goto('/disputes');
    await carl.click('table a');
    expect(await axeViolations(carl)).toEqual([]);
    await carl.fill('#amount', '5.00');
    await carl.fill('#reason', 'half of it');
    await carl.click('text=Accept: take it back');
    expect(await carl.textContent('.refusal')).toContain('is not a part');
    await carl.fill('#amount', '0.20');
    await carl.click('text=Accept: take it back');
    expect(await carl.textContent('.lead')).toContain('0.20');
    expect(complaints).toEqual([]);
    const rows = await house.books.sql(`select unit_code, amount_minor from adjustment order by amount_minor`);
    expect(rows).toEqual([
      { unit_code: 'RETAIL', amount_minor: '-20' },
      { unit_code: 'MOBILE', amount_minor: '20' },
    ]);
  });

  it('are as if missing for another unit’s owner, and closed to who may not act', async () => {
    const { users, people, sql } = house.books;
    await users.add(people.admin, { login: 'odette', name: 'Odette', role: 'unit_owner', units: ['ODD'] });
    const { token } = await users.createToken(people.admin, 'odette', 'test', 1);
    const { page } = await visitOf(browser, house.address, undefined).then((one) => (visits.push(one), one));
    await page.goto('/sign-in');
    await page.fill('#token', token);
    await page.press('#token', 'Enter');
    const csrf = await page.inputValue('input[name="csrf"] >> nth=0');
    const [{ line_id: line }] = (await sql(
      `select line_id from statement_line where unit_code = 'RETAIL' and charge_period = '2026-04' order by 1 limit 1`,
    )) as [{ line_id: string }];
    const missing = await page.request.get('/disputes/999');
    const body = await missing.text();
    expect(missing.status()).toBe(404);
    const foreign = `/statements/2026-04/RETAIL/lines/${line}/dispute`;
    for (const path of ['/disputes/1', foreign, `/statements/2026-04/ODD/lines/${line}/dispute`]) {
      const answer = await page.request.get(path);
      expect([path, answer.status(), await answer.text()]).toEqual([path, 404, body]);
    }
    for (const path of [foreign, '/disputes/1/reply', '/disputes/1/rule', '/statements/2026-04/RETAIL/accept']) {
      const form = { csrf, step: 'open', reason: 'mine', text: 'mine', outcome: 'accept' };
      const answer = await page.request.post(path, { form });
      expect([path, answer.status(), await answer.text()]).toEqual([path, 404, body]);
    }
    const { page: audra } = await visit('audra');
    await audra.goto('/disputes/1');
    const own = await audra.inputValue('input[name="csrf"] >> nth=0');
    for (const path of ['/disputes/1/reply', '/disputes/1/rule', foreign, '/statements/2026-04/RETAIL/accept']) {
      const form = { csrf: own, step: 'open', reason: 'x', text: 'x', outcome: 'accept' };
      expect([path, (await audra.request.post(path, { form })).status()]).toEqual([path, 403]);
    }
  });

  it('let an owner say something about a decision: it stays, with who and when, and others read it', async () => {
    const { page, complaints } = await visit('ravi', { javaScriptEnabled: false });
    await page.goto('/decisions/FEE');
    expect(await page.textContent('#notes h2')).toBe('No owner has said anything about it yet');
    await page.fill('#text', '   ');
    await page.click('button:text-is("Add the note")');
    expect(await page.textContent('#notes .refusal')).toContain('a note needs words');
    for (const text of ['<b>waived</b> for "new" customers', 'ends in June']) {
      await page.fill('#text', text);
      await page.click('button:text-is("Add the note")');
      expect(await page.textContent('#notes > section > .thread')).toContain(text);
    }
    const { page: dana, complaints: heard } = await visit('dana');
    await dana.goto('/decisions/FEE');
    expect(await dana.textContent('#notes > section > .thread')).toMatch(/^ravi, .*Retailends in June$/);
    await dana.click('#notes summary');
    expect(await dana.textContent('#notes details .thread')).toContain('<b>waived</b> for "new" customers');
    expect(await dana.locator('#notes form').count()).toBe(0);
    expect(await axeViolations(dana)).toEqual([]);
    const csrf = await dana.inputValue('input[name="csrf"] >> nth=0');
    expect((await dana.request.post('/decisions/FEE/notes', { form: { csrf, text: 'x' } })).status()).toBe(403);
    const own = await page.inputValue('input[name="csrf"] >> nth=0');
    for (const code of ['PRICE', 'NOWHERE'])
      expect([
        code,
        (await page.request.post(`/decisions/${code}/notes`, { form: { csrf: own, text: 'x' } })).status(),
      ]).toEqual([code, 404]);
    expect([...complaints, ...heard]).toEqual([]);
  });

  it('end with the acceptance of the statement by its owner, once', async () => {
    const { page } = await visit('ravi', { javaScriptEnabled: false });
    await page.goto('/statements/2026-03/RETAIL');
    expect(await page.locator('a:text-is("Dispute")').count()).toBeGreaterThan(0);
    const line = (await page.getAttribute('a:text-is("Dispute") >> nth=0', 'href'))!;
    await page.click('button:has-text("Accept")');
    expect(await page.textContent('main')).toContain('The statement is accepted');
    expect(await page.locator('a:text-is("Dispute")').count()).toBe(0);
    await page.goto(line);
    expect(await page.textContent('.refusal')).toContain('2026-03/RETAIL/1 is accepted by ravi');
    const csrf = await page.inputValue('input[name="csrf"] >> nth=0');
    expect((await page.request.post('/statements/2026-03/RETAIL/accept', { form: { csrf } })).status()).toBe(409);
    expect((await page.request.post('/statements/2026-05/RETAIL/accept', { form: { csrf } })).status()).toBe(404);
    const events = await house.books.sql(
      `select body::json ->> 'door' as door from audit_event where deed = 'statement.accept'`,
    );
    expect(events).toEqual([{ door: 'web' }]);
  });
});
