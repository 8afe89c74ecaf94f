import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { KINDS } from './kinds/all.ts';
import { CodeBook } from './codes.ts';
import { goesStraight } from './import-file.ts';
import type { Kind } from './kinds/kind.ts';
import { hasSetChecks } from './set-checks.ts';

/** A step of a folder's import: the company, the model, or one file of a kind. */
export type FolderStep =
  | { readonly what: 'company'; readonly file: string }
  | { readonly what: 'model'; readonly file: string }
  | { readonly what: 'rows'; readonly file: string; readonly kind: Kind };

export type FileStep = Extract<FolderStep, { readonly what: 'rows' }>;

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

/**
 * Whether the import of a file reads nothing that those of other kinds write, so that it may be begun before they have ended:
 * keys, cells and earlier versions are those of its own kind; codes are those of the kinds that define them; what must hold
 * between rows is looked for in several tables.
 * @param createReasons contacts define reasons, too
 */
export function readsNothingOf(kind: Kind, others: readonly Kind[], createReasons: boolean): boolean {
  if (hasSetChecks(kind.name)) return false;
  const named = new Set(kind.columns.map((column) => column.references));
  return others.every((other) => {
    if (other.name === kind.name) return false;
    if (createReasons && other.name === 'contacts' && named.has('reason')) return false;
    return !other.columns.some(({ defines }) => defines !== undefined && named.has(defines));
  });
}

/**
 * Whether a file may be begun before those before it have ended. Facts only: their rows go into their table before it is their
 * turn, and hold nothing meanwhile that others than imports would wait for, as customers would with their index.
 */
export function beginsEarly(
  { kind }: FileStep,
  before: readonly FileStep[],
  options: { readonly createReasons?: boolean | undefined },
): boolean {
  const kinds = before.map((other) => other.kind);
  return kind.store === 'fact' && readsNothingOf(kind, kinds, options.createReasons === true);
}

/** Whether a file takes long enough that others are begun beside it: facts, and what else tries the straight way first. */
export function takesLong(file: FileStep, folder: string, directFrom: number | undefined): boolean {
  return file.kind.store === 'fact' || isLarge(file, folder, directFrom);
}

/** Whether a file of a folder tries the straight way first. */
function isLarge({ kind, file }: FileStep, folder: string, directFrom: number | undefined): boolean {
  return goesStraight(kind, statSync(join(folder, file)).size, directFrom);
}

/** The files of a folder from the first that takes long to the last that begins early; empty when none does. */
export function goSideBySide(
  steps: readonly FolderStep[],
  takesLong: (file: FileStep) => boolean,
  isEarly: (file: FileStep, before: readonly FileStep[]) => boolean,
): readonly FileStep[] {
  const first = steps.findIndex((step) => step.what === 'rows' && takesLong(step));
  if (first < 0) return [];
  const files = steps.slice(first).filter((step) => step.what === 'rows');
  if (files.length < steps.length - first) return []; // the company or the model come between
  return files.slice(0, 1 + files.findLastIndex((file, at) => at > 0 && isEarly(file, files.slice(0, at))));
}
