import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addDays, period, type Period } from '../../src/domain/period.ts';
import type { StatementSet, UnitSection } from '../../src/domain/statements/statement-set.ts';
import type { EffectSection, ValueSection } from '../../src/domain/statements/value-document.ts';
import { DecisionsService } from '../../src/application/decisions.service.ts';
import { ScoresService } from '../../src/application/scores.service.ts';
import { packageRoot } from '../../src/package-root.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { world, type World } from '../domain/retention/world.ts';

const [JANUARY, MARCH, AUGUST] = [period('2025-01'), period('2025-03'), period('2025-08')];
const dayText = (day: number): string => addDays('2025-01-01', day);
const cents = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** The planted company of the domain's tests as files: who is troubled calls in January, some of the others are hit by a fee. */
function filesOf(it: World): Record<string, string> {
  const called = new Set(it.contacts.customer);
  const name = (customer: number): string => `C${String(customer).padStart(5, '0')}`;
  const contact = (id: string, day: number, hour: number, customer: number, reason: number) => ({
    contact_id: id,
    started_at: `${dayText(day)}T${String(hour).padStart(2, '0')}:00:00Z`,
    channel: 'voice',
    reason_code: ['network', 'delivery'][reason]!,
    customer_id: name(customer),
    decision_code: '',
    handle_seconds: 60,
  });
  const calls = it.contacts.customer.flatMap((customer, i) => {
    const [day, reason] = [it.contacts.day[i]!, it.contacts.reason[i]!];
    const first = contact(`a${customer}`, day, 9, customer, reason);
    return it.contacts.resolved[i] === 1 ? [first] : [first, contact(`b${customer}`, day + 3, 10, customer, reason)];
  });
  // Some of those hit call about it, tagged: their charge is what a gain would be capped at.
  const tagged = it.hits.customer.slice(0, 40).map((customer, i) => ({
    ...contact(`t${customer}`, Math.min(30, it.hits.day[i]! + 1), 11, customer, 0),
    reason_code: 'billing',
    decision_code: 'FEE',
  }));
  const later = ['2025-03-10', '2025-08-10'].map((day, i) => ({
    ...contact(`later${i}`, 0, 9, 0, 0),
    started_at: `${day}T09:00:00Z`,
    customer_id: '',
  }));
  return {
    'company.yaml': 'name: Planted\ncurrency: EUR\ntime_zone: UTC\n',
    'units.csv': csv([
      { unit_code: 'RETAIL', name: 'Retail', kind: 'business', cost_center: 'CC-R' },
      { unit_code: 'NET', name: 'Networks', kind: 'business', cost_center: 'CC-N' },
      { unit_code: 'SERVICE', name: 'Service', kind: 'service', cost_center: 'CC-S' },
    ]),
    'reasons.csv': csv(
      ['network', 'delivery', 'billing'].map((reason_code) => ({
        reason_code,
        name: reason_code,
        owner_unit: reason_code === 'network' ? 'NET' : '',
        standard_handle_seconds: 60,
      })),
    ),
    'decisions.csv': csv([
      { decision_code: 'FEE', title: 'A fee', kind: 'fee', effective_from: '2025-01-01', population: 'segment=f*' },
    ]),
    'decision_owners.csv': csv([
      { decision_code: 'FEE', unit_code: 'RETAIL', share: '0.75', valid_from: '2024-01-01' },
      { decision_code: 'FEE', unit_code: 'NET', share: '0.25', valid_from: '2024-01-01' },
    ]),
    'ledger.csv': csv(
      [JANUARY, MARCH, AUGUST].map((month) => ({
        entry_id: `L${month}`,
        period: month,
        account: '6000',
        cost_center: 'V',
        amount: '1000.00',
        currency: 'EUR',
      })),
    ),
    'capacity.csv': csv(
      [JANUARY, MARCH, AUGUST].map((month) => ({ period: month, pool_code: 'voice', practical_seconds: 100_000 })),
    ),
    'customers.csv': csv(
      Array.from(it.customers.joinedOn, (joined, customer) => ({
        customer_id: name(customer),
        joined_at: dayText(joined),
        segment: `${called.has(customer) ? 't' : 'f'}${it.customers.segment[customer]!}`,
      })),
    ),
    'contacts.csv': csv([...calls, ...tagged, ...later]),
    'exposures.csv': csv(
      it.hits.customer.map((customer, i) => ({
        exposure_id: `x${customer}`,
        customer_id: name(customer),
        decision_code: 'FEE',
        occurred_at: `${dayText(it.hits.day[i]!)}T08:00:00Z`,
        amount: '1.00',
        currency: 'EUR',
      })),
    ),
    'revenue.csv': csv(
      Array.from(it.earnings.customer, (customer, i) => ({
        event_id: `r${i}`,
        customer_id: name(customer),
        day: it.earnings.day[i]!,
        occurred_at: `${dayText(it.earnings.day[i]!)}T12:00:00Z`,
        kind: 'purchase',
        amount: (it.earnings.margin[i]! / 100).toFixed(2),
        currency: 'EUR',
        margin: (it.earnings.margin[i]! / 100).toFixed(2),
      }))
        .filter(({ day }) => day < 245)
        .map(({ day: _day, ...row }) => row),
    ),
  };
}

const model = (retention: string): string => `
pools: [{ code: voice, kind: operating, ledger: [{ account: "60*" }] }]
charging: { standard_rates: { voice: "0.05" } }
rules: [{ name: tagged, tag: true }, { name: owners, reason_owner: true }]
${retention}
`;
const RETENTION = (netProvisional: boolean): string =>
  `retention: { windows_days: [30, 182, 365], discount_rate: "0.08", net_provisional: ${netProvisional} }`;

const planted = world(2, 1600);
const files = filesOf(planted);

const valueOf = (document: unknown): ValueSection => (document as StatementSet).value!;
const unitOf = (document: unknown, unit: string): UnitSection =>
  (document as StatementSet).units.find((section) => section.unit === unit)!;
const effectOf = (value: ValueSection, effect: EffectSection['effect'], windowDays: number): EffectSection =>
  value.effects.find((own) => own.effect === effect && own.windowDays === windowDays && own.kind !== 'provisional')!;

const GENERIC = {
  yaml: readFileSync(join(packageRoot, 'templates', 'journals', 'generic.yaml'), 'utf8'),
  file: 'generic.yaml',
};
async function journalOf(books: TestBooks, month: Period): Promise<string> {
  return (await books.journals.journal(books.people.finance, month, GENERIC)).content.toString('utf8');
}

/** What the seed planted per customer over the window, in cents, discounted as the estimate is. */
function plantedPerCustomer(perDay: Float64Array, of: readonly number[]): number {
  const days = 30 * 1.08 ** (-30 / 365) + 152 * 1.08 ** (-182 / 365);
  return (of.reduce((sum, customer) => sum + perDay[customer]!, 0) / of.length) * days;
}

jest.setTimeout(240_000);

describe('retention from files to statements', () => {
  let books: TestBooks;
  beforeEach(async () => {
    books = await testBooks();
  });
  afterEach(() => books.end());

  it('posts each window once as its cohort becomes final, nets it beside the charge, and proves it', async () => {
    await books.given({ ...files, 'model.yaml': model(RETENTION(false)) });
    const { finance } = books.people;
    await books.issue(JANUARY);
    const march = (await books.periods.close(finance, MARCH)).document;
    // In March the half year is not over for anybody who was hit in January.
    expect(valueOf(march).effects.map(({ effect, windowDays, kind }) => `${effect} ${windowDays} ${kind}`)).toEqual([
      'decision 30 band',
      'service 30 band',
    ]);
    expect(valueOf(march).forecasts.map(({ windowDays }) => windowDays)).toEqual([182, 365, 182, 365]);
    await books.issue(MARCH);
    const august = (await books.periods.close(finance, AUGUST)).document;
    const value = valueOf(august);
    const [fee, service] = [effectOf(value, 'decision', 182), effectOf(value, 'service', 182)];
    for (const [found, truth] of [
      [fee, plantedPerCustomer(planted.hitPerDay, planted.hits.customer)],
      [
        service,
        plantedPerCustomer(
          planted.resolvedPerDay,
          planted.contacts.customer.filter((_, i) => planted.contacts.resolved[i] === 1),
        ),
      ],
    ] as const) {
      expect(found.nettable).toBe(true);
      expect(Number(found.perCustomer!.low) * 100).toBeLessThan(truth);
      expect(Number(found.perCustomer!.high) * 100).toBeGreaterThan(truth);
      expect(Math.sign(Number(found.perCustomer!.point))).toBe(Math.sign(truth));
    }
    expect(value.conservation.map(({ difference }) => difference)).toEqual(['0.00', '0.00']);
    // The loss by the fee is its owners', three to one, not capped, and never without gross and net.
    const credits = value.credits.map(({ unit, credit }) => [unit, cents(credit)] as const);
    expect(credits.map(([unit]) => unit)).toEqual(['NET', 'RETAIL']);
    expect(credits[1]![1] - 3n * credits[0]![1]).toBeLessThanOrEqual(3n);
    for (const [unit, credit] of credits) {
      const { gross, retentionCredit, adjustments, net } = unitOf(august, unit);
      expect(cents(retentionCredit)).toBe(credit);
      expect(credit).toBeLessThan(0n);
      expect(cents(net)).toBe(cents(gross) - credit + cents(adjustments));
    }
    // Service's own statement: cost, recovered, credit, net.
    const { cost, recovered, retentionCredit, net } = value.service;
    expect(cents(retentionCredit)).toBe(cents(service.postedNetted));
    expect(cents(net)).toBe(cents(recovered) + cents(retentionCredit) - cents(cost));
    expect(unitOf(august, 'NET').retention!.recoveredByService).not.toBe('0.00');
    await books.issue(AUGUST);
    const report = await new DecisionsService(books.db).report(finance, 'FEE');
    expect(report.retention.map(({ horizonDays, total }) => [horizonDays, total])).toEqual([
      [30, effectOf(valueOf(march), 'decision', 30).total!.point],
      [182, fee.total!.point],
    ]);
    expect(cents(report.net) - cents(report.netWithoutRetention)).toBe(cents(fee.total!.point));
    expect((await books.verify.verify(finance)).differences).toEqual([]);
    // The units' books hold that revenue already: without a retention section the journal is the same, byte for byte.
    const without = await testBooks(); // another company, the same but for the section
    try {
      await without.given({ ...files, 'model.yaml': model('') });
      for (const month of [JANUARY, MARCH, AUGUST]) await without.issue(month);
      const plain = await without.statements.document(without.people.finance, AUGUST);
      expect(Object.keys(plain)).not.toContain('value');
      expect(Object.keys(unitOf(plain, 'RETAIL'))).not.toContain('retention');
      for (const month of [JANUARY, MARCH, AUGUST])
        expect(await journalOf(without, month)).toEqual(await journalOf(books, month));
    } finally {
      await without.end();
    }
  });

  it('takes a netted forecast back by one true-up: posted + true-up = final, to the cent, for every unit', async () => {
    await books.given({ ...files, 'model.yaml': model(RETENTION(true)) });
    const { finance } = books.people;
    await books.issue(JANUARY);
    const march = valueOf((await books.periods.close(finance, MARCH)).document);
    await books.issue(MARCH);
    const august = valueOf((await books.periods.close(finance, AUGUST)).document);
    for (const effect of ['decision', 'service'] as const) {
      const posted = [...march.effects, ...august.effects].filter((own) => own.effect === effect);
      const final = august.effects.filter((own) => own.effect === effect && own.kind !== 'provisional');
      expect(final.map(({ windowDays, kind }) => [windowDays, kind])).toEqual([[182, 'true_up']]);
      const before = posted.filter((own) => own !== final[0] && march.effects.includes(own));
      expect(before.map(({ windowDays, kind }) => [windowDays, kind])).toEqual([
        [30, 'band'],
        [182, 'provisional'],
        [365, 'provisional'],
      ]);
      const sum = [...before, final[0]!].reduce((cents_, own) => cents_ + cents(own.postedPoint), 0n);
      expect(sum).toBe(cents(final[0]!.total!.point));
    }
    // Unit by unit, too: what they were given for the forecast is theirs no more, and the bands are what is left.
    const units = await books.sql<{ unit_code: string; netted: string }>(
      "select unit_code, sum(netted_minor)::text as netted from run_retention_line where effect = 'decision' group by 1 order by 1",
    );
    const credits = [...march.credits, ...august.credits];
    for (const { unit_code: unit, netted } of units)
      expect(credits.filter((own) => own.unit === unit).reduce((all, own) => all + cents(own.credit), 0n)).toBe(
        BigInt(netted),
      );
    // A credit that somebody slipped in is met at the next close, whatever its amount.
    await books.sql(
      `insert into run_retention
       select run_id, 'decision', '2025-01 FEE', 182, 'band', 100, 0, 0, 100, 0, 0 from period where period = '2025-03'`,
    );
    await expect(books.periods.close(finance, AUGUST)).rejects.toMatchObject({ code: 'duplicate_credit' });
  });

  it('shows scores in the direction of their instrument beside the money, which they do not move', async () => {
    await books.given({ ...files, 'model.yaml': model(RETENTION(false)) });
    const { finance } = books.people;
    const before = await books.periods.close(finance, JANUARY);
    const answered = planted.contacts.customer.slice(0, 60);
    const instrument = (code: string, metric: string, top: number, better: boolean, max: number, min = 1) => ({
      ...{ instrument: code, metric, scale_min: min, scale_max: max },
      ...{ higher_is_better: String(better), top_box: top },
    });
    await books.given({
      'instruments.csv': csv([
        instrument('csat-5', 'csat', 4, true, 5),
        instrument('ces-1', 'ces', 2, false, 5),
        instrument('nps-11', 'nps', 9, true, 10, 0),
      ]),
      'surveys.csv': csv(
        answered.map((customer, i) => ({
          survey_id: `s${i}`,
          answered_at: `2025-01-31T1${i % 10}:00:00Z`,
          metric: ['csat', 'ces', 'nps'][i % 3]!,
          score: [4, 1, 10][i % 3]!,
          instrument: ['csat-5', 'ces-1', 'nps-11'][i % 3]!,
          contact_id: `a${customer}`,
          customer_id: `C${String(customer).padStart(5, '0')}`,
          comment: i === 1 ? 'Solved at once, write to kim@example.org' : '',
        })),
      ),
    });
    // Not a cent, not a byte: the same books give the same run.
    expect(await books.periods.close(finance, JANUARY)).toMatchObject({ runHash: before.runHash, isNew: false });
    const report = await new ScoresService(books.db).report(finance, JANUARY);
    const all = report.groups.find(({ by }) => by === 'all')!;
    expect(all.scores.map(({ instrument: code, pillar, value, top }) => [code, pillar, value, top.share])).toEqual([
      ['ces-1', 'protect', 1, 1],
      ['csat-5', 'protect', 4, 1],
      ['nps-11', 'strengthen', 100, 1],
    ]);
    // Half of them had to call again; contacts whose week was not over by the month's end are not judged.
    expect(all.resolution!.observedShare).toBeLessThan(1);
    expect(all.resolution!.firstContact.point).toBeGreaterThan(0.3);
    expect(all.resolution!.firstContact.point).toBeLessThan(0.8);
    expect(report.groups.some(({ by, key }) => by === 'unit' && key === 'NET')).toBe(true);
    expect(report.quotes).toMatchObject([{ instrument: 'ces-1', good: true }]);
    expect(report.quotes[0]!.comment).not.toContain('kim@example.org');
    expect(await books.sql("select from audit_event where body like '%survey.read_comments%'")).not.toEqual([]);
  });
});
