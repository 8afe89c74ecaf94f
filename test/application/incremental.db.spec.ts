import { DecisionsService } from '../../src/application/decisions.service.ts';
import { addDays, daysBetween, period, type LocalDate, type Period } from '../../src/domain/period.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';

const START = '2026-03-01';
const MONTHS = ['2026-03', '2026-04', '2026-05'].map((month) => period(month));
const FIRST = '2025-03-01';

/** Contacts a day: 30 of the fee's reason before it and 45 from it on, 40 of others; weekdays and chance as in a small house. */
function contactsCsv(): string {
  let state = 12345;
  const chance = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
  const rows: Record<string, string | number>[] = [];
  for (let d = 0; d <= daysBetween(FIRST, '2026-05-31'); d++) {
    const day = addDays(FIRST, d);
    const busy = d % 7 < 5 ? 1.1 : 0.75;
    for (const [reason, level] of [
      ['billing.fee', day < START ? 30 : 45],
      ['delivery', 25],
      ['network', 15],
    ] as const) {
      const count = Math.round(level * busy + (chance() + chance() + chance() - 1.5) * 2 * Math.sqrt(level));
      for (let i = 0; i < count; i++)
        rows.push({
          contact_id: `${reason}-${d}-${i}`,
          started_at: `${day}T${String(8 + (i % 10)).padStart(2, '0')}:${String(i % 60).padStart(2, '0')}:00Z`,
          channel: 'voice',
          reason_code: reason,
          // one in fifteen from March on carries the decision's code: tier A takes it first
          decision_code: reason === 'billing.fee' && day >= START && i % 15 === 0 ? 'FEE' : '',
          handle_seconds: 100,
        });
    }
  }
  return csv(rows);
}

const model = (tierC: string, controls = ''): string => `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }], variable_share: "0.4" }]
charging: { standard_rates: { voice: "0.01" } }
rules:
  - { name: tagged, tag: true }
  - { name: lift, incremental: FEE${controls} }
  - { name: idle, incremental: NOTHING }
  - { name: owners, reason_owner: true }
tiers: { A: charge, B: charge, C: ${tierC}, D: charge }
`;

const COMPANY: Record<string, string> = {
  'company.yaml': 'name: Lift\ncurrency: EUR\ntime_zone: UTC\n',
  'units.csv': csv([
    { unit_code: 'RETAIL', name: 'Retail' },
    { unit_code: 'OPS', name: 'Operations' },
  ]),
  'reasons.csv': csv(
    ['billing.fee', 'delivery', 'network'].map((reason_code) => ({
      reason_code,
      name: reason_code,
      owner_unit: 'OPS',
      standard_handle_seconds: 100,
    })),
  ),
  'decisions.csv': csv([
    { decision_code: 'FEE', title: 'A fee', kind: 'fee', effective_from: START, reasons: 'billing.*' },
    { decision_code: 'NOTHING', title: 'No effect', kind: 'policy', effective_from: '2026-02-20', reasons: 'delivery' },
  ]),
  'decision_owners.csv': csv(
    ['FEE', 'NOTHING'].map((decision_code) => ({
      decision_code,
      unit_code: 'RETAIL',
      share: '1',
      valid_from: '2025-01-01',
    })),
  ),
  'ledger.csv': csv(
    MONTHS.map((month) => ({
      entry_id: `L-${month}`,
      period: month,
      account: '6000',
      cost_center: 'V',
      amount: '4000.00',
      currency: 'EUR',
    })),
  ),
  'capacity.csv': csv(MONTHS.map((month) => ({ period: month, pool_code: 'voice', practical_seconds: 600_000 }))),
};

interface Line {
  readonly decision: string | null;
  readonly tier: string;
  readonly treatment: string;
  readonly contacts: string;
  readonly amount: string;
}
interface Share {
  readonly rule: string;
  readonly why: string;
  readonly estimate?: string;
  readonly low?: string;
  readonly earlierContacts: string;
  readonly pointContacts: string;
  readonly boundContacts: string;
}

describe('incremental rules', () => {
  let books: TestBooks;
  beforeAll(async () => {
    books = await testBooks();
    await books.given({ ...COMPANY, 'model.yaml': model('charge_lower_bound'), 'contacts.csv': contactsCsv() });
  });
  afterAll(() => books.end());

  const closed = async (month: Period, preview = false) => {
    const { document } = await books.periods.close(books.people.finance, month, { preview });
    const lines = (document['units'] as unknown as { lines: Line[] }[]).flatMap((unit) => unit.lines);
    const shares = (document['shares'] as unknown as { incremental: Share[] }).incremental;
    return {
      lines,
      lift: shares.find((share) => share.rule === 'lift')!,
      idle: shares.find((share) => share.rule === 'idle')!,
      reconciliation: document['reconciliation'] as unknown as {
        withheld: string;
        difference: string;
        charged: string;
      },
      coverage: document['coverage'],
    };
  };
  const total = (lines: readonly Line[], of: 'contacts' | 'amount', where: (line: Line) => boolean): number =>
    lines.filter(where).reduce((sum, line) => sum + Number(line[of]), 0);
  const isC = (line: Line): boolean => line.tier === 'C';

  it('posts nothing before the first look, then the cumulated contacts less what was given before', async () => {
    const [march, april, may] = [await closed(MONTHS[0]!), await closed(MONTHS[1]!), await closed(MONTHS[2]!)] as const;
    expect(march.lift.why).toMatch(/^too early: first judged 8 weeks after 2026-03-01/);
    expect(total(march.lines, 'contacts', isC)).toBe(0);
    // The look falls on 26 April: March's and April's contacts are due, less what tags took.
    expect(april.lift.why).toMatch(/^at the 8-week look the interval \d+ to \d+ excludes zero/);
    for (const month of [april, may]) {
      const { lift, lines } = month;
      expect(total(lines, 'contacts', isC)).toBeCloseTo(Number(lift.pointContacts), 3);
      expect(total(lines, 'contacts', (line) => isC(line) && line.treatment === 'charged')).toBeCloseTo(
        Number(lift.boundContacts),
        3,
      );
      expect(Number(lift.boundContacts)).toBeLessThan(Number(lift.pointContacts));
      expect(Number(month.reconciliation.withheld)).toBeCloseTo(
        total(lines, 'amount', (line) => isC(line) && line.treatment === 'withheld'),
        2,
      );
      expect(month.reconciliation.difference).toBe('0.00');
    }
    const given = [march, april, may].reduce(
      (sum, { lift }) => sum + Number(lift.earlierContacts) + Number(lift.pointContacts),
      0,
    );
    expect(given).toBeCloseTo(Number(may.lift.estimate), 3);
    const bounded = [march, april, may].reduce(
      (sum, { lift }) => sum + Number(lift.earlierContacts) + Number(lift.boundContacts),
      0,
    );
    expect(bounded).toBeCloseTo(Number(may.lift.low), 3);
    // planted: 15 a day over 92 days
    expect(Number(may.lift.estimate)).toBeGreaterThan(0.8 * 15 * 92);
    expect(Number(may.lift.estimate)).toBeLessThan(1.2 * 15 * 92);
    console.info(`planted ${15 * 92}, found ${may.lift.estimate}, bound ${may.lift.low}: ${may.lift.why}`);
  });

  it('charges nobody for a decision that does nothing, and says why', async () => {
    const { idle, lines } = await closed(MONTHS[2]!, true);
    expect(idle.why).toMatch(/^no clear effect/);
    expect(lines.filter((line) => line.decision === 'NOTHING')).toEqual([]);
  });

  it('never gives a contact twice: tiers and what is left sum to all contacts', async () => {
    const { lines } = await closed(MONTHS[2]!, true);
    const [{ contacts }] = (await books.sql<{ contacts: string }>(
      "select count(*)::text as contacts from contact where started_on between '2026-05-01' and '2026-05-31'",
    )) as [{ contacts: string }];
    expect(total(lines, 'contacts', () => true)).toBeCloseTo(Number(contacts), 4);
    expect(new Set(lines.map((line) => line.tier))).toEqual(new Set(['A', 'C', 'D']));
  });

  it('is recomputed identically from the frozen inputs, also when earlier months and facts came later', async () => {
    await expect(books.verify.verify(books.people.auditor)).resolves.toMatchObject({ differences: [] });
    await books.given({
      'contacts.csv': csv([
        {
          contact_id: 'late',
          started_at: '2026-03-05T08:00:00Z',
          channel: 'voice',
          reason_code: 'billing.fee',
          handle_seconds: 100,
        },
      ]),
    });
    await expect(books.verify.verify(books.people.auditor)).resolves.toMatchObject({ differences: [] });
  });

  it('reports estimate, interval and daily expectation with the profit and loss', async () => {
    const report = await new DecisionsService(books.db).report(books.people.finance, 'FEE');
    const { estimate, low, high, method, chargeable, controls, limits } = report.contacts.incremental;
    expect(chargeable).toBe(true);
    expect(Number(low)).toBeLessThan(Number(estimate));
    expect(Number(high)).toBeGreaterThan(Number(estimate));
    expect(method).toMatch(/^daily quasi-Poisson regression/);
    expect(limits.length).toBeGreaterThan(0);
    expect(controls.every(({ name }) => name !== 'billing.fee')).toBe(true);
    const april: LocalDate = '2026-04-10';
    const day = report.daily.find(({ date }) => date === april)!;
    expect(Number(day.expected)).toBeGreaterThan(20);
    expect(Number(day.expected)).toBeLessThan(40);
    expect(Number(day.observed)).toBeGreaterThan(Number(day.expected));
    const idle = await new DecisionsService(books.db).report(books.people.finance, 'NOTHING');
    expect(idle.contacts.incremental).toMatchObject({ chargeable: false });
  });

  it('changes only the treatment when tier C is shown instead of charged', async () => {
    const tiersOf = async (tierC: string) => {
      const found = await testBooks();
      try {
        await found.given({ ...COMPANY, 'model.yaml': model(tierC), 'contacts.csv': contactsCsv() });
        const { document } = await found.periods.close(found.people.finance, MONTHS[1]!, { preview: true });
        return (document['units'] as unknown as { lines: Line[] }[]).flatMap((unit) => unit.lines);
      } finally {
        await found.end();
      }
    };
    const [charged, shown] = [await tiersOf('charge'), await tiersOf('show')];
    const bare = (lines: readonly Line[]) =>
      lines.map(({ decision, tier, contacts, amount }) => `${decision} ${tier} ${contacts} ${amount}`).sort();
    expect(bare(shown)).toEqual(bare(charged));
    expect(total(charged, 'contacts', isC)).toBeGreaterThan(0);
    expect(charged.filter(isC).every((line) => line.treatment === 'charged')).toBe(true);
    expect(shown.filter(isC).every((line) => line.treatment === 'withheld')).toBe(true);
    expect(shown.filter((line) => !isC(line)).every((line) => line.treatment === 'charged')).toBe(true);
  });
});
