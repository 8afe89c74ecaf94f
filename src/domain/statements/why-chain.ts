import { apportion } from '../apportionment.ts';
import type { RuleShares } from '../attribution/causes.ts';
import { attribute, type RuleTrace } from '../attribution/rulebook.ts';
import { Fraction } from '../fraction.ts';
import type { CellFacts } from './cell-facts.ts';
import type { CloseInputs } from './close-inputs.ts';
import { lineIdOf, pricedBy } from './lines.ts';
import { keptByService, PoolUse, refuseOverlaps } from './pool-use.ts';
import { standardsOf } from './standards.ts';
import { UseSums } from './use-sums.ts';

/** What one contact (or one reason of it) is in the books: found by the code of the close itself, on the one contact. */
export interface ContactShare {
  readonly pool: string;
  /** line of a statement, or null for what service keeps */
  readonly line: string | null;
  readonly service: string | null;
  readonly unit: string | null;
  readonly decision: string | null;
  readonly rule: string | null;
  readonly tier: string | null;
  readonly treatment: string | null;
  /** parts of a contact, see CONTACT_PARTS */
  readonly parts: Fraction;
  readonly handleSeconds: Fraction;
  /** quantity that is priced */
  readonly quantity: Fraction;
}

export interface WhyChain {
  readonly keptBy: 'variance.repeats' | 'variance.transfers' | null;
  readonly trace: readonly RuleTrace[];
  readonly shares: readonly ContactShare[];
}

/** @param rules what the month decided: `sharesOf(inputs)`, once for all contacts */
export function whyChain(
  contact: CellFacts,
  inputs: Pick<CloseInputs, 'period' | 'model' | 'register' | 'derivedStandards'>,
  rules: RuleShares,
): WhyChain {
  const sums = new UseSums(inputs.model);
  const keeps = keptByService(contact, inputs.model);
  const outcome = keeps ? undefined : attribute(contact, inputs.model, inputs.register, rules);
  sums.add(contact, outcome, keeps);
  refuseOverlaps(sums.overlaps());
  const use = new PoolUse(sums.list(), inputs.model, standardsOf(inputs));
  const shares: ContactShare[] = [];
  for (const [code, uses] of use.byPool()) {
    const pool = inputs.model.pools.find((candidate) => candidate.code === code)!;
    for (const line of uses) {
      const { taker, service } = line.key;
      shares.push({
        pool: code,
        line: taker && lineIdOf(line, inputs.period),
        service,
        unit: taker?.unit ?? null,
        decision: taker?.decision ?? null,
        rule: taker?.rule ?? null,
        tier: taker?.tier ?? null,
        treatment: taker?.treatment ?? null,
        parts: line.parts,
        handleSeconds: line.handleSeconds,
        quantity: line[pricedBy(pool, inputs.model)],
      });
    }
  }
  return { keptBy: keeps ?? null, trace: outcome?.trace ?? [], shares };
}

/**
 * A line's posted amount over its contacts in millionths of the major unit, by largest remainder, so that they sum to
 * the line exactly.
 * @param amount minor units
 */
export function amountsOfContacts(
  amount: bigint,
  shares: readonly { readonly key: string; readonly quantity: Fraction }[],
  digits: number,
): bigint[] {
  const millionths = amount * 10n ** BigInt(6 - digits);
  const weights = shares.map((share) => ({ key: share.key, weight: share.quantity }));
  return (
    apportion(millionths, weights, 6) ??
    apportion(
      millionths,
      shares.map((share) => ({ key: share.key, weight: 1n })),
      6,
    ) ??
    []
  );
}
