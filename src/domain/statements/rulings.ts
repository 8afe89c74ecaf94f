import { lineId } from '../ids.ts';
import type { Tier } from '../model/model.ts';
import type { Period } from '../period.ts';
import type { AdjustmentSource } from './adjustment.ts';

/** One side of what a ruling posts; those of one ruling sum to zero. */
export interface RulingPosting {
  readonly id: string;
  readonly source: Exclude<AdjustmentSource, 'late_contacts' | 'late_ledger'>;
  readonly reference: string | null;
  /** null: service */
  readonly unit: string | null;
  readonly kind: string;
  readonly chargePeriod: Period;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string | null;
  readonly rule: string | null;
  readonly tier: Tier | null;
  /** minor units: + is charged, − is credited */
  readonly amount: bigint;
}

/** What a ruling reads of an issued line. */
export interface RuledLine {
  readonly line: string;
  readonly unit: string;
  readonly chargePeriod: Period;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly rule: string | null;
  readonly tier: Tier | null;
  readonly amount: bigint;
}

type Figures = Omit<RulingPosting, 'id' | 'source' | 'reference' | 'unit' | 'kind' | 'amount'>;

const figuresOf = ({ chargePeriod, decision, reason, channel, pool, rule, tier }: RuledLine): Figures => ({
  ...{ chargePeriod, decision, reason, channel, pool, rule, tier },
});

/**
 * An accepted dispute: what the unit is credited, somebody else is charged, under the same decision and reason.
 * @param key names the ruling: postings of the same ruling have the same ids wherever they are computed
 * @param amount part of the line that is taken back, with the line's sign
 * @param absorber unit that bears it; null: service
 */
export function disputePostings(
  key: string,
  line: RuledLine,
  amount: bigint,
  absorber: string | null,
): RulingPosting[] {
  const base = { ...figuresOf(line), source: 'dispute', reference: line.line } as const;
  return [
    { ...base, id: lineId([key, line.unit]), unit: line.unit, kind: 'ruling', amount: -amount },
    { ...base, id: lineId([key, absorber]), unit: absorber, kind: absorber === null ? 'dispute' : 'ruling', amount },
  ];
}

/** A correction that two people agreed on: the unit is charged (+) or credited (−), the other side bears the opposite. */
export function correctionPostings(
  key: string,
  of: {
    readonly unit: string;
    readonly counter: string | null;
    readonly chargePeriod: Period;
    readonly decision: string | null;
    readonly reason: string | null;
    readonly amount: bigint;
    /** the correction that it takes back */
    readonly reverses: string | null;
  },
): RulingPosting[] {
  const { unit, counter, chargePeriod, decision, reason, amount, reverses } = of;
  const base = {
    ...{ chargePeriod, decision, reason, channel: null, pool: null, rule: null, tier: null },
    source: 'correction',
    reference: reverses,
  } as const;
  return [
    { ...base, id: lineId([key, unit]), unit, kind: 'ruling', amount },
    {
      ...base,
      id: lineId([key, counter]),
      unit: counter,
      kind: counter === null ? 'correction' : 'ruling',
      amount: -amount,
    },
  ];
}

/** A parked charge that is released: each line is charged after all, out of what was parked. */
export function releasePostings(key: string, lines: readonly RuledLine[]): RulingPosting[] {
  return lines
    .filter((line) => line.amount !== 0n)
    .flatMap((line): RulingPosting[] => {
      const base = { ...figuresOf(line), source: 'parked', reference: line.line } as const;
      return [
        { ...base, id: lineId([key, line.line, line.unit]), unit: line.unit, kind: 'ruling', amount: line.amount },
        { ...base, id: lineId([key, line.line, null]), unit: null, kind: 'parked', amount: -line.amount },
      ];
    });
}

/** A parked charge that service keeps: it waits no longer and is nobody's. */
export function keptPostings(key: string, lines: readonly RuledLine[]): RulingPosting[] {
  return lines
    .filter((line) => line.amount !== 0n)
    .flatMap((line): RulingPosting[] => {
      const base = { ...figuresOf(line), source: 'parked', reference: line.line, unit: null } as const;
      return [
        { ...base, id: lineId([key, line.line, 'kept']), kind: 'unattributed', amount: line.amount },
        { ...base, id: lineId([key, line.line, null]), kind: 'parked', amount: -line.amount },
      ];
    });
}
