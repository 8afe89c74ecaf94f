import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { Refusal } from '../errors.ts';

/**
 * Shapley 1953: each player's mean contribution over all orders of arrival. Shares sum to v(all) − v(none), equal
 * players get equal shares, a player who never adds anything gets nothing.
 */

/** Value of a coalition; bit i of the mask is player i. v(0) must be 0. */
export type CoalitionValue = (mask: number) => number;

export const EXACT_PLAYERS = 20;

/** Exact by subset sums: φ_i = Σ |S|! (n−|S|−1)!/n! (v(S+i) − v(S)). @throws Refusal above 20 players */
export function shapley(players: number, value: CoalitionValue): number[] {
  if (players > EXACT_PLAYERS) {
    throw new Refusal('too_many_players', `${players} players are too many to enumerate; sample instead`);
  }
  const weight = new Array<number>(players);
  // (n−1 choose s)⁻¹ / n, kept as a quotient of small numbers so that thirds and sixths come out exact to the last bit.
  let choose = 1;
  for (let size = 0; size < players; size++) {
    weight[size] = 1 / (players * choose);
    choose = (choose * (players - 1 - size)) / (size + 1);
  }
  const values = new Float64Array(1 << players);
  for (let mask = 1; mask < values.length; mask++) values[mask] = value(mask);
  return Array.from({ length: players }, (_, i) => {
    const bySize = new Float64Array(players);
    for (let mask = 0; mask < values.length; mask++) {
      if (mask & (1 << i)) continue;
      bySize[bitCount(mask)]! += values[mask | (1 << i)]! - values[mask]!;
    }
    let share = 0;
    for (let size = 0; size < players; size++) share += weight[size]! * bySize[size]!;
    return share;
  });
}

export interface SampledShares {
  readonly shares: number[];
  /** standard errors of the shares */
  readonly standardErrors: number[];
}

/** By seeded random orders, for games too large to enumerate; always sums to v(all). Up to 31 players. */
export function shapleySampled(players: number, value: CoalitionValue, draws: number, seed: number): SampledShares {
  if (players > 31)
    throw new Refusal('too_many_players', `a coalition is a 31-bit mask; ${players} players do not fit`);
  const random = xoroshiro128plus(seed);
  const sums = new Float64Array(players);
  const squares = new Float64Array(players);
  const order = Array.from({ length: players }, (_, i) => i);
  for (let draw = 0; draw < draws; draw++) {
    for (let i = players - 1; i > 0; i--) {
      const j = uniformInt(random, 0, i);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    let mask = 0;
    let before = 0;
    for (const player of order) {
      mask |= 1 << player;
      const after = value(mask);
      sums[player]! += after - before;
      squares[player]! += (after - before) ** 2;
      before = after;
    }
  }
  const shares = Array.from(sums, (sum) => sum / draws);
  const standardErrors = shares.map((share, i) =>
    draws > 1 ? Math.sqrt(Math.max(0, squares[i]! / draws - share * share) / (draws - 1)) : Infinity,
  );
  return { shares, standardErrors };
}

/**
 * The airport game (Littlechild & Owen 1973): v(S) = the largest need in S. Sorted by need, each step up is shared by
 * all who need it. For capacity that several causes share.
 */
export function airportShares(needs: readonly number[]): number[] {
  const order = needs.map((_, i) => i).sort((a, b) => needs[a]! - needs[b]!);
  const shares = new Array<number>(needs.length).fill(0);
  let running = 0;
  let before = 0;
  order.forEach((player, position) => {
    running += (needs[player]! - before) / (needs.length - position);
    before = needs[player]!;
    shares[player] = running;
  });
  return shares;
}

/** A path of causes that was seen with a total value. */
export interface CausePath {
  readonly causes: readonly string[];
  readonly value: number;
}

/**
 * v(S) = Σ of the paths whose causes all lie in S. Such a sum of unanimity games splits each path equally over its
 * distinct causes, whatever the number of causes; `shapley` on the same v is the test.
 */
export function shapleyOfPaths(paths: readonly CausePath[]): Map<string, number> {
  const shares = new Map<string, number>();
  for (const { causes, value } of paths) {
    const distinct = [...new Set(causes)];
    for (const cause of distinct) shares.set(cause, (shares.get(cause) ?? 0) + value / distinct.length);
  }
  return shares;
}

export function pathCoalitionValue(players: readonly string[], paths: readonly CausePath[]): CoalitionValue {
  const masks = paths.map(({ causes }) => causes.reduce((mask, cause) => mask | (1 << players.indexOf(cause)), 0));
  return (coalition) =>
    paths.reduce((sum, { value }, i) => ((masks[i]! & coalition) === masks[i] ? sum + value : sum), 0);
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
