import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Printed in every test's name that draws from it; ANSWERABLE_SEED repeats a run. */
export const SEED = Number(process.env['ANSWERABLE_SEED'] ?? Date.now() % 1_000_000);

/** Numbers in [0, 1), the same for the same seed. */
export function randomNumbers(): () => number {
  const generator = xoroshiro128plus(SEED);
  return () => uniformInt(generator, 0, 999_999) / 1_000_000;
}
