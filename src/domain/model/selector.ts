import type { LocalDate } from '../period.ts';
import { date, list, object, text, type Key, type Read } from './keys.ts';

/** Dimensions of a contact that rules and pools can match; absent ones are null. */
export interface Dimensions {
  readonly channel: string;
  readonly reason: string;
  readonly queue: string | null;
  readonly site: string | null;
  readonly vendor: string | null;
  readonly product: string | null;
  readonly segment: string | null;
  readonly language: string | null;
  readonly direction: string | null;
}
export const DIMENSIONS = [
  'channel',
  'reason',
  'queue',
  'site',
  'vendor',
  'product',
  'segment',
  'language',
  'direction',
] as const;

/** Pattern of one value: itself, a prefix `x*`, a glob with * and ?, or `(none)` for an absent value. */
export type Pattern = string;

const patterns = (what: string): Key<readonly Pattern[] | undefined> =>
  list(`${what}: values, prefixes like \`billing.*\`, globs with * and ?, or (none)`, text('a pattern'));

const dimensionKeys = {
  channel: patterns('channel'),
  reason: patterns('reason code'),
  queue: patterns('queue'),
  site: patterns('site'),
  vendor: patterns('vendor'),
  product: patterns('product'),
  segment: patterns('segment'),
  language: patterns('language'),
  direction: patterns('direction'),
};
export const selectorKeys = {
  ...dimensionKeys,
  started_at: object('local days of the contact, both ends included', {
    from: date('first day'),
    to: date('last day'),
  }),
  text: object('the masked text of the contact', {
    keywords: list('any of these words or phrases, upper or lower case', text('a word')),
    pattern: text('a regular expression of at most 200 characters'),
  }),
  except: object('contacts that match this are left out', dimensionKeys),
};
export type Selector = Read<typeof selectorKeys>;

/** What a contact shows to a selector: its dimensions, the first day of its date slice, and the text rules it matched. */
export interface Matchable {
  readonly dimensions: Dimensions;
  readonly day: LocalDate;
  readonly textHits: ReadonlySet<string>;
}

/** True when every stated dimension has a matching pattern, the day lies in the window, and the exception does not match. */
export function selects(selector: Selector, contact: Matchable): boolean {
  const { started_at: window, text: words, except } = selector;
  if (window?.from !== undefined && contact.day < window.from) return false;
  if (window?.to !== undefined && contact.day > window.to) return false;
  if (words && !contact.textHits.has(textRuleKey(words))) return false;
  return (
    matchesAll(selector, contact.dimensions) &&
    !(except && hasDimension(except) && matchesAll(except, contact.dimensions))
  );
}

function matchesAll(
  patternsOf: { readonly [D in keyof Dimensions]?: readonly Pattern[] | undefined },
  dimensions: Dimensions,
): boolean {
  return DIMENSIONS.every((dimension) => {
    const wanted = patternsOf[dimension];
    return wanted === undefined || wanted.some((pattern) => matchesPattern(pattern, dimensions[dimension]));
  });
}

function hasDimension(patternsOf: object): boolean {
  return DIMENSIONS.some((dimension) => (patternsOf as Record<string, unknown>)[dimension] !== undefined);
}

const compiled = new Map<Pattern, RegExp>();

export function matchesPattern(pattern: Pattern, value: string | null): boolean {
  if (value === null) return pattern === '(none)';
  if (!pattern.includes('*') && !pattern.includes('?')) return pattern === value;
  let expression = compiled.get(pattern);
  if (!expression) {
    const escaped = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${escaped}$`, 'su');
    compiled.set(pattern, expression);
  }
  return expression.test(value);
}

/** Reason codes or prefixes separated by ` | `, as decisions state them. Empty: no limit. */
export function reasonPatterns(reasons: string | null): readonly Pattern[] {
  return (reasons ?? '')
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `dimension=value` terms joined by ` & `, as decisions state their population. @throws RangeError naming the term */
export function populationSelector(population: string | null): Selector | undefined {
  const terms = (population ?? '')
    .split('&')
    .map((term) => term.trim())
    .filter((term) => term !== '');
  if (terms.length === 0) return undefined;
  const read: Record<string, Pattern[]> = {};
  for (const term of terms) {
    const at = term.indexOf('=');
    const dimension = term.slice(0, at).trim();
    if (at < 1 || !(DIMENSIONS as readonly string[]).includes(dimension)) {
      throw new RangeError(`"${term}" is not a term like segment=prepaid; dimensions: ${DIMENSIONS.join(', ')}`);
    }
    (read[dimension] ??= []).push(term.slice(at + 1).trim());
  }
  return {
    ...Object.fromEntries(Object.keys(selectorKeys).map((name) => [name, undefined])),
    ...read,
  } as unknown as Selector;
}

/** A group of contacts that is named like a population, `queue=returns`; undefined: the text is no such term. */
export function groupSelector(term: string): Selector | undefined {
  const at = term.indexOf('=');
  return at > 0 && (DIMENSIONS as readonly string[]).includes(term.slice(0, at).trim())
    ? populationSelector(term)
    : undefined;
}

/** One text rule as PostgreSQL evaluates it (`~*`): keywords become an alternation of literals. */
export function textRuleKey(words: NonNullable<Selector['text']>): string {
  const literals = (words.keywords ?? []).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return [...literals, ...(words.pattern === undefined ? [] : [words.pattern])].join('|');
}
