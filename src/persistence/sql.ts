import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../package-root.ts';

const kept = new Map<string, string>();
const names = new Map<string, string>();

/**
 * Text of `src/persistence/sql/<name>.sql`: one statement a file, its header says parameters and rows, and one typed
 * caller in a `<noun>.queries.ts`. Read once.
 */
export function sql(name: string): string {
  let text = kept.get(name);
  if (text === undefined) {
    text = readFileSync(join(packageRoot, 'src', 'persistence', 'sql', `${name}.sql`), 'utf8');
    kept.set(name, text);
    names.set(text, name);
  }
  return text;
}

/** Name of a statement's file, else its first word: what may be told of a statement whose text or values may not. */
export function statementName(text: string): string {
  return names.get(text) ?? /^\s*([a-z]+)\b/i.exec(text)?.[1]?.toLowerCase() ?? 'other';
}
