import { apportion, compareKeys } from '../apportionment.ts';
import { OutOfBalance } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { STREAMS, totalOf } from './amount.ts';
import type { StreamAmounts, StreamName } from './amount.ts';
import type { EffectKind } from './effect.ts';
import type { Posting } from './posting.ts';

/** Who a contact's part of an effect belongs to; shares of one contact may leave a rest, which nobody is assigned. */
export interface Assignee {
  /** unit code; `service` for the service effect's own statement */
  readonly unit: string;
  readonly decision: string | undefined;
  readonly share: Fraction;
}

export const NOT_ASSIGNED = 'not assigned';

export interface RetentionLine {
  readonly effect: EffectKind;
  readonly cohort: string;
  readonly windowDays: number;
  readonly kind: Posting['kind'];
  readonly stream: StreamName;
  readonly unit: string;
  readonly decision: string | undefined;
  /** the estimate */
  readonly point: bigint;
  /** what may be netted of it */
  readonly netted: bigint;
}

/**
 * Shares a posting over units to the cent: each cell of contacts by its weight, each assignee of a cell by its share.
 * @param weights of `bandWeights`, by cell
 */
export function apportionedEffect(
  effect: EffectKind,
  posting: Posting,
  weights: ReadonlyMap<number, Fraction>,
  assignees: (cell: number) => readonly Assignee[],
  digits: number,
): RetentionLine[] {
  const claims = new Map<string, { unit: string; decision: string | undefined; weight: Fraction }>();
  const claim = (unit: string, decision: string | undefined, weight: Fraction): void => {
    const key = JSON.stringify([unit, decision ?? null]);
    const own = claims.get(key);
    if (own) own.weight = own.weight.plus(weight);
    else claims.set(key, { unit, decision, weight });
  };
  for (const [cell, weight] of weights) {
    let rest = Fraction.ONE;
    for (const { unit, decision, share } of assignees(cell)) {
      claim(unit, decision, weight.times(share));
      rest = rest.minus(share);
    }
    if (rest.sign > 0) claim(NOT_ASSIGNED, undefined, weight.times(rest));
  }
  // Nobody's contact earned it: the money stays in the books as not assigned, never away.
  if (claims.size === 0) claim(NOT_ASSIGNED, undefined, Fraction.ONE);
  const sharers = [...claims.entries()].sort(([a], [b]) => compareKeys(a, b));
  const split = (amounts: StreamAmounts, stream: StreamName): bigint[] =>
    apportion(
      amounts[stream],
      sharers.map(([key, { weight }]) => ({ key, weight })),
      digits,
    )!;
  return STREAMS.flatMap((stream) => {
    const points = split(posting.point, stream);
    const netted = split(posting.netted, stream);
    return sharers.flatMap(([, { unit, decision }], i): RetentionLine[] => {
      if (points[i] === 0n && netted[i] === 0n) return [];
      const { cohort, windowDays, kind } = posting;
      return [{ effect, cohort, windowDays, kind, stream, unit, decision, point: points[i]!, netted: netted[i]! }];
    });
  });
}

/**
 * Revenue conservation, proven per run: every posting is shared to the cent, no line stands twice, no line lacks its
 * posting, and no cohort's window is final twice.
 * @throws OutOfBalance naming what does not agree
 */
export function proveConservation(
  effect: EffectKind,
  postings: readonly Posting[],
  lines: readonly RetentionLine[],
): void {
  const faults: string[] = [];
  const sums = new Map<string, { point: bigint; netted: bigint }>();
  const seen = new Set<string>();
  for (const line of lines) {
    if (line.effect !== effect) continue;
    const posting = JSON.stringify([line.cohort, line.windowDays, line.kind]);
    const key = JSON.stringify([posting, line.stream, line.unit, line.decision ?? null]);
    if (seen.has(key))
      faults.push(`${line.unit} is credited twice for ${line.cohort}, ${line.windowDays} days, ${line.stream}`);
    seen.add(key);
    const sum = sums.get(posting) ?? { point: 0n, netted: 0n };
    sums.set(posting, { point: sum.point + line.point, netted: sum.netted + line.netted });
  }
  const known = new Set<string>();
  for (const posting of postings) {
    const key = JSON.stringify([posting.cohort, posting.windowDays, posting.kind]);
    if (known.has(key)) faults.push(`${posting.cohort}, ${posting.windowDays} days, is posted twice`);
    known.add(key);
    const sum = sums.get(key) ?? { point: 0n, netted: 0n };
    const open = { point: totalOf(posting.point) - sum.point, netted: totalOf(posting.netted) - sum.netted };
    if (open.point !== 0n || open.netted !== 0n) {
      faults.push(
        `${posting.cohort}, ${posting.windowDays} days: ${open.point} minor units estimated, not apportioned`,
      );
    }
  }
  for (const key of sums.keys()) if (!known.has(key)) faults.push(`a credit without an estimate: ${key}`);
  if (faults.length > 0) throw new OutOfBalance(faults);
}
