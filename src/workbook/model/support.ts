import { compareKeys } from '../../domain/apportionment.ts';
import { finalShares, sharesOver, type Serving } from '../../domain/costing/support-network.ts';
import { invariant } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Model } from '../../domain/model/model.ts';
import type { Books } from '../../domain/statements/books.ts';
import { apportioned } from './apportioned.ts';
import type { SupportRow, SupportView } from './workbook-model.ts';

/** How support pools reach the pools they serve, step by step; undefined: the model has none. Keys are those of pools. */
export function supportView(
  model: Model,
  books: Books,
  keyOf: ReadonlyMap<string, string>,
  digits: number,
): SupportView | undefined {
  const support = model.pools
    .filter((pool) => pool.kind === 'support')
    .map(({ code }): Serving => ({
      code,
      drivers: model.support.drivers.get(code) ?? new Map<string, Fraction>(),
    }));
  if (support.length === 0) return undefined;
  const others = model.pools.filter((pool) => pool.kind !== 'support').map(({ code }) => code);
  const isOther = new Set(others);
  const { method } = model.support;
  const order = method === 'step_down' ? model.support.order!.map((code) => byCode(support, code)) : support;
  const costs = new Map(support.map(({ code }) => [code, books.pools.find(({ pool }) => pool === code)!.ledger]));
  const final = method === 'reciprocal' ? finalShares(support, others) : undefined;
  const open = new Set([...others, ...(method === 'step_down' ? order.map(({ code }) => code) : [])]);
  const rows: SupportRow[] = [];
  const stays = new Set<string>();
  for (const pool of order) {
    open.delete(pool.code);
    const shares = final?.get(pool.code) ?? sharesOver(pool, (receiver) => open.has(receiver));
    if (shares.size === 0 || (shares.size === 1 && shares.has(pool.code))) {
      stays.add(pool.code);
      continue;
    }
    const total = costs.get(pool.code)!;
    const receivers = [...shares].sort(([a], [b]) => compareKeys(a, b));
    const amounts = apportioned(
      total,
      receivers.map(([key, share]) => ({ key, quota: share.times(total) })),
      digits,
    );
    receivers.forEach(([to, share], i) => {
      const passes = isOther.has(to) || method === 'step_down';
      const row = amounts[i]!;
      rows.push({ from: keyOf.get(pool.code)!, to: keyOf.get(to)!, passes, share, total, apportioned: row });
      if (passes && costs.has(to)) costs.set(to, costs.get(to)! + row.posted);
      const hop = books.postings.find(({ from, to: into }) => from === `pool:${pool.code}` && into === `pool:${to}`);
      const posted = passes ? (hop?.amount ?? 0n) : row.posted;
      invariant(posted === row.posted, `support ${pool.code} to ${to}: ${row.posted}, posted ${posted}`);
    });
  }
  const chain = method === 'reciprocal' ? support.filter(({ code }) => !stays.has(code)).map(({ code }) => code) : [];
  const ends =
    method === 'reciprocal' ? [...others, ...support.map(({ code }) => code).filter((c) => stays.has(c))] : [];
  return {
    method,
    rows,
    chain: chain.map((code) => keyOf.get(code)!),
    ends: ends.map((code) => keyOf.get(code)!),
    stages: stagesOf(support, chain, ends),
    drivers: support.flatMap(({ code, drivers }) =>
      [...drivers].map(([to, quantity]) => ({ from: keyOf.get(code)!, to: keyOf.get(to)!, quantity })),
    ),
    zeroDriver: keyOf.get(model.support.zero_driver) ?? null,
  };
}

/**
 * The mutual use settled pool by pool: each stage sends what would reach one pool straight on to where that pool sends
 * it. After the last stage only pools that hand nothing on receive anything. Columns: ends, then chain.
 */
function stagesOf(support: readonly Serving[], chain: readonly string[], ends: readonly string[]): Fraction[][][] {
  const columns = [...ends, ...chain];
  const known = new Set(columns);
  let matrix = chain.map((code) => {
    const shares = sharesOver(byCode(support, code), (receiver) => known.has(receiver));
    return columns.map((column) => shares.get(column) ?? Fraction.ZERO);
  });
  const stages = [matrix];
  chain.forEach((_, pivot) => {
    const at = ends.length + pivot;
    const through = matrix[pivot]!;
    const leaves = Fraction.ONE.minus(through[at]!);
    matrix = matrix.map((row) =>
      row.map((share, column) =>
        column === at ? Fraction.ZERO : share.plus(row[at]!.times(through[column]!).over(leaves)),
      ),
    );
    stages.push(matrix);
  });
  return stages;
}

function byCode(support: readonly Serving[], code: string): Serving {
  return support.find((pool) => pool.code === code)!;
}
