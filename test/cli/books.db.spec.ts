import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from '../../src/persistence/database.ts';
import type { StatementSet } from '../../src/domain/statements/statement-set.ts';
import { LOCAL_USERS, UsersService } from '../../src/application/users.service.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';
import { changedFile, partsOf, sheetsOf } from '../workbook/cells.ts';
import { answerableHere, type Outcome } from './answerable.ts';

/** One company's months from files to issued statements, as a person at a shell does it. */
describe('the way of a period', () => {
  let folder: string;
  let company: string;
  let database: TestDatabase;
  const tokens = new Map<string, string>();

  /** As finance, or as the role that an argument @role names. */
  const run = async (...args: string[]): Promise<Outcome> => {
    const role = args.find((arg) => arg.startsWith('@'))?.slice(1) ?? 'finance';
    const env = { DATABASE_URL: database.appUrl, ANSWERABLE_TOKEN: tokens.get(role)! };
    return await answerableHere(
      args.filter((arg) => !arg.startsWith('@')),
      env,
    );
  };
  const json = async <T>(...args: string[]): Promise<T> => JSON.parse((await run(...args, '--json')).stdout) as T;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-books-'));
    company = join(folder, 'company');
    database = await testDatabase();
    const db = await Database.connect(database.appUrl);
    const users = new UsersService(db);
    await users.seed(LOCAL_USERS);
    for (const { login } of LOCAL_USERS) await keepToken(users, login);
    await db.close();
    expect(await run('generate', company, '--contacts', '3000', '--months', '3')).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  async function keepToken(users: UsersService, login: string): Promise<void> {
    const { token } = await users.createToken(await users.actorByLogin(login), login, 'test', 1);
    tokens.set(login, token);
  }

  it('a folder is imported, all of it; again, nothing changes', async () => {
    const dry = await json<{ files: { new: number; importId: null }[] }>('import-folder', company, '--dry-run');
    expect(dry.files.every((file) => file.importId === null)).toBe(true);
    const first = await run('import-folder', company);
    expect(first.exitCode).toBe(0);
    expect(first.stdout).toMatch(/^contacts\.csv +3,000 +0 +0 +0 +\d+$/m);
    expect(first.stderr).toContain('next: answerable close 2026-10');
    const again = await json<{ files: { new: number; changed: number; already?: object }[] }>('import-folder', company);
    expect(again.files.every((file) => file.new + file.changed === 0 && file.already !== undefined)).toBe(true);
  });

  it('a bad row is refused with 3, names its place and remedy, and changes nothing', async () => {
    const bad = join(folder, 'ledger.csv');
    writeFileSync(bad, 'entry_id,period,account,cost_center,amount,currency\nX1,2026-10,6000,VOICE,1.234,EUR\n');
    const refused = await run('import', 'ledger', bad);
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout).toMatch(/ledger\.csv, line 2, amount: got "1\.234": /);
    expect((await run('import', 'ledger', join(folder, 'none.csv'))).exitCode).toBe(3);
    expect((await run('import', 'leger', bad)).stderr).toContain('did you mean ledger?');
    expect((await run('import')).exitCode).toBe(2);
    const help = await run('import', '--help', 'ledger');
    expect(help.stdout).toMatch(/^amount\* +\S/m);
  });

  it('a preview keeps nothing; a close is a run; the same inputs give the same run', async () => {
    const preview = await json<StatementSet & { preview: boolean }>('close', '2026-10', '--preview');
    expect(preview).toMatchObject({ preview: true, run: { id: null }, reconciliation: { difference: '0.00' } });
    expect((await run('statements', '2026-10')).exitCode).toBe(3);
    const closed = await json<StatementSet & { isNew: boolean }>('close', '2026-10');
    expect(closed).toMatchObject({ isNew: true, run: { hash: preview.run.hash } });
    const again = await json<StatementSet & { isNew: boolean }>('close', '2026-10');
    expect(again).toMatchObject({ isNew: false, run: closed.run });
    expect((await run('close', '2026-13')).exitCode).toBe(2);
  });

  it('says where the ledger went, in a line and in figures that add up', async () => {
    const { stdout, stderr } = await run('statements', '2026-10');
    expect(stdout).toContain(
      'ledger = charged + service variances + unused + unattributed + withheld + parked + conversion, difference 0.00',
    );
    const figure = (name: string): number =>
      Math.round(100 * Number(new RegExp(`${name} +(-?[\\d,.]+)$`, 'm').exec(stdout)![1]!.replaceAll(',', '')));
    const parts = ['charged', 'service variances', 'unused', 'unattributed', 'withheld', 'parked', 'conversion'];
    expect(parts.reduce((sum, part) => sum + figure(part), 0)).toBe(figure('ledger'));
    expect(stderr).toMatch(/^next: answerable explain line [0-9a-f]{20}$/m);
  });

  it('gives the same figures as JSON, CSV and Excel, called preliminary until they are issued', async () => {
    const out = join(folder, 'out');
    for (const format of ['json', 'csv', 'xlsx']) {
      expect(await run('statements', '2026-10', '--format', format, '--out', out)).toMatchObject({ exitCode: 0 });
    }
    const set = JSON.parse(readFileSync(join(out, 'statements-2026-10-preliminary.json'), 'utf8')) as StatementSet;
    const lines = set.units.flatMap((unit) => unit.lines);
    const books = ['', ...set.units.map(({ unit }) => `-${unit}`)].map(
      (of) => `statements-2026-10${of}-preliminary.xlsx`,
    );
    expect(readdirSync(out).sort()).toEqual(
      [
        ...['csv', 'json'].map((end) => `statements-2026-10-preliminary.${end}`),
        ...books.flatMap((name) => [name, `${name}.sha256`]),
        'detail-2026-10-001.csv',
      ].sort(),
    );
    for (const name of books) {
      const hash = createHash('sha256')
        .update(readFileSync(join(out, name)))
        .digest('hex');
      expect(readFileSync(join(out, `${name}.sha256`), 'utf8')).toBe(`${hash}  ${name}\n`);
    }

    const csv = readFileSync(join(out, 'statements-2026-10-preliminary.csv'), 'utf8').trim().split('\r\n');
    const cents = csv.slice(1).map((row) => Math.round(100 * Number(/,(-?\d+\.\d\d),[^,]*,EUR$/.exec(row)![1])));
    expect(cents.reduce((sum, amount) => sum + amount, 0)).toBe(Math.round(100 * Number(set.reconciliation!.ledger)));

    const cells = sheetsOf(partsOf(join(out, books[0]!))).get('Lines')!;
    const posted = Object.fromEntries(lines.map(({ id, amount }) => [id, Number(amount)]));
    const rows = lines.map((_, i) => [cells.get(`B${7 + i}`)!.value, cells.get(`L${7 + i}`)!.value]);
    expect(Object.fromEntries(rows)).toEqual(posted);
    for (const name of books) {
      expect(await run('verify', join(out, name))).toMatchObject({ exitCode: 0 });
      const changed = join(folder, 'changed.xlsx');
      const line = sheetsOf(partsOf(join(out, name)))
        .get('Lines')!
        .get('B8')!.value as string;
      writeFileSync(changed, changedFile(join(out, name), [['Lines', 'L8', 0.07]]));
      const verdict = await run('verify', changed);
      expect(verdict.exitCode).toBe(4);
      expect(verdict.stdout).toContain(`line ${line} of `);
      expect(verdict.stdout).toContain('the file has 0.07');
    }

    expect(await run('statements', '2026-10', '--format', 'pdf', '--out', out)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(out, 'statements-2026-10-preliminary.pdf')).subarray(0, 5).toString()).toBe('%PDF-');
    expect((await run('statements', '2026-10', '--format', 'xlsx')).exitCode).toBe(2);
  });

  it('explains a line by its contacts and a contact by its lines', async () => {
    const { units } = await json<StatementSet>('statements', '2026-10');
    const line = units[0]!.lines[0]!;
    const why = await json<{ contacts: { contact: string }[]; sums: { amount: string; posted: string } }>(
      'explain',
      'line',
      line.id,
    );
    expect(Number(why.sums.amount)).toBe(Number(line.amount));
    expect(why.sums.posted).toBe(line.amount);
    const contact = await run('explain', 'contact', why.contacts[0]!.contact);
    expect(contact.stdout).toContain(line.id);
    expect((await run('explain', 'contact', 'no-such')).exitCode).toBe(3);
  });

  it('moves on by two people only, and closed is closed', async () => {
    expect((await run('approve', '2026-10')).exitCode).toBe(3);
    expect(await run('submit', '2026-10')).toMatchObject({ exitCode: 0, stdout: '2026-10 is in review\n' });
    const own = await run('approve', '2026-10');
    expect(own).toMatchObject({ exitCode: 3, stdout: '' });
    expect(own.stderr).toContain('next: ask someone who is controller or cfo');
    expect(await run('approve', '2026-10', '@controller')).toMatchObject({ exitCode: 0 });
    expect(await run('issue', '2026-10', '@controller')).toMatchObject({ exitCode: 0 });
    expect((await run('close', '2026-10')).exitCode).toBe(3);
    expect((await run('periods')).stdout).toMatch(/^2026-10 +closed +1 /m);
  });

  it("a unit owner reads own statements only; somebody else's is as if it were not there", async () => {
    await run('user', 'add', 'ravi', '--role', 'unit_owner', '--unit', 'RETAIL', '@admin');
    tokens.set('ravi', (await run('token', 'create', 'ravi', '@admin')).stdout.trim());
    const own = await json<StatementSet>('statements', '2026-10', '@ravi');
    expect(own.units.map((unit) => unit.unit)).toEqual(['RETAIL']);
    expect(own.reconciliation).toBeUndefined();
    const other = await run('statements', '2026-10', '--unit', 'MOBILE', '@ravi');
    const none = await run('statements', '2026-10', '--unit', 'NO-SUCH', '@ravi');
    expect([other.exitCode, none.exitCode]).toEqual([3, 3]);
    expect(other.stderr.replace('MOBILE', 'X')).toBe(none.stderr.replace('NO-SUCH', 'X'));
    expect((await run('close', '2026-09', '@ravi')).exitCode).toBe(3);
  });

  it('verify passes; after one cell of a stored line was altered by hand it ends with 4 and names it', async () => {
    expect(await run('verify')).toMatchObject({ exitCode: 0 });
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    await client.query(`set session_replication_role = replica`); // a superuser who goes around every guard
    const { rows } = await client.query<{ line_id: string }>(
      'update statement_line set amount_minor = amount_minor + 1 where line_id = (select min(line_id) from statement_line) returning line_id',
    );
    await client.end();
    const altered = await run('verify', '2026-10', '@auditor');
    expect(altered.exitCode).toBe(4);
    expect(altered.stdout).toContain(`statement_line ${rows[0]!.line_id}, amount_minor: stored`);
  });

  it('shows, compares and tries models, and stores nothing by trying', async () => {
    const models = await json<{ models: object[] }>('model', 'list');
    expect(await run('model', 'try', join(company, 'model.yaml'), '2026-09')).toMatchObject({ exitCode: 0 });
    expect(await json('model', 'list')).toEqual(models);
    const file = join(folder, 'model.yaml');
    writeFileSync(
      file,
      (await run('model', 'show')).stdout.replace(/variable_share: '0\.\d+'/, "variable_share: '0.42'"),
    );
    expect(await run('model', 'apply', file, '--from', '2026-09')).toMatchObject({ exitCode: 0 });
    expect((await run('model', 'diff', '1', '2')).stdout).toMatch(/variable_share.*"0\.42"/);
    writeFileSync(file, 'pools: []\nruels: []\n');
    const refused = await run('model', 'apply', file);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toContain('ruels');
  });
});
