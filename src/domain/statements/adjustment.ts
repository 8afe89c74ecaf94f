import { Fraction } from '../fraction.ts';
import type { Tier } from '../model/model.ts';
import type { Period } from '../period.ts';

/** Where an adjustment comes from: facts of a closed period that came late, or a person's ruling. */
export const ADJUSTMENT_SOURCES = ['late_contacts', 'late_ledger', 'dispute', 'correction', 'parked'] as const;
export type AdjustmentSource = (typeof ADJUSTMENT_SOURCES)[number];

/**
 * A delta line beside the tie-out: it pays for its charge period and is booked in the period of its run (method 8).
 * Those of one source and charge period sum to zero against service, or to the change of that period's ledger.
 */
export interface Adjustment {
  readonly id: string;
  readonly source: AdjustmentSource;
  /** what it goes back to: the line in dispute, the ruling, the adjustment that it takes back */
  readonly reference: string | null;
  /** null: service */
  readonly unit: string | null;
  /** contacts, direct or ruling on a unit; on service the kind of its line: variance.rate_own, unused.other, … */
  readonly kind: string;
  readonly chargePeriod: Period;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string | null;
  readonly rule: string | null;
  readonly tier: Tier | null;
  /** contacts and quantity of the driver that were added or taken away; zero where none explains the amount */
  readonly contacts: Fraction;
  readonly quantity: Fraction;
  /** minor units for one unit of the driver, as issued */
  readonly rate: Fraction | null;
  /** minor units: + is charged, − is credited */
  readonly amount: bigint;
}

/** How much the ledger of a closed period changed after its issue: what late entries' adjustments sum to. */
export interface LedgerChange {
  readonly period: Period;
  readonly amount: bigint;
}

/** The exact inverse: the same line with the sign of everything turned; never recomputed. */
export function reversed(adjustment: Adjustment, id: string): Adjustment {
  return {
    ...adjustment,
    id,
    reference: adjustment.id,
    contacts: adjustment.contacts.negated(),
    quantity: adjustment.quantity.negated(),
    amount: -adjustment.amount,
  };
}

export const EMPTY_ADJUSTMENT = {
  reference: null,
  decision: null,
  reason: null,
  channel: null,
  pool: null,
  rule: null,
  tier: null,
  contacts: Fraction.ZERO,
  quantity: Fraction.ZERO,
  rate: null,
} as const;

/** What does not hold among the adjustments of a run, in words. */
export function adjustmentFaults(adjustments: readonly Adjustment[], changes: readonly LedgerChange[]): string[] {
  const faults: string[] = [];
  const sums = new Map<string, bigint>();
  const ids = new Set<string>();
  for (const { id, source, chargePeriod, amount } of adjustments) {
    const key = source === 'late_ledger' ? `late_ledger ${chargePeriod}` : source;
    sums.set(key, (sums.get(key) ?? 0n) + amount);
    ids.add(id);
  }
  if (ids.size !== adjustments.length) faults.push('two adjustments have one id');
  for (const { period, amount } of changes) {
    const key = `late_ledger ${period}`;
    sums.set(key, (sums.get(key) ?? 0n) - amount);
  }
  for (const [key, sum] of sums) if (sum !== 0n) faults.push(`adjustments by ${key}: ${sum} too much (minor units)`);
  return faults;
}
