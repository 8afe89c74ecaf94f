import { isLocalDate } from '../domain/period.ts';

/** A day with its clock and offset where the pattern has them, as ISO 8601 parts. */
export interface ReadDate {
  /** YYYY-MM-DD */
  readonly day: string;
  /** HH:MM:SS */
  readonly clock?: string | undefined;
  readonly offset?: string | undefined;
}

export type DateReader = (text: string) => ReadDate | 'no_match' | 'no_such_day';

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');

/** Two-digit years 70 to 99 lie before 2000, the others after, as POSIX has it. */
const CENTURY_TURN = 70;

const PIECES: Record<string, string> = {
  yyyy: '(?<year>\\d{4})',
  yy: '(?<shortYear>\\d{2})',
  mmm: '(?<monthName>[A-Za-z]{3,9})\\.?',
  mm: '(?<month>\\d{2})',
  m: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour12>\\d{2})',
  h: '(?<hour12>\\d{1,2})',
  MM: '(?<minute>\\d{2})',
  SS: '(?<second>\\d{2})(?:[.,]\\d+)?',
  a: '(?<half>[AaPp])\\.?[Mm]\\.?',
  Z: '(?<offset>Z|[+-]\\d{2}:?\\d{2})',
};
const TOKEN = /yyyy|yy|mmm|mm|m|dd|d|HH|H|hh|h|MM|SS|a|Z/g;

/**
 * Reader of dates by a pattern: lower case for the day (`d/m/yyyy`), upper case for the clock (`HH:MM:SS`, or `h:MM a`),
 * other signs stand for themselves; or `iso`, `excel` and `excel-1904` (days since the epoch of a workbook).
 * @throws RangeError for a pattern without year, month and day
 */
export function dateReader(pattern: string): DateReader {
  if (pattern === 'iso')
    return firstOf(
      [
        'yyyy-mm-dd',
        'yyyy-mm-ddTHH:MM',
        'yyyy-mm-ddTHH:MM:SS',
        'yyyy-mm-dd HH:MM:SS',
        'yyyy-mm-ddTHH:MM:SSZ',
        'yyyy-mm-dd HH:MM:SSZ',
        'yyyy-mm-ddTHH:MMZ',
      ].map(dateReader),
    );
  if (pattern === 'excel' || pattern === 'excel-1904') return serialReader(pattern === 'excel-1904');
  const pieces = [...pattern.matchAll(TOKEN)].map(([token]) => token);
  if (
    !pieces.some((p) => p.startsWith('y')) ||
    !pieces.some((p) => /^m+$/.test(p)) ||
    !pieces.some((p) => /^d+$/.test(p))
  ) {
    throw new RangeError(`the date pattern "${pattern}" needs a year (yyyy), a month (m) and a day (d)`);
  }
  const shape = new RegExp(
    `^${pattern.replace(new RegExp(`${TOKEN.source}|[^\\s]|\\s+`, 'g'), (part) => PIECES[part] ?? (/^\s/.test(part) ? '\\s+' : escaped(part)))}$`,
  );
  return (text) => {
    const groups = shape.exec(text)?.groups;
    if (groups === undefined) return 'no_match';
    const month = groups['monthName'] === undefined ? groups['month']! : monthNumber(groups['monthName']);
    const day = `${fullYear(groups)}-${month.padStart(2, '0')}-${groups['day']!.padStart(2, '0')}`;
    if (!isLocalDate(day)) return 'no_such_day';
    const clock = clockOf(groups);
    if (clock === null) return 'no_such_day';
    return { day, clock, offset: groups['offset'] };
  };
}

/** Tries several readers; a text that fits one but names no real day is reported as such. */
export function firstOf(readers: readonly DateReader[]): DateReader {
  return (text) => {
    let outcome: ReadDate | 'no_match' | 'no_such_day' = 'no_match';
    for (const read of readers) {
      const found = read(text);
      if (typeof found !== 'string') return found;
      if (found === 'no_such_day') outcome = found;
    }
    return outcome;
  };
}

function escaped(sign: string): string {
  return sign.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function monthNumber(name: string): string {
  return String(MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1);
}

function fullYear(groups: Record<string, string>): string {
  const short = groups['shortYear'];
  if (short === undefined) return groups['year']!;
  return `${Number(short) >= CENTURY_TURN ? 19 : 20}${short}`;
}

/** HH:MM:SS, undefined without a clock, null for a time that no day has. */
function clockOf(groups: Record<string, string>): string | undefined | null {
  const { hour, hour12, minute = '00', second = '00', half } = groups;
  if (hour === undefined && hour12 === undefined) return undefined;
  let hours = Number(hour ?? hour12);
  if (hour12 !== undefined) {
    if (hours < 1 || hours > 12 || half === undefined) return null;
    hours = (hours % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  if (hours > 23 || minute > '59' || second > '59') return null;
  return `${String(hours).padStart(2, '0')}:${minute}:${second}`;
}

const DAY_MS = 86_400_000;
/** 9999-12-31 */
const LAST_SERIAL = 2_958_465;

/**
 * Date of a workbook's serial number: whole days since 1899-12-30 (from March 1900 on; the system holds a 29 February
 * 1900 that never was) or since 1904-01-01, and the time as a fraction, to the millisecond.
 * @returns undefined for a number that is no date
 */
export function serialDate(serial: number, from1904: boolean): ReadDate | undefined {
  const days = from1904 ? serial + 1462 : serial;
  if (!(days >= 1 && days < LAST_SERIAL + 1) || Math.floor(days) === 60) return undefined;
  const epoch = Date.UTC(1899, 11, days < 60 ? 31 : 30);
  const at = new Date(epoch + Math.round(days * DAY_MS)).toISOString();
  const clock = at.slice(11, 23);
  if (clock === '00:00:00.000') return { day: at.slice(0, 10) };
  return { day: at.slice(0, 10), clock: clock.endsWith('.000') ? clock.slice(0, 8) : clock };
}

function serialReader(from1904: boolean): DateReader {
  return (text) => (/^\d+(\.\d+)?$/.test(text) ? (serialDate(Number(text), from1904) ?? 'no_such_day') : 'no_match');
}
