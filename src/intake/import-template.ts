import { stringify } from 'csv-stringify/sync';
import ExcelJS from 'exceljs';
import { unzipSync, zipSync } from 'fflate';
import type { Column, ColumnType, Kind } from './kinds/kind.ts';

/** A template is of no day: the first that Excel's clock of files knows stands in it. */
const EPOCH = new Date('1980-01-01T00:00:00Z');

/** What a template says of one column. */
export interface LegendEntry {
  readonly column: string;
  readonly required: boolean;
  readonly meaning: string;
  /** how it is written: form, permitted values, bounds, what it must name */
  readonly form: string;
  readonly example: string;
}

const FORMS: Readonly<Record<ColumnType, string>> = {
  id: 'id, up to 200 characters',
  code: 'code, up to 64 characters without | * ? ~',
  label: 'text on one line',
  name: 'text on one line',
  text: 'text',
  masked_text: 'text; personal data in it is masked',
  customer: 'id, up to 200 characters',
  amount: 'amount with a decimal point, no thousands separator',
  waived: 'amount with a decimal point, no thousands separator',
  currency: 'ISO 4217 code',
  decimal: 'number with a decimal point',
  share: 'number above 0, at most 1',
  integer: 'whole number',
  date: 'day as 2026-03-31',
  period: 'month as 2026-03',
  timestamp: 'ISO 8601 with offset; without one, the company’s time zone',
  boolean: 'true or false',
  enum: 'one of',
  match: 'dimension=value, joined by " & "',
  reason_list: 'codes or prefixes with *, separated by " | "',
};

/** Types that a spreadsheet holds as numbers; every other cell of a template is text, so that nothing is turned into a date. */
const NUMERIC: readonly ColumnType[] = ['amount', 'waived', 'decimal', 'share', 'integer'];

/** Every column of a kind as its template explains it, in the order of the file. */
export function importLegend(kind: Kind): LegendEntry[] {
  return kind.columns.map((column) => ({
    column: column.name,
    required: column.required === true,
    meaning: column.meaning,
    form: formOf(column),
    example: column.example,
  }));
}

/** CSV with the header of a kind and one example row that the import's checks pass. */
export function csvTemplate(kind: Kind): string {
  return stringify([kind.columns.map(({ name }) => name), exampleRow(kind)]);
}

/** XLSX with the same two rows on the first sheet, which is the one that is imported, and the legend on the second. */
export async function xlsxTemplate(kind: Kind): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = 'Answerable';
  workbook.created = workbook.modified = EPOCH;
  const rows = workbook.addWorksheet(kind.name, { views: [{ state: 'frozen', ySplit: 1 }] });
  kind.columns.forEach((column, i) => {
    const target = rows.getColumn(i + 1);
    target.width = Math.max(column.name.length, column.example.length, 8) + 3;
    if (!NUMERIC.includes(column.type)) target.numFmt = '@';
  });
  const header = rows.addRow(kind.columns.map(({ name }) => name));
  kind.columns.forEach(({ required }, i) => (header.getCell(i + 1).font = { bold: required === true }));
  const example = exampleRow(kind);
  rows.addRow(kind.columns.map(({ type }, i) => cellOf(type, example[i]!)));
  addLegend(workbook, kind);
  return zipped(unzipSync(new Uint8Array((await workbook.xlsx.writeBuffer()) as ArrayBuffer)));
}

/** The same bytes each time: a zip otherwise holds the clock. The day that a zip names is local, so no zone moves it. */
function zipped(parts: Readonly<Record<string, Uint8Array>>): Buffer {
  const files = Object.entries(parts).filter(([name]) => !name.endsWith('/'));
  return Buffer.from(zipSync(Object.fromEntries(files), { mtime: new Date(1980, 0, 1) }));
}

/** The examples of a kind's columns, as far as they go together in one row. */
function exampleRow({ columns, exampleWithout = [] }: Kind): string[] {
  return columns.map(({ name, example }) => (exampleWithout.includes(name) ? '' : example));
}

function cellOf(type: ColumnType, text: string): string | number | null {
  if (text === '') return null;
  return NUMERIC.includes(type) ? Number(text) : text;
}

function addLegend(workbook: ExcelJS.Workbook, kind: Kind): void {
  const sheet = workbook.addWorksheet('legend', { views: [{ state: 'frozen', ySplit: 1 }] });
  const wrapped = { alignment: { wrapText: true, vertical: 'top' } } as const;
  sheet.columns = [30, 10, 60, 60, 36].map((width) => ({ width, style: wrapped }));
  sheet.addRow(['column', 'required', 'meaning', 'form', 'example']).font = { bold: true };
  for (const { column, required, meaning, form, example } of importLegend(kind)) {
    sheet.addRow([column, required ? 'yes' : 'no', meaning, form, example]).getCell(5).numFmt = '@';
  }
  const notes = [
    `${kind.file}: ${kind.meaning}`,
    `One row per ${kind.key.join(' + ')}. Write over the example row; columns that are not required may be left out.`,
  ];
  for (const note of ['', ...notes]) sheet.addRow([note]).getCell(1).alignment = { wrapText: false };
}

function formOf(column: Column): string {
  const { type, values, least, greatest, references, absent } = column;
  const parts = [values === undefined ? FORMS[type] : `${FORMS[type]} ${values.join(', ')}`];
  if (least !== undefined && greatest !== undefined) parts.push(`${least} to ${greatest}`);
  else if (least !== undefined) parts.push(`at least ${least}`);
  else if (greatest !== undefined) parts.push(`at most ${greatest}`);
  if (references !== undefined) parts.push(`names a known ${references}`);
  if (absent !== undefined) parts.push(`empty means ${absent}`);
  return parts.join('; ');
}
