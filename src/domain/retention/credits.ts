import { compareKeys } from '../apportionment.ts';
import type { Period } from '../period.ts';
import type { RetentionLine } from './apportioned-effect.ts';
import { NOT_ASSIGNED } from './apportioned-effect.ts';
import type { EvidenceTier, NettingLine } from './netting.ts';
import { nettingLine } from './netting.ts';

/** What a unit was charged for a decision and month under one tier, corrections included; minor units. */
export interface DecisionCharge {
  readonly unit: string;
  readonly decision: string;
  readonly chargePeriod: Period;
  readonly tier: EvidenceTier | null;
  readonly amount: bigint;
}

/** What earlier periods posted for netting of a unit, decision and month, and credited of it. */
export interface CreditHistory {
  readonly unit: string;
  readonly decision: string;
  readonly chargePeriod: Period;
  readonly posted: bigint;
  readonly credited: bigint;
}

export interface CreditPolicy {
  readonly tiers: readonly EvidenceTier[];
  /** false: decision effects are shown to their owners, never credited */
  readonly toOwners: boolean;
  /** true for months whose charge stands on the books: what was never charged is not netted */
  readonly onBooks: (month: Period) => boolean;
}

export interface Credit extends NettingLine {
  readonly chargePeriod: Period;
  /** null: the month is not on the books */
  readonly tier: EvidenceTier | null;
  readonly point: bigint;
  readonly netted: bigint;
}

interface Sum {
  readonly unit: string;
  readonly decision: string;
  readonly chargePeriod: Period;
  point: bigint;
  netted: bigint;
}

/**
 * Credits and losses of the owners (method 7, netting): one a unit, decision and month with a posting in this period, or
 * with a gain that the cap has held back so far. Ascending by unit, month, decision.
 * @param lines of the decision effect
 */
export function creditsOf(
  lines: readonly RetentionLine[],
  charges: readonly DecisionCharge[],
  history: readonly CreditHistory[],
  policy: CreditPolicy,
): Credit[] {
  const sums = new Map<string, Sum>();
  const sumOf = (unit: string, decision: string, chargePeriod: Period): Sum => {
    const key = keyOf(unit, decision, chargePeriod);
    let own = sums.get(key);
    if (own === undefined) sums.set(key, (own = { unit, decision, chargePeriod, point: 0n, netted: 0n }));
    return own;
  };
  for (const line of lines) {
    if (line.unit === NOT_ASSIGNED || line.decision === undefined) continue;
    const own = sumOf(line.unit, line.decision, line.cohort.slice(0, 7) as Period);
    own.point += line.point;
    own.netted += line.netted;
  }
  for (const { unit, decision, chargePeriod, posted, credited } of history)
    if (posted !== credited) sumOf(unit, decision, chargePeriod);
  return [...sums.entries()]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([, sum]) => creditOf(sum, charges.filter(same(sum)), history.filter(same(sum)), policy));
}

function creditOf(
  { unit, decision, chargePeriod, point, netted }: Sum,
  charges: readonly DecisionCharge[],
  history: readonly CreditHistory[],
  policy: CreditPolicy,
): Credit {
  const charged = charges.map(({ tier }) => tier).filter((own) => own !== null);
  // A hit is explicit evidence, also where no contact of the month was charged for it.
  const strongest = charged.sort()[0] ?? 'A';
  const tier = policy.onBooks(chargePeriod) ? strongest : null;
  if (tier === null || !policy.toOwners) {
    return { unit, decision, chargePeriod, tier, point, netted, credit: 0n, aboveCap: 0n, notCredited: netted };
  }
  const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
  const line = nettingLine(
    { unit, decision, chargePeriod, tier, netted },
    {
      posted: total(history.map((own) => own.posted)),
      credited: total(history.map((own) => own.credited)),
      grossCharge: total(charges.map((own) => own.amount)),
    },
    policy.tiers,
  );
  return { ...line, chargePeriod, tier, point, netted };
}

function same(key: Sum): (other: { unit: string; decision: string; chargePeriod: Period }) => boolean {
  return (other) =>
    other.unit === key.unit && other.decision === key.decision && other.chargePeriod === key.chargePeriod;
}

function keyOf(unit: string, decision: string, chargePeriod: Period): string {
  return JSON.stringify([unit, chargePeriod, decision]);
}
