import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pidExists } from './running-process.ts';

/**
 * Path beside `folder` in which it is made before it is renamed, so that a kill leaves it whole or absent. Drafts of
 * processes that are gone are removed.
 */
export function newDraft(folder: string): string {
  const prefix = `${basename(folder)}.draft-`;
  for (const name of readdirSync(dirname(folder))) {
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (name.startsWith(prefix) && (pid === process.pid || !pidExists(pid))) {
      rmSync(join(dirname(folder), name), { recursive: true, force: true, maxRetries: 3 });
    }
  }
  return join(dirname(folder), `${prefix}${process.pid}`);
}
