import type { Credit, CreditHistory, DecisionCharge } from '../retention/credits.ts';
import { creditsOf } from '../retention/credits.ts';
import type { PeriodEffects } from '../retention/period-effects.ts';
import type { Model } from '../model/model.ts';
import type { Period } from '../period.ts';
import type { Adjustment } from './adjustment.ts';

type Policy = NonNullable<Model['retention']>;

/** What a close reads for retention: frozen like everything else it reads. */
export interface RetentionInputs {
  readonly effects: PeriodEffects;
  /** charges of earlier months by the runs that stand, corrections included */
  readonly charges: readonly DecisionCharge[];
  readonly credits: readonly CreditHistory[];
  /** months whose charge stands on the books, this one not included */
  readonly onBooks: readonly Period[];
}

/** What a period says of retention: postings, their lines, and what of the decision effect is netted to whom. */
export interface RetentionBooks {
  readonly effects: PeriodEffects;
  readonly credits: readonly Credit[];
  /** netted service effect of this period; 0 where the policy gives it to nobody */
  readonly serviceCredit: bigint;
  /** months whose charge stands on the books: others are shown, not netted */
  readonly onBooks: ReadonlySet<Period>;
  readonly policy: Policy;
}

/** Nets the effects by the model's policy. Adjustments of this period change the cap of the month that they pay for. */
export function retentionBooks(
  { effects, charges, credits, onBooks }: RetentionInputs,
  adjustments: readonly Adjustment[],
  policy: Policy,
): RetentionBooks {
  const now = adjustments.flatMap(({ unit, decision, chargePeriod, tier, amount }): DecisionCharge[] =>
    unit === null || decision === null ? [] : [{ unit, decision, chargePeriod, tier, amount }],
  );
  const months = new Set(onBooks);
  const of = (effect: 'decision' | 'service') => effects.lines.filter((line) => line.effect === effect);
  return {
    effects,
    credits: creditsOf(of('decision'), [...charges, ...now], credits, {
      tiers: policy.credit.tiers,
      toOwners: policy.credit.decision_effect === 'decision_owner',
      onBooks: (month) => months.has(month),
    }),
    serviceCredit:
      policy.credit.service_effect === 'service'
        ? of('service').reduce((sum, line) => sum + (months.has(line.cohort as Period) ? line.netted : 0n), 0n)
        : 0n,
    onBooks: months,
    policy,
  };
}

/** Credit (+) or loss (−) of a unit in this period. */
export function creditOfUnit(unit: string, books: RetentionBooks | undefined): bigint {
  return (books?.credits ?? []).filter((own) => own.unit === unit).reduce((sum, own) => sum + own.credit, 0n);
}
