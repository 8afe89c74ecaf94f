import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';

export type CsvRow = Record<string, string>;

/** Rows of a generated file, read by another reader than ours. */
export function rowsOf(folder: string, name: string): CsvRow[] {
  return parse(readFileSync(join(folder, `${name}.csv`)), { columns: true });
}

export function cents(text: string): number {
  return Math.round(Number(text) * 100);
}

export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

export function countBy<T>(values: readonly T[], key: (value: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(key(value), (counts.get(key(value)) ?? 0) + 1);
  return counts;
}
