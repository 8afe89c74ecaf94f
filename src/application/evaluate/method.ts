import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Refusal } from '../../domain/errors.ts';

/**
 * `answerable evaluate METHOD SPEC.json`: one of the product's own methods on a small input, so that a reviewer can
 * hold it against a published table. The same domain functions that a close uses; nothing is computed here.
 */
export interface EvaluateMethod {
  /** as typed on the command line, e.g. its_poisson */
  readonly name: string;
  /** one line for the list of methods */
  readonly about: string;
  /** every key of the spec, one per line: `key*  meaning` (a star marks what must be there) */
  readonly shape: string;
  /** a small spec that runs as it stands (inline data) */
  readonly example: Spec;
  /** flat result; keys are stable, numbers are numbers, exact money is decimal text */
  readonly run: (spec: Spec, folder: string) => Result;
}

export type Spec = Readonly<Record<string, unknown>>;
export type ResultValue = number | string | boolean | readonly number[] | readonly string[] | null;
export type Result = Record<string, ResultValue>;

/** Instead of a folder: data is inline only. Whoever is not at this machine's shell reads no file of it. */
export const NO_FILES = '';

/** Rows of a spec's `data`: an array of objects, an object of columns, or the path of a CSV file (, ; or tab) beside the spec. */
export function tableOf(data: unknown, folder: string): Record<string, unknown>[] {
  if (typeof data === 'string') {
    if (folder === NO_FILES) throw new Refusal('bad_spec', '"data" must be inline: files are read by the shell only');
    const path = resolve(folder, data);
    const file = readFileSync(path);
    const header = file.toString('utf8').split(/\r?\n/, 1)[0]!;
    const delimiter = [';', '\t'].find((sign) => header.split(sign).length > header.split(',').length) ?? ',';
    return parse(file, { columns: true, bom: true, skip_empty_lines: true, delimiter }) as Record<string, unknown>[];
  }
  if (Array.isArray(data)) return data as Record<string, unknown>[];
  if (data !== null && typeof data === 'object') {
    const columns = Object.entries(data as Record<string, unknown[]>);
    const length = Math.max(0, ...columns.map(([, values]) => values.length));
    return Array.from({ length }, (_, i) => Object.fromEntries(columns.map(([name, values]) => [name, values[i]])));
  }
  throw new Refusal('bad_spec', '"data" must be rows, an object of columns, or the path of a CSV file');
}

/** A number column of a table. @throws Refusal bad_spec naming row, column and value */
export function numbers(rows: readonly Record<string, unknown>[], column: string): number[] {
  return rows.map((row, i) => {
    const value = row[column];
    const number =
      typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
    if (!Number.isFinite(number)) {
      throw new Refusal('bad_spec', `row ${i + 1}, column "${column}": "${String(value)}" is not a number`);
    }
    return number;
  });
}

/** A number of a spec; fractions may be written as text ("1/6"). */
export function numberOf(value: unknown, key: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const quotient = typeof value === 'string' ? /^\s*(-?[\d.]+)\s*\/\s*([\d.]+)\s*$/.exec(value) : null;
  if (quotient) return Number(quotient[1]) / Number(quotient[2]);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN;
  if (Number.isFinite(number)) return number;
  throw new Refusal('bad_spec', `"${key}" must be a number, got ${JSON.stringify(value)}`);
}

export function specFolder(path: string): string {
  return dirname(resolve(path));
}
