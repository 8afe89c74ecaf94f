import ExcelJS from 'exceljs';
import type { Frame } from '../plan/frame.ts';
import type { CellPlan, Sheet } from '../plan/sheet.ts';
import type { SheetLayout } from '../plan/template.ts';
import { cellText, columnLetters, headerText } from '../plan/text.ts';
import { Styles, styleKey, type StyleUse } from './styles.ts';

/** A cell that has the style: the packer reads there which style of the file it became. */
export interface StyleSample extends StyleUse {
  readonly sheet: string;
  readonly cell: string;
}

export interface Skeleton {
  readonly bytes: Uint8Array;
  readonly samples: readonly StyleSample[];
  readonly styles: Styles;
}

/** The packer zips again: packing here would be for nothing. */
const UNPACKED = { useSharedStrings: true, zip: { compression: 'STORE' } } as unknown as ExcelJS.XlsxWriteOptions;

const TAB_COLORS: Readonly<Record<SheetLayout['kind'], string>> = {
  output: 'tabOutput',
  working: 'tabWorking',
  input: 'tabInput',
  control: 'tabControl',
};
/** Day of the period's end: the file's dates come from what it is about, not from a clock. */
const madeAt = (period: string) => new Date(`${period}-28T00:00:00Z`);

/** The workbook as the spreadsheet library writes it: cells, styles, views, print set-up, rules. */
export async function writeSkeleton(frame: Frame): Promise<Skeleton> {
  const { model, template } = frame;
  const workbook = new ExcelJS.Workbook();
  workbook.creator = 'Answerable';
  workbook.lastModifiedBy = 'Answerable';
  workbook.created = madeAt(model.period);
  workbook.modified = madeAt(model.period);
  workbook.title = `${frame.label('summary.title')} ${model.period}`;
  workbook.subject = cellText(model.company);
  workbook.calcProperties.fullCalcOnLoad = true;
  const styles = new Styles(template, model.digits);
  const samples = new Map<string, StyleSample>();
  for (const sheet of frame.sheets.values()) await writeSheet(workbook, frame, sheet, styles, samples);
  for (const [name, reference] of frame.names) workbook.definedNames.add(reference, name);
  const bytes = new Uint8Array((await workbook.xlsx.writeBuffer(UNPACKED)) as ArrayBuffer);
  return { bytes, samples: [...samples.values()], styles };
}

async function writeSheet(
  workbook: ExcelJS.Workbook,
  frame: Frame,
  sheet: Sheet,
  styles: Styles,
  samples: Map<string, StyleSample>,
): Promise<void> {
  const { layout } = sheet;
  const worksheet = workbook.addWorksheet(sheet.name, {
    properties: { tabColor: { argb: styles.color(TAB_COLORS[layout.kind]) }, defaultRowHeight: 15 },
    views: [viewOf(layout)],
    pageSetup: pageOf(frame, sheet),
    headerFooter: headersOf(frame, sheet),
  });
  sheet.columns.forEach((column, i) => {
    const target = worksheet.getColumn(i + 1);
    target.width = widthOf(sheet, i + 1, column.width, styles);
    if (column.helper) target.outlineLevel = 1;
  });
  for (const [row, cells] of [...sheet.rows].sort(([a], [b]) => a - b)) {
    const target = worksheet.getRow(row);
    for (const [column, plan] of [...cells].sort(([a], [b]) => a - b)) {
      const cell = target.getCell(column);
      put(cell, plan);
      cell.style = styles.of(plan) as Partial<ExcelJS.Style>;
      const key = styleKey(plan);
      if (!samples.has(key)) samples.set(key, { ...plan, sheet: sheet.name, cell: `${columnLetters(column)}${row}` });
    }
    const height = sheet.heights.get(row) ?? heightOf(sheet, row, cells);
    if (height !== undefined) target.height = height;
  }
  for (const row of sheet.rowBreaks) worksheet.getRow(row).addPageBreak();
  addRules(worksheet, sheet, styles);
  await worksheet.protect(undefined as unknown as string, {
    selectLockedCells: true,
    selectUnlockedCells: true,
    formatColumns: true,
    formatRows: true,
    sort: true,
    autoFilter: true,
  });
}

/** The only place where a cell gets its value: text is text, a formula comes from code and has a result. */
function put(cell: ExcelJS.Cell, { content }: CellPlan): void {
  switch (content.kind) {
    case 'text':
      cell.value = content.text;
      return;
    case 'number':
      cell.value = content.number;
      return;
    case 'date':
      cell.value = new Date(`${content.date}T00:00:00Z`);
      return;
    case 'formula':
      cell.value = { formula: content.formula, result: content.result } as ExcelJS.CellFormulaValue;
      return;
    case 'link':
      // The packer adds the link itself: the library would make it an external one.
      cell.value = cellText(content.text);
      return;
    case 'blank':
      cell.value = null;
  }
}

const WIDEST_TEXT = 44;

/** As wide as the layout says, wider where a figure or a label would not fit: nothing is cut. */
function widthOf(sheet: Sheet, column: number, wanted: number, styles: Styles): number {
  let width = wanted;
  for (const [row, cells] of sheet.rows) {
    if (row <= 4) continue;
    const cell = cells.get(column);
    if (cell === undefined) continue;
    const { content, style, format } = cell;
    const value = content.kind === 'number' ? content.number : content.kind === 'formula' ? content.result : undefined;
    if (typeof value === 'number' && format !== undefined) {
      const decimals = /\.([0#?]+)/.exec(styles.code(format).split(';')[0]!)?.[1]?.length ?? 0;
      const whole = Math.trunc(Math.abs(value)).toString().length;
      const isGrouped = styles.code(format).startsWith('#,');
      width = Math.max(width, whole + (isGrouped ? (whole - 1) / 3 : 0) + (decimals ? decimals + 1 : 0) + 3.5);
    } else if (content.kind === 'text' && /^(Label|Key|Mono|Link|Indented)/.test(style)) {
      width = Math.max(width, Math.min(WIDEST_TEXT, content.text.length * 0.95 + 1.5));
    }
  }
  return Math.round(width * 10) / 10;
}

function viewOf(layout: SheetLayout): ExcelJS.WorksheetView {
  const base = { showGridLines: false, zoomScale: 90, activeCell: 'A1' };
  if (layout.headerRow === 0) return { ...base, state: 'frozen', ySplit: 4, xSplit: 0 } as ExcelJS.WorksheetView;
  return {
    ...base,
    state: 'frozen',
    ySplit: layout.headerRow,
    xSplit: layout.frozenColumns,
  } as ExcelJS.WorksheetView;
}

function pageOf(frame: Frame, sheet: Sheet): Partial<ExcelJS.PageSetup> {
  const { layout } = sheet;
  const shown = sheet.columns.filter(({ helper }) => !helper).length;
  const last = Math.max(
    sheet.printTo ?? 0,
    sheet.lastRow,
    ...sheet.charts.map(({ at }) => at[3] + 1),
    lastStreamed(sheet),
  );
  return {
    paperSize: frame.template.paper === 'A4' ? 9 : 1,
    orientation: layout.orientation,
    fitToPage: true,
    fitToWidth: 1,
    fitToHeight: layout.pagesHigh,
    horizontalCentered: true,
    margins: { left: 0.4, right: 0.4, top: 0.7, bottom: 0.6, header: 0.3, footer: 0.3 },
    // The library puts a $ before the column only; the rows need theirs.
    printArea: `A$1:${columnLetters(shown)}$${sheet.printTo ?? last}`,
    ...(layout.headerRow === 0 ? {} : { printTitlesRow: `1:${layout.headerRow}` }),
  } as Partial<ExcelJS.PageSetup>;
}

function lastStreamed(sheet: Sheet): number {
  return sheet.streamed ? sheet.streamed.first + sheet.streamed.count - 1 : 0;
}

function headersOf(frame: Frame, sheet: Sheet): Partial<ExcelJS.HeaderFooter> {
  const { model } = frame;
  const standing = model.run.state === 'closed' ? '' : ` ${frame.label('standing.preliminary')}`;
  const run = frame.label('print.run', { run: model.run.id ?? '–', hash: model.run.hash.slice(0, 12) });
  return {
    oddHeader: `&L${headerText(model.company)}&C${headerText(sheet.name)}&R${headerText(model.period + standing)}`,
    oddFooter: `&L${headerText(run)}&C${headerText(frame.label('print.confidential'))}&R${frame.label('print.page', { page: '&P', pages: '&N' })}`,
  };
}

/** Headers wrap: as high as their longest word needs. Wrapped text on the control sheets likewise. */
function heightOf(sheet: Sheet, row: number, cells: ReadonlyMap<number, CellPlan>): number | undefined {
  let lines = 1;
  let wraps = false;
  for (const [column, { content, style }] of cells) {
    if (content.kind !== 'text' || !/^(Header|Wrapped)/.test(style)) continue;
    wraps = true;
    const width = (sheet.columns[column - 1]?.width ?? 10) - (style.startsWith('Header') ? 2.5 : 1);
    lines = Math.max(lines, linesOf(content.text, width));
  }
  if (row === 1) return 24;
  if (!wraps) return undefined;
  return [...cells.values()].some(({ style }) => style.startsWith('Header')) ? 15 * lines + 6 : 15 * lines;
}

function linesOf(words: string, width: number): number {
  let lines = 1;
  let used = 0;
  for (const word of words.split(/\s+/)) {
    if (used > 0 && used + 1 + word.length > width) {
      lines += 1;
      used = 0;
    }
    used += (used > 0 ? 1 : 0) + word.length;
  }
  return lines;
}

function addRules(worksheet: ExcelJS.Worksheet, sheet: Sheet, styles: Styles): void {
  const looks = {
    good: { font: { color: { argb: styles.color('good') }, bold: true }, fill: solid(styles.color('goodFill')) },
    bad: { font: { color: { argb: styles.color('bad') }, bold: true }, fill: solid(styles.color('badFill')) },
    warn: { font: { color: { argb: styles.color('warn') }, bold: true }, fill: solid(styles.color('warnFill')) },
  };
  const rules = [
    { range: 'A4', when: 'ChecksFailed>0', style: 'bad' as const },
    { range: 'A4', when: 'RunChanged>0', style: 'warn' as const },
    ...sheet.conditionals,
  ];
  rules.forEach(({ range, when, style }, i) => {
    worksheet.addConditionalFormatting({
      ref: range,
      rules: [{ type: 'expression', formulae: [when], priority: i + 1, style: looks[style] as Partial<ExcelJS.Style> }],
    });
  });
}

function solid(argb: string): ExcelJS.Fill {
  return { type: 'pattern', pattern: 'solid', bgColor: { argb } } as ExcelJS.Fill;
}
