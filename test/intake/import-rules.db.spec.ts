import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImportOptions } from '../../src/application/imports.service.ts';
import { ROLES } from '../../src/domain/roles.ts';
import { KINDS } from '../../src/intake/kinds/all.ts';
import { processFolder } from '../../src/process-folder.ts';
import { execute } from '../database/test-server.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';
import { exampleRow } from './checking.ts';
import { ImportingCompany } from './importing.ts';

describe('rules of every import', () => {
  let company: ImportingCompany;
  beforeEach(async () => {
    company = await ImportingCompany.make();
  });
  afterEach(() => company.close());
  const load = (kind: string, text: string, options: ImportOptions = {}) => company.load(kind, text, options);
  const HEAD = 'contact_id,started_at,channel,reason_code,customer_id,handle_seconds\n';

  it('late rows of closed periods are taken, and counted', async () => {
    await load('contacts', `${HEAD}C1,2026-03-01T10:00:00Z,voice,billing,K1,60\n`);
    await company.rows(
      `insert into model_version (from_period, hash, yaml) values ('2026-01', 'h', 'pools: [{ code: voice }]')`,
    );
    await company.rows(
      `insert into run (period, hash, inputs_hash, model_id, watermark, reads, code_version, document) values ('2026-03', 'h', 'h', 1, 1, '{}', 'x', '{}')`,
    );
    // behind the guards: how a period is closed is tested elsewhere
    await execute(
      company.test.adminUrl,
      `set session_replication_role = replica; insert into period (period, state, run_id, submitted_by, approved_by, issued_by, one_person) values ('2026-03', 'closed', 1, 1, 1, 1, true)`,
    );
    const late = await load(
      'contacts',
      `${HEAD}C1,2026-03-01T10:00:00Z,voice,billing,K1,90\nC2,2026-03-31T21:59:59Z,voice,billing,K1,60\nC3,2026-03-31T22:00:00Z,voice,billing,K1,60\n`,
    );
    expect(late).toMatchObject({ new: 2, changed: 1, late: 2, periods: ['2026-03', '2026-04'] });
    await expect(company.imports.undo(company.finance, late.importId!)).rejects.toThrow(/touches 2026-03 \(closed\)/);
    const straight = await load('contacts', `${HEAD}D2,2026-03-31T21:59:59Z,voice,billing,K1,60\n`, { directFrom: 0 });
    expect(straight).toMatchObject({ new: 1, late: 1 });
    expect((await load('capacity', 'period,pool_code,practical_seconds\n2026-03,voise,1\n')).faults).toMatchObject([
      { code: 'unknown_pool', remedy: 'Did you mean voice?' },
    ]);
    expect(await load('capacity', 'period,pool_code,practical_seconds\n2026-03,voice,1\n')).toMatchObject({
      new: 1,
      late: 1,
      warnings: [],
    });
  });

  it('a file of refused rows can be mended and loaded again, formulas and all', async () => {
    const text = `${HEAD}"=1+1",2026-03-01T10:00:00Z,voice,biling,-K1,60\n-5,2026-03-01T10:00:00Z,voice,biling,@K2,60\n'=x,2026-03-01T10:00:00Z,voice,billing,K2,60\n`;
    const refused = await load('contacts', text);
    const returned = readFileSync(refused.errorFile!, 'utf8');
    expect(
      returned
        .split('\r\n')
        .slice(0, 3)
        .map((line) => line.slice(0, 20)),
    ).toEqual(['contact_id,started_a', "'=1+1,2026-03-01T10:", '-5,2026-03-01T10:00:']);
    await load('contacts', text, { acceptValid: true });
    const mended = await load('contacts', returned.replaceAll('voice,biling', 'voice,billing'));
    expect(mended).toMatchObject({ new: 2, refused: 0, warnings: [] });
    expect((await company.contacts()).map((row) => row['contact_id'])).toEqual(["'=x", '-5', '=1+1']);
  });

  it('dry runs write nothing, of any kind', async () => {
    const before = await company.rows('select count(*) from import');
    for (const kind of KINDS) {
      const row = {
        ...exampleRow(kind),
        parent_code: '',
        successor: '',
        reasons: '',
        decision_code: kind.name === 'decisions' ? 'NEW' : 'FEE',
        unit_code: 'RETAIL',
        reason_code: kind.name === 'reasons' ? 'new' : 'billing',
        owner_unit: '',
        share: '1',
        transferred_from: '',
      };
      const header = kind.columns.map((column) => column.name);
      const text = [header, header.map((name) => (row as Record<string, string>)[name] ?? '')]
        .map((cells) => cells.map((c) => `"${c.replaceAll('"', '""')}"`).join(','))
        .join('\n');
      const report = await load(kind.name, text, { dryRun: true, directFrom: 0 });
      if (kind.name === 'surveys') expect(report.faults).toMatchObject([{ code: 'unknown_instrument' }]);
      else if (kind.name === 'contact_segments') expect(report.faults).toMatchObject([{ code: 'unknown_contact' }]);
      else expect(report).toMatchObject({ importId: null, dryRun: true, new: 1, faults: [] });
    }
    expect(await company.rows('select count(*) from import')).toEqual(before);
    expect(
      await company.rows('select from contact union all select from fact_key_hash union all select from cell'),
    ).toEqual([]);
  });

  it('shares of a decision sum to 1 on every day; a handover ends the former owner the day before', async () => {
    const head = 'decision_code,unit_code,share,valid_from,valid_to\n';
    expect((await load('decision_owners', `${head}FEE,RETAIL,0.7,2026-01-01,\n`)).faults).toMatchObject([
      { line: 2, code: 'shares_off', message: expect.stringContaining('sum to 0.7') },
    ]);
    expect(await load('decision_owners', `${head}FEE,RETAIL,1,2026-01-01,\n`)).toMatchObject({ new: 1 });
    expect((await load('decision_owners', `${head}FEE,CARDS,1,2026-03-15,\n`)).faults).toMatchObject([
      { code: 'shares_off', message: expect.stringContaining('on 2026-03-15') },
    ]);
    expect(
      await load(
        'decision_owners',
        `${head}FEE,RETAIL,1,2026-01-01,2026-03-14\nFEE,CARDS,0.333333,2026-03-15,\nFEE,RETAIL,0.666667,2026-03-15,\n`,
      ),
    ).toMatchObject({ new: 2, changed: 1, faults: [] });
  });

  it('names circles of parents', async () => {
    const report = await load('units', 'unit_code,name,parent_code\nGROUP,Group,RETAIL\n');
    expect(report.faults).toMatchObject([
      { line: 2, code: 'parent_loop', message: 'the parents run in a circle: GROUP → RETAIL → GROUP' },
    ]);
  });

  it('records are versions: the newest stands, undo brings the former back', async () => {
    const head = 'entry_id,period,account,cost_center,amount,currency\n';
    const first = await load('ledger', `${head}E1,2026-03,60,V,10.00,EUR\n`);
    const second = await load('ledger', `${head}E1,2026-03,60,V,12.00,EUR\nE2,2026-03,60,V,1.00,EUR\n`);
    expect(second).toMatchObject({ new: 1, changed: 1 });
    await expect(company.imports.undo(company.finance, first.importId!)).rejects.toThrow(/later imports changed rows/);
    await company.imports.undo(company.finance, second.importId!);
    const stands = `select entry_id, amount_minor from (select distinct on (entry_id) * from ledger_entry order by entry_id, import_id desc) newest where not removed`;
    expect(await company.rows(stands)).toEqual([{ entry_id: 'E1', amount_minor: '1000' }]);
    await company.imports.undo(company.finance, first.importId!);
    expect(await company.rows(stands)).toEqual([]);
    expect(await load('ledger', `${head}E1,2026-03,60,V,10.00,EUR\n`)).toMatchObject({ new: 1, changed: 0 });
    expect((await company.imports.history(company.finance)).map((row) => [row.kind, row.undoneBy !== null])).toEqual([
      ['ledger', false],
      ['ledger', false],
      ['ledger', false],
      ['ledger', true],
      ['ledger', true],
      ['decisions', false],
      ['reasons', false],
      ['units', false],
    ]);
  });

  it('what others name is not undone', async () => {
    const more = await load('reasons', 'reason_code,name\nshop,Shop\nshop.return,Return\n');
    const contacts = await load('contacts', `${HEAD}C1,2026-03-01T10:00:00Z,voice,shop,K1,60\n`);
    const segments = await load(
      'contact_segments',
      'contact_id,reason_code,handle_seconds\nC1,shop,20\nC1,shop.return,40\n',
    );
    const undo = (report: { importId: string | null }) => company.imports.undo(company.finance, report.importId!);
    await expect(undo(more)).rejects.toThrow(
      /still named: shop by contact segments, shop by contacts, shop.return by contact segments/,
    );
    await expect(undo(contacts)).rejects.toThrow(/still named: C1 by contact segments/);
    await expect(undo({ importId: '1' })).rejects.toThrow(/still named: .*RETAIL by reason billing/);
    for (const report of [segments, contacts, more]) await undo(report);
    expect(await company.contacts()).toEqual([]);
    expect(await load('contacts', `${HEAD}C1,2026-03-01T10:00:00Z,voice,shop,K1,60\n`)).toMatchObject({
      faultCount: 1,
    });
  });

  it('only finance imports', async () => {
    for (const role of ROLES) {
      const actor = { ...company.finance, role };
      if (role === 'finance') continue;
      await expect(company.imports.importFile(actor, 'units', company.file('x'))).rejects.toThrow(/may not import/);
      await expect(company.imports.undo(actor, '1')).rejects.toThrow(/may not import/);
    }
  });

  it('takes a folder in the order of dependence, stops at the first refused file, and says what it did not know', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'answerable-folder-'));
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
    write('contacts.csv', `${HEAD}C1,2026-03-01T10:00:00Z,voice,fresh,K1,60\n`);
    write('reasons.csv', 'reason_code,name,owner_unit\nfresh,Fresh,NEW\n');
    write('units.csv', 'unit_code,name\nNEW,New\n');
    write('ledgr.csv', 'x\n');
    write('model.yaml', 'pools: []\n');
    write('notes.txt', 'x');
    const dry = await company.imports.importFolder(company.finance, folder, { dryRun: true });
    expect(dry).toMatchObject({
      files: [
        { kind: 'units', new: 1, importId: null },
        { kind: 'reasons', new: 1 },
        { kind: 'contacts', new: 1, faults: [] },
      ],
      unknown: [{ file: 'ledgr.csv', like: 'ledger.csv' }],
    });
    expect(await company.rows(`select from unit where unit_code = 'NEW'`)).toEqual([]);
    const seen: string[] = [];
    const real = await company.imports.importFolder(company.finance, folder, {
      applyModel: (yaml) => (seen.push(yaml), Promise.resolve('model 1')),
    });
    expect(real).toMatchObject({ model: 'model 1', files: [{ new: 1 }, { new: 1 }, { new: 1 }] });
    expect(seen).toEqual(['pools: []\n']);
    write('reasons.csv', 'reason_code,name,owner_unit\nfresh,Fresh,OLD\n');
    const stopped = await company.imports.importFolder(company.finance, folder, {});
    expect(stopped).toMatchObject({
      stoppedAt: 'reasons.csv',
      files: [{ already: { by: 'finance' } }, { faultCount: 1 }],
    });
  });

  it('reads from a stream, and leaves no file behind', async () => {
    const before = readdirSync(processFolder());
    let meanwhile = before;
    async function* sent() {
      yield await Promise.resolve(Buffer.from('date,name\n2026-04-03,Good '));
      for (let i = 0; i < 100 && meanwhile.length === before.length; i++) {
        await sleep(10);
        meanwhile = readdirSync(processFolder());
      }
      yield Buffer.from('Friday\n');
    }
    const progress: number[] = [];
    expect(
      await company.imports.importFile(company.finance, 'calendar', sent(), {
        onProgress: ({ rows }) => progress.push(rows),
      }),
    ).toMatchObject({ new: 1, file: 'standard input' });
    expect(progress).toEqual([1]);
    expect(meanwhile).toHaveLength(before.length + 1);
    expect(readdirSync(processFolder())).toEqual(before);
  });

  it('notes what it read with a grain of salt', async () => {
    const report = await load(
      'contacts',
      `${HEAD}C1,2026-10-25T02:30:00,voice,billing,K1,60\nC2,2026-10-25,voice,billing,K1,60\n`,
      { directFrom: 0 },
    );
    expect(report).toMatchObject({ new: 2, faults: [] });
    expect(report.warnings).toEqual([
      '1 local times exist twice, when clocks were put back, and are read as the first of the two (line 2; "2026-10-25T02:30:00")',
      '1 timestamps have no time of day and are read as the start of their local day (line 3; "2026-10-25")',
    ]);
  });
});

describe('pseudonyms and masks', () => {
  it('store no customer id and no address, and keep facts of a customer together', async () => {
    const company = await ImportingCompany.make(
      'name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\npseudonymise: true\n',
    );
    const head = 'contact_id,started_at,channel,reason_code,customer_id,text\n';
    const text = `${head}C1,2026-03-01T10:00:00Z,voice,billing,K1,"write to a@b.example, card 4111 1111 1111 1111"\nC2,2026-03-02T10:00:00Z,voice,billing,K1,\n`;
    await expect(company.load('contacts', text)).rejects.toThrow(/no key/);
    const options = { pseudonymKey: 'a key of more than sixteen characters' };
    await company.load('contacts', text, options);
    await company.load('customers', 'customer_id\nK1\n', options);
    const contacts = await company.contacts();
    expect(contacts[0]!['text']).toBe('write to [email], card [card]');
    expect(contacts[0]!['customer_id']).toMatch(/^[0-9a-f]{32}$/);
    expect(
      await company.rows(
        'select count(distinct customer_key)::int as keys from (select customer_key from contact union all select customer_key from customer) c',
      ),
    ).toEqual([{ keys: 1 }]);
    await company.close();
  });
});

describeWithShared('hostile CSV files through import', 'hostile/csv-test-data', () => {
  it('are refused or reported, and never crash', async () => {
    const company = await ImportingCompany.make();
    const folders = ['hostile/csv-test-data/csv', 'hostile/csv-spectrum/csvs'].map((folder) => sharedPath(folder));
    for (const folder of folders) {
      for (const name of readdirSync(folder)) {
        await expect(company.imports.importFile(company.finance, 'contacts', join(folder, name))).rejects.toThrow(
          /needs the column|stands twice|header|CSV|empty/i,
        );
      }
    }
    const before = await company.rows('select count(*) from contact');
    expect(before).toEqual([{ count: '0' }]);
    await company.close();
  });
});
