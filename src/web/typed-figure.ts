import { Refusal } from '../domain/errors.ts';
import { language } from './language.ts';

/** What groups thousands where the reader's language is written; the other one stands before decimals. */
const GROUPS = { en: ',', de: '.' } as const;

/**
 * A figure that somebody typed, as plain decimal text: 1234.56 from 1,234.56, 1.234,56, 1 234,56 or 1234,56. Text that is
 * no figure is given back as it is, for the engine to refuse by its own rule.
 * @throws Refusal ambiguous_figure for 1.234 in German and 1,234 in English: nobody knows whether thousands were meant
 */
export function figureTyped(text: string): string {
  const [first, second] = readingsOf(text) as [string, string?];
  if (second !== undefined)
    throw new Refusal('ambiguous_figure', `"${text}" may be ${first} or ${second}: type its decimals, too`);
  return first;
}

/** All that a typed figure may mean, as plain decimal text. */
export function readingsOf(text: string): string[] {
  const plain = text.replace(/(?<=\d)[ \u00a0\u202f'’](?=\d{3}(?!\d))/g, '').replace(/^\u2212/, '-');
  if (!/^-?[\d.,]+$/.test(plain)) return [text];
  const marks = plain.replace(/[^.,]/g, '');
  if (marks === '') return [plain];
  const last = marks.at(-1)!;
  const [whole, rest, more] = plain.split(last) as [string, string, string?];
  if (marks.length === 1) {
    const mayGroup = last === GROUPS[language()] && rest.length === 3 && /^-?[1-9]\d{0,2}$/.test(whole);
    return [...(mayGroup ? [whole + rest] : []), `${whole}.${rest}`];
  }
  if (new Set(marks).size === 1) return [isGrouped(plain, last) ? plain.replaceAll(last, '') : text];
  const group = last === ',' ? '.' : ',';
  const isClear = more === undefined && !rest.includes(group) && isGrouped(whole, group);
  return [isClear ? `${whole.replaceAll(group, '')}.${rest}` : text];
}

function isGrouped(whole: string, group: string): boolean {
  return whole.split(group).every((part, i) => (i === 0 ? /^-?\d{1,3}$/ : /^\d{3}$/).test(part));
}
