import { Refusal } from '../errors.ts';
import { Fraction, sumFractions } from '../fraction.ts';
import { solveExactly } from './linear-system.ts';

/** What support pools do for each other and for the operating pools: driver quantities, by receiving pool. */
export interface Serving {
  readonly code: string;
  /** receiving pool → quantity (hours, licences, heads …), any non-negative scale */
  readonly drivers: ReadonlyMap<string, Fraction>;
}

/** Receiving pool → share of a pool's cost; shares sum to one, or the map is empty: the pool has no driver. */
export type Shares = ReadonlyMap<string, Fraction>;

/**
 * Shares of one support pool over the receivers that the method leaves open. Own use is removed first, receivers that
 * are closed are left out, and the rest is scaled to one.
 * @throws RangeError for a negative driver quantity
 */
export function sharesOver(pool: Serving, isOpen: (receiver: string) => boolean): Shares {
  const open: [string, Fraction][] = [];
  for (const [receiver, quantity] of pool.drivers) {
    if (quantity.sign < 0) throw new RangeError(`the driver of ${pool.code} for ${receiver} is negative`);
    if (receiver !== pool.code && quantity.sign > 0 && isOpen(receiver)) open.push([receiver, quantity]);
  }
  const total = sumFractions(open.map(([, quantity]) => quantity));
  return new Map(open.map(([receiver, quantity]) => [receiver, quantity.over(total)]));
}

/**
 * Where one unit of cost put into each support pool ends once all mutual use is settled: F = (I − S)⁻¹ R, exact.
 * A pool without drivers keeps what reaches it: it stands in the result as its own receiver.
 * @returns per support pool: receiver → share, summing to one
 * @throws Refusal support_loop naming the pools that serve only each other
 */
export function finalShares(support: readonly Serving[], operating: readonly string[]): Map<string, Shares> {
  const { shares, chain } = mutualShares(support, operating);
  const share = (from: string, to: string) => shares.get(from)!.get(to) ?? Fraction.ZERO;
  const ends = [...operating, ...support.map(({ code }) => code).filter((code) => !chain.includes(code))];
  const solved = solveExactly(
    chain.map((from) => chain.map((to) => (from === to ? Fraction.ONE : share(from, to).negated()))),
    chain.map((from) => ends.map((end) => share(from, end))),
  )!;
  const final = new Map<string, Shares>();
  for (const { code } of support) {
    const row = chain.indexOf(code);
    if (row < 0) final.set(code, new Map([[code, Fraction.ONE]]));
    else {
      const entries = ends.map((end, j): [string, Fraction] => [end, solved[row]![j]!]);
      final.set(code, new Map(entries.filter(([, share]) => !share.isZero)));
    }
  }
  return final;
}

/**
 * The textbooks' reciprocated cost of each support pool, t = c + Sᵀt: own cost and all that it receives from the others.
 * Their sum exceeds the ledger by design, so statements show net charges instead (Horngren, Cost Accounting 14e, ch. 15).
 * @param costs own cost by support pool
 * @throws Refusal support_loop naming the pools that serve only each other
 */
export function reciprocatedCosts(
  support: readonly Serving[],
  operating: readonly string[],
  costs: ReadonlyMap<string, Fraction>,
): Map<string, Fraction> {
  const { shares } = mutualShares(support, operating);
  const codes = support.map(({ code }) => code);
  const solved = solveExactly(
    codes.map((to) =>
      codes.map((from) => (from === to ? Fraction.ONE : (shares.get(from)!.get(to) ?? Fraction.ZERO).negated())),
    ),
    codes.map((code) => [costs.get(code) ?? Fraction.ZERO]),
  )!;
  return new Map(codes.map((code, i) => [code, solved[i]![0]!]));
}

/** Shares over all pools, and the support pools that hand on, once every one of them is known to reach an exit. */
function mutualShares(support: readonly Serving[], operating: readonly string[]) {
  const known = new Set([...operating, ...support.map(({ code }) => code)]);
  const shares = new Map(support.map((pool) => [pool.code, sharesOver(pool, (receiver) => known.has(receiver))]));
  const chain = support.map(({ code }) => code).filter((code) => shares.get(code)!.size > 0);
  const reaches = new Set([...operating, ...[...shares.keys()].filter((code) => shares.get(code)!.size === 0)]);
  for (let grown = true; grown;) {
    grown = false;
    for (const code of chain) {
      if (!reaches.has(code) && [...shares.get(code)!.keys()].some((to) => reaches.has(to))) {
        reaches.add(code);
        grown = true;
      }
    }
  }
  const trapped = chain.filter((code) => !reaches.has(code));
  if (trapped.length > 0) {
    throw new Refusal(
      'support_loop',
      `support pools ${trapped.join(', ')} serve only each other: their cost never reaches an operating pool`,
      { next: 'give one of them a driver to an operating pool', details: trapped },
    );
  }
  return { shares, chain };
}
