import type { Fraction } from '../../domain/fraction.ts';
import type { LineView, PoolView, PriorLine, UnitView } from '../model/workbook-model.ts';
import type { Frame } from '../plan/frame.ts';

/** Key of ledger entries that are parked by name: no pool takes them. */
export const PARKED = 'P00';
/** Key of lines that no decision caused. */
export const NO_DECISION = 'D00';
/** Key of what service keeps instead of a unit. */
export const SERVICE = 'U00';
/** Rows from the last claim to the first group: a section title and column headers stand between. */
export const GROUPS_BELOW = 5;

/** Kinds of lines as numbers, so that formulas look them up without words. */
export const KIND_NO: Readonly<Record<LineView['line']['kind'], number>> = {
  contacts: 1,
  reserved: 2,
  unused_share: 3,
  direct: 4,
};

/** Results of Allocation that are no lines: kept by service, and unused capacity that the units take over. */
export const RESULT_KEPT = 9;
export const RESULT_TAKEN = 0;

/** Treatments of lines as numbers. */
export const TREATMENT_NO: Readonly<Record<LineView['line']['treatment'], number>> = {
  withheld: 0,
  charged: 1,
  parked: 2,
};

/** First row of a sheet's data under the column headers. */
export function firstRow(frame: Frame, key: string): number {
  return frame.sheet(key).layout.headerRow + 1;
}

/** Pools with a column of capacity and rates. */
export function operating(frame: Frame): PoolView[] {
  return frame.model.pools.filter(({ split }) => split === 'standard' || split === 'actual' || split === 'reserved');
}

/** A pool that nothing used and no unit bears: its cost stays unattributed. */
export function isUnplaced(pool: PoolView): boolean {
  return pool.split === 'direct' && pool.bearer === null;
}

export function reservedRows(frame: Frame): { poolKey: string; unit: string; quantity: Fraction }[] {
  return operating(frame).flatMap((pool) =>
    [...pool.reserved].map(([unit, quantity]) => ({ poolKey: pool.key, unit, quantity })),
  );
}

/** The rate that a pool's contacts are priced at: its row on Rates. */
export function chargeItem(pool: PoolView): string {
  return pool.split === 'standard' ? 'chargeRate' : pool.split === 'reserved' ? 'variableRate' : 'rate';
}

/** Words for what service keeps: variance.handle_time and its like. */
export function serviceLabel(frame: Frame, kind: string): string {
  return frame.label(`service.kind.${kind}`);
}

/** A line of the last period holds no kind: its reason and pool tell it. */
export function priorKind(frame: Frame, line: PriorLine): LineView['line']['kind'] {
  if (line.reason !== null) return 'contacts';
  const pool = line.poolKey === null ? undefined : frame.pool(line.poolKey);
  if (pool?.pool.kind !== 'operating' || frame.model.unusedPolicy === 'retained') return 'direct';
  return frame.model.unusedPolicy === 'reserved' ? 'reserved' : 'unused_share';
}

/** What the period books beside a unit's charge, minor units. */
export function adjustmentOf(frame: Frame, unit: UnitView): bigint {
  return frame.model.adjustments
    .filter(({ unitKey }) => unitKey === unit.key)
    .reduce((sum, { adjustment }) => sum + adjustment.amount, 0n);
}
