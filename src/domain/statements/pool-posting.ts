import { compareKeys } from '../apportionment.ts';
import { practicalSeconds } from '../costing/capacity.ts';
import type { Posting } from '../costing/ledger-pools.ts';
import { splitPool, splitReservedPool, type PoolSplit, type Use } from '../costing/pool-split.ts';
import { Refusal } from '../errors.ts';
import { Fraction, sumFractions } from '../fraction.ts';
import { unitsOfPool, type Pool } from '../model/model.ts';
import { lastDay } from '../period.ts';
import type { Line, PoolResult, ServiceLine } from './books.ts';
import { CONTACT_PARTS } from './cell-facts.ts';
import type { CostingInputs } from './close-inputs.ts';
import { claimKey, directLine, linesOf, serviceLine, spreadUnused } from './lines.ts';
import type { LineUse } from './pool-use.ts';

export interface Posted {
  readonly result: PoolResult;
  readonly postings: readonly Posting[];
  readonly lines: readonly Line[];
  readonly serviceLines: readonly ServiceLine[];
}

export function postPool(
  pool: Pool,
  money: { readonly own: bigint; readonly received: bigint; readonly passed: bigint },
  uses: readonly LineUse[],
  inputs: CostingInputs,
  digits: number,
): Posted {
  const cost = money.own + money.received - money.passed;
  const used = sumFractions(uses.map((use) => use.used));
  const standard = sumFractions(uses.map((use) => use.standard));
  const stated = inputs.capacity.get(pool.code);
  // Bought by the minute or by the contact: what is used is what there is.
  const bought = pool.contract !== undefined || pool.driver !== 'handle_seconds';
  if (pool.kind === 'operating' && !stated && !bought && !used.isZero) {
    throw new Refusal('capacity_missing', `there is no capacity of pool ${pool.code} for ${inputs.period}`, {
      next: 'import capacity with this period and pool',
    });
  }
  const practical = stated ? practicalSeconds(stated) : used;
  const empty = {
    practical,
    used,
    standard,
    overCapacity: Fraction.ZERO,
    rate: Fraction.ZERO,
    chargeRate: Fraction.ZERO,
    rateSource: 'actual' as const,
  };
  if (pool.kind === 'support') {
    return { result: poolResult(pool, money, empty, [], []), postings: [], lines: [], serviceLines: [] };
  }
  if (pool.kind === 'direct' || (practical.isZero && used.isZero)) {
    const target = pool.kind === 'direct' ? pool.unit! : pool.zero_driver;
    const lines =
      target === 'unattributed'
        ? []
        : [directLine('direct', pool, inputs.register.unitOn(target, lastDay(inputs.period)), cost, inputs.period)];
    const serviceLines =
      target === 'unattributed' && cost !== 0n
        ? [serviceLine(inputs.period, 'unattributed', pool.code, null, cost)]
        : [];
    return {
      result: poolResult(pool, money, empty, lines, serviceLines),
      postings: postingsOf(pool, lines, serviceLines),
      lines,
      serviceLines,
    };
  }
  const rate = standardRate(pool, inputs, digits);
  const claims = claimsOf(uses);
  const split = splitOf(pool, { ...money, practical, digits }, claims, inputs, rate.rate);
  const basis = inputs.model.charging.basis;
  const lines = linesOf(pool, uses, split, inputs, digits);
  const serviceLines = [...split.posted]
    .filter(([key]) => key.startsWith('service:'))
    .map(([key, amount]) =>
      serviceLine(
        inputs.period,
        key.slice('service:'.length),
        pool.code,
        claims.find((claim) => claim.key === key)?.used ?? null,
        amount,
      ),
    );
  if (inputs.model.charging.unused_capacity === 'proportional')
    spreadUnused(pool, lines, serviceLines, inputs.period, digits);
  const kept = serviceLines.filter((line) => line.amount !== 0n || line.kind.startsWith('unused.other'));
  const results = {
    practical,
    used,
    standard,
    overCapacity: split.usage.overCapacity,
    rate: split.usage.rate,
    chargeRate: split.chargeRate,
    rateSource: basis === 'standard' ? rate.source : ('actual' as const),
  };
  return {
    result: poolResult(pool, money, results, lines, kept),
    postings: postingsOf(pool, lines, kept),
    lines,
    serviceLines: kept,
  };
}

function splitOf(
  pool: Pool,
  money: { own: bigint; received: bigint; practical: Fraction; digits: number },
  claims: readonly Use[],
  inputs: CostingInputs,
  rate: Fraction | undefined,
): PoolSplit {
  const { charging } = inputs.model;
  const cost = { ...money, variableShare: pool.contract ? Fraction.ONE : pool.variable_share };
  if (charging.unused_capacity === 'reserved' && !pool.contract) {
    const reserved = unitsOfPool(charging.reserved, pool.code);
    const held = sumFractions(reserved.values());
    if (held.compare(money.practical) > 0) {
      throw new Refusal(
        'reserved_more_than_capacity',
        `pool ${pool.code}: ${held.toText(0)} is reserved of a practical capacity of ${money.practical.toText(0)}`,
        { next: 'lower charging.reserved and run `answerable model apply`' },
      );
    }
    return splitReservedPool(cost, claims, reserved);
  }
  const basis =
    charging.basis === 'actual'
      ? ({ kind: 'actual' } as const)
      : ({ kind: 'standard', rate, contract: pool.contract !== undefined } as const);
  return splitPool(cost, claims, basis, {
    plannedBuffer: pool.planned_buffer,
    forecastShortfall: shortfall(pool, claims, inputs),
  });
}

/** Contacts that units had announced and did not have, at the average of what their contacts took (method 3). */
function shortfall(
  pool: Pool,
  claims: readonly (Use & { readonly contacts?: Fraction })[],
  inputs: CostingInputs,
): Fraction {
  let missing = Fraction.ZERO;
  for (const [unit, expected] of unitsOfPool(inputs.model.charging.forecast, pool.code)) {
    const own = claims.find((claim) => claim.key === `unit:${unit}`);
    const actual = own?.contacts ?? Fraction.ZERO;
    if (!own || actual.isZero || expected.compare(actual) <= 0) continue;
    missing = missing.plus(expected.minus(actual).times(own.standard.over(actual)));
  }
  return missing;
}

function claimsOf(uses: readonly LineUse[]): (Use & { contacts: Fraction })[] {
  const claims = new Map<string, Use & { contacts: Fraction }>();
  for (const use of uses) {
    const key = claimKey(use);
    const kept = claims.get(key) ?? { key, used: Fraction.ZERO, standard: Fraction.ZERO, contacts: Fraction.ZERO };
    claims.set(key, {
      key,
      used: kept.used.plus(use.used),
      standard: kept.standard.plus(use.standard),
      contacts: kept.contacts.plus(use.parts.over(CONTACT_PARTS)),
    });
  }
  return [...claims.values()].sort((a, b) => compareKeys(a.key, b.key));
}

function postingsOf(pool: Pool, lines: readonly Line[], serviceLines: readonly ServiceLine[]): Posting[] {
  const sums = new Map<string, bigint>();
  for (const line of lines) {
    const to = line.treatment === 'charged' ? `unit:${line.unit}` : `service:${line.treatment}`;
    sums.set(to, (sums.get(to) ?? 0n) + line.amount);
  }
  for (const line of serviceLines)
    sums.set(`service:${line.kind}`, (sums.get(`service:${line.kind}`) ?? 0n) + line.amount);
  return [...sums]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([to, amount]) => ({ from: `pool:${pool.code}`, to, amount }));
}

type PoolFigures = Pick<
  PoolResult,
  'practical' | 'used' | 'standard' | 'overCapacity' | 'rate' | 'chargeRate' | 'rateSource'
>;

function poolResult(
  pool: Pool,
  money: { own: bigint; received: bigint; passed: bigint },
  figures: PoolFigures,
  lines: readonly Line[],
  serviceLines: readonly ServiceLine[],
): PoolResult {
  const cost = money.own + money.received - money.passed;
  const ofLines = (treatment: Line['treatment']) => total(lines.filter((line) => line.treatment === treatment));
  const ofService = (prefix: string) => total(serviceLines.filter((line) => line.kind.startsWith(prefix)));
  const usedAmount = figures.rate.times(figures.used).rounded();
  return {
    pool: pool.code,
    kind: pool.kind,
    layer: pool.layer,
    ledger: money.own,
    received: money.received,
    passed: money.passed,
    cost,
    driver: pool.driver,
    ...figures,
    usedAmount: pool.kind === 'operating' ? usedAmount : 0n,
    unusedAmount: pool.kind === 'operating' ? cost - usedAmount : 0n,
    charged: ofLines('charged'),
    variances: ofService('variance.'),
    unused: ofService('unused.'),
    unattributed: ofService('unattributed'),
    withheld: ofLines('withheld'),
    parked: ofLines('parked'),
  };
}

/** Standard rate in minor units: stated, else the contract's price, else the last closed capacity rate, else the actual one. */
function standardRate(
  pool: Pool,
  inputs: CostingInputs,
  digits: number,
): { rate: Fraction | undefined; source: PoolResult['rateSource'] } {
  const scale = 10n ** BigInt(digits);
  const stated = inputs.model.charging.standard_rates.get(pool.code);
  if (stated) return { rate: stated.times(scale), source: 'standard' };
  const price = pool.driver === 'handle_seconds' ? pool.contract?.per_minute?.over(60n) : pool.contract?.per_contact;
  if (price) return { rate: price.times(scale), source: 'contract' };
  const last = inputs.lastRates.get(pool.code);
  return last ? { rate: last.times(scale), source: 'last_closed' } : { rate: undefined, source: 'actual' };
}

export function total(items: readonly { readonly amount: bigint }[]): bigint {
  return items.reduce((sum, item) => sum + item.amount, 0n);
}
