import { codeFault } from './codes.ts';
import { dateReader } from './date-patterns.ts';
import { numberReader } from './number-format.ts';
import type { NumberFormat } from './mapping-language.ts';

const DAYS = [
  'yyyy-mm-dd',
  'd/m/yyyy',
  'm/d/yyyy',
  'd.m.yyyy',
  'd-m-yyyy',
  'yyyy/m/d',
  'yyyymmdd',
  'd mmm yyyy',
  'mmm d, yyyy',
  'd/m/yy',
  'm/d/yy',
  'd.m.yy',
];
const CLOCKS = ['', ' HH:MM', ' HH:MM:SS', ' H:MM', ' h:MM a', ' h:MM:SS a', 'THH:MM', 'THH:MM:SS', 'THH:MM:SSZ'];
const PATTERNS = [...CLOCKS.flatMap((clock) => DAYS.map((day) => day + clock)), 'excel'];

/** Date patterns that every one of these values fits, the likeliest first; several mean that the values do not tell. */
export function fittingDates(values: readonly string[]): string[] {
  if (values.length === 0) return [];
  return PATTERNS.filter((pattern) => {
    const read = dateReader(pattern);
    return values.every((text) => {
      const date = read(text);
      return typeof date !== 'string' && date.day >= '1990-01-01' && date.day <= '2100-12-31';
    });
  });
}

const NUMBERS: readonly NumberFormat[] = [
  { decimal: '.' },
  { decimal: '.', thousands: ',' },
  { decimal: ',' },
  { decimal: ',', thousands: '.' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: "'" },
];

/** The plainest number format that all values fit. */
export function fittingNumbers(values: readonly string[]): NumberFormat | undefined {
  return NUMBERS.find((format) => {
    const read = numberReader(format);
    return values.every((text) => 'text' in read(text));
  });
}

/** True when the values stand as codes as they are. */
export function areCodes(values: readonly string[]): boolean {
  return values.every((text) => codeFault(text) === undefined && !/\s/.test(text));
}
