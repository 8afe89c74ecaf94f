import { apportion, compareKeys } from '../apportionment.ts';
import { attribute } from '../attribution/rulebook.ts';
import { Fraction, sumFractions } from '../fraction.ts';
import { lineId } from '../ids.ts';
import type { Pool } from '../model/model.ts';
import { minorDigits } from '../money.ts';
import type { Period } from '../period.ts';
import { EMPTY_ADJUSTMENT, type Adjustment } from './adjustment.ts';
import { CONTACT_PARTS, type CellFacts } from './cell-facts.ts';
import type { CloseInputs } from './close-inputs.ts';
import { claimKey, pricedBy } from './lines.ts';
import { keptByService, PoolUse, refuseOverlaps, type LineUse } from './pool-use.ts';
import { standardsOf } from './standards.ts';
import { sharesOf } from './upper-roll-up.ts';
import { UseSums } from './use-sums.ts';

/** A closed period as its issued run read and priced it. */
export interface IssuedFrame {
  readonly inputs: CloseInputs;
  /** rate of each operating pool's charges, minor units for one unit of the driver, exact */
  readonly chargeRates: ReadonlyMap<string, Fraction>;
}

/**
 * What late, corrected and withdrawn contacts of a closed period change: attributed by its rules, priced at its issued
 * rates, against its rate variance (standard) or unused capacity (actual), so that nobody else's line moves (method 8).
 * Turning the sign of every cell turns the sign of every amount.
 * @param deltas cells as they stand less cells as they were last posted: contacts, seconds and parts are signed
 * @param posting period that books them
 */
export function contactCorrections(frame: IssuedFrame, deltas: readonly CellFacts[], posting: Period): Adjustment[] {
  const { inputs } = frame;
  if (deltas.length === 0) return [];
  const shares = sharesOf(inputs, inputs.cells);
  const sums = new UseSums(inputs.model);
  for (const cell of deltas) {
    const keeps = keptByService(cell, inputs.model);
    sums.add(cell, keeps ? undefined : attribute(cell, inputs.model, inputs.register, shares), keeps);
  }
  refuseOverlaps(sums.overlaps());
  const adjustments: Adjustment[] = [];
  const uses = new PoolUse(sums.list(), inputs.model, standardsOf(inputs)).byPool();
  for (const pool of inputs.model.pools) {
    const changed = (uses.get(pool.code) ?? []).filter((line) => !line.parts.isZero || !line.used.isZero);
    if (changed.length > 0) adjustments.push(...poolCorrections(pool, changed, frame, posting));
  }
  return adjustments;
}

function poolCorrections(pool: Pool, uses: readonly LineUse[], frame: IssuedFrame, posting: Period): Adjustment[] {
  const { inputs } = frame;
  const digits = minorDigits(inputs.currency)!;
  const rate = frame.chargeRates.get(pool.code) ?? Fraction.ZERO;
  const priced = pricedBy(pool, inputs.model);
  const keyed = uses
    .map((use) => ({ use, key: keyOf(use), quota: use[priced].times(rate) }))
    .sort((a, b) => compareKeys(JSON.stringify(a.key), JSON.stringify(b.key)));
  // Charges and credits each are a product that is not yet a total: rounded once, then apportioned.
  const amounts = new Map<LineUse, bigint>();
  for (const sign of [1, -1] as const) {
    const group = keyed.filter(({ quota }) => quota.sign === sign);
    const total = sumFractions(group.map(({ quota }) => quota)).rounded();
    const path = group.map(({ use, key, quota }) => ({
      path: [claimKey(use), use.key.taker?.decision ?? '', JSON.stringify(key)],
      weight: quota.sign < 0 ? quota.negated() : quota,
    }));
    nestedShares(total, path, digits).forEach((amount, i) => amounts.set(group[i]!.use, amount));
  }
  const lines = keyed.map(({ use, key }) =>
    adjustmentOf(use, amounts.get(use) ?? 0n, {
      id: lineId(['late_contacts', posting, inputs.period, ...key]),
      chargePeriod: inputs.period,
      quantity: use[priced],
      rate,
    }),
  );
  const total = lines.reduce((sum, line) => sum + line.amount, 0n);
  if (total === 0n) return lines;
  const kind = counterKind(pool, inputs);
  return [
    ...lines,
    {
      ...EMPTY_ADJUSTMENT,
      id: lineId(['late_contacts', posting, inputs.period, 'service', kind, pool.code]),
      source: 'late_contacts',
      unit: null,
      kind,
      chargePeriod: inputs.period,
      pool: pool.code,
      amount: -total,
    },
  ];
}

/** Service's own line that bears, or gains, what a unit is charged late. */
export function counterKind(pool: Pool, inputs: CloseInputs): string {
  if (pricedBy(pool, inputs.model) !== 'standard') return 'unused.other';
  return pool.contract ? 'variance.contract' : 'variance.rate_own';
}

function keyOf({ key: { taker, service, reason, channel, pool } }: LineUse): (string | null)[] {
  return taker
    ? [taker.unit, taker.decision, reason, channel, pool, taker.rule, taker.tier, taker.treatment]
    : ['service', service, pool];
}

function adjustmentOf(
  use: LineUse,
  amount: bigint,
  figures: Pick<Adjustment, 'id' | 'chargePeriod' | 'quantity' | 'rate'>,
): Adjustment {
  const { taker, service, reason, channel, pool } = use.key;
  const charged = taker?.treatment === 'charged';
  return {
    ...figures,
    source: 'late_contacts',
    reference: null,
    unit: charged ? taker.unit : null,
    kind: charged ? 'contacts' : taker ? 'withheld' : service!,
    decision: taker?.decision ?? null,
    reason: taker ? reason : null,
    channel: taker ? channel : null,
    pool,
    rule: taker?.rule ?? null,
    tier: taker?.tier ?? null,
    contacts: use.parts.over(CONTACT_PARTS),
    amount,
  };
}

/** A total down a tree, level by level: every subtotal is the exact sum of its parts (method 1). Zero weights: zero. */
function nestedShares(
  total: bigint,
  items: readonly { readonly path: readonly string[]; readonly weight: Fraction }[],
  digits: number,
): bigint[] {
  const [depth] = items.map(({ path }) => path.length);
  if (!depth) return items.map(() => total);
  const groups = new Map<string, number[]>();
  items.forEach(({ path }, i) => groups.set(path[0]!, [...(groups.get(path[0]!) ?? []), i]));
  const weights = [...groups].map(([key, members]) => ({
    key,
    weight: sumFractions(members.map((i) => items[i]!.weight)),
  }));
  const shares = apportion(total, weights, digits) ?? weights.map(() => 0n);
  const amounts = items.map(() => 0n);
  [...groups.values()].forEach((members, g) => {
    const inner = members.map((i) => ({ path: items[i]!.path.slice(1), weight: items[i]!.weight }));
    nestedShares(shares[g]!, inner, digits).forEach((amount, j) => (amounts[members[j]!] = amount));
  });
  return amounts;
}

/** Cells that differ between two readings of a period, as signed cells. */
export function cellDeltas(before: readonly CellFacts[], after: readonly CellFacts[]): CellFacts[] {
  const rest = new Map(before.map((cell) => [cell.trace, cell]));
  const deltas: CellFacts[] = [];
  const add = (cell: CellFacts, less: CellFacts | undefined, sign: 1n | -1n): void => {
    const delta = {
      ...cell,
      parts: sign * cell.parts - (less?.parts ?? 0n),
      seconds: sign * cell.seconds - (less?.seconds ?? 0n),
      untimedParts: sign * cell.untimedParts - (less?.untimedParts ?? 0n),
    };
    if (delta.parts !== 0n || delta.seconds !== 0n || delta.untimedParts !== 0n) deltas.push(delta);
  };
  for (const cell of after) {
    add(cell, rest.get(cell.trace), 1n);
    rest.delete(cell.trace);
  }
  for (const cell of rest.values()) add(cell, undefined, -1n);
  return deltas;
}
