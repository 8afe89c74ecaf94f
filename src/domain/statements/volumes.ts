import { Fraction } from '../fraction.ts';
import { matchesPattern, type Pattern } from '../model/selector.ts';
import type { UpperRollUp } from './upper-roll-up.ts';

/** So many times the contacts of some reasons. */
export interface VolumeFactor {
  /** reason, or prefix with * */
  readonly reasons: Pattern;
  readonly factor: Fraction;
}

/**
 * The same month with other volumes: contacts and seconds of each reason times the first factor that is stated for it.
 * Who takes which share of them stays as the month decided, backgrounds and increases included. Counts are rounded to a
 * part of a contact, seconds to whole ones.
 */
export function atVolumes(upper: UpperRollUp, factors: readonly VolumeFactor[]): UpperRollUp {
  if (factors.length === 0) return upper;
  const factorOf = (reason: string): Fraction =>
    factors.find(({ reasons }) => matchesPattern(reasons, reason))?.factor ?? Fraction.ONE;
  const whole = (count: bigint, reason: string): bigint => factorOf(reason).times(count).rounded();
  const parts = <T extends { readonly reason: string; readonly parts: Fraction }>(item: T): T => ({
    ...item,
    parts: item.parts.times(factorOf(item.reason)),
  });
  const { coverage } = upper;
  return {
    ...upper,
    uses: upper.uses.map((use) => ({
      ...use,
      parts: whole(use.parts, use.key.reason),
      seconds: whole(use.seconds, use.key.reason),
      untimedParts: whole(use.untimedParts, use.key.reason),
      equationSeconds: use.equationSeconds && use.equationSeconds.times(factorOf(use.key.reason)),
    })),
    coverage: {
      reasons: coverage.reasons.map(({ reason, ...counts }) => ({
        reason,
        parts: whole(counts.parts, reason),
        repeats: whole(counts.repeats, reason),
        transfers: whole(counts.transfers, reason),
        untimed: whole(counts.untimed, reason),
        tagsNotHonoured: whole(counts.tagsNotHonoured, reason),
      })),
      byTier: coverage.byTier.map(parts),
      unattributed: coverage.unattributed.map(parts),
      unserved: coverage.unserved.map((item) => ({ ...item, parts: whole(item.parts, item.reason) })),
    },
    decisionDays: upper.decisionDays.map(parts),
    unservedByUnit: upper.unservedByUnit.map(parts),
  };
}
