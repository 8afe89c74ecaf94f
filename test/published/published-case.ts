import { readFileSync } from 'node:fs';
import type { Result } from '../../src/application/evaluate/method.ts';
import { sharedPath } from '../shared-files.ts';

interface PublishedValue {
  readonly key: string;
  readonly expected: number;
  readonly tol: number;
}

/** Compares a result with every value of a published case, each within the tolerance of the print. */
export function expectPublished(name: string, result: Result, only: (key: string) => boolean = () => true): void {
  const published = JSON.parse(readFileSync(sharedPath('cases', 'expected', `${name}.json`), 'utf8')) as {
    values: PublishedValue[];
  };
  const values = published.values.filter(({ key }) => only(key));
  expect(values.length).toBeGreaterThan(0);
  const misses = values
    .filter(({ key, expected, tol }) => !(Math.abs(Number(result[key] ?? NaN) - expected) <= tol + 1e-12))
    .map(({ key, expected, tol }) => `${key}: ${String(result[key])}, published ${expected} ± ${tol}`);
  expect(misses).toEqual([]);
}
