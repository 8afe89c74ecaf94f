import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { addDays, periodOf } from '../../../src/domain/period.ts';
import { dayNumber } from '../../../src/domain/retention/cohort.ts';
import { purchaseCohorts } from '../../../src/domain/retention/purchase-cohort.ts';
import { describeWithShared, sharedPath } from '../../shared-files.ts';

const WINDOWS = [30, 182, 365];
const monthOf = (day: number) => periodOf(addDays('1970-01-01', day));

interface Line {
  readonly invoice: string;
  readonly quantity: number;
  readonly date: string;
  /** thousandths of a pound: prices have three decimals */
  readonly price: number;
  readonly customer: string;
}

/** Lines with a customer. Duplicate lines are kept: two pairs of the same mug are two lines in a shop's till. */
function lines(): { known: Line[]; withoutCustomer: number } {
  const text = gunzipSync(readFileSync(sharedPath('data', 'online-retail', 'online_retail_by_day.csv.gz'))).toString(
    'utf8',
  );
  const [header, ...rows] = parse(text, { bom: true });
  const at = (name: string): number => header!.indexOf(name);
  const [invoice, quantity, date, price, customer] = [
    'InvoiceNo',
    'Quantity',
    'InvoiceDate',
    'UnitPrice',
    'CustomerID',
  ].map(at) as [number, number, number, number, number];
  const all = rows.map((row) => ({
    invoice: row[invoice]!,
    quantity: Number(row[quantity]),
    date: row[date]!.slice(0, 10),
    price: Math.round(Number(row[price]) * 1000),
    customer: row[customer]!.replace(/\.0$/, ''),
  }));
  const known = all.filter(({ customer }) => customer !== '');
  return { known, withoutCustomer: all.length - known.length };
}

/** A cancellation takes back money and is no purchase; a line without price or quantity sells nothing. */
function isPurchase({ invoice, quantity, price }: Line): boolean {
  return !invoice.startsWith('C') && quantity > 0 && price > 0;
}

describeWithShared('repeat buying at a real retailer', 'data/online-retail', () => {
  const { known, withoutCustomer } = lines();
  const observedThrough = dayNumber(known.reduce((last, { date }) => (date > last ? date : last), ''));
  const number = new Map([...new Set(known.map(({ customer }) => customer))].sort().map((id, i) => [id, i]));
  const sorted = known
    .map((line) => ({ line, customer: number.get(line.customer)!, day: dayNumber(line.date) }))
    .sort((a, b) => a.customer - b.customer || a.day - b.day);
  const bought = sorted.filter(({ line }) => isPurchase(line));
  const column = (rows: typeof sorted, of: (row: (typeof sorted)[number]) => number) => Float64Array.from(rows, of);
  const cohorts = purchaseCohorts(
    { customer: column(bought, (row) => row.customer), day: column(bought, (row) => row.day) },
    {
      customer: column(sorted, (row) => row.customer),
      day: column(sorted, (row) => row.day),
      margin: column(sorted, ({ line }) => line.quantity * line.price),
    },
    WINDOWS,
    observedThrough,
    monthOf,
  );

  it('leaves out the lines without a customer', () => {
    expect(withoutCustomer).toBe(135_080);
  });

  it('equals an independent count, cohort by cohort and window by window', () => {
    // Independently: no day numbers, no sorting; dates as text, one customer at a time.
    const byCustomer = new Map<string, Line[]>();
    for (const line of known) {
      const own = byCustomer.get(line.customer);
      if (own) own.push(line);
      else byCustomer.set(line.customer, [line]);
    }
    const counted = new Map<
      string,
      { customers: number; windows: { observed: number; repeated: number; spend: number }[] }
    >();
    const lastDay = '2011-12-09';
    for (const own of byCustomer.values()) {
      const dates = own.filter(isPurchase).map(({ date }) => date);
      if (dates.length === 0) continue;
      const first = dates.reduce((a, b) => (a < b ? a : b));
      const month = first.slice(0, 7);
      let cohort = counted.get(month);
      if (!cohort) {
        cohort = { customers: 0, windows: WINDOWS.map(() => ({ observed: 0, repeated: 0, spend: 0 })) };
        counted.set(month, cohort);
      }
      cohort.customers++;
      WINDOWS.forEach((days, w) => {
        const end = new Date(Date.parse(first) + days * 86_400_000).toISOString().slice(0, 10);
        if (end > lastDay) return;
        const window = cohort.windows[w]!;
        const after = own.filter(({ date }) => date > first && date <= end);
        window.observed++;
        if (after.some(isPurchase)) window.repeated++;
        window.spend += after.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
      });
    }
    const found = Object.fromEntries(
      cohorts.map(({ month, customers, windows }) => [
        month,
        { customers, windows: windows.map(({ observed, repeated, spend }) => ({ observed, repeated, spend })) },
      ]),
    );
    expect(found).toEqual(Object.fromEntries(counted));
  });

  it('counts nobody in a window that is not over', () => {
    const july = cohorts.find(({ month }) => month === '2011-07')!;
    expect(july.windows[0]!.observed).toBe(july.customers);
    expect(july.windows[1]!.observed).toBe(0);
    const first = cohorts[0]!;
    expect(first.month).toBe('2010-12');
    expect(first.windows[2]!.observed).toBeGreaterThan(0);
    expect(first.windows[2]!.observed).toBeLessThan(first.customers);
  });
});
