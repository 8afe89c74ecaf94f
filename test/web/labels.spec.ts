import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { textsAsked, textsOutside } from '../builders/page-texts.ts';

const read = (...path: string[]): Record<string, string> =>
  JSON.parse(readFileSync(join(packageRoot, 'templates', ...path), 'utf8')) as Record<string, string>;

const german = read('labels', 'de.json');
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

/** Read by no person: headers, scopes, the log, steps of the engine; and the languages' own names, which are each in its own. */
const FOR_MACHINES = [
  'text/css; charset=utf-8',
  'text/javascript; charset=utf-8',
  'reading the facts',
  'Accept-Language, Cookie',
  'openid email',
  '<!doctype html>…',
  'a page failed',
  'English',
  'Deutsch',
];

/** The English word of the workbook means something else there: a unit of measure, a key, no, a legend; or is cut short. */
const OTHERWISE = [
  'evidence',
  'Failed',
  'Key',
  'Line',
  'line',
  'Line ‖ statement',
  'No',
  'rule',
  'Rule ‖ deed',
  'Treatment',
  'Unit',
  'unit',
  'units',
  'Words',
  'Dispute ‖ deed',
];

describe('labels of the pages', () => {
  it('are in German for every text that the pages ask for', () => {
    expect(textsAsked().filter(({ text }) => german[text] === undefined)).toEqual([]);
  });

  it('hold nothing that no page asks for', () => {
    const asked = new Set(textsAsked().map(({ text }) => text));
    expect(Object.keys(german).filter((text) => !asked.has(text))).toEqual([]);
  });

  it('have the same places in both languages, and words in each', () => {
    const odd = Object.entries(german).filter(
      ([english, text]) => text.trim() === '' || places(text).join() !== places(english).join(),
    );
    expect(odd).toEqual([]);
  });

  it('say what the workbook says by the same word', () => {
    const [english, other] = [read('workbook', 'v1', 'labels.en.json'), read('workbook', 'v1', 'labels.de.json')];
    const words = new Map<string, Set<string>>();
    for (const [key, text] of Object.entries(english)) {
      const said = text.toLowerCase();
      words.set(said, (words.get(said) ?? new Set()).add(other[key]!.toLowerCase()));
    }
    const otherwise = Object.entries(german).filter(([text, word]) => {
      const same = words.get(text.split(' ‖ ')[0]!.toLowerCase());
      return same !== undefined && !same.has(word.toLowerCase()) && !OTHERWISE.includes(text);
    });
    expect(otherwise).toEqual([]);
  });

  it('are all that the pages say: no text for people stands in their source', () => {
    expect(textsOutside().filter(({ text }) => !FOR_MACHINES.includes(text))).toEqual([]);
  });
});
