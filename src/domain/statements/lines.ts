import { apportion, compareKeys } from '../apportionment.ts';
import type { PoolSplit } from '../costing/pool-split.ts';
import { Fraction, sumFractions } from '../fraction.ts';
import { lineId } from '../ids.ts';
import { unitsOfPool, type Model, type Pool } from '../model/model.ts';
import type { Period } from '../period.ts';
import type { Line, ServiceLine } from './books.ts';
import type { CostingInputs } from './close-inputs.ts';
import { CONTACT_PARTS } from './cell-facts.ts';
import type { LineUse } from './pool-use.ts';

/** Units → decisions → lines: each subtotal is the exact sum of its parts, ties by ascending key. */
export function linesOf(
  pool: Pool,
  uses: readonly LineUse[],
  split: PoolSplit,
  inputs: CostingInputs,
  digits: number,
): Line[] {
  const lines: Line[] = [];
  const contacts = microContacts(uses);
  const priced = pricedBy(pool, inputs.model);
  for (const [key, members] of groupBy(
    uses.filter((use) => use.key.taker),
    claimKey,
  )) {
    const byDecision = [...groupBy(members, (use) => use.key.taker!.decision ?? '')];
    const decisions = shareOut(
      split.posted.get(key)!,
      byDecision.map(([name, of]) => ({ key: name, weight: sumFractions(of.map((use) => use[priced])) })),
      digits,
    );
    byDecision.forEach(([, of], i) => {
      const keyed = of
        .map((use) => ({ use, rank: lineRank(use, inputs.period) }))
        .sort((a, b) => compareKeys(a.rank, b.rank));
      const amounts = shareOut(
        decisions[i]!,
        keyed.map(({ use, rank }) => ({ key: rank, weight: use[priced] })),
        digits,
      );
      keyed.forEach(({ use }, j) => {
        const taker = use.key.taker!;
        lines.push({
          id: lineIdOf(use, inputs.period),
          kind: 'contacts',
          unit: taker.unit,
          decision: taker.decision,
          reason: use.key.reason,
          channel: use.key.channel,
          pool: pool.code,
          rule: taker.rule,
          tier: taker.tier,
          treatment: taker.treatment,
          chargePeriod: inputs.period,
          microContacts: contacts.get(use)!,
          quantity: use[priced],
          handleSeconds: use.handleSeconds,
          rate: split.chargeRate,
          amount: amounts[j]!,
        });
      });
    });
  }
  const reserved = unitsOfPool(inputs.model.charging.reserved, pool.code);
  for (const [key, amount] of split.posted) {
    if (!key.startsWith('reserved:')) continue;
    const unit = key.slice('reserved:'.length);
    lines.push({ ...directLine('reserved', pool, unit, amount, inputs.period), quantity: reserved.get(unit)! });
  }
  return lines;
}

/** Id of the line that a use belongs to. */
export function lineIdOf(use: Pick<LineUse, 'key'>, period: Period): string {
  return lineId([...partsOf(use, period), use.key.taker!.treatment]);
}

/**
 * Order of the lines that share an amount. The treatment comes last: another policy for a tier moves no cent between
 * lines, it only names them otherwise.
 */
export function lineRank(use: Pick<LineUse, 'key'>, period: Period): string {
  return `${lineId(partsOf(use, period))} ${use.key.taker!.treatment}`;
}

function partsOf(use: Pick<LineUse, 'key'>, period: Period): (string | null)[] {
  const { pool, taker, reason, channel } = use.key;
  return ['contacts', period, taker!.unit, taker!.decision, reason, channel, pool, taker!.rule, taker!.tier];
}

/** Whole contacts of the pool in millionths, shared out so that lines and service results sum to them. */
function microContacts(uses: readonly LineUse[]): ReadonlyMap<LineUse, bigint> {
  const total = sumFractions(uses.map((use) => use.parts))
    .times(1_000_000n)
    .over(CONTACT_PARTS)
    .rounded();
  const keyed = uses.map((use) => ({
    use,
    key: JSON.stringify([use.key.taker, use.key.reason, use.key.channel, use.key.service]),
  }));
  const shares = shareOut(
    total,
    keyed.map(({ use, key }) => ({ key, weight: use.parts })),
    0,
  );
  return new Map(keyed.map(({ use }, i) => [use, shares[i]!]));
}

function shareOut(
  total: bigint,
  weights: readonly { readonly key: string; readonly weight: Fraction }[],
  digits: number,
): bigint[] {
  const shares = apportion(total, weights, digits);
  if (shares) return shares;
  // Nothing was used: nothing was charged either, or the cents go to the first key by the tie rule.
  const first = [...weights].sort((a, b) => compareKeys(a.key, b.key))[0];
  return weights.map((claim) => (claim === first ? total : 0n));
}

/** Policy `proportional`: unused capacity goes to the units in proportion to what they are charged for in this pool. */
export function spreadUnused(
  pool: Pool,
  lines: Line[],
  serviceLines: ServiceLine[],
  period: Period,
  digits: number,
): void {
  const unused = serviceLines.filter((line) => line.kind.startsWith('unused.'));
  const total = unused.reduce((sum, line) => sum + line.amount, 0n);
  // By quantity, not by cents: what is charged may be negative, or too little to be a cent.
  const charged = new Map<string, Fraction>();
  for (const line of lines) {
    if (line.treatment === 'charged')
      charged.set(line.unit, (charged.get(line.unit) ?? Fraction.ZERO).plus(line.quantity));
  }
  const units = [...charged].sort(([a], [b]) => compareKeys(a, b));
  const shares = apportion(
    total,
    units.map(([key, weight]) => ({ key, weight })),
    digits,
  );
  if (!shares || total === 0n) return;
  units.forEach(([unit], i) => lines.push(directLine('unused_share', pool, unit, shares[i]!, period)));
  for (const line of unused) serviceLines.splice(serviceLines.indexOf(line), 1);
}

/** A line that no contact explains: a direct pool, reserved capacity, a share of unused capacity. */
export function directLine(
  kind: 'direct' | 'reserved' | 'unused_share',
  pool: Pool,
  unit: string,
  amount: bigint,
  period: Period,
): Line {
  return {
    id: lineId([kind, period, unit, pool.code]),
    kind,
    unit,
    decision: null,
    reason: null,
    channel: null,
    pool: pool.code,
    rule: null,
    tier: null,
    treatment: 'charged',
    chargePeriod: period,
    microContacts: 0n,
    quantity: Fraction.ZERO,
    handleSeconds: Fraction.ZERO,
    rate: null,
    amount,
  };
}

export function serviceLine(
  period: Period,
  kind: string,
  pool: string | null,
  quantity: Fraction | null,
  amount: bigint,
): ServiceLine {
  return { id: lineId(['service', period, kind, pool]), kind, pool, quantity, amount };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}

/** Who claims a pool's cost: a unit, whatever the policy of a tier does with its lines, or service. */
export function claimKey(use: LineUse): string {
  const { taker, service } = use.key;
  return taker ? `unit:${taker.unit}` : `service:${service}`;
}

/** Which quantity a pool's lines are priced by: standard seconds, or those used (actual basis, reserved capacity). */
export function pricedBy(pool: Pool, model: Model): 'used' | 'standard' {
  const reserved = model.charging.unused_capacity === 'reserved' && !pool.contract;
  return model.charging.basis === 'standard' && !reserved ? 'standard' : 'used';
}
