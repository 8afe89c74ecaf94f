import { addMonths, period, type Period } from '../../src/domain/period.ts';
import { csv } from './books.ts';

/** A company of two units, a service unit and one pool: what a test about closing needs and nothing more. */
export const MARCH = period('2026-03');
export const APRIL = addMonths(MARCH, 1);
export const MAY = addMonths(MARCH, 2);
export const JUNE = addMonths(MARCH, 3);
const MONTHS: readonly Period[] = [MARCH, APRIL, MAY, JUNE];

type Row = Readonly<Record<string, string | number>>;

export const contact = (id: string, on: string, reason: string, extra: Row = {}): Row => ({
  contact_id: id,
  started_at: on.includes('T') ? on : `${on}T10:00:00`,
  channel: 'voice',
  reason_code: reason,
  customer_id: '',
  handle_seconds: 600,
  vendor: '',
  site: '',
  decision_code: '',
  ...extra,
});

/** Contacts of a month: so many for RETAIL (billing), so many for MOBILE (network). */
export function contacts(of: Period, retail: number, mobile: number): Row[] {
  const row = (unit: string, reason: string) => (_: unknown, i: number) =>
    contact(`${of}-${unit}-${i}`, `${of}-${String((i % 28) + 1).padStart(2, '0')}`, reason);
  return [
    ...Array.from({ length: retail }, row('r', 'billing')),
    ...Array.from({ length: mobile }, row('m', 'network')),
  ];
}

/** Standard basis: 300 s a contact at 0.0501 a second is 15.03. */
export const STANDARD_MODEL = `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }, { code: it, kind: support, ledger: [{ account: "62*" }] },
  { code: desk, kind: direct, unit: RETAIL, ledger: [{ account: "67*" }] }]
support: { method: direct, drivers: { it: { voice: 1 } } }
charging: { standard_rates: { voice: "0.0501" } }
rules: [{ name: tagged, tag: true }, { name: owners, reason_owner: true }]
`;
export const ACTUAL_MODEL = STANDARD_MODEL.replace(/charging: .*/, 'charging: { basis: actual }');

export const HOUSE: Readonly<Record<string, string>> = {
  'company.yaml': 'name: Small\ncurrency: EUR\ntime_zone: Europe/Berlin\n',
  'units.csv': csv([
    { unit_code: 'RETAIL', name: 'Retail', kind: 'business', cost_center: 'CC-R', legal_entity: 'Small AG' },
    { unit_code: 'MOBILE', name: 'Mobile', kind: 'business', cost_center: 'CC-M', legal_entity: 'Small AG' },
    { unit_code: 'SERVICE', name: 'Service', kind: 'service', cost_center: 'CC-S', legal_entity: 'Small AG' },
  ]),
  'reasons.csv': csv([
    { reason_code: 'billing', name: 'Billing', owner_unit: 'RETAIL', standard_handle_seconds: 300 },
    { reason_code: 'network', name: 'Network', owner_unit: 'MOBILE', standard_handle_seconds: 300 },
    { reason_code: 'orphan', name: 'Nobody', owner_unit: '', standard_handle_seconds: 300 },
  ]),
  'ledger.csv': csv(
    MONTHS.flatMap((of) => [
      ledgerEntry(`V-${of}`, of, '6000', '1000.00'),
      ledgerEntry(`I-${of}`, of, '6200', '100.00'),
      ledgerEntry(`D-${of}`, of, '6700', '50.00'),
    ]),
  ),
  'capacity.csv': csv(MONTHS.map((of) => ({ period: of, pool_code: 'voice', practical_seconds: 20_000 }))),
  'model.yaml': STANDARD_MODEL,
  'contacts.csv': csv(MONTHS.flatMap((of) => contacts(of, 6, 4))),
};

export function ledgerEntry(id: string, of: Period, account: string, amount: string): Row {
  return { entry_id: id, period: of, account, cost_center: 'CC', amount, currency: 'EUR' };
}

interface Section {
  readonly unit: string;
  readonly gross: string;
  readonly adjustments: string;
  readonly net: string;
  readonly lines: readonly Record<string, string>[];
  readonly adjustmentLines: readonly Record<string, string>[];
}

export function sectionOf(document: unknown, unit: string): Section {
  return (document as { units: Section[] }).units.find((section) => section.unit === unit)!;
}
