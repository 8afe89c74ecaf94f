import ExcelJS from 'exceljs';
import type { Reconciliation, StatementSet } from '../domain/statements/statement-set.ts';

type CellValue = string | number | null;
interface Column {
  readonly title: string;
  readonly width: number;
  /** Excel number format; columns without one hold text */
  readonly format?: string;
}

/** The same set gives the same cells; Excel wants some date of making. */
const MADE_AT = new Date(Date.UTC(2000, 0, 1));
/** Excel's own face: a font without a name falls back to another. */
const BOLD = { name: 'Calibri', size: 11, bold: true } as const;
const COUNT = '#,##0.######';
const RATE = '0.000000######';

/**
 * A statement set as a simple workbook: Summary, Lines, Pools, Service. Figures are typed numbers with the digits of
 * the document, text is text and never a formula. `notice` stands in the first row, e.g. PRELIMINARY.
 */
export async function plainWorkbook(set: StatementSet, notice: string): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  workbook.creator = 'answerable';
  workbook.created = MADE_AT;
  workbook.modified = MADE_AT;
  summarySheet(workbook, set, notice);
  linesSheet(workbook, set);
  if (set.pools !== undefined) poolsSheet(workbook, set.pools, amountFormat(set));
  if (set.service !== undefined) serviceSheet(workbook, set.service, amountFormat(set));
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

function summarySheet(workbook: ExcelJS.Workbook, set: StatementSet, notice: string): void {
  const amount = amountFormat(set);
  const sheet = sheetOf(workbook, 'Summary', [
    { title: 'Unit', width: 20 },
    { title: 'Name', width: 30 },
    { title: 'Contacts', width: 14, format: COUNT },
    { title: 'Gross', width: 18, format: amount },
    { title: 'Retention credit', width: 18, format: amount },
    { title: 'Adjustments', width: 18, format: amount },
    { title: 'Net', width: 18, format: amount },
  ]);
  for (const unit of set.units) {
    const figures = [unit.contacts, unit.gross, unit.retentionCredit, unit.adjustments, unit.net].map(Number);
    sheet.addRow([unit.unit, unit.name, ...figures]);
  }
  sheet.addRow([]);
  for (const [name, value] of set.reconciliation === undefined ? [] : reconciliationRows(set.reconciliation)) {
    const row = sheet.addRow([name, null, null, Number(value)]);
    row.getCell(4).numFmt = amount;
  }
  sheet.addRow([]);
  for (const [name, value] of [
    ['Model', set.run.model],
    ['Inputs', set.run.inputs],
    ['Run', `${set.run.id ?? 'preview'}, ${set.run.hash}`],
  ]) {
    sheet.addRow([name, value]);
  }
  sheet.insertRow(1, [`${notice} · ${set.period} · ${set.currency}`]).font = { ...BOLD, size: 14 };
  sheet.views = [{ state: 'frozen', ySplit: 2 }];
}

/** Terms of the tie-out in their order, with the names people know. */
export function reconciliationRows(terms: Reconciliation): (readonly [string, string])[] {
  return [
    ['ledger', terms.ledger],
    ['charged', terms.charged],
    ['service variances', terms.serviceVariances],
    ['unused', terms.unusedCapacity],
    ['unattributed', terms.unattributed],
    ['withheld', terms.withheld],
    ['parked', terms.parked],
    ['conversion', terms.conversion],
    ['difference', terms.difference],
  ];
}

function linesSheet(workbook: ExcelJS.Workbook, set: StatementSet): void {
  const sheet = sheetOf(workbook, 'Lines', [
    { title: 'Unit', width: 20 },
    { title: 'Line', width: 20 },
    { title: 'Decision', width: 20 },
    { title: 'Reason', width: 28 },
    { title: 'Channel', width: 12 },
    { title: 'Pool', width: 16 },
    { title: 'Rule', width: 24 },
    { title: 'Tier', width: 6 },
    { title: 'Treatment', width: 12 },
    { title: 'Charge period', width: 14 },
    { title: 'Contacts', width: 14, format: COUNT },
    { title: 'Seconds', width: 16, format: COUNT },
    { title: 'Rate', width: 14, format: RATE },
    { title: 'Amount', width: 18, format: amountFormat(set) },
  ]);
  for (const unit of set.units) {
    for (const line of unit.lines) {
      const { id, decision, reason, channel, pool, rule, tier, treatment, chargePeriod } = line;
      const text = [unit.unit, id, decision, reason, channel, pool, rule, tier, treatment, chargePeriod];
      const rate = line.rate === null ? null : Number(line.rate);
      sheet.addRow([...text, Number(line.contacts), Number(line.seconds), rate, Number(line.amount)]);
    }
  }
  sheet.autoFilter = { from: 'A1', to: { row: 1, column: 14 } };
}

function poolsSheet(workbook: ExcelJS.Workbook, pools: NonNullable<StatementSet['pools']>, amount: string): void {
  const sheet = sheetOf(workbook, 'Pools', [
    { title: 'Pool', width: 20 },
    { title: 'Kind', width: 12 },
    { title: 'Cost', width: 18, format: amount },
    { title: 'Practical seconds', width: 18, format: COUNT },
    { title: 'Used seconds', width: 18, format: COUNT },
    { title: 'Rate', width: 16, format: RATE },
    { title: 'Charged', width: 18, format: amount },
    { title: 'Service variances', width: 18, format: amount },
    { title: 'Unused', width: 18, format: amount },
    { title: 'Unattributed', width: 18, format: amount },
    { title: 'Withheld', width: 18, format: amount },
    { title: 'Parked', width: 18, format: amount },
  ]);
  for (const p of pools) {
    const capacity = [p.cost, p.practicalSeconds, p.usedSeconds, p.rate];
    const cost = [p.charged, p.serviceVariances, p.unusedCapacity, p.unattributed, p.withheld, p.parked];
    sheet.addRow([p.pool, p.kind, ...[...capacity, ...cost].map(Number)]);
  }
}

function serviceSheet(workbook: ExcelJS.Workbook, service: NonNullable<StatementSet['service']>, amount: string): void {
  const sheet = sheetOf(workbook, 'Service', [
    { title: 'What service keeps', width: 24 },
    { title: 'Kind', width: 28 },
    { title: 'Pool', width: 20 },
    { title: 'Amount', width: 18, format: amount },
  ]);
  for (const item of service.variances) sheet.addRow(['variance', item.kind, item.pool, Number(item.amount)]);
  for (const item of service.unused) sheet.addRow(['unused', item.kind, item.pool, Number(item.amount)]);
  for (const item of service.unattributed.pools) {
    sheet.addRow(['unattributed', null, item.pool, Number(item.amount)]);
  }
  sheet.addRow(['parked', null, null, Number(service.parked)]);
  sheet.addRow(['conversion', null, null, Number(service.conversion)]);
}

function sheetOf(
  workbook: ExcelJS.Workbook,
  name: string,
  columns: readonly Column[],
): { addRow(values: readonly CellValue[]): ExcelJS.Row } & ExcelJS.Worksheet {
  const sheet = workbook.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1 }] });
  sheet.columns = columns.map(({ title, width, format }) => ({
    header: title,
    width,
    ...(format !== undefined && { style: { numFmt: format } }),
  }));
  const head = sheet.getRow(1);
  head.font = BOLD;
  columns.forEach(({ format }, i) => {
    if (format !== undefined) head.getCell(i + 1).alignment = { horizontal: 'right' };
  });
  sheet.pageSetup = { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 };
  return sheet;
}

function amountFormat(set: StatementSet): string {
  const decimals = (set.units[0]?.gross ?? set.reconciliation?.ledger ?? '0.00').split('.')[1]?.length ?? 0;
  return decimals === 0 ? '#,##0' : `#,##0.${'0'.repeat(decimals)}`;
}
