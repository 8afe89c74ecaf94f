import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecisionsService } from '../../src/application/decisions.service.ts';
import { daysBetween, period, periodsBetween } from '../../src/domain/period.ts';
import { generate } from '../../src/generator/generate.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

interface Truth {
  readonly underWater: string;
  readonly doesNothing: string;
  readonly span: { readonly to: string };
  readonly decisions: Readonly<
    Record<
      string,
      { readonly effectiveFrom: string; readonly underWaterSince?: string; readonly money?: { readonly net: string } }
    >
  >;
}

const QUICK = { contacts: 60_000, seed: 4 };
const DEMO = { contacts: 200_000, seed: 20_261_031 };
const COMPANIES = process.env['ANSWERABLE_FULL'] === undefined ? [QUICK] : [QUICK, DEMO];

describe.each(COMPANIES)('the decisions of the demo company, $contacts contacts, seed $seed', (size) => {
  let books: TestBooks;
  let folder: string;
  let truth: Truth;
  beforeAll(async () => {
    folder = join(mkdtempSync(join(tmpdir(), 'answerable-demo-')), 'company');
    books = await testBooks();
    await generate({ folder, ...size });
    truth = JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')) as Truth;
    const report = await books.imports.importFolder(books.people.finance, folder, {
      applyModel: async (yaml) => `model ${(await books.models.apply(books.people.finance, yaml)).modelId}`,
    });
    expect(report.stoppedAt).toBeUndefined();
    const from = period(truth.decisions[truth.underWater]!.effectiveFrom.slice(0, 7));
    for (const month of periodsBetween(from, period(truth.span.to))) {
      await books.periods.close(books.people.finance, month);
    }
  }, 900_000);
  afterAll(async () => {
    await books.end();
    rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  it('the fee is under water, since a day within a week of the planted one', async () => {
    const report = await new DecisionsService(books.db).report(books.people.finance, truth.underWater);
    const { underWaterSince, money } = truth.decisions[truth.underWater]!;
    console.info(
      `${truth.underWater}: net ${report.net} (planted ${money!.net}), under water since ${report.underWaterSince} (planted ${underWaterSince})`,
    );
    expect(Number(report.net)).toBeLessThan(0);
    expect(Math.abs(daysBetween(underWaterSince!, report.underWaterSince!))).toBeLessThanOrEqual(7);
    expect(report.alarms).toContain(`under water since ${report.underWaterSince}`);
    // Contacts and break-even speak of the same hits.
    expect(report.contactRateBasis).toBe('attributed');
    expect(Number(report.contactRate)).toBeGreaterThan(Number(report.breakEvenContactRate));
  });

  it('the decision that does nothing is refused, with the reason', async () => {
    const { contacts, cost } = await new DecisionsService(books.db).report(books.people.finance, truth.doesNothing);
    console.info(`${truth.doesNothing}: ${contacts.incremental.why}`);
    expect(contacts.incremental.chargeable).toBe(false);
    expect(contacts.incremental.why).toMatch(/^no clear effect: at the \d+-week look the interval /);
    expect(cost.charged).toBe('0.00');
  });
});
