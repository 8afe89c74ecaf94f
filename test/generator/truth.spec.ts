import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, TRUTH_KEYS } from '../../src/generator/generate.ts';
import { cents, countBy, rowsOf, sum, type CsvRow } from './company.ts';

type Tree = { readonly [key: string]: unknown };
const CONTACTS = 12_000;
const WEEK = 7 * 86_400_000;

describe('the planted truth agrees with an independent count of the files', () => {
  let folder: string;
  let truth: Tree;
  let contacts: CsvRow[];
  const at = (path: string): unknown =>
    path.split('.').reduce<unknown>((tree, key) => (tree as Tree | undefined)?.[key], truth);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'truth-'));
    ({ truth } = await generate({ folder, contacts: CONTACTS, seed: 3 }));
    contacts = rowsOf(folder, 'contacts');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('contacts', () => {
    expect(contacts).toHaveLength(CONTACTS);
    expect(at('contacts')).toMatchObject({
      total: CONTACTS,
      withoutCustomer: contacts.filter((row) => row['customer_id'] === '').length,
      withoutHandleTime: contacts.filter((row) => row['handle_seconds'] === '').length,
      handleSeconds: sum(contacts.map((row) => Number(row['handle_seconds']))),
      tagged: contacts.filter((row) => row['decision_code'] !== '').length,
      escalated: contacts.filter((row) => row['escalated'] === 'true').length,
      transferred: contacts.filter((row) => row['transferred_from'] !== '').length,
    });
    const byReason = Object.entries(at('contacts.byReason') as Record<string, number>).filter(([, count]) => count > 0);
    expect(new Map(byReason)).toEqual(countBy(contacts, (row) => row['reason_code']!));
    const pool = (row: CsvRow) => (row['vendor'] === 'CONNECTA' ? 'partner' : row['channel']!);
    expect(new Map(Object.entries(at('contacts.byPool') as Record<string, number>))).toEqual(countBy(contacts, pool));
  });

  it('avoidable repeats', () => {
    const byCustomer = new Map<string, CsvRow[]>();
    let repeats = 0;
    for (const row of contacts) {
      if (row['customer_id'] === '') continue;
      const earlier = byCustomer.get(row['customer_id']!) ?? [];
      const start = Date.parse(row['started_at']!);
      const sameMatter = (before: CsvRow) =>
        before['reason_code'] === row['reason_code'] || (row['case_id'] !== '' && before['case_id'] === row['case_id']);
      const inTime = (before: CsvRow) => {
        const passed = start - Date.parse(before['started_at']!);
        return passed > 0 && passed <= WEEK;
      };
      if (earlier.some((before) => before['escalated'] === 'false' && inTime(before) && sameMatter(before))) repeats++;
      byCustomer.set(row['customer_id']!, [...earlier, row]);
    }
    // a week on the wall clock and 7 × 24 hours differ by one hour twice a year
    expect(Math.abs((at('contacts.avoidableRepeats') as number) - repeats)).toBeLessThanOrEqual(2);
    expect(repeats / CONTACTS).toBeGreaterThan(0.08);
  });

  it('money: exposures, revenue, ledger', () => {
    const exposures = rowsOf(folder, 'exposures');
    const euros = (minor: number) => (minor / 100).toFixed(2);
    expect(at('exposures')).toEqual({
      events: exposures.length,
      billed: euros(sum(exposures.map((row) => cents(row['amount']!)))),
      waived: euros(sum(exposures.map((row) => cents(row['waived'] || '0')))),
    });
    const revenue = rowsOf(folder, 'revenue');
    for (const [kind, expected] of Object.entries(at('revenue') as Tree)) {
      const rows = revenue.filter((row) => row['kind'] === kind);
      expect([kind, expected]).toEqual([
        kind,
        {
          events: rows.length,
          amount: euros(sum(rows.map((row) => cents(row['amount']!)))),
          margin: euros(sum(rows.map((row) => cents(row['margin'] || '0')))),
        },
      ]);
    }
    const refunded = revenue.filter((row) => row['kind'] === 'refund' && row['decision_code'] === 'FEE-LATE');
    expect(at('decisions.FEE-LATE.money.refunded')).toBe(euros(-sum(refunded.map((row) => cents(row['amount']!)))));
    const ledger = rowsOf(folder, 'ledger');
    for (const currency of ['EUR', 'USD']) {
      const rows = ledger.filter((row) => row['currency'] === currency);
      expect(at(`ledger.total.${currency}`)).toBe(euros(sum(rows.map((row) => cents(row['amount']!)))));
    }
  });

  it('customers and volumes', () => {
    const customers = rowsOf(folder, 'customers');
    const volumes = rowsOf(folder, 'volumes').filter(
      (row) => row['measure'] === 'customers' && row['population'] === '',
    );
    const activeOn = (day: string) =>
      customers.filter((row) => row['joined_at']! <= day && (row['left_at'] === '' || row['left_at']! > day)).length;
    for (const { date, value } of volumes.filter((_, day) => day % 100 === 0)) {
      expect([date, Number(value)]).toEqual([date, activeOn(date!)]);
    }
    expect(at('customers.activeAtEnd')).toBe(activeOn('2026-10-31'));
    const growth = (at('customers.activeAtEnd') as number) / (at('customers.activeAtStart') as number);
    expect(growth).toBeGreaterThan(1.04 ** 3 - 0.04);
    expect(growth).toBeLessThan(1.04 ** 3 + 0.04);
  });

  it('capacity: 80 to 90% used, one pool and month over', () => {
    const used = Object.entries(at('capacity') as Record<string, Record<string, Record<string, number>>>)
      .filter(([pool]) => pool !== 'partner')
      .flatMap(([, months]) =>
        Object.values(months).map((month) => month['usedSeconds']! / month['practicalSeconds']!),
      );
    expect(used.filter((share) => share > 1)).toHaveLength(1);
    expect(used.filter((share) => share < 0.79)).toEqual([]);
    expect(used.filter((share) => share > 0.91)).toHaveLength(1);
    expect(at('overCapacity')).toEqual([{ pool: 'chat', period: '2026-07' }]);
  });

  it('the fee is under water since a day after its roll-out, and nothing else is planted on the campaign', () => {
    const since = at('decisions.FEE-LATE.underWaterSince') as string;
    expect(since > '2026-02-01' && since < '2026-06-01').toBe(true);
    expect(at('decisions.FEE-LATE.breakEven.actual')).toBeGreaterThan(
      at('decisions.FEE-LATE.breakEven.contactsPerHit') as number,
    );
    expect(at('decisions.LOYALTY.incremental')).toEqual({ first: 0, repeats: 0, total: 0, withoutCustomer: 0 });
    expect(at('doesNothing')).toBe('LOYALTY');
    const final = (at('retention.fee') as { windowDays: number; customers: number }[]).find(
      (w) => w.windowDays === 548,
    )!;
    expect(final.customers).toBeGreaterThan(0);
  });

  it('every key is documented, and every documented key is there', () => {
    const resolves = (tree: unknown, path: readonly string[]): boolean => {
      if (path.length === 0) return tree !== undefined;
      if (tree === null || typeof tree !== 'object') return false;
      const [key, ...rest] = path;
      if (key === '*') return Object.values(tree).some((value) => resolves(value, rest));
      return resolves((tree as Tree)[key!], rest);
    };
    for (const { key } of TRUTH_KEYS) expect([key, resolves(truth, key.split('.'))]).toEqual([key, true]);
    const documented = new Set(TRUTH_KEYS.map(({ key }) => key.split('.')[0]));
    expect(Object.keys(truth).filter((key) => !documented.has(key))).toEqual([]);
  });
});

describe('the knobs of the planted truth', () => {
  const made = async (options: { lift?: number; outlier?: number; growth?: number; months?: number }) => {
    const folder = mkdtempSync(join(tmpdir(), 'knobs-'));
    try {
      const { truth } = await generate({ folder, contacts: 10_000, seed: 9, ...options });
      return { truth: truth as Tree, contacts: rowsOf(folder, 'contacts') };
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('lift: the contacts of the price rise grow by that share of their background', async () => {
    const { truth, contacts } = await made({ lift: 1 });
    const { total } = (truth as { decisions: Record<string, { incremental: { total: number } }> }).decisions[
      'PRICE-MOBILE'
    ]!.incremental;
    const after = contacts.filter(
      (row) =>
        /^contract\.(price|cancel)\./.test(row['reason_code']!) &&
        row['product'] === 'mobile' &&
        row['started_at']! >= '2026-01-01',
    ).length;
    expect(total / (after - total)).toBeGreaterThan(0.8);
    expect(total / (after - total)).toBeLessThan(1.2);
    const none = await made({ lift: 0 });
    expect((none.truth as { decisions: Record<string, unknown> }).decisions['PRICE-MOBILE']).toMatchObject({
      incremental: { total: 0 },
    });
  });

  it('outlier: one day has so many times its contacts', async () => {
    const { contacts } = await made({ outlier: 10 });
    const byDay = countBy(contacts, (row) => row['started_at']!.slice(0, 10));
    expect(byDay.get('2025-10-17')!).toBeGreaterThan(3 * byDay.get('2025-10-10')!);
    expect([...byDay].sort((a, b) => b[1] - a[1])[0]![0]).toBe('2025-10-17');
  });

  it('growth and months: the base shrinks as asked, the months are those asked for', async () => {
    const { truth, contacts } = await made({ growth: -0.1, months: 24 });
    const { activeAtStart, activeAtEnd } = truth['customers'] as Record<string, number>;
    expect(activeAtEnd! / activeAtStart!).toBeCloseTo(0.9 ** 2, 1);
    expect(contacts[0]!['started_at']! >= '2024-11-01').toBe(true);
  });
});
