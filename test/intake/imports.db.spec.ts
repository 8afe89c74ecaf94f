import { readFileSync } from 'node:fs';
import type { ImportOptions } from '../../src/application/imports.service.ts';
import { ImportingCompany } from './importing.ts';

describe('imports', () => {
  let company: ImportingCompany;
  beforeAll(async () => {
    company = await ImportingCompany.make();
  });
  afterAll(() => company.close());
  const load = (kind: string, text: string, options: ImportOptions = {}) => company.load(kind, text, options);
  const rows = (text: string) => company.rows(text);

  it('takes every kind of the first slice', async () => {
    expect(
      await load(
        'decision_owners',
        'decision_code,unit_code,share,valid_from,valid_to\nFEE,RETAIL,0.7,2026-01-01,\nFEE,CARDS,0.3,2026-01-01,\n',
      ),
    ).toMatchObject({ new: 2, faultCount: 0 });
    expect(await load('fx', 'period,currency,rate\n2026-03,USD,0.92\n')).toMatchObject({ new: 1 });
    expect(await load('capacity', 'period,pool_code,practical_seconds\n2026-03,voice,2880000\n')).toMatchObject({
      new: 1,
    });
    expect(
      await load(
        'ledger',
        'entry_id,period,account,cost_center,amount,currency\nE1,2026-03,6010,VOICE,48000.00,EUR\nE2,2026-03,6010,VOICE,-0.01,EUR\nE3,2026-03,6010,VOICE,100,JPY\n',
      ),
    ).toMatchObject({
      new: 3,
      totals: { rows: 3, amounts: { amount: { EUR: '47999.99', JPY: '100' } } },
      periods: ['2026-03'],
    });
    expect(
      await load(
        'volumes',
        'date,measure,value,population\n2026-03-01,customers,1000,\n2026-03-01,customers,400,segment=consumer\n',
      ),
    ).toMatchObject({ new: 2 });
    expect(await load('calendar', 'date,name\n2026-04-03,Good Friday\n')).toMatchObject({ new: 1 });
    expect(await rows(`select amount_minor, currency from ledger_entry order by entry_id`)).toEqual([
      { amount_minor: '4800000', currency: 'EUR' },
      { amount_minor: '-1', currency: 'EUR' },
      { amount_minor: '100', currency: 'JPY' },
    ]);
  });

  it('takes contacts with their cells, days and roll-up, and corrections as pairs', async () => {
    const header = 'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,escalated\n';
    const first = `${header}C1,2026-03-31T23:30:00+02:00,voice,billing.fee,K1,300,\nC2,2026-03-31T22:30:00Z,voice,billing.fee,K1,200,no\nC3,2026-04-01 08:00,chat,app,,,true\n`;
    expect(await load('contacts', first)).toMatchObject({
      new: 3,
      changed: 0,
      faults: [],
      periods: ['2026-03', '2026-04'],
      totals: { seconds: '500' },
    });
    expect(await rows(`select contact_id, started_on, sign from contact order by contact_id`)).toEqual([
      { contact_id: 'C1', started_on: '2026-03-31', sign: 1 },
      { contact_id: 'C2', started_on: '2026-04-01', sign: 1 },
      { contact_id: 'C3', started_on: '2026-04-01', sign: 1 },
    ]);
    expect(await load('contacts', first)).toMatchObject({ new: 0, changed: 0, already: { by: 'finance' } });
    const shuffled = first.split('\n').filter(Boolean);
    expect(await load('contacts', [shuffled[0], shuffled[3], shuffled[1], shuffled[2], ''].join('\n'))).toMatchObject({
      new: 0,
      changed: 0,
      same: 3,
      importId: null,
    });
    const corrected = await load('contacts', first.replace('K1,300', 'K1,310'));
    expect(corrected).toMatchObject({ new: 0, changed: 1, same: 2 });
    const sums = `select sum(contacts)::int as contacts, sum(seconds)::int as seconds, sum(untimed)::int as untimed from contact_rollup`;
    expect(await rows(sums)).toEqual([{ contacts: 3, seconds: 510, untimed: 1 }]);
    await company.imports.undo(company.finance, corrected.importId!);
    expect(await rows(sums)).toEqual([{ contacts: 3, seconds: 500, untimed: 1 }]);
    expect(await load('contacts', first.replace('K1,300', 'K1,310'))).toMatchObject({ changed: 1 });
    expect(
      await load('segments', 'contact_id,reason_code,handle_seconds\nC1,billing.fee,110\nC1,app,200\n'),
    ).toMatchObject({ new: 2, faults: [] });
    expect(
      (await load('segments', 'contact_id,reason_code,handle_seconds\nC2,billing.fee,110\nC2,app,80\nC9,app,1\n'))
        .faults,
    ).toMatchObject([
      { line: 2, code: 'segments_off', message: "the seconds of the contact's segments sum to 190 of 200" },
      { line: 3, code: 'segments_off' },
      { line: 4, code: 'unknown_contact' },
    ]);
  });

  it('refuses a file with one bad row, names it, and writes nothing', async () => {
    const text =
      'contact_id,started_at,channel,reason_code\nX1,2026-03-01T10:00:00Z,voice,billing.fee\nX2,2026-03-01T10:00:00Z,voice,biling.fee\nX1,2026-03-01T11:00:00Z,voice,billing.fee\n';
    const report = await load('contacts', text);
    expect(report).toMatchObject({ importId: null, refused: 3, faultCount: 3 });
    expect(report.faults.map((f) => [f.line, f.code, f.remedy])).toEqual([
      [3, 'unknown_reason', 'Did you mean billing.fee?'],
      [2, 'double_key', 'Keep the right one of the two rows.'],
      [4, 'double_key', 'Keep the right one of the two rows.'],
    ]);
    expect(readFileSync(report.errorFile!, 'utf8')).toContain(
      'X2,2026-03-01T10:00:00Z,voice,biling.fee,"line 3, reason_code: got ""biling.fee""',
    );
    expect(await rows(`select from contact where contact_id like 'X%'`)).toEqual([]);
    expect(await load('contacts', text, { dryRun: true, createReasons: true })).toMatchObject({
      importId: null,
      new: 1,
      refused: 2,
    });
    expect(await load('contacts', text, { acceptValid: true, createReasons: true })).toMatchObject({
      new: 1,
      refused: 2,
    });
    expect(await rows(`select contact_id from contact where contact_id like 'X%'`)).toEqual([{ contact_id: 'X2' }]);
    expect(await rows(`select line, code from import_refusal order by line`)).toEqual([
      { line: '2', code: 'double_key' },
      { line: '4', code: 'double_key' },
    ]);
    expect(await rows(`select name, owner_unit from reason where reason_code = 'biling.fee'`)).toEqual([
      { name: 'biling.fee', owner_unit: null },
    ]);
  });

  it('keeps the company fixed after the first fact', async () => {
    expect(
      await company.imports.importCompany(
        company.finance,
        'name: Other name\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
      ),
    ).toBe('changed');
    await expect(
      company.imports.importCompany(company.finance, 'name: Test\ncurrency: USD\ntime_zone: Europe/Berlin\n'),
    ).rejects.toThrow(/fixed after the first fact/);
  });
});
