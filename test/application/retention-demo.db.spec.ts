import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ValueService } from '../../src/application/value.service.ts';
import { period } from '../../src/domain/period.ts';
import type { EffectSection } from '../../src/domain/statements/value-document.ts';
import { generate } from '../../src/generator/generate.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

/** Closes of the demo company at which four months' half years become known. */
const CLOSES = ['2026-07', '2026-08', '2026-09', '2026-10'].map(period);
const DAYS = 182;

interface Month {
  readonly period: string;
  readonly perCustomer: string;
}
type Truth = Record<'service' | 'fee' | 'feeAgainstLater', { windowDays: number; byMonth: Month[] }[]>;

/** The planted effect of a month's customers over half a year, discounted band by band as the estimate is. */
function planted(truth: Truth, of: keyof Truth, month: string): number {
  const upTo = (days: number): number =>
    Number(truth[of].find((row) => row.windowDays === days)!.byMonth.find((row) => row.period === month)!.perCustomer);
  return upTo(30) * 1.08 ** (-30 / 365) + (upTo(DAYS) - upTo(30)) * 1.08 ** (-DAYS / 365);
}

jest.setTimeout(1_800_000);

/** The whole demo company: minutes on two busy cores. The planted worlds of the domain's tests run every time. */
const inFull = process.env['ANSWERABLE_FULL'] === undefined ? describe.skip : describe;

inFull('the demo company', () => {
  let books: TestBooks;
  let folder: string;
  let truth: Truth;
  const effects: EffectSection[] = [];

  beforeAll(async () => {
    books = await testBooks();
    folder = mkdtempSync(join(tmpdir(), 'answerable-demo-'));
    const size = { contacts: 200_000, seed: 20_261_031, months: 36 };
    await generate({ ...size, endPeriod: period('2026-10'), folder });
    const { finance } = books.people;
    const report = await books.imports.importFolder(finance, folder, {
      applyModel: async (yaml) => `model ${(await books.models.apply(finance, yaml)).modelId}`,
    });
    expect(report.stoppedAt).toBeUndefined();
    truth = (JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as { retention: Truth }).retention;
    const value = new ValueService(books.db);
    for (const close of CLOSES) effects.push(...(await value.preview(finance, close)).effects);
  });
  afterAll(async () => {
    await books.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['service', 'service', 1],
    ['decision', 'feeAgainstLater', -1],
  ] as const)('shows the planted %s effect within its interval, with the right sign', (effect, of, sign) => {
    const own = effects.filter((row) => row.effect === effect && row.windowDays === DAYS);
    expect(own.length).toBeGreaterThanOrEqual(CLOSES.length);
    let [found, expected, variance] = [0, 0, 0];
    for (const { customers, perCustomer, cohort } of own) {
      found += customers * Number(perCustomer!.point);
      expected += customers * planted(truth, of, cohort);
      variance += ((customers * (Number(perCustomer!.high) - Number(perCustomer!.low))) / 2) ** 2;
    }
    expect(Math.sign(found)).toBe(sign);
    expect(Math.sign(expected)).toBe(sign);
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(Math.sqrt(variance));
  });

  it('is told the wrong thing by a plain before–after comparison: who calls, even well served, earns less than before', async () => {
    const [naive] = await books.sql<{ change: string; margin: string }>(`
      with called as (
        select customer_key, min(started_on) as day from contact c
        where started_on between '2026-03-01' and '2026-03-31' and customer_key is not null and not exists (
          select from contact d where d.customer_key = c.customer_key
            and d.started_at > c.started_at and d.started_at <= c.started_at + interval '7 days')
        group by 1
      ),
      outcome as (
        select k.customer_key, sum(case when r.occurred_on > k.day then 1 else -1 end
          * coalesce(r.margin_minor, r.amount_minor * 0.35)) / 100 as change
        from called k join revenue r on r.customer_key = k.customer_key and r.decision_code is null
          and r.kind not in ('fee', 'referral') and r.occurred_on between k.day - ${DAYS} and k.day + ${DAYS}
        group by 1
      )
      select avg(change) as change, 1.645 * stddev(change) / sqrt(count(*)) as margin from outcome`);
    expect(Number(naive!.change) + Number(naive!.margin)).toBeLessThan(0);
    expect(planted(truth, 'service', '2026-03')).toBeGreaterThan(0);
  });
});
