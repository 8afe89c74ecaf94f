import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Seeded bootstrap that draws whole customers: rows of one customer stay together (Cameron & Miller, JHR 2015).
 * The same seed gives the same draws on every machine.
 * @param cluster one key a row; absent, each row is its own
 * @param statistic of the drawn rows; an undefined answer (a draw without an arm) is left out
 * @returns the statistics in ascending order
 */
export function clusteredBootstrap(
  rows: number,
  cluster: ArrayLike<string | number> | undefined,
  draws: number,
  seed: number,
  statistic: (rows: readonly number[]) => number | undefined,
): number[] {
  const members = new Map<string | number, number[]>();
  for (let i = 0; i < rows; i++) {
    const key = cluster === undefined ? i : cluster[i]!;
    const list = members.get(key);
    if (list) list.push(i);
    else members.set(key, [i]);
  }
  const groups = [...members.values()];
  const random = xoroshiro128plus(seed);
  const found: number[] = [];
  for (let d = 0; d < draws; d++) {
    const drawn: number[] = [];
    for (let g = 0; g < groups.length; g++) {
      for (const row of groups[uniformInt(random, 0, groups.length - 1)]!) drawn.push(row);
    }
    const value = statistic(drawn);
    if (value !== undefined) found.push(value);
  }
  return found.sort((a, b) => a - b);
}

/** Quantile of ascending values, linear between neighbours (type 7 of Hyndman & Fan). */
export function quantile(ascending: readonly number[], p: number): number {
  const at = (ascending.length - 1) * p;
  const low = Math.floor(at);
  const value = ascending[low]!;
  return low + 1 < ascending.length ? value + (at - low) * (ascending[low + 1]! - value) : value;
}

/** Standard deviation of the draws: the bootstrap's standard error. */
export function spreadOf(draws: readonly number[]): number {
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length;
  return Math.sqrt(draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, draws.length - 1));
}
