import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { BANK_CONTACTS, rowsOf, throughMapping, writeBankComplaints } from '../builders/bank-complaints.ts';
import { describeWithShared } from '../shared-files.ts';

jest.setTimeout(240_000);

describeWithShared('bank complaints through the shipped mappings', 'data/bank-complaints', () => {
  let folder: string;
  const table = (name: string): Record<string, string>[] =>
    parse(readFileSync(join(folder, name)), { columns: true }) as Record<string, string>[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bank-'));
    await writeBankComplaints(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives every one of the 62,516 complaints, none refused, with day precision and what is missing counted', async () => {
    const source = await throughMapping(BANK_CONTACTS, 'bank-complaints/contacts.yaml');
    const rows = await rowsOf(source);
    expect(source.about).toEqual({ format: 'csv', delimiter: ',', encoding: 'utf-8', compressed: true });
    expect(source.report).toMatchObject({ read: 62_516, delivered: 62_516, refused: 0 });
    expect(source.report.codes.get('reason_code')!.codes).toBe(667);
    expect(rows[0]).toMatchObject({ contact_id: '2471340', started_at: '2017-05-01', channel: 'web' });
    expect(new Set(rows.map((row) => row['contact_id'])).size).toBe(62_516);
    expect(rows.every((row) => row['reason_code']!.length <= 64)).toBe(true);
  });

  it('finds the shares of 2022 by unit that an independent count finds', () => {
    const reasons = new Map(table('reasons.csv').map((row) => [row['reason_code']!, row]));
    const ownerOf = (code: string): string => {
      const reason = reasons.get(code)!;
      return reason['owner_unit'] !== '' ? reason['owner_unit']! : ownerOf(reason['parent_code']!);
    };
    const counts = new Map<string, number>();
    const contacts = table('contacts.csv').filter((row) => row['started_at']!.startsWith('2022'));
    for (const row of contacts) {
      const unit = ownerOf(row['reason_code']!);
      counts.set(unit, (counts.get(unit) ?? 0) + 1);
    }
    const share = (unit: string): string => ((100 * counts.get(unit)!) / contacts.length).toFixed(1);
    expect(contacts).toHaveLength(12_953);
    expect(['DEPOSITS', 'CREDIT_CARDS', 'BUREAU_REPORTING', 'PAYMENTS'].map(share)).toEqual([
      '40.0',
      '22.0',
      '14.3',
      '8.0',
    ]);
    expect(counts.size).toBe(9);
  });

  it('makes a folder whose months, reasons and decisions fit together', () => {
    expect(readdirSync(folder).sort()).toEqual(
      'capacity.csv company.yaml contacts.csv decision_owners.csv decisions.csv ledger.csv model.yaml reasons.csv units.csv'.split(
        ' ',
      ),
    );
    expect(table('units.csv')).toHaveLength(9);
    expect(table('ledger.csv')).toHaveLength(76);
    expect(table('capacity.csv')).toHaveLength(76);
    const codes = table('reasons.csv').map((row) => row['reason_code']!);
    expect(new Set(codes).size).toBe(codes.length);
    const named = (pattern: string): boolean => codes.some((code) => code.startsWith(pattern.replace('*', '')));
    for (const row of table('decisions.csv')) {
      for (const pattern of row['reasons']!.split(' | ').filter(Boolean))
        expect([pattern, named(pattern)]).toEqual([pattern, true]);
    }
    const fees = table('contacts.csv').filter((row) =>
      /^(overdrafts-and|non-sufficient|fee-problem\.)/.test(row['reason_code']!),
    );
    expect(fees).toHaveLength(775 + 334 + 1127);
  });
});
