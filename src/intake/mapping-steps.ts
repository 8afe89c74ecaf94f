import { Decimal, decimalText } from '../domain/decimal.ts';
import { CodeMaker } from './code-making.ts';
import { type DateReader, dateReader, firstOf, type ReadDate } from './date-patterns.ts';
import { type Compilation, ValueFault } from './mapping-compilation.ts';
import type { ColumnRule, Sign } from './mapping-language.ts';
import { type NumberReader, numberReader } from './number-format.ts';
import type { SourceRow } from './rows.ts';

/** Makes codes for one column of ours and remembers them in the report. */
export function coder(
  target: string,
  rule: ColumnRule,
  compilation: Compilation,
): (words: readonly string[]) => string {
  const maker = new CodeMaker(rule.separator ?? '.', Number(rule.code) - (rule.prefix ?? '').length);
  compilation.codes.set(target, maker);
  return (words) => {
    const made = maker.make(words);
    if ('code' in made) return made.code;
    const remedy = 'Translate one of them to other words in the mapping';
    throw new ValueFault('code_taken', `gives the same code as "${made.taken}"`, remedy, words.join(' / '), target);
  };
}

export type Step = (text: string, row: SourceRow) => string;

/** The steps from a value that is there to ours, in the order of the reference. */
export function finisher(target: string, rule: ColumnRule, compilation: Compilation, place: string): Step {
  const steps: Step[] = [];
  const { strip_prefix: front, strip_suffix: end, first, translate, prefix } = rule;
  if (front !== undefined) steps.push((text) => (text.startsWith(front) ? text.slice(front.length) : text));
  if (end !== undefined) steps.push((text) => (text.endsWith(end) ? text.slice(0, -end.length) : text));
  if (first !== undefined) steps.push((text) => [...text].slice(0, Number(first)).join(''));
  if (translate !== undefined) steps.push(translation(rule, translate, place));
  const dates = rule.date ?? (rule.as === undefined ? undefined : compilation.mapping.dates);
  if (dates !== undefined) steps.push(dateStep(firstOf(dates.map(dateReader)), rule, dates, place));
  if (rule.number === 'true' || rule.sign || rule.times || rule.round || rule.decimals) {
    steps.push(numberStep(rule, compilation, place));
  }
  if (rule.code !== undefined && rule.join === undefined) {
    const make = coder(target, rule, compilation);
    steps.push((text) => make([text]));
  }
  if (prefix !== undefined) steps.push((text) => (text === '' ? '' : prefix + text));
  return (raw, row) => {
    let text = raw;
    for (const step of steps) {
      if (text === '') return rule.default ?? '';
      text = step(text, row);
    }
    return text === '' ? (rule.default ?? '') : text;
  };
}

function translation(rule: ColumnRule, translate: ReadonlyMap<string, string>, place: string): Step {
  return (text) => {
    const ours = translate.get(text);
    if (ours !== undefined) return ours;
    if (rule.unknown_as !== undefined) return rule.unknown_as;
    if (rule.unknown === 'keep') return text;
    if (rule.unknown === 'blank') return '';
    const remedy = `Add it to "translate" in the mapping (known: ${[...translate.keys()].slice(0, 12).join(', ')}), or give "unknown"`;
    throw new ValueFault('not_translated', 'the mapping does not translate this value', remedy, text, place);
  };
}

function dateStep(read: DateReader, rule: ColumnRule, patterns: readonly string[], place: string): Step {
  // A day's rows mostly share a few hundred dates: reading one costs more than finding it.
  const known = new Map<string, string>();
  const ours = (text: string): string => {
    const date = read(text);
    if (typeof date === 'string') throw dateFault(text, date, patterns, place);
    if (rule.as === 'period') return date.day.slice(0, 7);
    const clock = date.clock ?? rule.at;
    if (rule.as === 'day' || clock === undefined) return date.day;
    return `${date.day}T${clock}${offsetOf(date, rule)}`;
  };
  return (text) => {
    let found = known.get(text);
    if (found === undefined) {
      found = ours(text);
      if (known.size >= KNOWN_DATES) known.clear();
      known.set(text, found);
    }
    return found;
  };
}

const KNOWN_DATES = 10_000;

function offsetOf(date: ReadDate, rule: ColumnRule): string {
  const offset = date.offset ?? rule.zone ?? '';
  return offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
}

function dateFault(
  text: string,
  why: 'no_match' | 'no_such_day',
  patterns: readonly string[],
  place: string,
): ValueFault {
  if (/^\d{1,2}:\d{2}(:\d{2})?$/.test(text)) {
    return new ValueFault(
      'date_lost',
      'this is a time of day and no date: the export lost its dates (a spreadsheet saved them with a time format)',
      'Ask for the file again with its dates; no date can be worked out from this',
      text,
      place,
    );
  }
  const written = patterns.map((pattern) => `"${pattern}"`).join(' or ');
  return why === 'no_such_day'
    ? new ValueFault(
        'no_such_day',
        'this is a day or time that does not exist',
        `Dates are read as ${written}`,
        text,
        place,
      )
    : new ValueFault(
        'not_a_date',
        `this is not a date of the form ${written}`,
        'Mend the value, or the "date" of the mapping',
        text,
        place,
      );
}

function numberStep(rule: ColumnRule, compilation: Compilation, place: string): Step {
  const number = rule.multiply === undefined ? numberReader(compilation.mapping.numbers) : numberReader({});
  const signed = rule.sign === undefined ? undefined : signStep(rule.sign, compilation, place);
  return (text, row) => {
    let plain = plainText(number, text, place);
    if (signed !== undefined) plain = signed(plain, row);
    // What is not computed with keeps the digits that the file has: "48000.00" stays so.
    if (rule.times === undefined && rule.round !== 'each') return plain;
    const value = new Decimal(plain).times(rule.times ?? '1');
    if (rule.round !== 'each') return decimalText(value);
    return decimalText(value.toDecimalPlaces(Number(rule.decimals ?? '0'), Decimal.ROUND_HALF_UP));
  };
}

function signStep(sign: Sign, compilation: Compilation, place: string): Step {
  const column = compilation.find(sign.column);
  return (plain, row) => {
    const side = (row.fields[column ?? -1] ?? '').trim();
    if (plain.startsWith('-')) {
      const remedy = 'Take "sign" out of the mapping if the amounts carry their own sign';
      throw new ValueFault(
        'double_sign',
        'this is negative already, and another column tells the sign',
        remedy,
        plain,
        place,
      );
    }
    if (sign.negative.includes(side)) return /[1-9]/.test(plain) ? `-${plain}` : plain;
    if (sign.positive === undefined || sign.positive.includes(side)) return plain;
    const known = `Known: ${[...sign.negative, ...sign.positive].join(', ')}`;
    throw new ValueFault('unknown_sign', 'this does not say which way the amount goes', known, side, sign.column[0]!);
  };
}

/** Plain decimal text. @throws ValueFault when the text is no number in the mapping's format */
export function plainText(read: NumberReader, text: string, place: string): string {
  const found = read(text);
  if ('fault' in found) throw new ValueFault('not_a_number', found.fault, found.remedy, text, place);
  return found.text;
}
