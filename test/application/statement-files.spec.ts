import ExcelJS from 'exceljs';
import { parse } from 'csv-parse/sync';
import { statementContent, statementFile } from '../../src/application/statement-files.ts';
import type { LineSection, StatementSet } from '../../src/domain/statements/statement-set.ts';

const LINE: LineSection = {
  id: '0275619525c1580e50b2',
  kind: 'contacts',
  decision: 'FEE-LATE',
  reason: 'billing.fee',
  channel: 'voice',
  pool: 'voice',
  rule: 'owners',
  contacts: '12.5',
  seconds: '3750',
  rate: '0.0135',
  amount: '50.63',
  tier: 'D',
  treatment: 'charged',
  chargePeriod: '2026-05',
};
const HOSTILE = `=HYPERLINK("http://evil.example","A ""bargain""")`;

const aSet = (lines: readonly LineSection[], over: Partial<StatementSet> = {}): StatementSet => ({
  period: '2026-05',
  currency: 'EUR',
  run: { id: '7', hash: 'h', model: 'm', inputs: 'i' },
  state: 'in_review',
  units: [
    {
      unit: 'RETAIL',
      name: 'Retail',
      contacts: '12.5',
      gross: '50.63',
      retentionCredit: '0.00',
      adjustments: '0.00',
      net: '50.63',
      bridge: null,
      lines,
    },
  ],
  ...over,
});

async function workbookOf(set: StatementSet): Promise<ExcelJS.Workbook> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load((await statementContent(set, 'xlsx')) as unknown as ExcelJS.Buffer);
  return workbook;
}

describe('statementFile', () => {
  it('says preliminary in its name until the period is issued, and keeps to signs that every system takes', async () => {
    expect((await statementFile(aSet([LINE]), 'csv')).name).toBe('statements-2026-05-preliminary.csv');
    expect((await statementFile(aSet([LINE], { state: 'closed' }), 'json')).name).toBe('statements-2026-05.json');
    const { name } = await statementFile(aSet([LINE], { state: 'closed' }), 'xlsx', '../R & D');
    expect(name).toBe('statements-2026-05-.._R___D.xlsx');
  });
});

describe('CSV', () => {
  it('keeps every figure to the digit and defuses text that a spreadsheet would compute', async () => {
    const negative = { ...LINE, id: 'b', amount: '-3.64', decision: HOSTILE, reason: '-cancel', rule: null };
    const csv = (await statementContent(aSet([LINE, negative]), 'csv')).toString('utf8');
    const rows = parse(csv, { columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row['amount'])).toEqual(['50.63', '-3.64']);
    expect(rows[1]).toMatchObject({
      decision: `'${HOSTILE}`,
      reason: `'-cancel`,
      rule: '',
      contacts: '12.5',
      rate: '0.0135',
    });
  });
});

describe('Excel', () => {
  it('holds figures as numbers with the digits of the currency, text as text and never as a formula', async () => {
    const workbook = await workbookOf(aSet([{ ...LINE, decision: HOSTILE }]));
    const row = workbook.getWorksheet('Lines')!.getRow(2);
    expect(row.getCell(3)).toMatchObject({ type: ExcelJS.ValueType.String, value: HOSTILE });
    expect(row.getCell(14)).toMatchObject({ type: ExcelJS.ValueType.Number, value: 50.63, numFmt: '#,##0.00' });
    for (const sheet of workbook.worksheets) {
      sheet.eachRow((cells) => cells.eachCell((cell) => expect(cell.type).not.toBe(ExcelJS.ValueType.Formula)));
    }
  });

  it('says in its first row what it is, and shows a currency without cents without cents', async () => {
    const yen = aSet([{ ...LINE, amount: '51' }], { currency: 'JPY', state: 'closed' });
    const [unit] = yen.units;
    const workbook = await workbookOf({ ...yen, units: [{ ...unit!, gross: '51', net: '51' }] });
    const summary = workbook.getWorksheet('Summary')!;
    expect(summary.getCell('A1').value).toBe('Statements, issued · 2026-05 · JPY');
    expect(summary.getRow(2).getCell(4).value).toBe('Gross');
    expect(summary.getRow(3).getCell(4)).toMatchObject({ value: 51, numFmt: '#,##0' });
  });

  it('leaves out what the reader may not see', async () => {
    expect((await workbookOf(aSet([LINE]))).worksheets.map((sheet) => sheet.name)).toEqual(['Summary', 'Lines']);
  });
});
