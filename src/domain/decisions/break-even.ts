import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';

/** What a decision earns and what its contacts cost, per exposure or in total (exact; money in major units). */
export interface Earning {
  /** billed − waived − refunded, of all exposures */
  readonly collected: Fraction;
  readonly exposures: Fraction;
  readonly costPerContact: Fraction;
  /** decision effect on retention, of all exposures; a loss is negative */
  readonly retention?: Fraction;
}

/**
 * k* = (billed − waived − refunded) per exposure ÷ cost per contact: contacts per exposure at which the decision
 * earns nothing (method 5). With `retention` it is k*ᵣ. Undefined without exposures or revenue: such a decision is
 * measured against its expectation. @throws Refusal no_contact_cost when a contact costs nothing
 */
export function breakEvenContactRate(earning: Earning): Fraction | undefined {
  if (earning.costPerContact.sign <= 0) throw new Refusal('no_contact_cost', 'a contact must cost something');
  if (earning.exposures.sign <= 0 || earning.collected.isZero) return undefined;
  const total = earning.retention ? earning.collected.plus(earning.retention) : earning.collected;
  return total.over(earning.exposures).over(earning.costPerContact);
}

/** collected + retention − contacts × cost per contact. */
export function netOf(earning: Earning, contacts: Fraction): Fraction {
  const total = earning.retention ? earning.collected.plus(earning.retention) : earning.collected;
  return total.minus(contacts.times(earning.costPerContact));
}
