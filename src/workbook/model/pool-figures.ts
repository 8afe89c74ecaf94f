import type { Posting } from '../../domain/costing/ledger-pools.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Model, Pool } from '../../domain/model/model.ts';
import { unitsOfPool } from '../../domain/model/model.ts';
import type { Books, PoolResult } from '../../domain/statements/books.ts';
import type { CloseInputs } from '../../domain/statements/close-inputs.ts';
import { pricedBy } from '../../domain/statements/lines.ts';
import type { PoolFigures, PoolView, UnitView } from './workbook-model.ts';
import type { Volume } from './volumes.ts';

/** Pools with their exact figures, as the columns of Rates show them. */
export function poolViews(
  inputs: CloseInputs,
  books: Books,
  volumes: readonly Volume[],
  keys: { readonly pools: ReadonlyMap<string, string>; readonly units: ReadonlyMap<string, UnitView> },
): PoolView[] {
  const byPool = new Map<string, Volume[]>();
  for (const volume of volumes) byPool.set(volume.key.pool, [...(byPool.get(volume.key.pool) ?? []), volume]);
  return [...keys.pools.keys()].map((code): PoolView => {
    const pool = inputs.model.pools.find((candidate) => candidate.code === code)!;
    const result = books.pools.find((candidate) => candidate.pool === pool.code)!;
    const own = byPool.get(pool.code) ?? [];
    const split = splitOf(pool, result, inputs.model);
    const bearer = books.lines.find((line) => line.pool === pool.code && line.kind === 'direct')?.unit ?? null;
    const forecast = [...unitsOfPool(inputs.model.charging.forecast, pool.code)].flatMap(([unit, expected]) => {
      const view = keys.units.get(unit);
      return view && pool.kind === 'operating' ? [{ unitKey: view.key, unit, expected }] : [];
    });
    return {
      key: keys.pools.get(pool.code)!,
      pool,
      name: pool.name ?? pool.code,
      result,
      split,
      pricedBy: pricedBy(pool, inputs.model),
      shownPer: pool.driver === 'handle_seconds' ? 60 : 1,
      statedRate: statedRate(pool, inputs),
      capacity: inputs.capacity.get(pool.code) ?? null,
      reserved: split === 'reserved' ? unitsOfPool(inputs.model.charging.reserved, pool.code) : new Map(),
      forecast,
      ownByCurrency: ownByCurrency(books.postings, pool.code),
      figures: figuresOf(pool, result, split, own, forecast, inputs),
      bearer: bearer && keys.units.get(bearer)!.key,
    };
  });
}

function splitOf(pool: Pool, result: PoolResult, model: Model): PoolView['split'] {
  if (pool.kind !== 'operating') return pool.kind;
  if (result.practical.isZero && result.used.isZero) return 'direct';
  if (model.charging.unused_capacity === 'reserved' && !pool.contract) return 'reserved';
  return model.charging.basis;
}

/** Rate that the model, a contract or the last closed period states; null: the actual rate of the period. */
function statedRate(pool: Pool, inputs: CloseInputs): PoolView['statedRate'] {
  const stated = inputs.model.charging.standard_rates.get(pool.code);
  if (stated) return { rate: stated, divisor: 1 };
  if (pool.driver === 'handle_seconds' && pool.contract?.per_minute)
    return { rate: pool.contract.per_minute, divisor: 60 };
  if (pool.driver !== 'handle_seconds' && pool.contract?.per_contact)
    return { rate: pool.contract.per_contact, divisor: 1 };
  const last = inputs.lastRates.get(pool.code);
  return last ? { rate: last, divisor: 1 } : null;
}

function ownByCurrency(postings: readonly Posting[], code: string): Map<string, bigint> {
  const own = new Map<string, bigint>();
  for (const { from, to, amount } of postings) {
    if (to !== `pool:${code}` || !from.startsWith('ledger:')) continue;
    const currency = from.slice('ledger:'.length);
    own.set(currency, (own.get(currency) ?? 0n) + amount);
  }
  return own;
}

/** The quantities and exact amounts between a pool's cost and what it charges (method 3), in minor units. */
function figuresOf(
  pool: Pool,
  result: PoolResult,
  split: PoolView['split'],
  volumes: readonly Volume[],
  forecast: readonly { readonly unit: string; readonly expected: Fraction }[],
  inputs: CloseInputs,
): PoolFigures {
  const cost = Fraction.of(result.cost);
  const { rate, practical, used, standard } = result;
  const over = used.compare(practical) > 0;
  const usedCost = over ? cost : rate.times(used);
  const unusedCost = cost.minus(usedCost);
  const free = over ? Fraction.ZERO : practical.minus(used);
  const buffer = least(pool.planned_buffer, free);
  const shortfallWanted = shortfallOf(volumes, forecast);
  const shortfall = least(shortfallWanted, free.minus(buffer));
  const charged = standard.times(result.chargeRate).rounded();
  const rest = result.cost - charged;
  const handleTime = used.minus(standard).times(rate);
  const unusedBuffer = buffer.times(rate);
  const unusedShortfall = shortfall.times(rate);
  const rateVariance = Fraction.of(rest).minus(handleTime).minus(unusedCost);
  const rateOwn = result.cost === 0n ? rateVariance : rateVariance.times(Fraction.of(result.ledger, result.cost));
  const variableShare = pool.contract ? Fraction.ONE : pool.variable_share;
  const variableCost = split !== 'reserved' || used.isZero ? Fraction.ZERO : cost.times(variableShare);
  const fixedRate = practical.isZero ? Fraction.ZERO : cost.minus(variableCost).over(practical);
  const reserved =
    split === 'reserved' ? [...unitsOfPool(inputs.model.charging.reserved, pool.code).values()] : ([] as Fraction[]);
  const held = reserved.reduce((sum, quantity) => sum.plus(quantity), Fraction.ZERO);
  return {
    usedCost,
    unusedCost,
    free,
    buffer,
    shortfallWanted,
    shortfall,
    charged,
    rest,
    handleTime,
    unusedBuffer,
    unusedShortfall,
    unusedOther: unusedCost.minus(unusedBuffer).minus(unusedShortfall),
    reservedUnused: cost.minus(variableCost).minus(fixedRate.times(held)),
    rateVariance,
    rateOwn,
    rateSupport: rateVariance.minus(rateOwn),
    variableCost,
    fixedRate,
    variableRate: used.isZero ? Fraction.ZERO : variableCost.over(used),
    used,
    standard,
  };
}

function shortfallOf(
  volumes: readonly Volume[],
  forecast: readonly { readonly unit: string; readonly expected: Fraction }[],
): Fraction {
  return forecast.reduce((missing, { unit, expected }) => {
    const own = volumes.filter(({ key }) => key.taker?.unit === unit);
    const actual = own.reduce((sum, volume) => sum.plus(volume.attributed), Fraction.ZERO);
    if (actual.isZero || expected.compare(actual) <= 0) return missing;
    const standard = own.reduce((sum, volume) => sum.plus(volume.standard), Fraction.ZERO);
    return missing.plus(expected.minus(actual).times(standard).over(actual));
  }, Fraction.ZERO);
}

function least(a: Fraction, b: Fraction): Fraction {
  return a.compare(b) < 0 ? a : b;
}
