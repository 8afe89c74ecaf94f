import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecisionsService, type DecisionReport } from '../../src/application/decisions.service.ts';
import { addMonths, period, periodsBetween } from '../../src/domain/period.ts';
import { writeBankComplaints } from '../builders/bank-complaints.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { answerableHere } from '../cli/answerable.ts';
import { describeWithShared } from '../shared-files.ts';

/** 62,516 real complaints about one bank: units and decisions from its files, a stated cost assumption per contact. */
describeWithShared('the bank closes its 76 months', 'data/bank-complaints', () => {
  let books: TestBooks;
  const folder = mkdtempSync(join(tmpdir(), 'answerable-bank-'));
  /** The shipped model; 76 closes without the rules that estimate are enough to tie out. */
  const shipped = (): string => readFileSync(join(folder, 'model.yaml'), 'utf8');
  const apply = async (yaml: string) => await books.models.apply(books.people.finance, yaml);
  beforeAll(async () => {
    books = await testBooks();
    await writeBankComplaints(folder);
    const report = await books.imports.importFolder(books.people.finance, folder, {
      applyModel: async (yaml) =>
        `model ${(await apply(yaml.replace(/^ *- \{ name: .*, incremental: .*\n/gm, ''))).modelId}`,
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

  /** What `decision CODE --to MONTH` says, by the shipped rules: fees against the other contacts of DEPOSITS, the rest against all. */
  const reportOf = async (code: string, month: string): Promise<DecisionReport> => {
    await books.periods.close(books.people.finance, period(month));
    const report = await new DecisionsService(books.db).report(books.people.finance, code, { to: month });
    const { estimate, low, high, why, method } = report.contacts.incremental;
    const [found, from, to] = [estimate, low, high].map((text) => Math.round(Number(text)));
    console.info(`${code}: ${found} (${from} to ${to}), ratio ${ratioOf(report).toFixed(2)}; ${why}; ${method}`);
    return report;
  };
  const ratioOf = ({ contacts: { incremental } }: DecisionReport): number =>
    1 + Number(incremental.estimate) / Number(incremental.expected);
  /** The ratios of the data's README are simple ones and "may differ in the second digit": within a quarter on the log scale. */
  const expectNear = (report: DecisionReport, ratio: number): void =>
    expect(Math.abs(Math.log(ratioOf(report) / ratio))).toBeLessThan(0.25);

  describe('held against contacts that a decision cannot touch', () => {
    beforeAll(async () => {
      await apply(shipped());
    });

    it('the fraud filter comes out as an increase', async () => {
      const report = await reportOf('D1-PREPAID-FRAUD-FILTER', '2021-03');
      expect(report.contacts.incremental).toMatchObject({ chargeable: true, placebos: { rank: 1 } });
      expectNear(report, 2.84);
      // what lies before April 2020 is told apart by a registered event
      expect(report.contacts.incremental.method).toContain('event E1-BENEFIT-CARDS-2020');
    }, 60_000);

    it('the three fee reasons come out as a drop, which charges and credits nobody', async () => {
      const report = await reportOf('D2B-OVERDRAFT-FEE-CUT', '2023-05');
      expect(Number(report.contacts.incremental.high)).toBeLessThan(0);
      expect(report.contacts.incremental).toMatchObject({ chargeable: false, placebos: { rank: 1 } });
      expect(report.contacts.incremental.why).toMatch(/^fewer contacts, which charge and credit nobody/);
      expectNear(report, 0.37);
    }, 60_000);

    it('the NSF fee of 2022-02-01 alone comes out as no clear effect', async () => {
      const report = await reportOf('D2A-NSF-FEE-ELIMINATED', '2023-01');
      expect(report.contacts.incremental).toMatchObject({ from: '2022-02-01', chargeable: false });
      expect(report.contacts.incremental.why).toMatch(/^no clear effect: at the 52-week look the interval/);
      expectNear(report, 0.84);
    }, 60_000);

    it('the order comes out as an increase, beyond all of 300 and more placebos, and too early to charge', async () => {
      const early = await reportOf('D3-BUREAU-ORDER', '2023-07');
      const { placebos, why, early: reading } = early.contacts.incremental;
      expect(placebos!.rank).toBe(1);
      expect(placebos!.count).toBeGreaterThanOrEqual(300);
      expect(Number(reading!.low)).toBeGreaterThan(0);
      expect(why).toMatch(/^too early: first judged 8 weeks after 2023-07-11; after 3 weeks the interval/);
      const later = await reportOf('D3-BUREAU-ORDER', '2023-08');
      expect(later.contacts.incremental).toMatchObject({ chargeable: false, look: null, placebos: { rank: 1 } });
      expectNear(later, 2.3);
    }, 60_000);

    it('prints the limits of the data with the answer', async () => {
      const { token } = await books.users.createToken(books.people.finance, 'finance', 'test', 1);
      const env = { DATABASE_URL: books.database.appUrl, ANSWERABLE_TOKEN: token };
      const { stdout } = await answerableHere(['decision', 'D3-BUREAU-ORDER'], env);
      for (const limit of [
        'complaints to a regulator are a small part of all contacts',
        'its control also rose, so the effect is understated',
        'complaints after 2023-08-14 are not all in the file yet',
        'What else began in the same weeks and is not registered counts as the decision’s.',
      ])
        expect(stdout).toContain(limit);
    }, 60_000);

    it.each([
      ['difference_in_differences', /^weekly difference-in-differences of 1 and 1 groups/],
      ['synthetic_control', /^weekly synthetic control of \d+ groups/],
    ])(
      '%s tells the same of the fraud filter, from the weeks after April 2020 alone',
      async (counterfactual, method) => {
        await apply(shipped().replaceAll('offset: controls', `counterfactual: ${counterfactual}`));
        const report = await reportOf('D1-PREPAID-FRAUD-FILTER', '2021-03');
        expect(report.contacts.incremental).toMatchObject({ chargeable: true, placebos: { rank: 1 } });
        expect(report.contacts.incremental.method).toMatch(method);
        expectNear(report, 2.84);
      },
      60_000,
    );
  });
});
