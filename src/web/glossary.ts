import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

/** Words of one field, as src/domain/README.md explains them: the one place where they are explained. */
export interface WordGroup {
  readonly name: string;
  readonly words: readonly { readonly terms: string; readonly meaning: string }[];
}

/** The glossary of the engine. @param markdown its section "Words": fields in bold, words in italics before a colon */
export function glossary(
  markdown = readFileSync(join(packageRoot, 'src', 'domain', 'README.md'), 'utf8'),
): readonly WordGroup[] {
  const section = /^## Words\n([\s\S]*?)(?=^## )/m.exec(markdown)?.[1] ?? '';
  return section
    .split(/^\*\*(.+?)\*\*$/m)
    .slice(1)
    .reduce<WordGroup[]>((groups, part, i, parts) => {
      if (i % 2 === 0) return [...groups, { name: part, words: wordsOf(parts[i + 1] ?? '') }];
      return groups;
    }, []);
}

/** Each sentence that begins with a word in italics explains that word. */
function wordsOf(list: string): WordGroup['words'] {
  return list
    .split('\n')
    .filter((line) => line.startsWith('- '))
    .flatMap((line) => line.slice(2).split(/(?<=[.;]) (?=\*)/))
    .map((said) => {
      const end = lastTermEnd(said);
      const plain = (text: string): string =>
        text
          .replace(/[*`]/g, '')
          .replace(/^[:\s]+/, '')
          .replace(/;$/, '.');
      const terms = plain(said.slice(0, end));
      return { terms: `${terms.charAt(0).toUpperCase()}${terms.slice(1)}`, meaning: plain(said.slice(end)) };
    });
}

/** Where the terms before the first explanation end: behind the italics before the colon, or before the verb. */
function lastTermEnd(said: string): number {
  const colon = said.indexOf(':');
  if (colon > 0 && !said.slice(0, colon).includes('.')) return colon;
  return said.indexOf('*', 1) + 1;
}
