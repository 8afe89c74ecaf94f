import { period } from '../../src/domain/period.ts';
import { distribute } from '../../src/persistence/distribute.ts';
import { citusStandIn } from '../builders/citus-stand-in.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';

const MARCH = period('2026-03');
const MODEL = `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
charging: { standard_rates: { voice: "0.05" } }
rules:
  - { name: hit, exposure: "*", within_days: 20 }
  - { name: words, match: { text: { keywords: ["late fee", "réclamation"] } }, to: [{ unit: MOBILE, share: "0.3" }] }
  - { name: owners, reason_owner: true }
`;
const at = (i: number): string =>
  new Date(Date.UTC(2026, 1, 24) + ((i * 7919) % (35 * 24 * 60)) * 60_000).toISOString();
const contact = (i: number) => ({
  contact_id: `c${i}`,
  started_at: at(i),
  channel: 'voice',
  reason_code: ['fee', 'other'][i % 2]!,
  customer_id: i % 4 === 0 ? '' : `k${(i * 31) % 90}`,
  case_id: i % 7 === 0 ? `case ${i % 40}` : '',
  handle_seconds: 30 + (i % 400),
  text: i % 9 === 0 ? 'A Réclamation' : '',
});
const contacts = Array.from({ length: 600 }, (_, i) => contact(i));
const FILES = {
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
  'units.csv': csv(['RETAIL', 'MOBILE'].map((unit_code) => ({ unit_code, name: unit_code }))),
  'reasons.csv': csv(
    ['fee', 'other'].map((code) => ({ reason_code: code, name: code, owner_unit: 'RETAIL', standard_handle_seconds: 100 })),
  ),
  'decisions.csv': csv([{ decision_code: 'FEE', title: 'A fee', kind: 'fee', effective_from: '2026-01-01', reasons: 'fee' }]),
  'decision_owners.csv': csv([{ decision_code: 'FEE', unit_code: 'RETAIL', share: '1', valid_from: '2026-01-01', valid_to: '' }]),
  'capacity.csv': csv([{ period: '2026-03', pool_code: 'voice', practical_seconds: 900_000 }]),
  'ledger.csv': csv([{ entry_id: 'L1', period: '2026-03', account: '6000', cost_center: 'V', amount: '9000.00', currency: 'EUR' }]),
  'model.yaml': MODEL,
  'contacts.csv': csv(contacts),
  'exposures.csv': csv(
    Array.from({ length: 200 }, (_, i) => ({ exposure_id: `e${i}`, customer_id: `k${i % 90}`, decision_code: 'FEE', occurred_at: at(i * 3), amount: '3.00', waived: '', currency: 'EUR' })),
  ),
}; // prettier-ignore

/** The facts lie where they lay; the product takes them for spread over nodes. */
describe('books whose facts are distributed', () => {
  let books: TestBooks;
  let before: string;
  beforeAll(async () => {
    books = await testBooks();
    await books.given(FILES);
    before = (await books.periods.close(books.people.finance, MARCH, { control: 'full' })).runHash;
    await books.sql(citusStandIn(['w1', 'w2']));
    await distribute(books.database.adminUrl, 32);
  });
  afterAll(() => books.end());

  it('close by the SQL road alone to the same run, hash for hash', async () => {
    const again = await books.periods.close(books.people.finance, MARCH, { preview: true, control: 'full' });
    expect(again.runHash).toBe(before);
  });

  it('verify what was closed on one machine', async () => {
    const report = await books.verify.verify(books.people.auditor, MARCH);
    expect(report.differences).toEqual([]);
  });

  it('know contacts again that name no customer, and give new ones and corrected ones a key of their own', async () => {
    const rows = [
      ...contacts,
      { ...contact(601), customer_id: '', contact_id: 'naïve "quoted" \u{1f600}' },
      { ...contact(602), customer_id: '', contact_id: 'n'.repeat(60) },
      { ...contacts[1]!, customer_id: '' },
      { ...contacts[4]!, customer_id: 'k1' },
    ];
    const unique = [...new Map(rows.map((row) => [row.contact_id, row])).values()];
    await books.given({ 'contacts.csv': csv(unique) });
    const [newest] = await books.sql<{ fresh: number; changed: number; same: number }>(
      'select rows_new as fresh, rows_changed as changed, rows_same as same from import order by import_id desc limit 1',
    );
    expect([newest!.fresh, newest!.changed, newest!.same].map(Number)).toEqual([2, 2, 598]);
    const without = await books.sql<{ own: boolean }>(
      'select customer_key = own_contact_key(contact_id) as own from contact where customer_id is null',
    );
    expect(without.length).toBeGreaterThan(150);
    expect(without.filter(({ own }) => !own)).toEqual([]);
    const [nobody] = await books.sql<{ keys: string }>(
      'select count(*) as keys from contact where customer_id is not null and customer_key = own_contact_key(contact_id)',
    );
    expect(nobody!.keys).toBe('0');
    await books.periods.close(books.people.finance, MARCH, { preview: true });
  });

  it('take files without a column of customers', async () => {
    const { customer_id: _none, ...rest } = { ...contact(700), contact_id: 'nobody' };
    await books.given({ 'contacts.csv': csv([rest]) });
    expect(
      await books.sql(`select customer_id, customer_key = own_contact_key(contact_id) as own from contact where contact_id = 'nobody'`),
    ).toEqual([{ customer_id: null, own: true }]); // prettier-ignore
  });

  it('do not close when a node lacks contacts that were imported', async () => {
    await books.sql(`begin; set local session_replication_role to replica;
      delete from contact where contact_id = 'nobody'; commit`);
    await expect(books.periods.close(books.people.finance, MARCH, { preview: true })).rejects.toThrow(
      /the books do not balance: cell \d+: \d+ parts found, \d+ contacts counted; 1 cells differ/,
    );
  });
});
