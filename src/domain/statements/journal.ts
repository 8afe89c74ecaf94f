import { compareKeys } from '../apportionment.ts';
import { invariant } from '../errors.ts';
import type { Period } from '../period.ts';

/** What a statement hands to the general ledger: charges and adjustments; retention is none of it (method 7). */
export interface JournalPosting {
  readonly unit: string;
  readonly decision: string | null;
  readonly chargePeriod: Period;
  readonly isAdjustment: boolean;
  /** minor units: + the unit is charged, − it is credited */
  readonly amount: bigint;
}

export interface JournalAccounts {
  readonly charge: string;
  readonly recovery: string;
  readonly adjustment: string;
  readonly adjustmentRecovery: string;
}

/** One side of a double entry. Exactly one of debit and credit is not zero; neither is negative. */
export interface JournalLine {
  readonly account: string;
  readonly costCenter: string;
  readonly debit: bigint;
  readonly credit: bigint;
  readonly unit: string;
  readonly decision: string | null;
  readonly chargePeriod: Period;
}

/** Cost centers of the units and of service, on the last day of the period. */
export interface JournalPlaces {
  readonly units: ReadonlyMap<string, string>;
  readonly service: string;
}

/**
 * Balanced lines: for each unit (and decision, charge period) a debit at the unit's cost center and a credit at
 * service's; a credit to the unit turns both around. Ascending by unit, decision and charge period.
 */
export function journalLines(
  postings: readonly JournalPosting[],
  accounts: JournalAccounts,
  places: JournalPlaces,
  by: 'unit' | 'decision',
): JournalLine[] {
  const sums = new Map<string, JournalPosting>();
  for (const posting of postings) {
    const decision = by === 'decision' ? posting.decision : null;
    const { unit, chargePeriod, isAdjustment } = posting;
    const key = [unit, decision ?? '', isAdjustment ? '1' : '0', chargePeriod].join('\u0000');
    const kept = sums.get(key);
    sums.set(key, { unit, decision, chargePeriod, isAdjustment, amount: (kept?.amount ?? 0n) + posting.amount });
  }
  const lines = [...sums]
    .sort(([a], [b]) => compareKeys(a, b))
    .filter(([, sum]) => sum.amount !== 0n)
    .flatMap(([, sum]): JournalLine[] => {
      const { unit, decision, chargePeriod } = sum;
      const amount = sum.amount < 0n ? -sum.amount : sum.amount;
      const [debit, credit] = sum.amount > 0n ? [amount, 0n] : [0n, amount];
      const [own, other] = sum.isAdjustment
        ? [accounts.adjustment, accounts.adjustmentRecovery]
        : [accounts.charge, accounts.recovery];
      const base = { unit, decision, chargePeriod };
      return [
        { ...base, account: own, costCenter: places.units.get(unit)!, debit, credit },
        { ...base, account: other, costCenter: places.service, debit: credit, credit: debit },
      ];
    });
  invariant(totals(lines).debit === totals(lines).credit, 'the journal does not balance');
  return lines;
}

/** The exact inverse of lines that were journalled: what a superseding journal begins with. */
export function reversedLines(lines: readonly JournalLine[]): JournalLine[] {
  return lines.map((line) => ({ ...line, debit: line.credit, credit: line.debit }));
}

export function totals(lines: readonly JournalLine[]): { debit: bigint; credit: bigint } {
  return lines.reduce((sum, line) => ({ debit: sum.debit + line.debit, credit: sum.credit + line.credit }), {
    debit: 0n,
    credit: 0n,
  });
}
