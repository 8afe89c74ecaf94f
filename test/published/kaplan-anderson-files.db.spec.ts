import { period } from '../../src/domain/period.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

/**
 * Kaplan & Anderson, "Time-Driven Activity-Based Costing", HBR November 2004, entered as files: a quarter's cost of
 * 560,000, 700,000 practical minutes, 49,000 orders of 8, 1,400 inquiries of 44 and 2,500 credit checks of 50 minutes.
 */
describe('Kaplan & Anderson as files', () => {
  let books: TestBooks;
  beforeAll(async () => {
    books = await testBooks();
  });
  afterAll(() => books.end());

  it('closes to used 462,880.00 and unused 97,120.00', async () => {
    const contacts = ['contact_id,started_at,channel,reason_code,handle_seconds'];
    const add = (reason: string, count: number, minutes: number) => {
      for (let i = 0; i < count; i++)
        contacts.push(
          `${reason}-${i},2004-03-${String((i % 28) + 1).padStart(2, '0')}T10:00:00Z,desk,${reason},${minutes * 60}`,
        );
    };
    add('orders', 49_000, 8);
    add('inquiries', 1_400, 44);
    add('credit', 2_500, 50);
    await books.given({
      'company.yaml': 'name: Customer service\ncurrency: USD\ntime_zone: UTC\n',
      'units.csv': 'unit_code,name\nSALES,Sales\nCREDIT,Credit\n',
      'reasons.csv':
        'reason_code,name,owner_unit\norders,Orders,SALES\ninquiries,Inquiries,SALES\ncredit,Credit checks,CREDIT\n',
      'ledger.csv': 'entry_id,period,account,cost_center,amount,currency\n1,2004-03,6000,SERVICE,560000.00,USD\n',
      'capacity.csv': 'period,pool_code,practical_seconds\n2004-03,desk,42000000\n',
      'contacts.csv': contacts.join('\n') + '\n',
      'model.yaml': `
pools: [{ code: desk, kind: operating, ledger: [{ account: "6000" }], driver: handle_seconds }]
charging: { basis: actual, unused_capacity: retained }
rules: [{ name: owners, reason_owner: true }]
`,
    });
    const run = await books.periods.close(books.people.finance, period('2004-03'));
    expect(run.document['reconciliation']).toEqual({
      ledger: '560000.00',
      charged: '462880.00',
      serviceVariances: '0.00',
      unusedCapacity: '97120.00',
      unattributed: '0.00',
      withheld: '0.00',
      parked: '0.00',
      conversion: '0.00',
      difference: '0.00',
    });
    expect(run.document['units']).toMatchObject([
      { unit: 'CREDIT', gross: '100000.00', contacts: '2500' },
      { unit: 'SALES', gross: '362880.00', contacts: '50400' },
    ]);
    await expect(books.verify.verify(books.people.auditor)).resolves.toMatchObject({ differences: [] });
  });
});
