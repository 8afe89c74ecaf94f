import { csv } from './books.ts';

/** 10,000 customers are charged 3.00 on 2 March; contacts of 500 seconds at 0.013 a second cost 6.50 each. */
export function feeCompany(contacts: number): Record<string, string> {
  const customers = Array.from({ length: 10_000 }, (_, i) => `C${i}`);
  return {
    'company.yaml': 'name: Bank\ncurrency: EUR\ntime_zone: UTC\n',
    'units.csv': csv([{ unit_code: 'RETAIL', name: 'Retail' }]),
    'reasons.csv': csv([{ reason_code: 'billing.fee', name: 'Fees', standard_handle_seconds: 500 }]),
    'decisions.csv': csv([
      {
        decision_code: 'FEE',
        title: 'A fee of 3.00',
        kind: 'fee',
        effective_from: '2026-03-01',
        reasons: 'billing.*',
        expected_contacts_per_month: 6000,
      },
    ]),
    'decision_owners.csv': csv([{ decision_code: 'FEE', unit_code: 'RETAIL', share: '1', valid_from: '2026-01-01' }]),
    'ledger.csv': csv([
      { entry_id: 'L1', period: '2026-03', account: '6000', cost_center: 'V', amount: '40000.00', currency: 'EUR' },
    ]),
    'capacity.csv': csv([{ period: '2026-03', pool_code: 'voice', practical_seconds: 3_000_000 }]),
    'model.yaml': `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }], variable_share: "0.35" }]
charging: { standard_rates: { voice: "0.013" } }
rules: [{ name: fee, exposure: FEE, within_days: 20, background: keep }]
`,
    'exposures.csv': csv(
      customers.map((customer, i) => ({
        exposure_id: `e${i}`,
        customer_id: customer,
        decision_code: 'FEE',
        occurred_at: '2026-03-02T00:00:00Z',
        amount: '3.00',
        waived: '',
        currency: 'EUR',
      })),
    ),
    'contacts.csv': csv(
      Array.from({ length: contacts }, (_, i) => ({
        contact_id: `c${i}`,
        started_at: `2026-03-${String(3 + (i % 18)).padStart(2, '0')}T10:00:00Z`,
        channel: 'voice',
        reason_code: 'billing.fee',
        customer_id: customers[i]!,
        handle_seconds: 500,
      })),
    ),
  };
}
