import { readdirSync } from 'node:fs';
import { KINDS } from './kinds/all.ts';
import { CodeBook } from './codes.ts';
import type { Kind } from './kinds/kind.ts';

/** A step of a folder's import: the company, the model, or one file of a kind. */
export type FolderStep =
  | { readonly what: 'company'; readonly file: string }
  | { readonly what: 'model'; readonly file: string }
  | { readonly what: 'rows'; readonly file: string; readonly kind: Kind };

const ENDINGS = ['.csv', '.csv.gz', '.xlsx'];

/**
 * The known files of a folder in the order in which they depend on each other, and names that look like one but are
 * none (so that a slip of the pen does not leave a month without its ledger).
 * @throws nothing; an empty folder gives no steps
 */
export function folderSteps(folder: string): {
  steps: FolderStep[];
  unknown: { file: string; like: string | undefined }[];
} {
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name)
    .sort();
  const steps: FolderStep[] = [];
  const taken = new Set<string>();
  const take = (file: string, step: FolderStep): void => {
    taken.add(file);
    steps.push(step);
  };
  if (files.includes('company.yaml')) take('company.yaml', { what: 'company', file: 'company.yaml' });
  for (const kind of KINDS) {
    if (kind.name === 'fx' && files.includes('model.yaml')) take('model.yaml', { what: 'model', file: 'model.yaml' });
    const stem = kind.file.slice(0, -'.csv'.length);
    for (const file of ENDINGS.map((ending) => stem + ending)) {
      if (files.includes(file)) take(file, { what: 'rows', file, kind });
    }
  }
  const names = new CodeBook('file', ['company.yaml', 'model.yaml', ...KINDS.map((kind) => kind.file)]);
  const unknown = files
    .filter((file) => !taken.has(file) && /\.(csv|csv\.gz|xlsx|ya?ml)$/i.test(file))
    .map((file) => ({ file, like: names.nearest(file.toLowerCase().replace('.xlsx', '.csv').replace('.gz', '')) }));
  return { steps, unknown };
}
