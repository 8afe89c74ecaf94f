import { period } from '../../src/domain/period.ts';
import { DecisionsService } from '../../src/application/decisions.service.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';
import { feeCompany } from '../builders/fee-company.ts';

describe('the profit and loss of a decision', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());

  it('finds the fee that loses money: 10,000 × 3.00 against 5,200 contacts at 6.50', async () => {
    await books.given(feeCompany(5200));
    await books.periods.close(books.people.finance, period('2026-03'));
    const report = await new DecisionsService(books.db).report(books.people.finance, 'FEE');
    expect(report).toMatchObject({
      billed: '30000.00',
      waived: '0.00',
      exposures: '10000',
      contacts: { attributed: '5200' },
      cost: { full: '33800.00' },
      net: '-3800.00',
      breakEvenContactRate: '0.461538',
      contactRate: '0.52',
      underWaterSince: '2026-03-02',
      alarms: ['under water since 2026-03-02'],
    });
    expect(report.daily).toEqual([
      expect.objectContaining({
        date: '2026-03-02',
        contacts: '5200',
        collectedCum: '30000.00',
        costCum: '33800.00',
        netCum: '-3800.00',
        mature: true,
      }),
    ]);
  });

  it('raises no alarm at 4,615 contacts: net +2.50', async () => {
    await books.given(feeCompany(4615));
    await books.periods.close(books.people.finance, period('2026-03'));
    const report = await new DecisionsService(books.db).report(books.people.finance, 'FEE');
    expect(report).toMatchObject({
      net: '2.50',
      breakEvenContactRate: '0.461538',
      contactRate: '0.4615',
      underWaterSince: null,
      alarms: [],
    });
  });

  it('shows a unit owner own decisions only, and nothing tells a foreign one from a missing one', async () => {
    await books.given(feeCompany(10));
    await books.periods.close(books.people.finance, period('2026-03'));
    const decisions = new DecisionsService(books.db);
    const owner = { ...books.people.unit_owner, units: ['OTHER'] };
    await expect(decisions.list(owner)).resolves.toEqual([]);
    await expect(decisions.report(owner, 'FEE')).rejects.toMatchObject({ code: 'no_such_decision', kind: 'not_found' });
    await expect(decisions.list({ ...owner, units: ['RETAIL'] })).resolves.toHaveLength(1);
  });
});
