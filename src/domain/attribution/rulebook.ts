import { Fraction } from '../fraction.ts';
import { ruleKind, type Model, type Rule, type Tier } from '../model/model.ts';
import { selects } from '../model/selector.ts';
import type { LocalDate } from '../period.ts';
import type { Register } from './register.ts';
import { shareKey, splitCauses, takesReason, type Attributable, type Cause, type RuleShares } from './causes.ts';

/** Of a model, what decides who takes a contact. */
export type Rulebook = Pick<Model, 'rules' | 'tiers'>;

/** A share of each such contact, the rule that took it and the unit that answers for it. */
export interface Attribution {
  readonly rule: string;
  readonly tier: Tier;
  readonly decision: string | null;
  readonly unit: string;
  readonly share: Fraction;
  readonly treatment: 'charged' | 'withheld';
  /** day of the hit that an exposure rule took it for */
  readonly hitOn: LocalDate | null;
}

/** One step of the why-chain: what a rule did with the contact, and why not when it did nothing. */
export interface RuleTrace {
  readonly rule: string;
  readonly took: Fraction;
  readonly why: string;
}

export interface Outcome {
  readonly parts: readonly Attribution[];
  readonly unattributed: Fraction;
  readonly trace: readonly RuleTrace[];
}

/**
 * Applies the rules in order; the first that matches takes the contact or its stated share, the rest falls on (method 4).
 * @param shares what the month decided for exposure and incremental rules
 */
export function attribute(contact: Attributable, model: Rulebook, register: Register, shares: RuleShares): Outcome {
  const parts: Attribution[] = [];
  const trace: RuleTrace[] = [];
  let rest = Fraction.ONE;
  for (const rule of model.rules) {
    if (rest.isZero) break;
    const claim = claimOf(rule, contact, model, register, shares);
    let took = Fraction.ZERO;
    for (const { unit, decision, share, tier, treatment, hitOn } of claim.takers) {
      if (share.isZero) continue;
      const part = rest.times(share);
      took = took.plus(part);
      parts.push({
        rule: rule.name,
        tier,
        decision,
        unit,
        share: part,
        treatment: treatment ?? treatmentOf(model, tier),
        hitOn: hitOn ?? null,
      });
    }
    trace.push({ rule: rule.name, took, why: claim.why });
    rest = rest.minus(took);
  }
  return { parts, unattributed: rest, trace };
}

function treatmentOf(model: Rulebook, tier: Tier): 'charged' | 'withheld' {
  return model.tiers[tier] === 'show' ? 'withheld' : 'charged';
}

interface Claim {
  readonly takers: readonly {
    readonly unit: string;
    readonly decision: string | null;
    readonly share: Fraction;
    readonly tier: Tier;
    /** absent: what the model says of the tier */
    readonly treatment?: 'charged' | 'withheld';
    readonly hitOn?: LocalDate;
  }[];
  readonly why: string;
}

const nobody = (why: string): Claim => ({ takers: [], why });

function claimOf(rule: Rule, contact: Attributable, model: Rulebook, register: Register, shares: RuleShares): Claim {
  switch (ruleKind(rule)) {
    case 'tag':
      return tagClaim(contact, register);
    case 'exposure':
      return exposureClaim(rule, contact, register, shares);
    case 'match':
      return matchClaim(rule, contact, register);
    case 'incremental':
      return incrementalClaim(rule, contact, model, register, shares);
    case 'reason_owner': {
      const unit = register.reasonOwner(contact.dimensions.reason, contact.day);
      if (unit === undefined) return nobody(`reason ${contact.dimensions.reason} and its parents have no owner`);
      return {
        takers: [{ unit, decision: null, share: Fraction.ONE, tier: 'D' }],
        why: `${unit} owns reason ${contact.dimensions.reason}`,
      };
    }
  }
}

function exposureClaim(rule: Rule, contact: Attributable, register: Register, shares: RuleShares): Claim {
  if (!takesReason(rule, contact)) return nobody(`the rule does not take reason ${contact.dimensions.reason}`);
  const whys: string[] = [];
  const causes = contact.causes.filter((cause) => {
    if (cause.rule !== rule.name) return false;
    const refused = mayAttachHit(cause, contact, register);
    if (refused !== undefined) whys.push(refused);
    return refused === undefined;
  });
  if (causes.length === 0)
    return nobody(whys.join('; ') || `its customer was not hit within ${rule.within_days} days before`);
  const split = splitCauses(causes, rule);
  const takers = causes.flatMap((cause, i): Claim['takers'] => {
    const excess = shares.excess.get(shareKey(rule.name, cause.decision));
    const share = excess ? split[i]!.times(excess.share) : split[i]!;
    whys.push(
      `its customer was hit by ${cause.decision}${excess?.tier === 'A' ? `, of which ${excess.share.toText(6)} goes beyond the background` : ''}`,
    );
    // The owner on the day of the hit answers for it.
    return register.ownersOf(cause.decision, cause.hitOn).map((owner) => ({
      unit: owner.unit,
      decision: cause.decision,
      share: share.times(owner.share),
      tier: excess?.tier ?? 'A',
      hitOn: cause.hitOn,
    }));
  });
  return { takers, why: whys.join('; ') };
}

function incrementalClaim(
  rule: Rule,
  contact: Attributable,
  model: Rulebook,
  register: Register,
  shares: RuleShares,
): Claim {
  const share = shares.incremental.get(rule.name);
  if (!share) return nobody('no increase is chargeable');
  if (!takesReason(rule, contact)) return nobody(`the rule does not take reason ${contact.dimensions.reason}`);
  const refused = attachmentFault(share.decision, contact, register);
  if (refused !== undefined) return nobody(refused);
  const bounded = model.tiers.C === 'charge_lower_bound';
  const takers = register.ownersOf(share.decision, contact.day).flatMap((owner): Claim['takers'] => {
    const of = { unit: owner.unit, decision: share.decision, tier: 'C' as const };
    if (!bounded) return [{ ...of, share: share.point.times(owner.share) }];
    return [
      { ...of, share: share.bound.times(owner.share), treatment: 'charged' },
      { ...of, share: share.point.minus(share.bound).times(owner.share), treatment: 'withheld' },
    ];
  });
  return { takers, why: share.why };
}

function tagClaim(contact: Attributable, register: Register): Claim {
  if (contact.tag === null) return nobody('it carries no decision code');
  const refused = attachmentFault(contact.tag, contact, register);
  if (refused !== undefined) return nobody(refused);
  const takers = register
    .ownersOf(contact.tag, contact.day)
    .map((owner) => ({ ...owner, decision: contact.tag, tier: 'A' as const }));
  return { takers, why: `it carries decision ${contact.tag}` };
}

function matchClaim(rule: Rule, contact: Attributable, register: Register): Claim {
  if (!selects(rule.match!, contact)) return nobody('its dimensions do not match');
  if (!takesReason(rule, contact)) return nobody(`the rule does not take reason ${contact.dimensions.reason}`);
  const whys = ['its dimensions match'];
  const takers = (rule.to ?? []).flatMap(({ decision, unit, share }): Claim['takers'] => {
    if (unit !== undefined) return [{ unit: register.unitOn(unit, contact.day), decision: null, share, tier: 'B' }];
    const refused = attachmentFault(decision!, contact, register);
    if (refused !== undefined) {
      whys.push(refused);
      return [];
    }
    return register
      .ownersOf(decision!, contact.day)
      .map((owner) => ({ unit: owner.unit, decision: decision!, share: share.times(owner.share), tier: 'B' as const }));
  });
  return { takers, why: whys.join('; ') };
}

/** Why a contact may not attach to a decision (its cost then goes on to the next rule), or undefined when it may. */
export function attachmentFault(code: string, contact: Attributable, register: Register): string | undefined {
  const decision = register.decisions.get(code);
  if (!decision) return `decision ${code} is not registered`;
  if (contact.day < decision.attachesFrom) return `decision ${code} takes contacts from ${decision.attachesFrom} on`;
  if (!register.inForce(decision, contact.day)) return `decision ${code} ended on ${decision.effectiveTo}`;
  if (!register.concerns(decision, contact.dimensions.reason))
    return `reason ${contact.dimensions.reason} is none of decision ${code}`;
  if (decision.selector && !selects(decision.selector, contact))
    return `it is outside the population of decision ${code}`;
  return undefined;
}

/** Why a hit may not take this contact, or undefined. A hit before the decision's end counts for its days after the end, too. */
export function mayAttachHit(cause: Cause, contact: Attributable, register: Register): string | undefined {
  const decision = register.decisions.get(cause.decision);
  if (!decision) return `decision ${cause.decision} is not registered`;
  if (contact.day < decision.attachesFrom)
    return `decision ${cause.decision} takes contacts from ${decision.attachesFrom} on`;
  if (decision.effectiveTo !== null && cause.hitOn > decision.effectiveTo)
    return `decision ${cause.decision} ended on ${decision.effectiveTo}, before the hit`;
  if (!register.concerns(decision, contact.dimensions.reason))
    return `reason ${contact.dimensions.reason} is none of decision ${cause.decision}`;
  if (decision.selector && !selects(decision.selector, contact))
    return `it is outside the population of decision ${cause.decision}`;
  return undefined;
}
