import fc from 'fast-check';
import type { BridgeLine } from '../../src/domain/statements/bridge.ts';
import { close } from '../../src/domain/statements/close.ts';
import { bridgeLines } from '../../src/domain/statements/document.ts';
import { masterModel } from '../../src/workbook/model/build-model.ts';
import { companies, inputsOf, type CompanyPlan } from '../builders/company.ts';
import { RUNS } from '../domain/arbitraries.ts';
import { contextOf, RUN_OF_TEST } from './workbooks.ts';

const lastLinesOf = (plan: CompanyPlan): Map<string, BridgeLine[]> => {
  const books = close(inputsOf(plan));
  const units = [...new Set(books.lines.map(({ unit }) => unit))];
  return new Map(units.map((unit) => [unit, bridgeLines(books.lines.filter((line) => line.unit === unit))]));
};

describe('the model of a workbook', () => {
  it("takes every formula's steps to the cents of the books, in every random company and from any last period", () => {
    // masterModel proves each row against the books and throws where one differs
    fc.assert(
      fc.property(companies, companies, (plan, last) => {
        const inputs = inputsOf(plan);
        const context = { ...contextOf(inputs), lastLines: lastLinesOf(last) };
        const model = masterModel(inputs, context, RUN_OF_TEST);
        expect(model.lines).toHaveLength(close(inputs).lines.length);
      }),
      { ...RUNS, numRuns: Math.min(RUNS.numRuns, 300) },
    );
  });
});
