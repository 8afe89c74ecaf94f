import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDbBooks } from '../../src/cli/duckdb-books.ts';
import { byDimensions } from '../../src/cli/roll-up-texts.ts';
import { addDays, firstDay, period } from '../../src/domain/period.ts';
import { generate } from '../../src/generator/generate.ts';
import { cellList, type ContactReading } from '../../src/persistence/close-inputs.queries.ts';
import { rollUp } from '../../src/persistence/roll-up.queries.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

const OCTOBER = period('2026-10');

describe('the roll-up by DuckDB from the same files', () => {
  let books: TestBooks;
  let duck: DuckDbBooks;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-duckdb-'));
    const company = join(folder, 'company');
    await generate({ folder: company, contacts: 12_000, months: 2, exposures: 8000, revenueEvents: 500, seed: 3 });
    books = await testBooks();
    const { stoppedAt } = await books.imports.importFolder(books.people.finance, company, {
      applyModel: async (yaml) => `model ${(await books.models.apply(books.people.finance, yaml)).modelId}`,
    });
    expect(stoppedAt).toBeUndefined();
    duck = await DuckDbBooks.open(join(folder, 'duck.db'), 'Europe/Berlin');
    expect(await duck.load(company)).toBeGreaterThan(20_000);
  }, 300_000);
  afterAll(async () => {
    duck.close();
    await books.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each<[string, Pick<ContactReading, 'cuts' | 'exposureRules'>]>([
    ['with nothing but repeats', { cuts: [firstDay(OCTOBER)], exposureRules: [] }],
    [
      'with hits of one decision',
      {
        cuts: [firstDay(OCTOBER), addDays(firstDay(OCTOBER), 11)],
        exposureRules: [{ rule: 'late fee', days: 45, decisions: ['FEE-LATE'], ages: false }],
      },
    ],
    [
      'with two rules, ages and any decision',
      {
        cuts: [firstDay(OCTOBER)],
        exposureRules: [
          { rule: 'near', days: 3, decisions: null, ages: true },
          { rule: 'late fee', days: 30, decisions: ['FEE-LATE', 'NONE'], ages: true },
        ],
      },
    ],
  ])('has the same cells and the same integers, %s', async (_name, how) => {
    const reading = { ...how, period: OCTOBER, patterns: [] };
    const own = await books.db.books(async (tx) => {
      const { sums } = await rollUp(tx, { ...reading, watermark: '1000' });
      return byDimensions(sums, await cellList(tx));
    });
    expect(own.size).toBeGreaterThan(1000);
    const theirs = await duck.rollUp(reading);
    expect(Object.fromEntries(theirs)).toEqual(Object.fromEntries(own));
  });
});
