import { parseModel } from '../../src/application/model-text.ts';
import { revenueReading } from '../../src/application/customer-earnings.ts';
import { ScoresService } from '../../src/application/scores.service.ts';
import { Register } from '../../src/domain/attribution/register.ts';
import { period } from '../../src/domain/period.ts';
import { dayNumber } from '../../src/domain/retention/cohort.ts';
import { watermark } from '../../src/persistence/close-inputs.queries.ts';
import { CustomerKeys } from '../../src/persistence/retention/customer-keys.ts';
import { salesInContacts } from '../../src/persistence/scores.queries.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { readCustomers } from '../builders/read-customers.ts';

const JANUARY = period('2025-01');
const CUSTOMERS = ['ann', 'bob', 'cy', 'dee'];

const contact = (id: string, customer: string, at: string, reason: string, seconds = 600) => ({
  contact_id: id,
  started_at: at,
  channel: 'voice',
  reason_code: reason,
  customer_id: customer,
  handle_seconds: seconds,
});
const sale = (id: string, customer: string, at: string, margin: string, kind = 'purchase') => ({
  event_id: id,
  customer_id: customer,
  occurred_at: at,
  kind,
  amount: margin,
  currency: 'EUR',
  margin,
});

const MODEL = `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
rules: [{ name: owners, reason_owner: true }]
retention: { windows_days: [30] }
`;

describe('sales made inside a contact', () => {
  let books: TestBooks;
  beforeAll(async () => {
    books = await testBooks();
    await books.given({
      'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
      'units.csv': csv([
        { unit_code: 'RETAIL', name: 'Retail', kind: 'business', cost_center: 'R' },
        { unit_code: 'SERVICE', name: 'Service', kind: 'service', cost_center: 'S' },
      ]),
      'reasons.csv': csv([
        { reason_code: 'order', name: 'Order', owner_unit: 'RETAIL', demand: 'value' },
        { reason_code: 'trouble', name: 'Trouble', owner_unit: 'RETAIL', demand: 'failure' },
        { reason_code: 'odd', name: 'Odd', owner_unit: 'RETAIL', demand: '' },
      ]),
      'ledger.csv': csv([
        { entry_id: 'L1', period: JANUARY, account: '6000', cost_center: 'V', amount: '100.00', currency: 'EUR' },
      ]),
      'capacity.csv': csv([{ period: JANUARY, pool_code: 'voice', practical_seconds: 10_000 }]),
      'customers.csv': csv(CUSTOMERS.map((customer_id) => ({ customer_id, joined_at: '2024-01-01' }))),
      'contacts.csv': csv([
        contact('inside', 'ann', '2025-01-10T10:00:00+01:00', 'order'),
        contact('night', 'bob', '2025-01-10T23:55:00+01:00', 'trouble', 1200),
        contact('short', 'cy', '2025-01-12T09:00:00+01:00', 'odd', 60),
        contact('first', 'dee', '2025-01-13T09:00:00+01:00', 'odd'),
        contact('second', 'dee', '2025-01-13T09:05:00+01:00', 'order'),
      ]),
      'revenue.csv': csv([
        sale('at-the-start', 'ann', '2025-01-10T10:00:00+01:00', '7.00'),
        sale('at-the-end', 'ann', '2025-01-10T10:10:00+01:00', '50.00', 'expansion'),
        sale('after', 'ann', '2025-01-10T10:10:01+01:00', '11.00'),
        sale('refunded', 'ann', '2025-01-10T10:05:00+01:00', '-2.00', 'refund'),
        sale('of-another', 'bob', '2025-01-10T10:05:00+01:00', '13.00'),
        sale('past-midnight', 'bob', '2025-01-11T00:10:00+01:00', '3.00'),
        sale('after-all', 'cy', '2025-01-12T09:05:00+01:00', '17.00'),
        sale('of-two', 'dee', '2025-01-13T09:06:00+01:00', '5.00'),
      ]),
      'model.yaml': MODEL,
    });
    await books.periods.close(books.people.finance, JANUARY);
  });
  afterAll(() => books.end());

  async function margins(): Promise<{ apart: string[]; outcomes: number[] }> {
    return await books.db.books(async (tx) => {
      const sources = {
        period: JANUARY,
        mark: await watermark(tx),
        currency: 'EUR',
        model: parseModel(MODEL),
        register: new Register({ units: [], decisions: [], owners: [], reasons: [] }),
      };
      const reading = await revenueReading(tx, sources, '2025-01-01');
      const keys = (await books.sql<{ customer_key: string }>('select distinct customer_key from revenue')).map((row) =>
        BigInt(row.customer_key),
      );
      const customers = CustomerKeys.of([BigInt64Array.from(keys)]);
      const kept = { talksFrom: dayNumber('2024-12-31') };
      const { margins: events } = await readCustomers(tx, customers, kept, '2024-12-31', reading);
      return {
        apart: (await salesInContacts(tx, reading))
          .map((row) => `${row.started_on}: ${row.sales}, ${row.margin_minor}`)
          .sort(),
        outcomes: events.map(([, , margin]) => margin!).sort((a, b) => a - b),
      };
    });
  }

  it('stands apart, and everything else is an outcome: to the second, over midnight, once', async () => {
    expect(await margins()).toEqual({
      apart: ['2025-01-10: 1, 300', '2025-01-10: 2, 5700', '2025-01-13: 1, 500'],
      outcomes: [-200, 1100, 1300, 1700],
    });
  });

  it('shows in the scores by reason, and puts every reason into its quadrant with owner and price', async () => {
    const { groups, map } = await new ScoresService(books.db).report(books.people.finance, JANUARY);
    expect(groups.find(({ by, key }) => by === 'unit' && key === 'RETAIL')!.sales).toEqual({
      count: 4,
      margin: '65.00',
    });
    expect(groups.find(({ by, key }) => by === 'reason' && key === 'order')!.sales).toEqual({
      count: 3,
      margin: '62.00',
    });
    expect(map).toMatchObject([
      { reason: 'order', owner: 'RETAIL', quadrant: 'leverage', assumed: false, earned: '62.00' },
      { reason: 'trouble', owner: 'RETAIL', quadrant: 'eliminate', assumed: false, earned: '3.00' },
      { reason: 'odd', owner: 'RETAIL', quadrant: 'eliminate', assumed: true, earned: '0.00' },
    ]);
    const [{ gross }] = (await books.sql<{ gross: string }>(
      'select sum(amount_minor)::text as gross from statement_line',
    )) as [{ gross: string }];
    expect(map.reduce((sum, { cost }) => sum + BigInt(cost.replace('.', '')), 0n)).toBe(BigInt(gross));
  });

  it('follows a corrected contact', async () => {
    await books.given({ 'contacts.csv': csv([contact('short', 'cy', '2025-01-12T09:00:00+01:00', 'odd', 900)]) });
    expect((await margins()).outcomes).toEqual([-200, 1100, 1300]);
    expect((await margins()).apart).toContain('2025-01-12: 1, 1700');
  });
});
