import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';
import type { Language } from './language.ts';

interface Pattern {
  readonly english: RegExp;
  readonly places: readonly string[];
  readonly text: string;
}

/** By code: what the engine says in English, its values in {places}, and the same in the language. */
const PATTERNS: Readonly<Record<Exclude<Language, 'en'>, ReadonlyMap<string, readonly Pattern[]>>> = {
  de: patternsOf('refusals.de.json'),
};

/** A refusal of the engine in another language, with the values of its message; undefined where its words are not known. */
export function refusalIn(language: Exclude<Language, 'en'>, code: string, message: string): string | undefined {
  for (const { english, places, text } of PATTERNS[language].get(code) ?? []) {
    const found = english.exec(message);
    if (found === null) continue;
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => found[places.indexOf(name) + 1] ?? whole);
  }
  return undefined;
}

function patternsOf(name: string): ReadonlyMap<string, readonly Pattern[]> {
  const file = join(packageRoot, 'templates', 'labels', name);
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Readonly<Record<string, string>>>>;
  return new Map(
    Object.entries(texts).map(([code, said]) => [
      code,
      Object.entries(said).map(([english, text]): Pattern => {
        const parts = english.split(/\{(\w+)\}/);
        const words = parts.map((part, i) => (i % 2 === 1 ? '([^]*)' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
        return { english: new RegExp(`^${words.join('')}$`), places: parts.filter((_, i) => i % 2 === 1), text };
      }),
    ]),
  );
}
