import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOCAL_USERS, UsersService } from '../../src/application/users.service.ts';
import { Database } from '../../src/persistence/database.ts';
import type { IssuedFile } from '../../src/domain/statements/issued-file.ts';
import { csv } from '../builders/books.ts';
import { contact, HOUSE, JUNE, MAY } from '../builders/small-house.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';
import { CuttingProxy } from '../faults/cutting-proxy.ts';
import { answerableHere, type Outcome } from './answerable.ts';

/** What a controller does after the first close, at a shell: each step is the next of the story. */
describe('closing like a controller, at the shell', () => {
  let folder: string;
  let database: TestDatabase;
  let line: string;
  const tokens = new Map<string, string>();
  const run = async (...args: string[]): Promise<Outcome> => {
    const role = args.find((arg) => arg.startsWith('@'))?.slice(1) ?? 'finance';
    const env = { DATABASE_URL: database.appUrl, ANSWERABLE_TOKEN: tokens.get(role)! };
    return await answerableHere(
      args.filter((arg) => !arg.startsWith('@')),
      env,
    );
  };
  const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await run(...args, '--json')).stdout) as T;
  const all = async (...steps: readonly (readonly string[])[]): Promise<void> => {
    for (const step of steps) {
      const outcome = await run(...step);
      expect([step, outcome.exitCode, outcome.stderr]).toEqual([step, 0, expect.anything()]);
    }
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-controller-'));
    mkdirSync(join(folder, 'company'));
    for (const [name, content] of Object.entries(HOUSE)) writeFileSync(join(folder, 'company', name), content);
    database = await testDatabase();
    const db = await Database.connect(database.appUrl);
    const users = new UsersService(db);
    await users.seed(LOCAL_USERS);
    const token = async (login: string): Promise<void> => {
      tokens.set(login, (await users.createToken(await users.actorByLogin(login), login, 'test', 1)).token);
    };
    for (const { login } of LOCAL_USERS) await token(login);
    await all(['import-folder', join(folder, 'company')]);
    await users.add(await users.actorByLogin('admin'), {
      login: 'ravi',
      name: 'Ravi',
      role: 'unit_owner',
      units: ['RETAIL'],
    });
    await token('ravi');
    await db.close();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  it('issues by two people; what is issued is a file that checks itself, with or without a published head', async () => {
    await all(['close', MAY], ['submit', MAY], ['approve', MAY, '@controller'], ['issue', MAY, '@controller']);
    const { files } = await json<{ files: string[] }>('issued', MAY, '--out', join(folder, 'out'));
    expect(files).toHaveLength(4);
    const heads = join(folder, 'heads.jsonl');
    await all(['audit', 'anchor', heads, '@auditor']);
    for (const file of files) {
      expect(await answerableHere(['verify', file, '--heads', heads])).toMatchObject({ exitCode: 0 });
    }
    const retail = files.find((file) => file.includes('RETAIL'))!;
    const content = JSON.parse(readFileSync(retail, 'utf8')) as IssuedFile & { document: { net: string } };
    writeFileSync(retail, JSON.stringify({ ...content, document: { ...content.document, net: '1.00' } }));
    const forged = await answerableHere(['verify', retail]);
    expect(forged.exitCode).toBe(4);
    expect(forged.stdout).toContain('DIFFERS: document: hashes to');
    expect((await answerableHere(['verify', join(folder, 'none.json')])).exitCode).toBe(2);
    line = (content.document as unknown as { lines: { id: string }[] }).lines[0]!.id;
  });

  it('hears a dispute: opened by the unit, previewed, ruled by neither side, booked by the next close', async () => {
    const opened = await json<{ id: string; amount: string }>(
      'dispute',
      'open',
      line,
      '--reason',
      'not ours',
      '--amount',
      '10.00',
      '@ravi',
    );
    expect((await run('dispute', 'reply', opened.id, 'looked into', '@service_leader')).exitCode).toBe(0);
    expect((await run('dispute', 'preview', opened.id)).stdout).toMatch(/RETAIL.* -10\.00[^]*service.* 10\.00[^]*sum/);
    expect((await run('dispute', 'rule', opened.id, '--reason', 'x')).exitCode).toBe(2);
    const own = await run('dispute', 'rule', opened.id, '--accept', '--reason', 'mine', '@service_leader');
    expect(own).toMatchObject({ exitCode: 3, stdout: '' });
    expect((await run('dispute', 'rule', opened.id, '--accept', '--reason', 'mine', '@ravi')).exitCode).toBe(3);
    await all(
      ['dispute', 'rule', opened.id, '--accept', '--reason', 'shown', '@controller'],
      ['dispute', 'list', '@ravi'],
    );
    expect((await run('dispute', 'show', opened.id, '@ravi')).stdout).toContain('accepted');
  });

  it('corrects a closed month: late contacts by themselves, agreements by two people', async () => {
    const late = join(folder, 'contacts.csv');
    writeFileSync(late, csv([contact('late', '2026-05-09', 'network')]));
    await all(['import', 'contacts', late]);
    const asked = await json<{ id: string }>(
      'correct',
      'add',
      MAY,
      '--unit',
      'RETAIL',
      '--amount',
      '-5.00',
      '--reason',
      'agreed',
    );
    expect((await run('correct', 'approve', asked.id)).exitCode).toBe(3);
    await all(['correct', 'approve', asked.id, '@controller'], ['correct', 'list']);
    const june = await json<{ units: { unit: string; adjustments: string }[] }>('close', JUNE);
    expect(june.units.map(({ unit, adjustments }) => [unit, adjustments])).toEqual([
      ['MOBILE', '15.03'],
      ['RETAIL', '-15.00'],
    ]);
    await all(['correct', 'reverse', asked.id, '--reason', 'withdrawn'], ['parked', 'list']);
  });

  it("shows a unit's statement line by line, the largest first, with the ids that a dispute takes, and what is booked of earlier months", async () => {
    const shown = (await run('statements', JUNE, '--unit', 'RETAIL')).stdout;
    expect(shown).toMatch(/^2026-06 RETAIL \(Retail\), EUR, preliminary\n/);
    expect(shown).toMatch(/\n[0-9a-f]{20} +dispute +desk +2026-05 +0 +-10\.00\n/);
    expect(shown).toMatch(/\ngross 140\.18 \+ adjustments -15\.00 = net 125\.18\n$/);
    const sizes = [...shown.matchAll(/^[0-9a-f]{20} .* -?([0-9.]+)$/gm)].map(([, amount]) => Number(amount));
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    const all = (await run('statements', JUNE)).stdout;
    expect(all).toMatch(/unit +name +contacts +gross +credit +adjustments +net\n/);
  });

  it('compares the runs of a month and says why they differ', async () => {
    const first = await json<{ runs: { run_id: string }[] }>('runs', 'list', JUNE);
    writeFileSync(
      join(folder, 'ledger.csv'),
      'entry_id,period,account,cost_center,amount,currency\nN,2026-06,6000,CC,10.00,EUR\n',
    );
    await all(['import', 'ledger', join(folder, 'ledger.csv')], ['close', JUNE]);
    const { runs } = await json<{ runs: { run_id: string }[] }>('runs', 'list', JUNE);
    const compared = await run('runs', 'compare', first.runs[0]!.run_id, runs[0]!.run_id);
    expect(compared.stdout).toContain('ledger ledger.csv');
    expect(compared.stdout).toMatch(/4 lines differ[^]*variance\.rate_own/);
    expect((await run('runs', 'compare', '1', runs[0]!.run_id)).exitCode).toBe(3);
  });

  it('makes the journal once and reads the receipt back', async () => {
    const made = await json<{ name: string; content: string; isNew: boolean }>('journal', MAY);
    expect(made).toMatchObject({ isNew: true, name: 'journal-2026-05-1-000001.csv' });
    expect((await run('journal', MAY)).stdout).toBe(made.content);
    const receipt = join(folder, 'receipt.csv');
    writeFileSync(
      receipt,
      'document,reference,booked_on,debit,credit\nANSWERABLE-2026-05-1,49,2026-06-03,200.30,200.30\n',
    );
    expect((await run('journal', MAY, '--receipt', receipt)).stdout).toContain('booked as 49');
  });

  it('reopens the newest closed month by two people only', async () => {
    await all(['submit', JUNE], ['reopen', JUNE, '--reason', 'look again']);
    const asked = await run('reopen', MAY, '--reason', 'late entry', '@controller');
    expect(asked.stderr).toContain('--confirm (another person');
    expect((await run('reopen', MAY, '--confirm', '@controller')).exitCode).toBe(3);
    expect(await run('reopen', MAY, '--confirm', '@cfo')).toMatchObject({
      exitCode: 0,
      stdout: '2026-05 is calculated again\n',
    });
    expect((await run('issue', MAY, '@controller')).exitCode).toBe(3);
  });

  it('says when the connection was lost, and that the command may be given again', async () => {
    const proxy = await CuttingProxy.before(database.appUrl);
    proxy.next({ at: 'byte', byte: 2_000 });
    const env = { DATABASE_URL: proxy.proxiedUrl, ANSWERABLE_TOKEN: tokens.get('finance')! };
    const lost = await answerableHere(['periods'], env);
    expect([lost.exitCode, lost.stderr]).toEqual([1, expect.stringContaining('run the command again')]);
    expect((await answerableHere(['periods'], env)).exitCode).toBe(0);
    proxy.end();
  });

  it('keeps an audit log of all of it, which is whole', async () => {
    expect((await run('audit', 'list', '--object', MAY, '@auditor')).stdout).toMatch(/period\.reopen[^]*period\.issue/);
    expect((await run('audit', 'list')).exitCode).toBe(3);
    await all(
      ['audit', 'verify', '@auditor'],
      ['audit', 'export', join(folder, 'audit.jsonl'), '@auditor'],
      ['verify', '@auditor'],
    );
    const exported = readFileSync(join(folder, 'audit.jsonl'), 'utf8').trim().split('\n');
    expect(exported.filter((event) => event.includes('\\"door\\":\\"cli\\"')).length).toBeGreaterThan(15);
    expect((await run('settings', 'one-person', 'on', '--reason', 'x')).exitCode).toBe(3);
    await all(['settings', 'one-person', 'on', '--reason', 'only one', '@admin'], ['settings', 'show'], ['close', MAY]);
    expect((await run('statements', MAY, '--unit', 'RETAIL')).stdout).toContain('one-person mode');
    expect((await run('statements', MAY)).stdout).toContain('in one-person mode');
  });
});
