import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsersService } from '../../src/application/users.service.ts';
import { csvLine } from '../../src/intake/csv-text.ts';
import type { ImportReport } from '../../src/intake/import-report.ts';
import { packageRoot } from '../../src/package-root.ts';
import { ImportingCompany } from '../intake/importing.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { answerableHere, type Outcome } from './answerable.ts';

jest.setTimeout(240_000);

const FULL = process.env['ANSWERABLE_FULL'] !== undefined;
const LEDGER = 'entry_id,period,account,cost_center,amount,currency,description';
const CONTACTS = 'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,text';

/** What a terminal would take for a command of its own. */
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('importing at the shell', () => {
  let company: ImportingCompany;
  let token: string;
  beforeEach(async () => {
    company = await ImportingCompany.make();
    ({ token } = await new UsersService(company.db).createToken(company.finance, 'finance', 'test', 1));
  });
  afterEach(() => company.close());
  const run = (...args: string[]): Promise<Outcome & { exitCode: number }> =>
    answerableHere(['import', ...args, '--errors', company.folder], {
      DATABASE_URL: company.test.appUrl,
      ANSWERABLE_TOKEN: token,
    });
  const json = async (...args: string[]): Promise<ImportReport> =>
    JSON.parse((await run(...args, '--json')).stdout) as ImportReport;
  /** Refused as a rule refuses, or taken; never a defect, and nothing that a terminal would obey. */
  const calm = (outcome: Outcome): void => {
    expect([0, 2, 3]).toContain(outcome.exitCode);
    expect(outcome.stdout + outcome.stderr).not.toMatch(CONTROL);
  };

  it('says what a correction changes, and shows both versions', async () => {
    const ledger = (amount: string): string =>
      company.file(`${LEDGER}\nE1,2026-03,6010,VOICE,${amount},EUR,\n`, 'l.csv');
    expect((await run('ledger', ledger('1000.00'))).exitCode).toBe(0);
    expect((await run('ledger', ledger('1000.00'))).stdout).toMatch(/already imported on .* by finance; 0 changes/);
    const corrected = await run('ledger', ledger('1000.01'));
    expect(corrected.stdout).toContain('0 new, 1 changed, 0 same, 0 refused');
    expect(corrected.stdout).toContain('corrected, line 2: E1: amount 1000.00 → 1000.01');
    const { stdout } = await run('ledger', '--versions', 'E1');
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      expect.stringMatching(/^E1 {2}import 4, l\.csv line 2, .* by finance$/),
      '  entry_id E1, period 2026-03, account 6010, cost_center VOICE, amount 1000.00, currency EUR',
      expect.stringMatching(/^E1 {2}import 5, l\.csv line 2, .* by finance {2}\(stands\)$/),
      '  amount 1000.00 → 1000.01',
    ]);
    expect(await run('ledger', '--versions', 'E9')).toMatchObject({ exitCode: 3 });
  });

  it('shows the versions of a contact, its dimensions among them, through correction and undo; not what customers wrote', async () => {
    const contact = (rest: string): string => company.file(`${CONTACTS},queue\nC1,${rest}\n`, 'c.csv');
    await run('contacts', contact('2026-03-01T10:00:00.25Z,voice,billing,K1,60,secret,q1'));
    const corrected = await json('contacts', contact('2026-03-02T10:00:00Z,chat,billing,K1,60,other,q1'));
    expect(corrected.corrections).toEqual([
      {
        line: 2,
        key: 'C1',
        changes: {
          started_at: { from: '2026-03-01T10:00:00.25Z', to: '2026-03-02T10:00:00Z' },
          channel: { from: 'voice', to: 'chat' },
          text: { from: '6 characters (2bb80d53)', to: '5 characters (d9298a10)' },
        },
      },
    ]);
    await run('--undo', corrected.importId!);
    const { stdout } = await run('contacts', '--versions', 'C1');
    expect(stdout).not.toContain('secret');
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      expect.stringContaining('import 4, c.csv line 2'),
      expect.stringContaining('channel voice, reason_code billing, customer_id K1, handle_seconds 60, queue q1'),
      expect.stringContaining('import 5, c.csv line 2'),
      expect.stringContaining('channel voice → chat'),
      expect.stringMatching(/import 6 undid 5.*\(stands\)$/),
      expect.stringContaining('channel chat → voice'),
    ]);
    await run('--undo', '4');
    expect((await run('contacts', '--versions', 'C1')).stdout).toMatch(/import 7 undid 4.*\n {2}taken back\n$/);
  });

  it('keeps what a file says from the terminal', async () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\u202e';
    const outcome = await run('ledger', company.file(`${LEDGER},${evil}\n${evil},${evil},x,x,${evil},${evil},x,x\n`));
    calm(outcome);
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stdout).toContain('·[2J');
  });

  it('says how it read a file, what is missing first, and what to do next', async () => {
    const excel = company.file('entry_id;period;account;cost_center;amount;currency\nE1;03/2026;6;X;1.234,50;eur\n');
    const { stdout } = await run('ledger', excel);
    expect(stdout).toContain('read as CSV, fields apart by semicolon, utf-8');
    expect(stdout).toContain('line 2, period: got "03/2026": this is not a month. Write a month as 2026-03.');
    expect(stdout).toContain('line 2, currency: got "eur": there is no such currency. Did you mean EUR?');
    const heads = await run('contacts', company.file('Contact ID,Started\nC1,2026-03-01\n'));
    expect(heads.stderr).toContain('Is it "Contact ID"? Rename it, or import with a mapping.');
    expect(heads.stderr).toContain('answerable import --suggest-mapping FILE > mapping.yaml');
    const rows = Array.from({ length: 50 }, (_, i) => `C${i},2026-03-01T10:00:00Z,voice,new.${i},,,\n`);
    const unknown = await run('contacts', company.file(`${CONTACTS}\n${rows.join('')}`));
    expect(unknown.stdout.match(/got "new\./g)).toHaveLength(3);
    expect(unknown.stdout).toContain('… and 47 more like these');
    expect(unknown.stderr).toContain('import the reasons first, or make them, without owner, by --create-reasons');
    const ledger = `${LEDGER}\nE1,2026-03,6,X,1,EUR,\nE2,2026-03,6,X,1,EUR,\n`;
    expect((await run('ledger', company.file(`${LEDGER}\n`))).stdout).toContain('nothing in it is new; 0 changes');
    expect((await run('ledger', company.file(ledger))).exitCode).toBe(0);
    const again = await run('ledger', company.file(ledger.replace(/(E1.*\n)(E2.*\n)/, '$2$1')));
    expect(again.stdout).toMatch(/nothing in it is new; 0 changes\n.* 2 same/);
  });

  describeWithShared('real exports, each through its shipped mapping', 'data/council-spend', () => {
    const data = (...parts: string[]): string => sharedPath('data', ...parts);
    const shipped = (name: string): string => join(packageRoot, 'templates/mappings', name);

    it('the council: two quarters taken with what is alike, blank and negative; the one without dates refused in words', async () => {
      const quarter = (name: string): Promise<Outcome> =>
        run('ledger', data(`council-spend/expenditure-over-500-${name}.csv`), '--mapping', 'council-payments');
      const early = await quarter('jan-mar-2015');
      expect(early.stdout).toContain('3,864 new, 0 changed, 0 same, 0 refused');
      expect(early.stdout).toContain('sum of amount  13,880,574.57 GBP');
      expect(early.stdout).toContain('alike: 519 rows equal an earlier one');
      const late = await quarter('oct-dec-2017');
      expect(late.stdout).toContain('3,855 new');
      expect(late.stdout).toContain('sum of amount  17,382,055.90 GBP');
      expect(late.stdout).toMatch(/missing: .*vendor 69/);
      expect(await company.rows('select count(*)::int as rows from ledger_entry where amount_minor < 0')).toEqual([
        { rows: 11 },
      ]);
      const destroyed = await quarter('apr-jun-2014');
      expect(destroyed.exitCode).toBe(3);
      expect(destroyed.stdout).toContain('0 new, 0 changed, 0 same, 3,836 refused');
      expect(destroyed.stdout).toContain(
        'got "00:00:00": every one of the 3836 rows: "Paid Date" is a time of day and no date: the export lost its dates',
      );
      expect(destroyed.stdout).toContain('Ask for the file again with its dates');
      expect(destroyed.stderr).not.toContain('--accept-valid');
      expect(await company.rows(`select count(*)::int as rows from ledger_entry where period < '2015'`)).toEqual([
        { rows: 0 },
      ]);
    });

    it('the service desk: the last row of each incident', async () => {
      const log = data('incident-log/incident_event_log_first119998.csv.gz');
      const { stdout } = await run('contacts', log, '--mapping', 'service-desk-events', '--create-reasons');
      expect(stdout).toContain('20,769 new, 0 changed, 0 same, 0 refused');
      expect(stdout).toContain('left out: 99,229 earlier rows of a key whose last row stands');
      expect(stdout).toMatch(/missing: .*queue 2,157.*customer_id 3$/m);
    });

    it('the airport: three questions a passenger, each with its scale', async () => {
      expect((await run('instruments', shipped('airport-survey/instruments.csv'))).exitCode).toBe(0);
      for (const [year, rows] of [
        ['2017', '8,117'],
        ['2018', '7,878'],
      ] as const) {
        const file = data(`airport-survey/${year}_SFO_Customer_Survey.csv`);
        const { stdout } = await run('surveys', file, '--mapping', `airport-survey/${year}`);
        expect(stdout).toContain(`${rows} new, 0 changed, 0 same, 0 refused`);
        expect(stdout).toContain('without an answer: ');
      }
    });

    if (FULL) {
      it('the retailer: what is missing, cancelled, double and rounded', async () => {
        const file = data('online-retail/online_retail_by_day.csv.gz');
        const { stdout } = await run('revenue', file, '--mapping', 'online-retail');
        expect(stdout).toContain('406,829 new, 0 changed, 0 same, 0 refused');
        expect(stdout).toContain('left out: 135,080 rows, no customer');
        expect(stdout).toContain('alike: 5,268 rows');
        expect(stdout).toContain('rounded: amount 8300065.814 GBP to 8300065.81, 4 rows by largest remainder');
      });
    }
  });

  describeWithShared('hostile files', 'hostile/csv-spectrum', () => {
    const files = (folder: string): string[] =>
      existsSync(sharedPath('hostile', folder))
        ? readdirSync(sharedPath('hostile', folder)).map((name) => sharedPath('hostile', folder, name))
        : [];

    it('are taken as the clean reading has it, or refused', async () => {
      const outcomes: Record<string, number> = {};
      for (const [csvs, clean] of [
        ['csv-spectrum/csvs', 'csv-spectrum/json'],
        ['csv-test-data/csv', 'csv-test-data/json'],
      ] as const) {
        for (const file of files(csvs)) {
          const twin = sharedPath('hostile', clean, `${basename(file, '.csv')}.json`);
          const content = existsSync(twin) ? (JSON.parse(readFileSync(twin, 'utf8')) as unknown) : [];
          const rows = rowsOf(content);
          const column = Object.keys(rows[0] ?? { x: '' }).at(-1)!;
          const mapping = company.file(
            JSON.stringify({
              ...{ name: 'hostile', kind: 'ledger' },
              columns: {
                ...{
                  entry_id: { row_id: true, prefix: `${Object.keys(outcomes).length}-` },
                  period: { value: '2026-03' },
                  account: { value: '6' },
                },
                ...{ cost_center: { value: 'X' }, amount: { value: '1' }, currency: { value: 'EUR' } },
                description: { from: column },
              },
            }),
            'hostile.yaml',
          );
          const outcome = await run('ledger', file, '--mapping', mapping);
          calm(outcome);
          outcomes[basename(file)] = outcome.exitCode;
          const [last] = await company.rows<{ import_id: string; file_name: string }>(
            'select import_id, file_name from import order by import_id desc limit 1',
          );
          if (outcome.exitCode !== 0) {
            expect([basename(file), last!.file_name]).not.toEqual([basename(file), basename(file)]);
            continue;
          }
          const stored = await company.rows<{ description: string | null }>(
            `select description from ledger_entry where import_id = ${last!.import_id} order by line`,
          );
          expect([basename(file), stored.map((row) => row.description ?? '')]).toEqual([
            basename(file),
            rows.map((row) => row[column]!.trim()),
          ]);
        }
      }
      const refused = Object.keys(outcomes).filter((name) => outcomes[name] !== 0);
      expect(Object.keys(outcomes)).toHaveLength(36);
      expect(refused.filter((name) => !name.startsWith('bad-')).sort()).toEqual([
        'all-empty.csv',
        'header-no-rows.csv', // has no column to map
        'location_coordinates.csv',
      ]);
      expect(refused).toHaveLength(10);
    });

    it('of other kinds than tables are refused, each with its reason', async () => {
      const others = [
        ...files('JSONTestSuite/test_parsing').filter((_, i) => FULL || i % 10 === 0),
        ...files('JSONTestSuite/test_transform').filter((_, i) => FULL || i % 5 === 0),
        ...files('defusedxml/xmltestdata').filter((_, i) => FULL || i % 3 === 0),
        ...files('own-xlsx-bombs'),
        ...['blns/blns.json', 'amounts/amounts.txt', 'csv-injection-payloads/README.md'].map((name) =>
          sharedPath('hostile', name),
        ),
      ];
      for (const file of others) {
        const outcome = await run('ledger', file);
        calm(outcome);
        expect([basename(file), outcome.exitCode]).toEqual([basename(file), 3]);
        expect(outcome.stderr + outcome.stdout).toContain(basename(file));
      }
    });

    it('naughty strings and formulas in a text column are stored as they came, or refused by name', async () => {
      const payloads = files('csv-injection-payloads/Intruder').flatMap((file) =>
        readFileSync(file, 'utf8').split(/\r?\n/),
      );
      const naughty = JSON.parse(readFileSync(sharedPath('hostile/blns/blns.json'), 'utf8')) as string[];
      const texts = [...payloads, ...naughty].filter((text) => text !== '');
      const lines = texts.map((text, i) => csvLine([`N${i}`, '2026-03', '6010', 'X', '1', 'EUR', text]));
      const report = await json('ledger', company.file(`${LEDGER}\n${lines.join('')}`), '--accept-valid');
      const stored = await company.rows<{ entry_id: string; description: string }>(
        `select entry_id, description from ledger_entry where entry_id like 'N%'`,
      );
      expect(stored).toHaveLength(report.new);
      expect(report.new + report.refused).toBe(texts.length);
      for (const row of stored) expect(row.description).toBe(texts[Number(row.entry_id.slice(1))]);
      expect(report.refused).toBeLessThan(10);
      expect(report.faults.every((fault) => fault.line !== undefined && fault.column === 'description')).toBe(true);
    });

    it('368 amounts are each taken exactly, or refused by line and column', async () => {
      const amounts = readFileSync(sharedPath('hostile/amounts/amounts.txt'), 'utf8').split('\n').filter(Boolean);
      expect(amounts).toHaveLength(368);
      const own = ['999999999999999.99', '-999999999999999.99', '1000000000000000', '1000000000000000.00', '0.01'];
      const all = [...amounts, ...own];
      const lines = all.map((amount, i) => csvLine([`A${i}`, '2026-03', '6010', 'X', amount, 'EUR', '']));
      const report = await json('ledger', company.file(`${LEDGER}\n${lines.join('')}`), '--accept-valid');
      const stored = new Map(
        (
          await company.rows<{ entry_id: string; amount_minor: string }>(
            `select entry_id, amount_minor from ledger_entry where entry_id like 'A%'`,
          )
        ).map((row) => [Number(row.entry_id.slice(1)), BigInt(row.amount_minor)]),
      );
      const refused = new Map(report.faults.map((fault) => [fault.line! - 2, fault]));
      for (const [i, amount] of all.entries()) {
        const fault = refused.get(i);
        if (fault !== undefined) {
          expect([fault.column, stored.has(i)]).toEqual(['amount', false]);
          continue;
        }
        expect(amount).toMatch(/^-?\d+(\.\d{1,2})?$/);
        const [whole, decimals = ''] = amount.split('.');
        expect([amount, stored.get(i)]).toEqual([amount, BigInt(whole! + decimals.padEnd(2, '0'))]);
      }
      expect(stored.size + refused.size).toBe(all.length);
      for (let i = amounts.length; i < all.length; i++) expect([all[i], stored.has(i)]).toEqual([all[i], true]);
    });
  });
});

/** Rows of a clean reading: objects, or lists of which the first is the header. */
function rowsOf(clean: unknown): Record<string, string>[] {
  const all = Array.isArray(clean) ? (clean as unknown[]) : [clean];
  if (!Array.isArray(all[0])) return all as Record<string, string>[];
  const [header, ...rest] = all as string[][];
  return rest.map((row) => Object.fromEntries(header!.map((name, i) => [name, row[i]!])));
}
