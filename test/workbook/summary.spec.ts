import { period } from '../../src/domain/period.ts';
import { lastLinesOf, masterOfInputs, written } from './books.ts';
import { partsOf, sheetsOf, type CellRead } from './cells.ts';
import { companyInputs } from './company.ts';
import { contextOf } from './workbooks.ts';

const HEADER = 19;

/** Rows of the table of units by the text of column A, each with its numbers by column. */
function unitRows(cells: ReadonlyMap<string, CellRead>): Map<string, Map<string, number>> {
  const rows = new Map<string, Map<string, number>>();
  for (let row = HEADER + 1; cells.get(`A${row}`)?.value !== undefined; row++) {
    const numbers = ['B', 'C', 'D', 'E', 'H', 'I', 'J'].flatMap((column): [string, number][] => {
      const value = cells.get(`${column}${row}`)?.value;
      return typeof value === 'number' ? [[column, value]] : [];
    });
    rows.set(String(cells.get(`A${row}`)!.value), new Map(numbers));
  }
  return rows;
}

describe('the summary', () => {
  const inputs = companyInputs({ reasons: 12 });
  const last = lastLinesOf(companyInputs({ reasons: 12, period: period('2026-02'), seed: 2 }));
  const lastLines = new Map([...last, ['OLD', last.get('MOBILE')!]]);

  it('has a unit that ended with its last period and what is still netted to it, and totals that add up', async () => {
    const model = masterOfInputs(inputs, { ...contextOf(inputs), lastLines });
    const units = model.units.map((unit) => (unit.code === 'OLD' ? { ...unit, retention: 12_345n } : unit));
    const { content } = await written({ ...model, units });
    const rows = unitRows(sheetsOf(partsOf(content)).get('Summary')!);
    const [ended] = [...rows].filter(([name]) => name.includes('OLD')).map(([, row]) => row);
    expect([ended!.get('C'), ended!.get('I'), ended!.get('J')]).toEqual([0, 123.45, -123.45]);
    expect(ended!.get('D')).toBeGreaterThan(0);
    const total = [...rows.values()].at(-1)!;
    for (const [column, sum] of total) {
      const own = [...rows.values()].slice(0, -1).reduce((all, row) => all + row.get(column)!, 0);
      expect([column, Math.abs(own - sum) < 0.005]).toEqual([column, true]);
    }
  });
});
