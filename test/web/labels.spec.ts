import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { textsAsked, textsOutside } from '../builders/page-texts.ts';

const read = (...path: string[]): Record<string, string> =>
  JSON.parse(readFileSync(join(packageRoot, 'templates', ...path), 'utf8')) as Record<string, string>;

const german = read('labels', 'de.json');
const places = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort();

/** Read by no person: headers, scopes, the log; and the languages' own names, which are each in its own. */
const FOR_MACHINES = [
  'text/css; charset=utf-8',
  'Accept-Language, Cookie',
  'openid email',
  '<!doctype html>…',
  'a page failed',
  'English',
  'Deutsch',
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

  it('are all that the pages say: no text for people stands in their source', () => {
    expect(textsOutside().filter(({ text }) => !FOR_MACHINES.includes(text))).toEqual([]);
  });
});
