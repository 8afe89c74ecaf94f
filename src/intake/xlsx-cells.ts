import { Decimal, decimalText } from '../domain/decimal.ts';
import { serialDate } from './date-patterns.ts';
import { unescaped, type NumberMeaning, type Workbook } from './xlsx-parts.ts';

/** Digits that Excel shows and keeps of a number; further ones are artefacts of binary fractions. */
const EXCEL_DIGITS = 15;

/** Numbers that need no second look: plain, without needless zeros. */
const PLAIN = /^-?(?:[1-9]\d*|0(?=\.))(?:\.\d*[1-9])?$|^0$/;

/** A cell as it stands in the sheet. */
export interface RawCell {
  /** A1 form */
  readonly ref: string;
  /** t attribute: s, str, inlineStr, b, e, d, n */
  readonly type: string;
  readonly style: number;
  readonly value: string | undefined;
  readonly inline: string;
  readonly hasFormula: boolean;
}

/** Text of a cell, or why it has none that can be trusted. */
export function cellText(
  cell: RawCell,
  workbook: Workbook,
): { text: string } | { fault: string; message: string; remedy: string } {
  const { value } = cell;
  if (cell.type === 'inlineStr') return { text: cell.inline };
  if (value === undefined) {
    if (!cell.hasFormula) return { text: '' };
    return {
      fault: 'no_result',
      message: `cell ${cell.ref} has a formula without a stored result`,
      remedy: 'Open the file in Excel and save it, or save it as values',
    };
  }
  switch (cell.type) {
    case 's': {
      const text = /^\d+$/.test(value) ? workbook.sharedStrings[Number(value)] : undefined;
      if (text !== undefined) return { text };
      return {
        fault: 'bad_cell',
        message: `cell ${cell.ref} points to a text that is not there`,
        remedy: 'Save the sheet again in Excel',
      };
    }
    case 'str':
      return { text: unescaped(value) };
    case 'b':
      return { text: value.trim() === '1' ? 'true' : 'false' };
    case 'd':
      return { text: value.trim() };
    case 'e':
      return {
        fault: 'error_cell',
        message: `cell ${cell.ref} holds the error ${value}`,
        remedy: 'Mend the formula in the sheet, then save it again',
      };
    default:
      return numberCell(cell.ref, value.trim(), workbook.styles[cell.style] ?? 'number', workbook.from1904);
  }
}

function numberCell(
  ref: string,
  value: string,
  meaning: NumberMeaning,
  from1904: boolean,
): { text: string } | { fault: string; message: string; remedy: string } {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value)) {
    return {
      fault: 'bad_cell',
      message: `cell ${ref} holds "${value.slice(0, 40)}" as a number`,
      remedy: 'Save the sheet again in Excel',
    };
  }
  if (meaning === 'number') return { text: plainNumber(value) };
  const serial = Number(value);
  if (meaning === 'duration' || (meaning === 'time' && serial < 1)) return { text: clockText(serial) };
  const date = serialDate(serial, from1904);
  if (date === undefined) {
    const message = `cell ${ref} is shown as a date, but ${value} is no day of the calendar`;
    return { fault: 'no_such_day', message, remedy: 'Give the cell its real date, or the format "Number"' };
  }
  return { text: date.clock === undefined ? date.day : `${date.day}T${date.clock}` };
}

/**
 * Plain decimal text of a number as the file writes it. Whole numbers and those of up to 15 digits stay as they are;
 * longer fractions ("1234.5600000000001") are rounded to the 15 digits that Excel shows.
 */
export function plainNumber(text: string): string {
  if (text.length <= EXCEL_DIGITS + 1 && PLAIN.test(text)) return text;
  const number = new Decimal(text);
  return decimalText(
    number.isInteger() || number.precision() <= EXCEL_DIGITS ? number : number.toSignificantDigits(EXCEL_DIGITS),
  );
}

/** HH:MM:SS of a part of a day; hours go beyond 24 in durations. */
function clockText(days: number): string {
  const seconds = Math.round(Math.abs(days) * 86_400);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days < 0 && seconds > 0 ? `-${clock}` : clock;
}

/** 0-based column of a reference like "AB12"; undefined when it has none. */
export function columnIndex(ref: string): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(ref)?.[0];
  if (letters === undefined) return undefined;
  let index = 0;
  for (const letter of letters) index = index * 26 + letter.charCodeAt(0) - 64;
  return index - 1;
}

/** Rows and columns of a range like "A1:XFD1048576", 1-based rows and 0-based columns. */
export function rangeOf(
  ref: string,
): { fromRow: number; toRow: number; fromColumn: number; toColumn: number } | undefined {
  const [start, end = start] = ref.replaceAll('$', '').split(':');
  const fromColumn = columnIndex(start ?? '');
  const toColumn = columnIndex(end ?? '');
  const fromRow = Number(/\d+$/.exec(start ?? '')?.[0] ?? Number.NaN);
  const toRow = Number(/\d+$/.exec(end ?? '')?.[0] ?? Number.NaN);
  if (fromColumn === undefined || toColumn === undefined || Number.isNaN(fromRow + toRow)) return undefined;
  return { fromRow, toRow, fromColumn, toColumn };
}
