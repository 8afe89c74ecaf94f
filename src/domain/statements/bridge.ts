import { apportionQuotas } from '../apportionment.ts';
import { productEffects } from '../costing/decomposition.ts';
import { Fraction, sumFractions } from '../fraction.ts';

/** What the bridge reads of one charged line. */
export interface BridgeLine {
  /** null: the unit owns the reason, no decision caused the contacts */
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly contacts: Fraction;
  readonly seconds: Fraction;
  /** minor units, charge positive */
  readonly amount: bigint;
}

export const BRIDGE_STEPS = ['volume', 'mix', 'handle_time', 'rate', 'decisions', 'corrections', 'restated'] as const;
export type BridgeStep = (typeof BRIDGE_STEPS)[number];

export interface Bridge {
  /** minor units; opening + Σ steps = closing, exactly */
  readonly opening: bigint;
  readonly steps: Readonly<Record<BridgeStep, bigint>>;
  readonly closing: bigint;
}

/** Contacts, seconds and charge of one (reason, channel, pool) in one period. */
interface Cell {
  contacts: Fraction;
  seconds: Fraction;
  amount: bigint;
}

/**
 * Why a unit's charge changed from one period to the next (method 8). Like for like, the charge is
 * Σ contacts × mix × seconds per contact × cost per second over (reason, channel, pool), decomposed by Das Gupta with
 * the mix, handle time and rate as vectors; the steps are posted in minor units by largest remainder, so that they sum
 * exactly to the difference.
 * - `decisions`: the lines of decisions that stand in one of the two periods only, at their charge.
 * - `rate` also takes every change of lines without contacts (direct cost, reserved or allocated capacity): no contact
 *   explains them, so what changed is the price of being served.
 * @param last lines of the last period at this period's standards, without corrections
 * @param now lines of this period, without corrections
 * @param corrections corrections posted in this period less those posted in the last, minor units
 * @param restated last period at this period's standards less last period as issued, minor units
 * @param digits minor-unit digits of the currency
 */
export function bridge(
  last: readonly BridgeLine[],
  now: readonly BridgeLine[],
  adjustments: { readonly corrections: bigint; readonly restated: bigint; readonly digits: number },
): Bridge {
  const before = decisionsOf(last);
  const after = decisionsOf(now);
  const isLasting = ({ decision }: BridgeLine) => decision === null || (before.has(decision) && after.has(decision));
  const lastCharge = charge(last);
  const nowCharge = charge(now);
  const likeForLike = charge(now.filter(isLasting)) - charge(last.filter(isLasting));
  const [volume, mix, handleTime, rate] = apportionQuotas(
    likeForLike,
    effects(cellsOf(last.filter(isLasting)), cellsOf(now.filter(isLasting))),
    adjustments.digits,
  ) as [bigint, bigint, bigint, bigint];
  return {
    opening: lastCharge - adjustments.restated,
    steps: {
      volume,
      mix,
      handle_time: handleTime,
      rate,
      decisions: nowCharge - lastCharge - likeForLike,
      corrections: adjustments.corrections,
      restated: adjustments.restated,
    },
    closing: nowCharge + adjustments.corrections,
  };
}

const LIKE_FOR_LIKE = ['volume', 'mix', 'handle_time', 'rate'] as const;
/** Far below the sixth decimal that ranks quotas; keeps sums over thousands of groups short. */
const EFFECT_UNITS = 10n ** 24n;

/**
 * Quotas of the four like-for-like steps in minor units. The effects of a vector factor are the sums of its effects in
 * every cell, because each cell is a product of four numbers. Cells are cut at the 24th decimal and the rate takes the
 * rest of each, so that the quotas sum to the difference exactly.
 */
function effects(last: ReadonlyMap<string, Cell>, now: ReadonlyMap<string, Cell>) {
  const volumes = [contactsOf(last), contactsOf(now)] as const;
  const units = [0n, 0n, 0n, 0n];
  for (const key of new Set([...last.keys(), ...now.keys()])) {
    const cells = [last.get(key) ?? EMPTY, now.get(key) ?? EMPTY] as const;
    const difference = (cells[1].amount - cells[0].amount) * EFFECT_UNITS;
    const factors = factorsOf(cells, volumes);
    const [volume, mix, handleTime] = (factors ? productEffects(...factors).slice(0, 3) : NO_EFFECTS).map((effect) =>
      effect.times(EFFECT_UNITS).rounded(),
    ) as [bigint, bigint, bigint];
    const rest = difference - volume - mix - handleTime;
    [volume, mix, handleTime, rest].forEach((effect, i) => (units[i]! += effect));
  }
  return LIKE_FOR_LIKE.map((key, i) => ({ key, quota: Fraction.of(units[i]!, EFFECT_UNITS) }));
}

const NO_EFFECTS = [Fraction.ZERO, Fraction.ZERO, Fraction.ZERO];
const EMPTY: Cell = { contacts: Fraction.ZERO, seconds: Fraction.ZERO, amount: 0n };

/**
 * Contacts of the unit, the cell's share of them, seconds per contact and cost per second, in both periods; undefined
 * for a cell that no contact explains. A cell that one period does not have takes handle time and rate of the other, so
 * that coming and going are mix; a unit without contacts in one period takes the other's mix, so that all is volume.
 */
function factorsOf(
  cells: readonly [Cell, Cell],
  volumes: readonly [Fraction, Fraction],
): [Fraction[], Fraction[]] | undefined {
  const stands = cells.map((cell) => cell.contacts.sign !== 0);
  if (cells.some((cell, i) => !stands[i] && (cell.amount !== 0n || cell.seconds.sign !== 0))) return undefined;
  if (!stands[0] && !stands[1]) return undefined;
  // Pools driven by contacts: without seconds in one of the periods a contact is the unit, and the rate is per contact.
  const perContact = cells.some((cell, i) => stands[i] && cell.seconds.isZero);
  const own = cells.map((cell, i) => {
    if (!stands[i]) return undefined;
    const seconds = perContact ? cell.contacts : cell.seconds;
    return { handle: seconds.over(cell.contacts), rate: Fraction.of(cell.amount).over(seconds) };
  });
  const shares = cells.map((cell, i) => (volumes[i]!.isZero ? undefined : cell.contacts.over(volumes[i]!)));
  const of = (i: 0 | 1): Fraction[] => {
    const { handle, rate } = own[i] ?? own[1 - i]!;
    return [volumes[i], shares[i] ?? shares[1 - i] ?? Fraction.ZERO, handle, rate];
  };
  return [of(0), of(1)];
}

function cellsOf(lines: readonly BridgeLine[]): Map<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const line of lines) {
    const key = JSON.stringify([line.reason, line.channel, line.pool]);
    const cell = cells.get(key) ?? EMPTY;
    cells.set(key, {
      contacts: cell.contacts.plus(line.contacts),
      seconds: cell.seconds.plus(line.seconds),
      amount: cell.amount + line.amount,
    });
  }
  return cells;
}

function contactsOf(cells: ReadonlyMap<string, Cell>): Fraction {
  return sumFractions([...cells.values()].map(({ contacts }) => contacts));
}

function decisionsOf(lines: readonly BridgeLine[]): Set<string> {
  return new Set(lines.flatMap(({ decision }) => decision ?? []));
}

function charge(lines: readonly BridgeLine[]): bigint {
  return lines.reduce((total, { amount }) => total + amount, 0n);
}
