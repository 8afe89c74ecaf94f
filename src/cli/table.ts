import { styleText } from 'node:util';

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string | number | null | undefined;
  /** numbers and amounts stand right, so that their points stand below each other */
  readonly right?: boolean;
}

/** Lines of an aligned table with its header; `totals` closes it below a rule. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], totals?: Row): string {
  const cells = [...rows, ...(totals === undefined ? [] : [totals])].map((row) =>
    columns.map((column) => cellText(column.of(row))),
  );
  columns.forEach((column, i) => column.right && alignPoints(cells, i));
  const body = cells.slice(0, rows.length);
  const foot = cells.slice(rows.length);
  const titles = columns.map((column) => column.title);
  const widths = columns.map((_, i) => Math.max(...[titles, ...body, ...foot].map((cells) => width(cells[i]!))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (columns[i]!.right ? pad(cell, widths[i]!) + cell : cell + pad(cell, widths[i]!)))
      .join('  ')
      .trimEnd();
  const rule = foot.length > 0 ? [widths.map((w) => '─'.repeat(w)).join('  ')] : [];
  return [emphasis(line(titles)), ...body.map(line), ...rule, ...foot.map(line)].join('\n');
}

const NUMBER = /^-?[\d,]+(\.\d+)?$/;

/** Numbers of a column get blanks for the decimals they lack. */
function alignPoints(rows: string[][], column: number): void {
  const decimals = (text: string): number =>
    NUMBER.test(text) && text.includes('.') ? text.length - text.indexOf('.') : 0;
  const longest = Math.max(0, ...rows.map((row) => decimals(row[column]!)));
  for (const row of rows) {
    if (NUMBER.test(row[column]!)) row[column] += ' '.repeat(longest - decimals(row[column]!));
  }
}

/** Lines `name  value`, names padded to one width. */
export function pairs(entries: readonly (readonly [string, string | number | null | undefined])[]): string {
  const widest = Math.max(0, ...entries.map(([name]) => width(name)));
  return entries.map(([name, value]) => `${name}${pad(name, widest)}  ${cellText(value)}`.trimEnd()).join('\n');
}

/** Bold on a terminal, plain in a file or under NO_COLOR. */
export function emphasis(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return coloured(stream) ? styleText('bold', text) : text;
}

function coloured(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

/** Thousands apart by a thin mark that no locale changes: 200000 -> 200,000; decimal text keeps its decimals. */
export function grouped(value: string | number | bigint): string {
  const [whole, decimals] = String(value).split('.');
  const marked = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return decimals === undefined ? marked : `${marked}.${decimals}`;
}

const cellText = (value: string | number | null | undefined): string => {
  if (value === null || value === undefined) return '';
  return printable(String(value));
};
/** Names come from files: control characters must not reach a terminal. */
export const printable = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
const width = (text: string): number => [...text].length;
const pad = (text: string, to: number): string => ' '.repeat(Math.max(0, to - width(text)));
