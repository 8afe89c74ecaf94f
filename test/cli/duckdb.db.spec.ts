import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellFacts } from '../../src/application/cells-at.ts';
import { readClose, readRules } from '../../src/application/read-close.ts';
import { DuckDbBooks } from '../../src/cli/duckdb-books.ts';
import { retentionQuestion, retentionSums } from '../../src/cli/retention-sums.ts';
import { byCauses, byDimensions } from '../../src/cli/roll-up-texts.ts';
import { addDays, addMonths, firstDay, period } from '../../src/domain/period.ts';
import { dueCohorts } from '../../src/domain/retention/maturity.ts';
import { close } from '../../src/domain/statements/close.ts';
import { documentsOf } from '../../src/domain/statements/document.ts';
import { intoDailyFiles } from '../../src/generator/daily-files.ts';
import { generate } from '../../src/generator/generate.ts';
import {
  cellList,
  type CellRow,
  type CellSum,
  type ContactReading,
} from '../../src/persistence/close-inputs.queries.ts';
import { rollUp } from '../../src/persistence/roll-up.queries.ts';
import { testBooks, type TestBooks } from '../builders/books.ts';

const OCTOBER = period('2026-10');

/** History in one file a kind, October in daily ones: some rows come late, some are corrected by a later file. */
describe('DuckDB, from the same files', () => {
  let books: TestBooks;
  let duck: DuckDbBooks;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'answerable-duckdb-'));
    const company = join(folder, 'company');
    await generate({ folder: company, contacts: 24_000, months: 21, exposures: 8000, revenueEvents: 30_000, seed: 3 });
    rmSync(join(company, 'surveys.csv'));
    const daily = await intoDailyFiles(company, OCTOBER);
    books = await testBooks();
    const { stoppedAt } = await books.imports.importFolder(books.people.finance, company, {
      applyModel: async (yaml) => `model ${(await books.models.apply(books.people.finance, yaml)).modelId}`,
    });
    expect(stoppedAt).toBeUndefined();
    let corrected = 0;
    for (const { path, files } of daily) {
      const report = await books.imports.importFolder(books.people.finance, path);
      expect(report.files.map(({ kind, faultCount }) => [kind, faultCount])).toEqual(
        files.map(({ kind }) => [kind, 0]),
      );
      for (const { changed } of report.files) corrected += changed;
    }
    expect(corrected).toBeGreaterThan(50);
    duck = await DuckDbBooks.open(join(folder, 'duck.db'), 'Europe/Berlin');
    await duck.load(company);
    for (const { kind, path } of daily.flatMap(({ files }) => files)) await duck.add(kind, path);
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
  ])('has the same cells of the roll-up and the same integers, %s', async (_name, how) => {
    const reading = { ...how, period: OCTOBER, patterns: [] };
    const own = await books.db.books(async (tx) => {
      const { sums } = await rollUp(tx, { ...reading, watermark: '1000' });
      return byDimensions(sums, await cellList(tx));
    });
    expect(own.size).toBeGreaterThan(500);
    await duck.rollUp([reading]);
    expect(Object.fromEntries(await duck.cells(OCTOBER))).toEqual(Object.fromEntries(own));
  });

  it('rolls up months at once, each by its own cuts and rules, and says what contacts are put down to', async () => {
    const [august, september] = [addMonths(OCTOBER, -2), addMonths(OCTOBER, -1)];
    const rules = [
      { rule: 'late fee', days: 45, decisions: ['FEE-LATE'], ages: false },
      { rule: 'any', days: 9, decisions: null, ages: true },
    ];
    const readings = [
      { period: OCTOBER, cuts: [firstDay(OCTOBER), addDays(firstDay(OCTOBER), 4)], exposureRules: rules },
      { period: august, cuts: [firstDay(august)], exposureRules: rules.slice(1) },
      { period: september, cuts: [firstDay(september)], exposureRules: [] },
    ].map((reading) => ({ ...reading, patterns: [] }));
    await duck.rollUp(readings);
    for (const reading of readings) {
      const own = await books.db.books(async (tx) => {
        const { sums } = await rollUp(tx, { ...reading, watermark: '1000' });
        return { cells: byDimensions(sums, await cellList(tx)), causes: byCauses(sums) };
      });
      expect(own.causes.size > 50).toBe(reading.exposureRules.length > 0);
      expect(Object.fromEntries(await duck.cells(reading.period))).toEqual(Object.fromEntries(own.cells));
      expect(Object.fromEntries(await duck.causes(reading.period))).toEqual(Object.fromEntries(own.causes));
    }
  });

  it('gives the same run, hash for hash', async () => {
    const { runHash } = await books.periods.close(books.people.finance, OCTOBER, { preview: true, control: 'full' });
    await books.db.books(async (tx) => {
      const { contacts, inputs, context } = await readClose(tx, OCTOBER, undefined, undefined, { retention: true });
      const cells = await cellList(tx);
      await duck.rollUp([contacts]);
      const sums = fromDimensions(await duck.cells(OCTOBER), cells);
      const facts = cellFacts(sums, cells, contacts);
      expect(documentsOf(close({ ...inputs, cells: facts }), context).runHash).toBe(runHash);
    });
  });

  it('has the same outcomes of the due cohorts by arm, stratum and window', async () => {
    const { own, question } = await books.db.books(async (tx) => {
      const { model, register, mark, company } = await readRules(tx, OCTOBER);
      const sources = { period: OCTOBER, mark, currency: company.currency, model, register };
      const cohorts = (['decision', 'service'] as const).flatMap((effect) =>
        dueCohorts(effect, model.retention!.windows_days, addMonths(OCTOBER, -1), OCTOBER),
      );
      return { own: await retentionSums(tx, sources, cohorts), question: retentionQuestion(sources, cohorts) };
    });
    const named = (effect: string) => [...own.keys()].filter((key) => key.startsWith(effect));
    expect(named('service').length).toBeGreaterThan(200);
    expect(named('decision').length).toBeGreaterThan(50);
    expect(Object.fromEntries(await duck.retention(question))).toEqual(Object.fromEntries(own));
  });
});

/** Cells that DuckDB gave by their dimensions, as a close reads them. */
function fromDimensions(theirs: ReadonlyMap<string, string>, cells: ReadonlyMap<number, CellRow>): CellSum[] {
  const dimensions = [
    ...(['channel', 'reason_code', 'queue', 'site', 'vendor', 'product', 'segment'] as const),
    ...(['language', 'decision_code', 'direction', 'escalated', 'transferred'] as const),
  ];
  const numbers = new Map(
    [...cells.values()].map((cell) => [dimensions.map((name) => cell[name]).join('\u0000'), cell.cell_no]),
  );
  return [...theirs].map(([key, integers]) => {
    const fields = key.split('\u0000');
    const [reason, slice, repeat, causes, known, taggedOn] = fields.slice(dimensions.length) as string[];
    const [parts, seconds, untimed] = integers.split(' ').map(BigInt) as [bigint, bigint, bigint];
    const causeList = causes!.split(';').map((cause) => {
      const [rule, decision, day, age] = cause.split('|');
      return [rule, decision, day, Number(age)];
    });
    return {
      cell_no: numbers.get(fields.slice(0, dimensions.length).join('\u0000'))!,
      reason_code: reason || null,
      slice: Number(slice),
      ...{ repeat: repeat === 'true', hits: 0, known: known === 'true', tagged_on: taggedOn || null },
      causes: causes === '' ? null : JSON.stringify(causeList),
      ...{ parts, seconds, untimed_parts: untimed },
    };
  });
}
