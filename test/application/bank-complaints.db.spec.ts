import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addMonths, period, periodsBetween } from '../../src/domain/period.ts';
import { writeBankComplaints } from '../builders/bank-complaints.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { describeWithShared } from '../shared-files.ts';

/** 62,516 real complaints about one bank: units and decisions from its files, a stated cost assumption per contact. */
describeWithShared('the bank closes its 76 months', 'data/bank-complaints', () => {
  let books: TestBooks;
  const folder = mkdtempSync(join(tmpdir(), 'answerable-bank-'));
  beforeAll(async () => {
    books = await testBooks();
    await writeBankComplaints(folder);
    const report = await books.imports.importFolder(books.people.finance, folder, {
      applyModel: async (yaml) => `model ${(await books.models.apply(books.people.finance, yaml)).modelId}`,
    });
    expect(report.files.find((file) => file.file === 'contacts.csv')).toMatchObject({ new: 62_516, refused: 0 });
  }, 600_000);
  afterAll(async () => {
    await books.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it('ties out in every month, and the units’ shares of 2022 are those of an independent count', async () => {
    const months = periodsBetween(period('2017-05'), addMonths(period('2017-05'), 75));
    expect(months.at(-1)).toBe('2023-08');
    const of2022 = new Map<string, number>();
    let contacts = 0;
    for (const month of months) {
      const { document } = await books.periods.close(books.people.finance, month);
      expect([month, (document['reconciliation'] as { difference: string }).difference]).toEqual([month, '0.00']);
      contacts += Number((document['coverage'] as { contacts: string }).contacts);
      if (!month.startsWith('2022')) continue;
      for (const unit of document['units'] as { unit: string; contacts: string }[]) {
        of2022.set(unit.unit, (of2022.get(unit.unit) ?? 0) + Number(unit.contacts));
      }
    }
    expect(contacts).toBe(62_516);
    const total = [...of2022.values()].reduce((sum, count) => sum + count, 0);
    const share = (unit: string) => ((100 * of2022.get(unit)!) / total).toFixed(1);
    expect([share('DEPOSITS'), share('CREDIT_CARDS'), share('BUREAU_REPORTING'), share('PAYMENTS')]).toEqual([
      '40.0',
      '22.0',
      '14.3',
      '8.0',
    ]);
  }, 600_000);
});
