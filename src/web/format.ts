import { label, language, t } from './language.ts';

/** Figures for people, from decimal text: never through a float. Real minus, thin grouping, no-break space before the currency. */
export const MINUS = '\u2212';
const NBSP = '\u00a0';

const SIGNS: Readonly<Record<string, string>> = { EUR: '€', USD: '$', GBP: '£', JPY: '¥', CHF: 'CHF' };

const POINTS = { en: { group: ',', decimal: '.' }, de: { group: '.', decimal: ',' } } as const;

export function grouped(text: string): string {
  const { group, decimal } = POINTS[language()];
  const negative = text.startsWith('-');
  const [whole, decimals] = (negative ? text.slice(1) : text).split('.') as [string, string?];
  const groups = whole.replace(/\B(?=(\d{3})+(?!\d))/g, group);
  return `${negative ? MINUS : ''}${groups}${decimals === undefined ? '' : `${decimal}${decimals}`}`;
}

/** 1 line, 2 lines: each of the two words is a text of the catalogue. */
export function counted(count: number, one: string, many: string): string {
  return `${grouped(String(count))} ${t(count === 1 ? one : many)}`;
}

export function money(text: string, currency: string): string {
  return `${grouped(text)}${NBSP}${SIGNS[currency] ?? currency}`;
}

/** With its sign, for changes: +1.00, −1.00, 0.00. */
export function signed(text: string): string {
  return isNegative(text) || isZero(text) ? grouped(text) : `+${grouped(text)}`;
}

/** At most so many decimals, half away from zero, all of them printed. */
export function rounded(text: string, decimals: number): string {
  const negative = text.startsWith('-');
  const [whole, rest = ''] = (negative ? text.slice(1) : text).split('.') as [string, string?];
  const digits =
    BigInt(whole + rest.slice(0, decimals).padEnd(decimals, '0')) + (Number(rest[decimals] ?? '0') >= 5 ? 1n : 0n);
  const padded = digits.toString().padStart(decimals + 1, '0');
  const at = padded.length - decimals;
  const result = decimals === 0 ? padded : `${padded.slice(0, at)}.${padded.slice(at)}`;
  return negative && digits !== 0n ? `-${result}` : result;
}

export function isNegative(text: string): boolean {
  return text.startsWith('-') && !isZero(text);
}

export function isZero(text: string): boolean {
  return /^-?0*(\.0*)?$/.test(text);
}

/** Minor units of decimal text: exact sums and comparisons of amounts with the same decimals. */
export function minor(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

export function amount(minorUnits: bigint, decimals: number): string {
  const magnitude = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(decimals + 1, '0');
  const at = magnitude.length - decimals;
  return `${minorUnits < 0n ? '-' : ''}${magnitude.slice(0, at)}${decimals === 0 ? '' : `.${magnitude.slice(at)}`}`;
}

/** Share of a whole in percent with one decimal; for labels. */
export function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return '–';
  const tenths = (2000n * part + whole) / (2n * whole);
  return inPercent(amount(tenths, 1));
}

/** A figure that is in percent already: 61.0%, in German 61,0 %. */
export function inPercent(text: string): string {
  return `${grouped(text)}${language() === 'de' ? NBSP : ''}%`;
}

/** For the place and size of a mark on a chart only: a picture may round, a figure may not. */
export function length(part: bigint, whole: bigint): number {
  return whole === 0n ? 0 : Number((part * 100_000n) / whole) / 1000;
}

const MONTHS = [
  label('January'),
  label('February'),
  label('March'),
  label('April'),
  label('May'),
  label('June'),
  label('July'),
  label('August'),
  label('September'),
  label('October'),
  label('November'),
  label('December'),
];
const SHORT_MONTHS = [
  label('Jan'),
  label('Feb'),
  label('Mar'),
  label('Apr'),
  label('May ‖ short'),
  label('Jun'),
  label('Jul'),
  label('Aug'),
  label('Sep'),
  label('Oct'),
  label('Nov'),
  label('Dec'),
];

export function monthName(period: string): string {
  return t(MONTHS[Number(period.slice(5, 7)) - 1]!);
}

/** For the axis of a chart, where a year is one column of twelve. */
export function shortMonth(period: string): string {
  return t(SHORT_MONTHS[Number(period.slice(5, 7)) - 1]!);
}

export function monthYear(period: string): string {
  return `${monthName(period)} ${period.slice(0, 4)}`;
}

export function day(date: string): string {
  return t('{day} {month} {year} ‖ date', {
    day: Number(date.slice(8, 10)),
    month: shortMonth(date),
    year: date.slice(0, 4),
  });
}

/** Day and minute in UTC. */
export function instant(at: Date): string {
  const text = at.toISOString();
  return `${day(text.slice(0, 10))}, ${text.slice(11, 16)}`;
}

export function decimals(text: string): number {
  return (text.split('.')[1] ?? '').length;
}
