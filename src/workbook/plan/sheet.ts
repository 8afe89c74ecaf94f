import { invariant } from '../../domain/errors.ts';
import { cellText, columnIndex, columnLetters, quotedSheet } from './text.ts';
import type { ColumnLayout, SheetLayout } from './template.ts';

/** What a cell holds: text, a number, a formula with the engine's result, or a link inside the workbook. */
export type Content =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'formula'; readonly formula: string; readonly result: number | string }
  | {
      readonly kind: 'link';
      readonly text: string;
      readonly sheet: string;
      readonly cell: string;
      readonly tip: string;
    }
  | { readonly kind: 'blank' };

export const text = (value: string | null): Content =>
  value === null || value === '' ? BLANK : { kind: 'text', text: cellText(value) };
export const number = (value: number | null): Content => (value === null ? BLANK : { kind: 'number', number: value });
/** A local day, YYYY-MM-DD. */
export const date = (value: string | null): Content =>
  value === null || value === '' ? BLANK : { kind: 'date', date: value };
export const calc = (formula: string, result: number | string): Content => ({ kind: 'formula', formula, result });
export const BLANK: Content = { kind: 'blank' };

export interface CellPlan {
  readonly content: Content;
  readonly style: string;
  readonly format: string | undefined;
}

export interface Validation {
  readonly range: string;
  readonly type: 'decimal' | 'list' | 'whole';
  readonly formulae: readonly (string | number)[];
  readonly prompt: string;
  readonly error: string;
}

export interface Conditional {
  readonly range: string;
  /** expression over the range's first cell */
  readonly when: string;
  readonly style: 'good' | 'bad' | 'warn';
}

export interface TablePlan {
  readonly name: string;
  readonly first: string;
  readonly last: string;
  readonly headerRow: number;
  readonly lastRow: number;
}

/** One series of a chart: references and what they show now. */
export interface SeriesPlan {
  readonly name: { readonly ref: string; readonly text: string };
  readonly categories: { readonly ref: string; readonly texts: readonly string[] };
  readonly values: { readonly ref: string; readonly numbers: readonly number[] };
}

export interface ChartPlan {
  readonly template: string;
  readonly title: string;
  /** reference of a cell that holds the title, for titles that change with an input */
  readonly titleRef?: string;
  readonly alt: string;
  readonly format: string;
  readonly series: readonly SeriesPlan[];
  /** columns and rows counted from 0: left, top, right, bottom */
  readonly at: readonly [number, number, number, number];
}

/** A run of cells in one column or row that must hold one formula, relative to each: what the lint checks. */
export interface FormulaRun {
  readonly cells: readonly string[];
}

/** Rows written past the spreadsheet library, one after the other, under the sheet's last row. */
export interface StreamedRows {
  readonly first: number;
  readonly count: number;
  readonly columns: readonly string[];
  rows(): Iterable<readonly (string | number | null)[]>;
}

/** A sheet as it will be: cells by row and column, and everything around them. Pure data; nothing of a file format. */
export class Sheet {
  readonly rows = new Map<number, Map<number, CellPlan>>();
  readonly heights = new Map<number, number>();
  readonly validations: Validation[] = [];
  readonly conditionals: Conditional[] = [];
  readonly tables: TablePlan[] = [];
  readonly charts: ChartPlan[] = [];
  readonly runs: FormulaRun[] = [];
  readonly rowBreaks: number[] = [];
  readonly columns: readonly ColumnLayout[];
  streamed: StreamedRows | undefined;
  /** last row of the print area; helpers below it stay on screen */
  printTo: number | undefined;
  private readonly letters: ReadonlyMap<string, string>;
  private readonly formats: ReadonlyMap<string, string | undefined>;

  constructor(
    readonly key: string,
    readonly name: string,
    readonly layout: SheetLayout,
    features: ReadonlySet<string>,
  ) {
    const held = layout.columns.filter(({ needs }) => needs === undefined || features.has(needs));
    const wide = (key: string) => held.filter(({ under }) => under === key).map(({ width }) => width);
    this.columns = held
      .filter(({ under }) => under === undefined)
      .map((column) => ({ ...column, width: Math.max(column.width, ...wide(column.key)) }));
    const own = new Map(this.columns.map(({ key }, i) => [key, columnLetters(i + 1)]));
    this.letters = new Map(held.map(({ key, under }) => [key, own.get(under ?? key)!]));
    this.formats = new Map([
      ...this.columns.map(({ key, format }) => [own.get(key)!, format] as const),
      ...held.map(({ key, format }) => [key, format] as const),
    ]);
  }

  has(column: string): boolean {
    return this.letters.has(column);
  }

  /** Letter of a column by its key (a letter stands for itself). */
  col(column: string): string {
    const letter = this.letters.get(column) ?? (/^[A-Z]{1,3}$/.test(column) ? column : undefined);
    invariant(letter !== undefined, `sheet ${this.key} has no column ${column}`);
    return letter;
  }

  /** Relative reference inside the sheet. */
  at(column: string, row: number): string {
    return `${this.col(column)}${row}`;
  }

  /** Absolute reference from anywhere. */
  cell(column: string, row: number): string {
    return `${quotedSheet(this.name)}!$${this.col(column)}$${row}`;
  }

  /** Absolute range from anywhere. */
  range(column: string, first: number, last: number, to = column): string {
    return `${quotedSheet(this.name)}!${this.local(column, first, last, to)}`;
  }

  /** Absolute range inside the sheet. */
  local(column: string, first: number, last: number, to = column): string {
    return `$${this.col(column)}$${first}:$${this.col(to)}$${last}`;
  }

  put(column: string, row: number, content: Content, style: string, format?: string): void {
    if (content.kind === 'number') invariant(Number.isFinite(content.number), `${this.at(column, row)} is no number`);
    if (content.kind === 'formula') {
      invariant(!content.formula.startsWith('='), `${this.at(column, row)}: a formula without its equals sign`);
      invariant(
        typeof content.result === 'string' || Number.isFinite(content.result),
        `${this.name}!${this.at(column, row)} has no result: ${content.formula}`,
      );
    }
    const cells = this.rows.get(row) ?? new Map<number, CellPlan>();
    this.rows.set(row, cells);
    const letter = this.col(column);
    const own = format ?? (content.kind === 'text' ? undefined : this.formats.get(column));
    cells.set(columnIndex(letter), { content, style, format: own });
  }

  get(column: string, row: number): CellPlan | undefined {
    return this.rows.get(row)?.get(columnIndex(this.col(column)));
  }

  /** Declares that these cells of a column hold one formula. */
  run(column: string, first: number, last: number): void {
    const cells: string[] = [];
    for (let row = first; row <= last; row++) cells.push(this.at(column, row));
    if (cells.length > 1) this.runs.push({ cells });
  }

  /** Declares that these cells of a row hold one formula. */
  runAcross(columns: readonly string[], row: number): void {
    if (columns.length > 1) this.runs.push({ cells: columns.map((column) => this.at(column, row)) });
  }

  get lastRow(): number {
    return Math.max(1, ...this.rows.keys());
  }
}

/** Where a table's rows stand, known before the sheet is written: formulas of other sheets point there. */
export class Table {
  readonly last: number;
  constructor(
    readonly sheet: Sheet,
    readonly first: number,
    readonly count: number,
  ) {
    this.last = first + Math.max(count, 1) - 1;
  }

  range(column: string): string {
    return this.sheet.range(column, this.first, this.last);
  }

  cell(column: string, index: number): string {
    return this.sheet.cell(column, this.first + index);
  }
}
