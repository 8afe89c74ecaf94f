import { isDecimalText } from '../domain/decimal.ts';
import { minorDigits } from '../domain/money.ts';
import { DIMENSIONS, populationSelector } from '../domain/model/selector.ts';
import { isLocalDate, isPeriod } from '../domain/period.ts';
import type { CodeBook } from './codes.ts';
import { codeFault, editDistance } from './codes.ts';
import type { Column, Reference } from './kinds/kind.ts';
import { masked } from './masking.ts';
import type { Pseudonym } from './pseudonym.ts';
import { dayText, readTimestamp, type Instant, type TimestampFault, type Zone } from './timestamps.ts';

/** What the checks of a file need to know of the company and its books. */
export interface Books {
  readonly currency: string;
  readonly zone: Zone;
  readonly pseudonym: Pseudonym;
  readonly pseudonymise: boolean;
  /** facts lie on the nodes of a cluster: contacts without customer need a key, too */
  readonly distributed?: boolean;
  /** undefined: not checked (no model yet, so no pools are known) */
  readonly known: Readonly<Record<Reference, CodeBook | undefined>>;
}

export interface Flaw {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}
/** The text as it is stored, or what is wrong with it. */
export type Checked = string | Flaw;

export function flaw(code: string, message: string, remedy: string): Flaw {
  return { code, message, remedy };
}

/**
 * Checks one non-empty field by the type of its column. Timestamps and amounts are not here: they need the row
 * (checkTimestamp, checkAmount).
 */
export function checkText(column: Column, text: string, books: Books): Checked {
  switch (column.type) {
    case 'id':
      return idFlaw(text) ?? text;
    case 'customer':
      return idFlaw(text) ?? books.pseudonym(text);
    case 'code':
      return codeFlaw(text) ?? text;
    case 'label':
    case 'name':
      return lineFlaw(text) ?? text;
    case 'text':
      return text;
    case 'masked_text':
      return masked(text);
    case 'currency':
      return currencyFlaw(text) ?? text;
    case 'decimal':
    case 'share':
      return numberFlaw(column, text) ?? text;
    case 'integer':
      return integerFlaw(column, text) ?? String(Number(text));
    case 'date':
      return checkDate(text, books.zone);
    case 'period':
      return isPeriod(text) ? text : flaw('not_period', 'this is not a month', 'Write a month as 2026-03.');
    case 'boolean':
      return checkBoolean(text);
    case 'enum':
      return checkEnum(column, text);
    case 'match':
      return matchFlaw(text) ?? text;
    case 'reason_list':
      return checkReasonList(text, books);
    case 'timestamp':
    case 'amount':
    case 'waived':
      throw new Error(`${column.name}: ${column.type} is checked with its row`);
  }
}

function idFlaw(text: string): Flaw | undefined {
  if (/^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(text)) return undefined;
  if (text.length > 200)
    return flaw('too_long', 'an id has at most 200 characters', 'Shorten it, or map another column.');
  if (text !== text.trim()) return flaw('blank_at_end', 'an id has no blank at its ends', 'Take the blank out.');
  return /[\x00-\x1f\x7f-\x9f\u2028\u2029]/.test(text)
    ? flaw('not_printable', 'an id has no control characters', 'Take them out.')
    : undefined;
}

function codeFlaw(text: string): Flaw | undefined {
  const fault = codeFault(text);
  return fault === undefined ? undefined : flaw('bad_code', fault, 'Use 1 to 64 printable characters without | * ? ~.');
}

function lineFlaw(text: string): Flaw | undefined {
  if (text.length > 300) return flaw('too_long', 'the text has more than 300 characters', 'Shorten it.');
  return /[\x00-\x1f\x7f\u2028\u2029]/.test(text)
    ? flaw('not_printable', 'the text has line ends or control characters', 'Write it on one line.')
    : undefined;
}

/** Why a text is no currency, or undefined when it is one. */
export function currencyFlaw(text: string): Flaw | undefined {
  if (minorDigits(text) !== undefined) return undefined;
  const upper = text.trim().toUpperCase();
  const hint = minorDigits(upper) !== undefined ? `Did you mean ${upper}?` : 'Use a code of ISO 4217 like EUR.';
  return flaw('unknown_currency', 'there is no such currency', hint);
}

function numberFlaw(column: Column, text: string): Flaw | undefined {
  if (!isDecimalText(text)) return notDecimal(text);
  const [whole = '', decimals = ''] = text.replace('-', '').split('.');
  if (whole.length > 18 || decimals.length > 20) {
    return flaw('too_many_digits', 'at most 18 digits before the point and 20 after it', 'Check the number.');
  }
  const value = Number(text);
  if (column.type === 'share') {
    return value > 0 && value <= 1 && !/^1\.0*[1-9]/.test(text)
      ? undefined
      : flaw('out_of_range', 'a share is above 0 and at most 1', 'Write 70% as 0.7.');
  }
  return rangeFlaw(column, value);
}

function integerFlaw(column: Column, text: string): Flaw | undefined {
  if (!/^-?\d{1,15}$/.test(text)) {
    return flaw(
      'not_integer',
      'this is not a whole number',
      isDecimalText(text) ? 'Round it at its source.' : 'Use digits only.',
    );
  }
  const value = Number(text);
  if (Math.abs(value) > 2_147_483_647) return flaw('out_of_range', 'the number is too large', 'Check its unit.');
  return rangeFlaw(column, value);
}

function rangeFlaw(column: Column, value: number): Flaw | undefined {
  if (column.least !== undefined && value < Number(column.least)) {
    return flaw('out_of_range', `${column.name} is at least ${column.least}`, 'Check the sign.');
  }
  if (column.greatest !== undefined && value > Number(column.greatest)) {
    return flaw('out_of_range', `${column.name} is at most ${column.greatest}`, 'Write 30% as 0.30.');
  }
  return undefined;
}

/** The flaw of a text that is no plain decimal, with the way to write it. */
export function notDecimal(text: string): Flaw {
  const remedy = /^-?[\d.,' ]+$/.test(text)
    ? 'Write it as 1234.56: a point, no thousands separator, no leading zeros (a mapping can translate decimal commas).'
    : /[eE]/.test(text)
      ? 'Write all digits, without an exponent.'
      : 'Write digits, a leading minus if negative, and a point; currency belongs in its own column.';
  return flaw('not_decimal', 'this is not a plain decimal number', remedy);
}

function checkDate(text: string, zone: Zone): Checked {
  if (isLocalDate(text)) {
    return text >= '1900-01-01' || text === '0001-01-01'
      ? text
      : flaw('out_of_range', 'the day lies before 1900', 'Check the year.');
  }
  if (/^\d{4}-\d\d-\d\d[T ]/.test(text)) {
    const instant = readTimestamp(text, zone);
    return 'fault' in instant ? timestampFlaw(instant.fault, zone) : dayText(instant.day);
  }
  return /^\d{4}-\d\d-\d\d$/.test(text)
    ? flaw('no_such_day', 'the calendar has no such day', 'Check day and month.')
    : flaw('not_date', 'this is not a day', 'Write a day as 2026-03-01 (a mapping can translate other forms).');
}

function checkBoolean(text: string): Checked {
  const word = text.toLowerCase();
  if (['true', 'yes', 'y', '1', 't'].includes(word)) return 'true';
  if (['false', 'no', 'n', '0', 'f'].includes(word)) return 'false';
  return flaw('not_boolean', 'this is neither true nor false', 'Write true or false.');
}

function checkEnum(column: Column, text: string): Checked {
  const word = text.toLowerCase();
  const values = column.values ?? [];
  if (values.includes(word)) return word;
  const near = values.find((value) => editDistance(value, word, 2) <= 2);
  return flaw(
    'unknown_value',
    `it is one of ${values.join(', ')}`,
    near === undefined ? 'Use one of these.' : `Did you mean ${near}?`,
  );
}

/** Terms as the rules read them; other forms of the same text would name another population. */
function matchFlaw(text: string): Flaw | undefined {
  const remedy = `Write dimension=value, terms joined by " & "; dimensions: ${DIMENSIONS.join(', ')}.`;
  try {
    populationSelector(text);
  } catch (error) {
    if (error instanceof RangeError) return flaw('bad_population', error.message.split(';')[0]!, remedy);
    throw error;
  }
  const plain = text.split(' & ').every((term) => /^[a-z]+=[^ &](?:[^&]*[^ &])?$/.test(term));
  return plain ? undefined : flaw('bad_population', 'terms are joined by " & ", without other blanks', remedy);
}

function checkReasonList(text: string, books: Books): Checked {
  const known = books.known.reason;
  const items = text.split('|').map((item) => item.trim());
  for (const item of items) {
    const stem = item.endsWith('*') ? item.slice(0, -1) : item;
    const bad = stem === '' && item === '*' ? undefined : codeFlaw(stem.replace(/\.$/, ''));
    if (bad !== undefined) return bad;
    const found = item.endsWith('*') ? known?.some((code) => code.startsWith(stem)) : known?.has(item);
    if (found === false) return unknownCode(known!, item);
  }
  return items.join(' | ');
}

/** The flaw of a code that names nothing, with the nearest that does. */
export function unknownCode(book: CodeBook, code: string): Flaw {
  const nearest = book.nearest(code.replace(/\*$/, ''));
  const hint = nearest === undefined ? `Import the ${book.noun} first.` : `Did you mean ${nearest}?`;
  return flaw(`unknown_${book.noun}`, `there is no ${book.noun} "${code}"`, hint);
}

/** An instant, or the flaw of its text. */
export function checkTimestamp(text: string, zone: Zone): Instant | Flaw {
  const instant = readTimestamp(text, zone);
  return 'fault' in instant ? timestampFlaw(instant.fault, zone) : instant;
}

function timestampFlaw(fault: TimestampFault, zone: Zone): Flaw {
  const remedies: Record<TimestampFault, [string, string]> = {
    not_timestamp: [
      'this is not an ISO 8601 timestamp',
      'Write 2026-03-02T09:15:00+01:00 (a mapping can translate other forms).',
    ],
    no_such_day: ['the calendar has no such day', 'Check day and month.'],
    no_such_time: [
      'the clock has no such time or offset',
      'Hours go from 00 to 23, minutes and seconds from 00 to 59.',
    ],
    too_fine: ['more than six digits of a second', 'Cut it to microseconds.'],
    out_of_range: ['the year lies outside 1990 to 2100', 'Check the date; an empty field is better than a stand-in.'],
    local_gap: [
      `this local time does not exist in ${zone.name}: clocks were put forward`,
      'Give the offset, e.g. +01:00.',
    ],
  };
  return flaw(fault, ...remedies[fault]);
}
