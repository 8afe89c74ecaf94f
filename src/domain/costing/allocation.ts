import { apportionQuotas } from '../apportionment.ts';
import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { finalShares, reciprocatedCosts, sharesOver } from './support-network.ts';
import type { Serving, Shares } from './support-network.ts';

export type AllocationMethod = 'direct' | 'step_down' | 'reciprocal';

export interface SupportPool extends Serving {
  /** own ledger cost, minor units, debit positive */
  readonly cost: bigint;
}

/** One double entry: credit `from`, debit `to`, minor units. */
export interface Hop {
  readonly from: string;
  readonly to: string;
  readonly amount: bigint;
}

export interface SupportAllocation {
  /** none of them zero; in the order of the support pools (step-down: of the steps), then of their drivers */
  readonly hops: Hop[];
  /** what had no driver to go by, minor units, by zero-driver target */
  readonly remainder: ReadonlyMap<string, bigint>;
}

/** Where the cost of a pool without drivers goes unless the model says otherwise: it stays with service. */
export const DEFAULT_ZERO_DRIVER_TARGET = 'unattributed';

/**
 * Support cost to operating pools as double entries in minor units: each support pool ends at zero, and own + received
 * of the receivers plus the remainder is the ledger, exactly. Ties of a minor unit go to the ascending pool code.
 *
 * `direct` leaves use among support pools out. `step_down` closes the pools one after the other; a closed pool takes
 * nothing back. `reciprocal` posts net charges: the own cost of each support pool, straight to where the exact solution
 * of the mutual use sends it. The textbooks' gross flows between support pools cancel out, sum to more than the ledger,
 * and would have to be rounded in a circle; statements must show what was really spent (`reciprocatedCosts` gives the
 * gross figures).
 * @param options.order step-down: every support pool once, first to close first
 * @param options.digits minor-unit digits of the currency
 * @param options.zeroDriver target of a pool that has no driver to an open pool; default: unattributed
 * @throws Refusal support_loop, support_order, unknown_pool
 */
export function allocateSupport(
  method: AllocationMethod,
  support: readonly SupportPool[],
  operating: readonly string[],
  options: { order?: readonly string[]; digits: number; zeroDriver?: (pool: string) => string },
): SupportAllocation {
  const targetOf = options.zeroDriver ?? (() => DEFAULT_ZERO_DRIVER_TARGET);
  const shares = sharesByPool(method, support, operating, options.order);
  const isOperating = new Set(operating);
  const costs = new Map(support.map((pool) => [pool.code, pool.cost]));
  const hops: Hop[] = [];
  const remainder = new Map<string, bigint>();
  for (const [from, receivers] of shares) {
    const cost = costs.get(from)!;
    const claims = [...receivers].map(([key, share]) => ({ key, quota: share.times(cost) }));
    apportionQuotas(cost, claims, options.digits).forEach((amount, i) => {
      const to = claims[i]!.key;
      if (amount === 0n) return;
      if (isOperating.has(to) || (method === 'step_down' && to !== from)) {
        hops.push({ from, to, amount });
        if (costs.has(to)) costs.set(to, costs.get(to)! + amount);
      } else {
        const target = targetOf(to);
        remainder.set(target, (remainder.get(target) ?? 0n) + amount);
      }
    });
  }
  return { hops, remainder };
}

/** An exact flow of the textbooks, before any rounding. */
export interface Flow {
  readonly from: string;
  readonly to: string;
  readonly amount: Fraction;
}

/**
 * The textbooks' form of the same allocation: exact gross flows. Under `reciprocal` a pool hands on its reciprocated
 * cost, so flows between support pools stand beside those to operating pools. A pool without drivers hands on nothing.
 * @param costs own cost by support pool, any unit of money
 * @throws Refusal support_loop, support_order, unknown_pool
 */
export function textbookFlows(
  method: AllocationMethod,
  support: readonly Serving[],
  operating: readonly string[],
  costs: ReadonlyMap<string, Fraction>,
  order?: readonly string[],
): Flow[] {
  refuseUnknownReceivers(support, operating);
  const isReciprocal = method === 'reciprocal';
  const pots = new Map(isReciprocal ? reciprocatedCosts(support, operating, costs) : costs);
  const shares = isReciprocal
    ? new Map(support.map((pool) => [pool.code, sharesOver(pool, () => true)]))
    : sharesByPool(method, support, operating, order);
  const flows: Flow[] = [];
  for (const [from, receivers] of shares) {
    for (const [to, share] of receivers) {
      if (to === from) continue;
      const amount = (pots.get(from) ?? Fraction.ZERO).times(share);
      flows.push({ from, to, amount });
      if (method === 'step_down') pots.set(to, (pots.get(to) ?? Fraction.ZERO).plus(amount));
    }
  }
  return flows;
}

/** Shares of every support pool, in the order of posting; a pool without an open receiver keeps all of it itself. */
function sharesByPool(
  method: AllocationMethod,
  support: readonly Serving[],
  operating: readonly string[],
  order: readonly string[] | undefined,
): Map<string, Shares> {
  refuseUnknownReceivers(support, operating);
  if (method === 'reciprocal') return finalShares(support, operating);
  const steps = method === 'step_down' ? stepOrder(support, order) : support;
  const open = new Set([...operating, ...(method === 'step_down' ? steps.map(({ code }) => code) : [])]);
  const byPool = new Map<string, Shares>();
  for (const pool of steps) {
    open.delete(pool.code);
    const shares = sharesOver(pool, (receiver) => open.has(receiver));
    byPool.set(pool.code, shares.size > 0 ? shares : new Map([[pool.code, Fraction.ONE]]));
  }
  return byPool;
}

function stepOrder(support: readonly Serving[], order: readonly string[] | undefined): Serving[] {
  const byCode = new Map(support.map((pool) => [pool.code, pool]));
  const steps = (order ?? []).flatMap((code) => byCode.get(code) ?? []);
  if (order?.length !== support.length || new Set(steps).size !== support.length) {
    throw new Refusal(
      'support_order',
      `step-down needs an order that names each support pool once: ${[...byCode.keys()].join(', ')}; got ${order?.join(', ') ?? 'none'}`,
    );
  }
  return steps;
}

function refuseUnknownReceivers(support: readonly Serving[], operating: readonly string[]): void {
  const known = new Set([...operating, ...support.map(({ code }) => code)]);
  for (const pool of support) {
    const unknown = [...pool.drivers.keys()].find((receiver) => !known.has(receiver));
    if (unknown !== undefined) {
      throw new Refusal('unknown_pool', `support pool ${pool.code} has a driver to "${unknown}", which is no pool`);
    }
  }
}
