import { Refusal } from '../domain/errors.ts';
import type { Tx } from '../persistence/database.ts';
import { storedVersions } from '../persistence/versions.queries.ts';
import { changesBetween, inWords, keyOf, type Words } from './corrections.ts';
import type { Correction } from './import-report.ts';
import type { Kind } from './kinds/kind.ts';
import { customerKey } from './pseudonym.ts';
import { tableOf } from './stage-columns.ts';

/** One content that a row has had. */
export interface Version {
  readonly key: string;
  readonly importId: string;
  readonly file: string;
  readonly line: number;
  readonly at: Date;
  readonly by: string | null;
  readonly undoes: string | null;
  /** taken back by an undo without anything in its place */
  readonly ended: boolean;
  /** the one that counts today */
  readonly stands: boolean;
  /** by column of the file */
  readonly content: Words;
  /** against the version before; undefined for the first */
  readonly changes: Correction['changes'] | undefined;
}

const SHOWN = 1000;

/**
 * Versions of the rows of a kind whose key begins with these parts, oldest first.
 * @param key parts separated by commas
 * @throws Refusal no_such_row
 */
export async function versionsOf(tx: Tx, kind: Kind, key: string): Promise<Version[]> {
  const of = tableOf(kind);
  const parts = kind.key.length === 1 ? [key] : key.split(',').map((part) => part.trim());
  const wanted = parts.slice(0, kind.key.length).map((part, n) => [of.key[n]!, part] as const);
  if (kind.many === true) wanted.push(['customer_key', customerKey(key).toString()]);
  const rows = await storedVersions(tx, of, wanted, SHOWN);
  if (rows.length === 0) {
    throw new Refusal('no_such_row', `no row of ${kind.name} has ever had the key ${key}`, {
      kind: 'not_found',
      next: `a key is ${kind.key.join(', ')}`,
    });
  }
  const versions = rows.map(({ stored, ...from }) => {
    const content = inWords(kind, stored);
    return { ...from, content, key: keyOf(kind, content) };
  });
  return versions.map((version, n) => {
    const before = versions[n - 1];
    const changes =
      before?.key === version.key && !before.ended ? changesBetween(before.content, version.content) : undefined;
    return { ...version, changes, stands: versions[n + 1]?.key !== version.key && !version.ended };
  });
}
