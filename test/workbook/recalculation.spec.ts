import { basename } from 'node:path';
import fc from 'fast-check';
import type { WorkbookModel } from '../../src/workbook/model/workbook-model.ts';
import { companies, inputsOf, type CompanyPlan } from '../builders/company.ts';
import { lastLinesOf, masterOf, masterOfInputs, withPacks, withValue, writtenTo } from './books.ts';
import { compared, Referees } from './referees.ts';
import { contextOf } from './workbooks.ts';

const FULL = process.env['ANSWERABLE_FULL'] === '1';

/** Companies that between them have every kind of sheet and formula. */
function shapes(): Map<string, WorkbookModel> {
  const charging = { standard_rates: { voice: '0.0135', chat: '0.0140' }, forecast: { voice: { MOBILE: 4500 } } };
  const reserved = { voice: { MOBILE: '0.25', RETAIL: '0.75' }, chat: { MOBILE: '1' }, email: { FIBRE: '1' } };
  return new Map([
    ['first-period', masterOf({ last: null })],
    ['proportional', masterOf({ model: { charging: { ...charging, unused_capacity: 'proportional' } } })],
    ['actual', masterOf({ model: { charging: { basis: 'actual' } }, seed: 3 })],
    [
      'reserved',
      masterOf({ model: { charging: { basis: 'actual', unused_capacity: 'reserved', reserved } }, seed: 4 }),
    ],
    ['withheld', masterOf({ model: { tiers: { B: 'show', C: 'show', D: 'show' } }, seed: 5 })],
    ['one-unit', masterOf({ units: [{ code: 'ONLY', name: 'Only one' }], reasons: 3 })],
  ]);
}

/** Six decimals of a quota and nine digits before them are what a spreadsheet's numbers hold. */
const small = (plan: CompanyPlan): CompanyPlan => ({
  ...plan,
  ledger: plan.ledger.map((entry) => ({ ...entry, amount: entry.amount / 100n })),
});

function randomCompanies(count: number): Map<string, WorkbookModel> {
  const plans = fc
    .sample(companies, { numRuns: count * 2, seed: 20_261_031 })
    .filter((plan) => plan.cells.length > 0)
    .map(small);
  return new Map(
    plans.slice(0, count).map((plan, i) => {
      const inputs = inputsOf(plan);
      const lastLines = lastLinesOf(inputsOf(plans.at(-1 - i)!));
      return [`random-${i}`, masterOfInputs(inputs, { ...contextOf(inputs), lastLines })];
    }),
  );
}

describe('every formula, computed again by other programs', () => {
  const referees = new Referees();
  let files: string[];

  beforeAll(async () => {
    const models = [...withPacks(withValue(masterOf())), ...shapes(), ...randomCompanies(FULL ? 200 : 4)];
    files = await writtenTo(referees.folder, models);
  }, 300_000);

  afterAll(() => referees.end());

  it.each(['libreOffice', 'gnumeric'] as const)(
    '%s comes to the stored results, to a millionth, without an error',
    (program) => {
      const saved = referees[program](files);
      const comparisons = files.map((file, i) => compared(file, saved[i]!));
      expect(comparisons.flatMap(({ faults }, i) => faults.map((fault) => `${basename(files[i]!)}: ${fault}`))).toEqual(
        [],
      );
      expect(Math.min(...comparisons.map(({ formulas }) => formulas))).toBeGreaterThan(20);
      console.info(
        `${files.length} workbooks, ${comparisons.reduce((sum, { formulas }) => sum + formulas, 0)} formulas`,
      );
    },
    900_000,
  );
});
