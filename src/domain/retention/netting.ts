/**
 * Netting policy (method 7): retention lines are management lines beside the charge. A gain is capped at the cumulated
 * gross charge of the same unit, decision and charge period, a loss is not; only tiers that the policy names take credits.
 * Amounts in minor units; gains positive.
 */
export type EvidenceTier = 'A' | 'B' | 'C' | 'D';

export interface RetentionEntitlement {
  readonly unit: string;
  readonly decision: string;
  readonly chargePeriod: string;
  readonly tier: EvidenceTier;
  /** nettable effect posted in this run, signed; forecasts are in it only where the policy nets them */
  readonly netted: bigint;
}

/** What earlier runs left for the same unit, decision and charge period. */
export interface NettingHistory {
  /** Σ of what was posted for netting before this run, signed */
  readonly posted: bigint;
  /** Σ of what was credited of it */
  readonly credited: bigint;
  /** gross charge up to and with this run, corrections included */
  readonly grossCharge: bigint;
}

export interface NettingLine {
  readonly unit: string;
  readonly decision: string;
  readonly chargePeriod: string;
  /** enters net = gross − retentionCredit + adjustments */
  readonly credit: bigint;
  /** what the cap holds back of all posted so far; shown, and credited when more is charged */
  readonly aboveCap: bigint;
  /** posted for a tier that takes no credits: shown only */
  readonly notCredited: bigint;
}

/**
 * The credit of one key: what all posted amounts allow now, less what earlier runs credited. It depends on the sums
 * alone, so a true-up that lowers a gain frees or takes back exactly what the cap did not hold.
 */
export function nettingLine(
  entitlement: RetentionEntitlement,
  history: NettingHistory,
  creditedTiers: readonly EvidenceTier[],
): NettingLine {
  const { unit, decision, chargePeriod, tier, netted } = entitlement;
  if (!creditedTiers.includes(tier)) {
    return { unit, decision, chargePeriod, credit: 0n, aboveCap: 0n, notCredited: netted };
  }
  const entitled = history.posted + netted;
  const cap = history.grossCharge > 0n ? history.grossCharge : 0n;
  const allowed = entitled > cap ? cap : entitled;
  return {
    unit,
    decision,
    chargePeriod,
    credit: allowed - history.credited,
    aboveCap: entitled - allowed,
    notCredited: 0n,
  };
}

/** net = gross − retention credit + adjustments. */
export function netAmount(gross: bigint, retentionCredit: bigint, adjustments: bigint): bigint {
  return gross - retentionCredit + adjustments;
}
