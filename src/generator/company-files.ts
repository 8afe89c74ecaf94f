import { euros } from './amounts.ts';
import type { ContactSums } from './contact-sums.ts';
import type { CsvFile } from './csv-file.ts';
import type { CustomerPass } from './customer-pass.ts';
import { PRODUCT } from './arrivals.ts';
import type { World } from './world.ts';
import type { ExposureRows } from './money-rows.ts';
import type { Row } from './settings.ts';

export const UNIT_COLUMNS =
  'unit_code,name,parent_code,cost_center,owner_email,kind,legal_entity,successor,valid_from,valid_to'.split(',');
export const REASON_COLUMNS = 'reason_code,name,parent_code,owner_unit,demand,standard_handle_seconds'.split(',');
export const DECISION_COLUMNS =
  'decision_code,title,kind,effective_from,announced_at,effective_to,population,reasons,expected_contacts_per_month,expected_revenue_per_month,description'.split(
    ',',
  );
export const OWNER_COLUMNS = 'decision_code,unit_code,share,valid_from,valid_to'.split(',');
export const INSTRUMENT_COLUMNS = 'instrument,metric,scale_min,scale_max,higher_is_better,top_box,wording'.split(',');
export const CUSTOMER_COLUMNS = 'customer_id,joined_at,left_at,segment,region,monthly_margin,currency'.split(',');
export const VOLUME_COLUMNS = 'date,measure,value,population'.split(',');
export const CALENDAR_COLUMNS = 'date,name'.split(',');
export const SEGMENT_COLUMNS = 'contact_id,reason_code,handle_seconds'.split(',');

/** The columns of the data contract from rows of the settings, which may have more. */
export function rowsOf(csv: CsvFile, columns: readonly string[], rows: readonly Row[]): void {
  for (const row of rows) csv.row(columns.map((column) => row[column] ?? ''));
}

/** Active customers on each day: all, with a mobile product, with a fibre product. */
export function customersByDay(pass: CustomerPass): readonly Float64Array[] {
  return pass.change.map((change) => {
    let active = 0;
    return Float64Array.from(change.subarray(0, change.length - 1), (more) => (active += more));
  });
}

export async function volumeRows(csv: CsvFile, world: World, pass: CustomerPass): Promise<void> {
  const { span } = world;
  const [all, mobile, fibre] = customersByDay(pass) as [Float64Array, Float64Array, Float64Array];
  const months = span.periods.length + 1;
  const active = new Int32Array(29);
  for (let day = 0; day < span.days; day++) {
    const date = span.dates[day]!;
    const billingDay = span.dayOfMonth[day]!;
    csv.row([date, 'customers', String(all[day]), '']);
    csv.row([date, 'customers', String(mobile[day]), 'product=mobile']);
    csv.row([date, 'customers', String(fibre[day]), 'product=fibre']);
    if (billingDay <= 28) {
      active[billingDay]! += pass.billChange[billingDay * months + span.monthOf[day]!]!;
      csv.row([date, 'bills', String(active[billingDay]), '']);
    }
    if (csv.full) await csv.flush();
  }
}

/**
 * Decisions with the figures their owners expected, which the settings state for one hit or customer or as a share of
 * the contacts of the decision's reasons: what a well-meaning owner would have written down on the day.
 */
export function decisionRows(
  csv: CsvFile,
  world: World,
  rows: readonly Row[],
  sums: ContactSums,
  exposures: ExposureRows,
  pass: CustomerPass,
): void {
  const { span, arrivals } = world;
  const base = customersByDay(pass);
  rows.forEach((row, d) => {
    const { firstDay, reasons, product } = arrivals.decisions[d]!;
    const day = Math.max(0, Math.min(span.days - 1, firstDay));
    const month = span.monthOf[day]!;
    const before = Math.max(0, month - 12);
    let contacts = 0;
    for (let m = before; m < Math.max(month, before + 1); m++) {
      reasons.forEach((is, r) => (contacts += is ? sums.byReason[r]![m]! : 0));
    }
    const hits = exposures.hits.reduce((a, b) => a + b, 0) / Math.max(1, (span.days - day) / 30.4375);
    const customers = base[product === PRODUCT.mobile ? 1 : product === PRODUCT.fibre ? 2 : 0]![day]!;
    const of = { hit: hits, customer: customers, contact: contacts / Math.max(1, month - before) };
    const figure = (text: string): number | undefined => {
      if (text === '') return undefined;
      const [number, , unit] = text.split(' ') as [string, string, keyof typeof of];
      return Number(number) * of[unit];
    };
    const expectedContacts = figure(row['expected_contacts_per_month']!);
    const expectedRevenue = figure(row['expected_revenue_per_month']!);
    csv.row(
      DECISION_COLUMNS.map((column) =>
        column === 'expected_contacts_per_month'
          ? expectedContacts === undefined
            ? ''
            : String(Math.round(expectedContacts))
          : column === 'expected_revenue_per_month'
            ? expectedRevenue === undefined
              ? ''
              : euros(Math.round(expectedRevenue * 100))
            : row[column]!,
      ),
    );
  });
}
