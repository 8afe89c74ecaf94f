import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Real data and published tables that are not part of this project lie beside it in `../shared` (or where
 * ANSWERABLE_DATA points). Where they are absent their tests are skipped by name; ANSWERABLE_REQUIRE_DATA=1, as in CI,
 * turns such a skip into a failure.
 */
const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const sharedFolder = process.env['ANSWERABLE_DATA'] ?? resolve(root, '..', 'shared');

export function sharedPath(...parts: string[]): string {
  return join(sharedFolder, ...parts);
}

/** `describe` for tests that read `../shared/<needs>`. */
export function describeWithShared(name: string, needs: string, body: () => void): void {
  if (existsSync(sharedPath(needs))) describe(name, body);
  else if (process.env['ANSWERABLE_REQUIRE_DATA'] === '1') {
    describe(name, () => it(`needs ${needs}`, () => Promise.reject(new Error(`${sharedPath(needs)} is absent`))));
  } else describe.skip(`${name} (needs ../shared/${needs})`, body);
}
