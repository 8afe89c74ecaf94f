import type { Decimal } from '../decimal.ts';

/**
 * Value–irritant map (Price & Jaffe, The Best Service Is No Service, 2008): every reason stands in exactly one quadrant,
 * by whether customers want the contact and whether the company earns by it, with owner and price on each.
 */
export type Quadrant = 'eliminate' | 'simplify' | 'automate' | 'leverage';

export interface ReasonEconomics {
  readonly reason: string;
  readonly owner: string | undefined;
  /** value: the customer wants something; failure: something was not done, or not done right; absent: nobody said */
  readonly demand: 'value' | 'failure' | undefined;
  readonly contacts: Decimal;
  /** full cost, minor units */
  readonly cost: bigint;
  /** margin of what customers bought inside these contacts, minor units; it enters no retention effect */
  readonly earned: bigint;
}

export interface MappedReason extends ReasonEconomics {
  readonly quadrant: Quadrant;
  /** nobody stated the demand: taken as failure until somebody does */
  readonly assumed: boolean;
}

/** Reasons with their quadrant, dearest first, equal prices by reason. */
export function valueIrritantMap(reasons: readonly ReasonEconomics[]): MappedReason[] {
  return reasons
    .map((own) => ({ ...own, quadrant: quadrantOf(own), assumed: own.demand === undefined }))
    .sort((a, b) => (a.cost === b.cost ? (a.reason < b.reason ? -1 : 1) : a.cost > b.cost ? -1 : 1));
}

function quadrantOf({ demand, cost, earned }: ReasonEconomics): Quadrant {
  const forCustomer = demand === 'value';
  const forCompany = earned > 0n && earned >= cost;
  if (forCustomer) return forCompany ? 'leverage' : 'automate';
  return forCompany ? 'simplify' : 'eliminate';
}
