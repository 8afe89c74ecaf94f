import { period } from '../../src/domain/period.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';

const MARCH = period('2026-03');
const DAYS = { 'capacity.csv': csv([{ period: '2026-03', pool_code: 'voice', practical_seconds: 100_000 }]) };
const COMPANY = {
  ...DAYS,
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: UTC\n',
  'units.csv': csv([
    { unit_code: 'RETAIL', name: 'Retail' },
    { unit_code: 'MOBILE', name: 'Mobile' },
  ]),
  'reasons.csv': csv([
    { reason_code: 'billing.fee', name: 'Fees', owner_unit: '', standard_handle_seconds: 100 },
    { reason_code: 'other', name: 'Other', owner_unit: '', standard_handle_seconds: 100 },
  ]),
  'decisions.csv': csv([
    {
      decision_code: 'FEE',
      title: 'A fee',
      kind: 'fee',
      effective_from: '2026-02-01',
      effective_to: '',
      reasons: 'billing.*',
    },
    {
      decision_code: 'OLD',
      title: 'An older fee',
      kind: 'fee',
      effective_from: '2026-01-01',
      effective_to: '2026-03-05',
      reasons: 'billing.*',
    },
  ]),
  'decision_owners.csv': csv([
    { decision_code: 'FEE', unit_code: 'RETAIL', share: '1', valid_from: '2026-01-01', valid_to: '2026-03-14' },
    { decision_code: 'FEE', unit_code: 'MOBILE', share: '1', valid_from: '2026-03-15', valid_to: '' },
    { decision_code: 'OLD', unit_code: 'MOBILE', share: '1', valid_from: '2026-01-01', valid_to: '' },
  ]),
  'ledger.csv': csv([
    { entry_id: 'L1', period: '2026-03', account: '6000', cost_center: 'V', amount: '1000.00', currency: 'EUR' },
  ]),
};
const model = (rule: string) => `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
charging: { standard_rates: { voice: "0.05" } }
rules: [{ name: hit, ${rule} }]
`;
const contacts = (rows: [id: string, customer: string, at: string, reason?: string][]) =>
  csv(
    rows.map(([id, customer, at, reason]) => ({
      contact_id: id,
      started_at: `${at}Z`,
      channel: 'voice',
      reason_code: reason ?? 'billing.fee',
      customer_id: customer,
      handle_seconds: 100,
    })),
  );
const exposures = (rows: [id: string, customer: string, decision: string, at: string][]) =>
  csv(
    rows.map(([id, customer, decision, at]) => ({
      exposure_id: id,
      customer_id: customer,
      decision_code: decision,
      occurred_at: `${at}Z`,
      amount: '3.00',
      waived: '',
      currency: 'EUR',
    })),
  );

describe('exposure rules', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());

  const shares = async () => {
    const { document } = await books.periods.close(books.people.finance, MARCH);
    const units = document['units'] as {
      unit: string;
      lines: { decision: string; contacts: string; tier: string }[];
    }[];
    return {
      lines: units
        .flatMap(({ unit, lines }) => lines.map((line) => `${unit} ${line.decision} ${line.tier} ${line.contacts}`))
        .sort(),
      unattributed: (document['service'] as { unattributed: { contacts: string } }).unattributed.contacts,
      background: (document['shares'] as { background: object[] }).background,
    };
  };

  it('takes a contact up to D days after the hit, to the second, never before it, never another reason', async () => {
    await books.given({
      ...COMPANY,
      'model.yaml': model('exposure: FEE, within_days: 10, background: keep'),
      'contacts.csv': contacts([
        ['exactly D days', 'A', '2026-03-11T12:00:00'],
        ['one second late', 'B', '2026-03-11T12:00:01'],
        ['the same instant', 'C', '2026-03-01T12:00:00'],
        ['before', 'D', '2026-02-28T12:00:00'],
        ['before in March', 'E', '2026-03-01T11:59:59'],
        ['other reason', 'F', '2026-03-05T12:00:00', 'other'],
        ['nobody', '', '2026-03-05T12:00:00'],
      ]),
      'exposures.csv': exposures([...'ABCDEF'].map((customer, i) => [`e${i}`, customer, 'FEE', '2026-03-01T12:00:00'])),
    });
    expect(await shares()).toMatchObject({ lines: ['RETAIL FEE A 1'], unattributed: '5' });
  });

  it('charges the owner of the day of the hit, not of the contact', async () => {
    await books.given({
      ...COMPANY,
      'model.yaml': model('exposure: "*", within_days: 30, background: keep'),
      'contacts.csv': contacts([
        ['c1', 'A', '2026-03-16T12:00:00'],
        ['c2', 'B', '2026-03-16T12:00:00'],
      ]),
      'exposures.csv': exposures([
        ['e1', 'A', 'FEE', '2026-03-14T23:59:59'],
        ['e2', 'B', 'FEE', '2026-03-15T00:00:00'],
      ]),
    });
    expect(await shares()).toMatchObject({ lines: ['MOBILE FEE A 1', 'RETAIL FEE A 1'] });
  });

  it('counts several hits of one decision once, and takes the nearest decision, ties by code', async () => {
    await books.given({
      ...COMPANY,
      'model.yaml': model('exposure: "*", within_days: 30, background: keep'),
      'contacts.csv': contacts([
        ['c1', 'A', '2026-03-05T12:00:00'],
        ['c2', 'B', '2026-03-05T12:00:00'],
      ]),
      'exposures.csv': exposures([
        ['e1', 'A', 'FEE', '2026-03-01T00:00:00'],
        ['e2', 'A', 'FEE', '2026-03-02T00:00:00'],
        ['e3', 'A', 'OLD', '2026-03-03T00:00:00'],
        ['e4', 'B', 'OLD', '2026-03-03T00:00:00'],
        ['e5', 'B', 'FEE', '2026-03-03T00:00:00'],
      ]),
    });
    expect(await shares()).toMatchObject({ lines: ['MOBILE OLD A 1', 'RETAIL FEE A 1'] });
  });

  it.each([
    ['equal', 'several: equal', ['MOBILE OLD A 0.5', 'RETAIL FEE A 0.5']],
    ['shapley', 'several: shapley', ['MOBILE OLD A 0.5', 'RETAIL FEE A 0.5']],
    ['time decay', 'several: time_decay, half_life_days: 7', ['MOBILE OLD A 0.333333', 'RETAIL FEE A 0.666667']],
  ])('splits among several decisions: %s', async (_name, several, expected) => {
    await books.given({
      ...COMPANY,
      'model.yaml': model(`exposure: "*", within_days: 30, background: keep, ${several}`),
      'contacts.csv': contacts([['c1', 'A', '2026-03-12T12:00:00']]),
      'exposures.csv': exposures([
        ['e1', 'A', 'FEE', '2026-03-12T00:00:00'],
        ['e2', 'A', 'OLD', '2026-03-05T00:00:00'],
      ]),
    });
    expect(await shares()).toMatchObject({ lines: expected });
  });

  it('takes contacts after the end of a decision when the hit lies before it', async () => {
    await books.given({
      ...COMPANY,
      'model.yaml': model('exposure: OLD, within_days: 30, background: keep'),
      'contacts.csv': contacts([
        ['c1', 'A', '2026-03-20T12:00:00'],
        ['c2', 'B', '2026-03-20T12:00:00'],
      ]),
      'exposures.csv': exposures([
        ['e1', 'A', 'OLD', '2026-03-05T23:00:00'],
        ['e2', 'B', 'OLD', '2026-03-06T00:00:00'],
      ]),
    });
    expect(await shares()).toMatchObject({ lines: ['MOBILE OLD A 1'], unattributed: '1' });
  });

  it('deducts the background: what customers without a hit would have made falls to the next rule', async () => {
    // 4 customers, all of March: A and B hit on the 1st at 00:00 for 10 days → 20 hit days, 104 others.
    await books.given({
      ...COMPANY,
      'model.yaml': model('exposure: FEE, within_days: 10'),
      'customers.csv': csv([...'ABCD'].map((customer_id) => ({ customer_id, joined_at: '2020-01-01' }))),
      'contacts.csv': contacts([
        ['c1', 'A', '2026-03-02T12:00:00'],
        ['c2', 'B', '2026-03-03T12:00:00'],
        ['c3', 'C', '2026-03-03T12:00:00'],
        ['c4', 'A', '2026-03-25T12:00:00'],
      ]),
      'exposures.csv': exposures([
        ['e1', 'A', 'FEE', '2026-03-01T00:00:00'],
        ['e2', 'B', 'FEE', '2026-03-01T00:00:00'],
      ]),
    });
    // background 2/104 a day × 20 days = 0.384615 of 2 contacts: 0.807692 of each is the decision's
    expect(await shares()).toEqual({
      lines: ['RETAIL FEE A 1.615385'],
      unattributed: '2.384615',
      background: [
        {
          rule: 'hit',
          decision: 'FEE',
          exposedContacts: '2',
          otherContacts: '2',
          hitCustomerDays: '20',
          otherCustomerDays: '104',
          share: '0.807692307692',
          tier: 'A',
        },
      ],
    });
  });

  it('gives tier B when everybody was hit: there is nobody to compare with', async () => {
    await books.given({
      ...COMPANY,
      'model.yaml': model('exposure: FEE, within_days: 10'),
      'contacts.csv': contacts([['c1', 'A', '2026-03-02T12:00:00']]),
      'exposures.csv': exposures([['e1', 'A', 'FEE', '2026-03-01T00:00:00']]),
    });
    expect(await shares()).toMatchObject({ lines: ['RETAIL FEE B 1'] });
    await expect(books.verify.verify(books.people.auditor)).resolves.toMatchObject({ differences: [] });
  });
});
