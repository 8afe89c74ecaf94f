import { productEffects } from '../../domain/costing/decomposition.ts';
import { invariant } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Period } from '../../domain/period.ts';
import { bridge, BRIDGE_STEPS, type BridgeLine } from '../../domain/statements/bridge.ts';
import { bridgeLines } from '../../domain/statements/document.ts';
import { apportioned, byKey } from './apportioned.ts';
import type { Allocation } from './allocation.ts';
import type { BridgeCell, BridgeSide, BridgeView, LineView, PriorLine, PriorView, UnitView } from './workbook-model.ts';

const EMPTY: BridgeSide = { contacts: Fraction.ZERO, seconds: Fraction.ZERO, amount: 0n };
/** Steps that explain what stands in both periods, in the order in which ties of a cent go. */
export const LIKE_FOR_LIKE = ['handle_time', 'mix', 'rate', 'volume'] as const;

/** What the last period left: its lines as issued and at this period's standards, and what it booked beside them. */
export interface LastPeriod {
  readonly runId: string | null;
  readonly period: Period;
  readonly lines: ReadonlyMap<string, readonly BridgeLine[]>;
  readonly restated: ReadonlyMap<string, readonly BridgeLine[]> | undefined;
  readonly adjustments: ReadonlyMap<string, bigint> | undefined;
}

/**
 * The bridge of every unit down to its cells, as the workbook computes it; steps proven against the domain's.
 * @param adjustments of this period by unit, minor units
 */
export function priorView(
  last: LastPeriod,
  now: Allocation['lines'],
  adjustments: ReadonlyMap<string, bigint>,
  keys: {
    readonly units: ReadonlyMap<string, UnitView>;
    readonly decisions: ReadonlyMap<string, string>;
    readonly pools: ReadonlyMap<string, string>;
  },
  digits: number,
): { prior: PriorView; lines: LineView[] } {
  const cells: BridgeCell[] = [];
  const cellNos = new Map<string, number>();
  const bridges = new Map<string, BridgeView>();
  const priorLines: PriorLine[] = [];
  const likeForLike = new Map<string, boolean>();
  for (const unit of [...keys.units.values()].sort(byKey)) {
    const issued = last.lines.get(unit.code) ?? [];
    const before = last.restated?.get(unit.code) ?? issued;
    const own = now.filter((line) => line.unitKey === unit.key && line.line.treatment === 'charged');
    const after = bridgeLines(own.map(({ line }) => line));
    const decisionsOf = (lines: readonly BridgeLine[]) => new Set(lines.map(({ decision }) => decision));
    const [was, is] = [decisionsOf(before), decisionsOf(after)];
    const lasting = (line: { decision: string | null }) =>
      line.decision === null || (was.has(line.decision) && is.has(line.decision));
    const sides = new Map<string, { key: string; line: BridgeLine; before: BridgeSide; after: BridgeSide }>();
    const addTo = (side: 'before' | 'after', line: BridgeLine) => {
      const key = cellKey(unit.key, line);
      const kept = sides.get(key) ?? { key, line, before: EMPTY, after: EMPTY };
      const one = kept[side];
      const sum = lasting(line)
        ? {
            contacts: one.contacts.plus(line.contacts),
            seconds: one.seconds.plus(line.seconds),
            amount: one.amount + line.amount,
          }
        : one;
      sides.set(key, { ...kept, [side]: sum });
    };
    before.forEach((line) => addTo('before', line));
    after.forEach((line) => addTo('after', line));
    const ordered = [...sides.values()].sort(byKey);
    const contacts = (side: 'before' | 'after') =>
      ordered.reduce((sum, cell) => sum.plus(cell[side].contacts), Fraction.ZERO);
    const volumes = [contacts('before'), contacts('after')] as const;
    const ownCells = ordered.map((side): BridgeCell => {
      const cell = {
        no: cells.length + 1,
        unitKey: unit.key,
        reason: side.line.reason,
        channel: side.line.channel,
        pool: side.line.pool,
        before: side.before,
        after: side.after,
        ...effectsOf(side.before, side.after, volumes),
      };
      cells.push(cell);
      cellNos.set(side.key, cell.no);
      return cell;
    });
    before.forEach((line, i) => {
      priorLines.push({
        unitKey: unit.key,
        decisionKey: line.decision === null ? null : keys.decisions.get(line.decision)!,
        reason: line.reason,
        channel: line.channel,
        pool: line.pool,
        poolKey: keys.pools.get(line.pool) ?? null,
        contacts: line.contacts,
        quantity: issued[i]!.seconds,
        amount: issued[i]!.amount,
        restatedQuantity: line.seconds,
        restatedAmount: line.amount,
        bridgeCell: cellNos.get(cellKey(unit.key, line))!,
        likeForLike: lasting(line),
      });
    });
    own.forEach(({ line }) => likeForLike.set(line.id, lasting(line)));
    const beside = {
      last: last.adjustments?.get(unit.code) ?? 0n,
      now: adjustments.get(unit.code) ?? 0n,
      restated: charge(before) - charge(issued),
    };
    bridges.set(unit.key, bridgeView(before, after, ownCells, volumes, lasting, beside, digits));
  }
  const lines = now.map((view): LineView => ({
    ...view,
    bridgeCell: view.line.treatment === 'charged' ? cellNos.get(cellKey(view.unitKey, view.line))! : null,
    likeForLike: likeForLike.get(view.line.id) ?? false,
  }));
  return { prior: { runId: last.runId, period: last.period, lines: priorLines, cells, bridges }, lines };
}

function bridgeView(
  before: readonly BridgeLine[],
  after: readonly BridgeLine[],
  cells: readonly BridgeCell[],
  contacts: readonly [Fraction, Fraction],
  lasting: (line: BridgeLine) => boolean,
  beside: { readonly last: bigint; readonly now: bigint; readonly restated: bigint },
  digits: number,
): BridgeView {
  const { last, now, restated } = beside;
  const expected = bridge(before, after, { corrections: now - last, restated, digits });
  const likeForLike = charge(after.filter(lasting)) - charge(before.filter(lasting));
  const quotas = LIKE_FOR_LIKE.map((key) => ({
    key,
    quota: cells.reduce((sum, cell) => sum.plus(cell.effects[key]), Fraction.ZERO),
  }));
  const rows = apportioned(likeForLike, quotas, digits);
  for (const row of rows) {
    const step = expected.steps[row.key as (typeof BRIDGE_STEPS)[number]];
    invariant(step === row.posted, `bridge ${row.key}: ${row.posted}, posted ${step}`);
  }
  return {
    ...expected,
    opening: expected.opening + last,
    closing: expected.closing + last,
    lastAdjustments: last,
    contacts,
    likeForLike,
    apportioned: rows,
  };
}

/** Effects of the four factors in one cell, the rate taking the rest (see domain/statements/bridge.ts). Minor units. */
function effectsOf(
  before: BridgeSide,
  after: BridgeSide,
  volumes: readonly [Fraction, Fraction],
): Pick<BridgeCell, 'effects' | 'factors' | 'perContact'> {
  const difference = Fraction.of(after.amount - before.amount);
  const factors = factorsOf([before, after], volumes);
  const [volume, mix, handle] = factors
    ? (productEffects(factors[0], factors[1]) as [Fraction, Fraction, Fraction])
    : [Fraction.ZERO, Fraction.ZERO, Fraction.ZERO];
  const effects = { volume, mix, handle_time: handle, rate: difference.minus(volume).minus(mix).minus(handle) };
  return { effects, factors, perContact: isPerContact([before, after]) };
}

/** Pools driven by contacts: without a quantity in one of the periods a contact is the unit. */
function isPerContact(sides: readonly [BridgeSide, BridgeSide]): boolean {
  return sides.some((side) => !side.contacts.isZero && side.seconds.isZero);
}

function factorsOf(
  sides: readonly [BridgeSide, BridgeSide],
  volumes: readonly [Fraction, Fraction],
): [Fraction[], Fraction[]] | undefined {
  const stands = sides.map((side) => !side.contacts.isZero);
  if (sides.some((side, i) => !stands[i] && (side.amount !== 0n || !side.seconds.isZero))) return undefined;
  if (!stands[0] && !stands[1]) return undefined;
  const perContact = isPerContact(sides);
  const own = sides.map((side, i) => {
    if (!stands[i]) return undefined;
    const quantity = perContact ? side.contacts : side.seconds;
    return { handle: quantity.over(side.contacts), rate: Fraction.of(side.amount).over(quantity) };
  });
  const shares = sides.map((side, i) => (volumes[i]!.isZero ? undefined : side.contacts.over(volumes[i]!)));
  const of = (i: 0 | 1): Fraction[] => {
    const { handle, rate } = own[i] ?? own[1 - i]!;
    return [volumes[i], shares[i] ?? shares[1 - i] ?? Fraction.ZERO, handle, rate];
  };
  return [of(0), of(1)];
}

function charge(lines: readonly BridgeLine[]): bigint {
  return lines.reduce((sum, line) => sum + line.amount, 0n);
}

function cellKey(unitKey: string, line: { reason: string | null; channel: string | null; pool: string }): string {
  return [unitKey, line.pool, line.reason ?? '', line.channel ?? ''].join('\u0000');
}
