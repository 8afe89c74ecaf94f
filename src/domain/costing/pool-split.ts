import { apportion, apportionQuotas, type Claim } from '../apportionment.ts';
import { Fraction, sumFractions } from '../fraction.ts';
import { usage, type Usage } from './capacity.ts';

/** What somebody used of a pool: actual and standard quantity of its driver (seconds or contacts). */
export interface Use {
  /** unit:<code>:<treatment>, service:unattributed, service:repeats, service:transfers: ties of cents go to the ascending key */
  readonly key: string;
  readonly used: Fraction;
  readonly standard: Fraction;
}

export interface PoolCost {
  /** own ledger cost and cost received from support pools, minor units */
  readonly own: bigint;
  readonly received: bigint;
  readonly practical: Fraction;
  readonly variableShare: Fraction;
  readonly digits: number;
}

export type Basis =
  | { readonly kind: 'actual' }
  | {
      readonly kind: 'standard';
      /** minor units for one unit of the driver; absent: the actual rate */ readonly rate?: Fraction | undefined;
      readonly contract: boolean;
    };

export interface UnusedParts {
  /** quantities of the driver, in the order in which they explain unused capacity; the rest is `other` */
  readonly plannedBuffer: Fraction;
  readonly forecastShortfall: Fraction;
}

export interface PoolSplit {
  readonly usage: Usage;
  /** rate that charges use: the standard rate, or the capacity cost rate; minor units for one unit of the driver */
  readonly chargeRate: Fraction;
  /** minor units by key of the use, and by service result `service:…`; they sum to own + received exactly */
  readonly posted: ReadonlyMap<string, bigint>;
}

/**
 * Splits a pool's cost into what uses are charged and what stays with service by name (method 3). One level of
 * apportionment: every result sums to the cost exactly.
 *
 * actual: charged A·r, unused (P − A)·r. standard: charged round(S·s) apportioned over S, and with service the
 * variances rate S·(r − s), handle time (A − S)·r and unused (P − A)·r; cost = S·s + S(r − s) + (A − S)r + (P − A)r.
 */
export function splitPool(pool: PoolCost, uses: readonly Use[], basis: Basis, unusedParts: UnusedParts): PoolSplit {
  const cost = pool.own + pool.received;
  const used = sumFractions(uses.map((use) => use.used));
  const capacity = usage({ cost: Fraction.of(cost), practical: pool.practical, used });
  const unused = unusedClaims(capacity, unusedParts, pool.practical.minus(used));
  if (basis.kind === 'actual') {
    const claims = [...uses.map((use) => ({ key: use.key, quota: use.used.times(capacity.rate) })), ...unused];
    return { usage: capacity, chargeRate: capacity.rate, posted: posted(cost, claims, pool.digits) };
  }
  const standardRate = basis.rate ?? capacity.rate;
  const standard = sumFractions(uses.map((use) => use.standard));
  // A product that is not yet a total is rounded once per pool, half away from zero, then apportioned.
  const charged = standard.times(standardRate).rounded();
  const shares =
    apportion(
      charged,
      uses.map((use) => ({ key: use.key, weight: use.standard })),
      pool.digits,
    ) ?? uses.map(() => 0n);
  const rest = cost - charged;
  const handleTime = used.minus(standard).times(capacity.rate);
  const rate = Fraction.of(rest)
    .minus(handleTime)
    .minus(sumFractions(unused.map((claim) => claim.quota)));
  const ownShare = cost === 0n ? Fraction.ONE : Fraction.of(pool.own, cost);
  const variances: Claim[] = [
    { key: 'service:variance.handle_time', quota: handleTime },
    { key: `service:variance.${basis.contract ? 'contract' : 'rate_own'}`, quota: rate.times(ownShare) },
    { key: 'service:variance.rate_support', quota: rate.minus(rate.times(ownShare)) },
    ...unused,
  ];
  const results = posted(rest, variances, pool.digits);
  uses.forEach((use, i) => results.set(use.key, shares[i]!));
  return { usage: capacity, chargeRate: standardRate, posted: results };
}

/**
 * Dual rate: reserved capacity pays the fixed part whether it is used or not, use pays the variable part, capacity that
 * nobody reserved is unused (Horngren; method 3, policy `reserved`).
 * @throws RangeError when more is reserved than there is
 */
export function splitReservedPool(
  pool: PoolCost,
  uses: readonly Use[],
  reserved: ReadonlyMap<string, Fraction>,
): PoolSplit {
  const cost = pool.own + pool.received;
  const used = sumFractions(uses.map((use) => use.used));
  const variable = used.isZero ? Fraction.ZERO : Fraction.of(cost).times(pool.variableShare);
  const fixed = Fraction.of(cost).minus(variable);
  const held = sumFractions(reserved.values());
  if (held.compare(pool.practical) > 0)
    throw new RangeError(`${held.toText()} is reserved of a capacity of ${pool.practical.toText()}`);
  const fixedRate = pool.practical.isZero ? Fraction.ZERO : fixed.over(pool.practical);
  const variableRate = used.isZero ? Fraction.ZERO : variable.over(used);
  const claims: Claim[] = [
    ...uses.map((use) => ({ key: use.key, quota: use.used.times(variableRate) })),
    ...[...reserved].map(([unit, quantity]) => ({ key: `reserved:${unit}`, quota: quantity.times(fixedRate) })),
  ];
  claims.push({
    key: 'service:unused.other',
    quota: Fraction.of(cost).minus(sumFractions(claims.map((claim) => claim.quota))),
  });
  const capacity = usage({ cost: Fraction.of(cost), practical: pool.practical, used });
  return { usage: capacity, chargeRate: variableRate, posted: posted(cost, claims, pool.digits) };
}

function unusedClaims(capacity: Usage, parts: UnusedParts, free: Fraction): Claim[] {
  if (free.sign <= 0) return [{ key: 'service:unused.other', quota: capacity.unused }];
  const buffer = least(parts.plannedBuffer, free);
  const shortfall = least(parts.forecastShortfall, free.minus(buffer));
  return [
    { key: 'service:unused.forecast_shortfall', quota: shortfall.times(capacity.rate) },
    { key: 'service:unused.other', quota: capacity.unused.minus(buffer.plus(shortfall).times(capacity.rate)) },
    { key: 'service:unused.planned_buffer', quota: buffer.times(capacity.rate) },
  ];
}

function posted(total: bigint, claims: readonly Claim[], digits: number): Map<string, bigint> {
  const amounts = apportionQuotas(total, claims, digits);
  return new Map(claims.map((claim, i) => [claim.key, amounts[i]!]));
}

function least(a: Fraction, b: Fraction): Fraction {
  return a.compare(b) < 0 ? a : b;
}
