import { InvalidInput } from '../domain/errors.ts';
import type { FileLimits } from './file-limits.ts';
import type { RowFault, SourceRow } from './rows.ts';
import { cellText, columnIndex, type RawCell, rangeOf } from './xlsx-cells.ts';
import { gatedXlsx } from './xlsx-gate.ts';
import { badPart, readWorkbook, StringReader, type Workbook } from './xlsx-parts.ts';
import { xmlEvents } from './xml-events.ts';

export interface XlsxTask {
  readonly path: string;
  /** name for faults */
  readonly file: string;
  readonly sheet: string | undefined;
  readonly limits: FileLimits;
}

/** What the reader tells, in the order of the sheet. */
export type XlsxEvent =
  | { readonly is: 'header'; readonly header: readonly string[]; readonly sheet: string }
  | { readonly is: 'rows'; readonly rows: readonly SourceRow[] }
  | { readonly is: 'fault'; readonly fault: RowFault };

const BATCH_ROWS = 500;
const MOST_COLUMNS = 4096;
const LONGEST_CELL = 1_000_000;

/**
 * Rows of one sheet as text, streaming. Dates come as ISO text, numbers as plain decimal text. The header is the first
 * row with a value; rows without any are passed over.
 *
 * Reads the parts with saxes instead of exceljs: exceljs gives numbers as doubles (the file's own digits are lost) and
 * keeps no word on merged cells when it streams.
 * @throws InvalidInput for a file that the gate refuses, a damaged one, and merged cells inside the data
 */
export async function* readXlsx(task: XlsxTask): AsyncGenerator<XlsxEvent, void, undefined> {
  const xlsx = await gatedXlsx(task.path, task.file, task.limits);
  try {
    const workbook = await readWorkbook(xlsx, task.file, task.sheet);
    const sheet = new SheetReader(task.file, workbook);
    try {
      for await (const _ of xmlEvents(await xlsx.read(workbook.sheetPart), sheet)) yield* sheet.events(BATCH_ROWS);
    } catch (error) {
      throw badPart(error, workbook.sheetPart, task.file);
    }
    yield* sheet.events(1);
    sheet.end();
  } finally {
    xlsx.close();
  }
}

class SheetReader {
  private header: readonly string[] | undefined;
  private headerRow = 0;
  private lastRow = 0;
  private row = 0;
  private texts: string[] = [];
  private column = -1;
  private cell: { -readonly [K in keyof RawCell]: RawCell[K] } | undefined;
  private inValue = false;
  private readonly inline = new StringReader();
  private readonly merges: string[] = [];
  private rows: SourceRow[] = [];
  private waiting: XlsxEvent[] = [];
  private rowFaults: RowFault[] = [];

  constructor(
    private readonly file: string,
    private readonly workbook: Workbook,
  ) {}

  /** What has been read and not yet given, when it is enough for a batch. */
  *events(least: number): Generator<XlsxEvent> {
    if (this.rows.length < least && this.waiting.length === 0) return;
    const { waiting, rows } = this;
    this.waiting = [];
    this.rows = [];
    yield* waiting;
    if (rows.length > 0) yield { is: 'rows', rows };
  }

  open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (this.cell !== undefined) {
      if (name === 'v') this.inValue = true;
      else if (name === 'f') this.cell.hasFormula = true;
      else this.inline.open(name);
    } else if (name === 'c') this.openCell(attributes);
    else if (name === 'row') {
      this.row = attributes['r'] === undefined ? this.row + 1 : Number(attributes['r']);
      this.texts = [];
      this.rowFaults = [];
      this.column = -1;
    } else if (name === 'mergeCell') this.merges.push(attributes['ref'] ?? '');
  };

  text = (text: string): void => {
    if (this.cell === undefined) return;
    if (this.inValue) this.cell.value = (this.cell.value ?? '') + text;
    else this.inline.text(text);
    if ((this.cell.value?.length ?? 0) > LONGEST_CELL)
      throw this.refusal('cell_too_long', `cell ${this.cell.ref} has more than ${LONGEST_CELL} characters`);
  };

  close = (name: string): void => {
    if (name === 'row') this.closeRow();
    else if (this.cell !== undefined) {
      if (name === 'v') {
        this.inValue = false;
        this.cell.value ??= '';
      } else if (name === 'c') this.closeCell(this.cell);
      else this.inline.close(name);
    }
  };

  private openCell(attributes: Readonly<Record<string, string>>): void {
    const { r: ref = '', t: type = 'n', s: style = '0' } = attributes;
    this.column = columnIndex(ref) ?? this.column + 1;
    if (this.column >= MOST_COLUMNS)
      throw this.refusal('too_many_columns', `row ${this.row} has a value beyond column ${MOST_COLUMNS}`);
    this.cell = {
      ref: ref || `${this.column + 1} of row ${this.row}`,
      type,
      style: Number(style),
      value: undefined,
      inline: '',
      hasFormula: false,
    };
  }

  private closeCell(cell: RawCell): void {
    const found = cellText({ ...cell, inline: this.inline.take() }, this.workbook);
    this.cell = undefined;
    if ('text' in found) {
      if (found.text !== '') this.texts[this.column] = found.text;
      return;
    }
    const column = this.header?.[this.column];
    const { fault: code, message, remedy } = found;
    this.rowFaults.push({
      file: this.file,
      line: this.row,
      column,
      value: cell.value?.slice(0, 200),
      code,
      message,
      remedy,
    });
  }

  private closeRow(): void {
    const { row, texts } = this;
    if (texts.length === 0 && this.rowFaults.length === 0) return;
    if (this.header === undefined) {
      if (this.rowFaults.length > 0) throw new InvalidInput(this.rowFaults);
      this.header = Array.from(texts, (text: string | undefined) => text ?? '');
      this.headerRow = row;
      this.waiting.push({ is: 'header', header: this.header, sheet: this.workbook.sheetName });
      return;
    }
    this.lastRow = row;
    const { length: width } = this.header;
    if (texts.length > width) {
      const value = texts.at(-1)!.slice(0, 200);
      const message = `the row has a value in column ${texts.length}, where the header has none`;
      this.rowFaults.push({
        file: this.file,
        line: row,
        value,
        code: 'ragged_row',
        message,
        remedy: 'Give the column a name, or empty the cell',
      });
    }
    const fields: string[] = [];
    for (let i = 0; i < width; i++) fields.push(texts[i] ?? '');
    if (this.rowFaults.length === 0) this.rows.push({ line: row, fields });
    else {
      if (this.rows.length > 0) this.waiting.push({ is: 'rows', rows: this.rows });
      this.rows = [];
      for (const fault of this.rowFaults) this.waiting.push({ is: 'fault', fault: { ...fault, fields } });
    }
  }

  /** @throws InvalidInput for a sheet without header and for merged cells in the data */
  end(): void {
    if (this.header === undefined)
      throw this.refusal(
        'empty_file',
        `the sheet "${this.workbook.sheetName}" has no header row`,
        'The first row names the columns',
      );
    const width = this.header.length;
    const merged = this.merges.filter((ref) => {
      const range = rangeOf(ref);
      return (
        range === undefined ||
        (range.toRow >= this.headerRow &&
          range.fromRow <= Math.max(this.lastRow, this.headerRow) &&
          range.fromColumn < width)
      );
    });
    if (merged.length === 0) return;
    const ranges = merged.slice(0, 5).join(', ') + (merged.length > 5 ? ` and ${merged.length - 5} more` : '');
    const message = `cells inside the data are merged (${ranges}); only the first of them has a value`;
    throw this.refusal('merged_cells', message, 'Unmerge them in Excel (Home, Merge & Center) and fill in every cell');
  }

  private refusal(code: string, message: string, remedy = 'Save the sheet as CSV'): InvalidInput {
    return new InvalidInput([{ file: this.file, code, message, remedy }]);
  }
}
