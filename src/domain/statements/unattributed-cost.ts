import { apportion } from '../apportionment.ts';
import type { Model } from '../model/model.ts';
import type { ServiceLine } from './books.ts';
import { reasonKey } from './coverage.ts';
import type { PoolUse } from './pool-use.ts';

/**
 * What the contacts that nobody answers for cost, by reason and channel, in minor units: the unattributed amount of each
 * pool over what it was made of, by largest remainder. It sums to these amounts; the cost of a pool that handled nothing
 * belongs to no contact.
 */
export function unattributedCost(
  use: PoolUse,
  serviceLines: readonly ServiceLine[],
  { charging }: Model,
  digits: number,
): ReadonlyMap<string, bigint> {
  const priced = charging.basis === 'standard' && charging.unused_capacity !== 'reserved' ? 'standard' : 'used';
  const uses = use.unattributed();
  const costs = new Map<string, bigint>();
  for (const { kind, pool, amount } of serviceLines) {
    if (kind !== 'unattributed') continue;
    const claims = uses
      .filter((candidate) => candidate.key.pool === pool)
      .map(({ key, [priced]: weight }) => ({ key: reasonKey(key), weight }));
    const shares = apportion(amount, claims, digits);
    claims.forEach(({ key }, i) => costs.set(key, (costs.get(key) ?? 0n) + (shares?.[i] ?? 0n)));
  }
  return costs;
}
