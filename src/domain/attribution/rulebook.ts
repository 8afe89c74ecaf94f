import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';
import { ruleKind, type Model, type Rule, type Tier } from '../model/model.ts';
import { matchesPattern, selects, type Dimensions } from '../model/selector.ts';
import type { LocalDate } from '../period.ts';
import type { Register } from './register.ts';

/** What a group of like contacts shows to the rules. */
export interface Attributable {
  readonly dimensions: Dimensions;
  /** decision code that the contact carries, or null */
  readonly tag: string | null;
  /** first day of the contact's date slice: within a slice nothing changes */
  readonly day: LocalDate;
  readonly textHits: ReadonlySet<string>;
}

/** A share of each such contact, the rule that took it and the unit that answers for it. */
export interface Attribution {
  readonly rule: string;
  readonly tier: Tier;
  readonly decision: string | null;
  readonly unit: string;
  readonly share: Fraction;
  readonly treatment: 'charged' | 'withheld';
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

/** Applies the rules in order; the first that matches takes the contact or its stated share, the rest falls on (method 4). */
export function attribute(contact: Attributable, model: Model, register: Register): Outcome {
  const parts: Attribution[] = [];
  const trace: RuleTrace[] = [];
  let rest = Fraction.ONE;
  for (const rule of model.rules) {
    if (rest.isZero) break;
    const claim = claimOf(rule, contact, register);
    const treatment = model.tiers[claim.tier] === 'show' ? 'withheld' : 'charged';
    let took = Fraction.ZERO;
    for (const { unit, decision, share } of claim.takers) {
      const part = rest.times(share);
      took = took.plus(part);
      parts.push({ rule: rule.name, tier: claim.tier, decision, unit, share: part, treatment });
    }
    trace.push({ rule: rule.name, took, why: claim.why });
    rest = rest.minus(took);
  }
  return { parts, unattributed: rest, trace };
}

interface Claim {
  readonly tier: Tier;
  readonly takers: readonly { readonly unit: string; readonly decision: string | null; readonly share: Fraction }[];
  readonly why: string;
}

function claimOf(rule: Rule, contact: Attributable, register: Register): Claim {
  const kind = ruleKind(rule);
  switch (kind) {
    case 'tag':
      return tagClaim(contact, register);
    case 'match':
      return matchClaim(rule, contact, register);
    case 'reason_owner': {
      const unit = register.reasonOwner(contact.dimensions.reason, contact.day);
      return unit === undefined
        ? { tier: 'D', takers: [], why: `reason ${contact.dimensions.reason} and its parents have no owner` }
        : {
            tier: 'D',
            takers: [{ unit, decision: null, share: Fraction.ONE }],
            why: `${unit} owns reason ${contact.dimensions.reason}`,
          };
    }
    case 'exposure':
    case 'incremental':
      throw new Refusal(
        'rule_kind_unavailable',
        `rule "${rule.name}": rules of kind ${kind} cannot be closed with yet`,
      );
  }
}

function tagClaim(contact: Attributable, register: Register): Claim {
  if (contact.tag === null) return { tier: 'A', takers: [], why: 'it carries no decision code' };
  const refused = attachmentFault(contact.tag, contact, register);
  if (refused !== undefined) return { tier: 'A', takers: [], why: refused };
  const takers = register.ownersOf(contact.tag, contact.day).map((owner) => ({ ...owner, decision: contact.tag }));
  return { tier: 'A', takers, why: `it carries decision ${contact.tag}` };
}

function matchClaim(rule: Rule, contact: Attributable, register: Register): Claim {
  if (!selects(rule.match!, contact)) return { tier: 'B', takers: [], why: 'its dimensions do not match' };
  const reasons = rule.reasons ?? [];
  if (reasons.length > 0 && !reasons.some((pattern) => matchesPattern(pattern, contact.dimensions.reason))) {
    return { tier: 'B', takers: [], why: `the rule does not take reason ${contact.dimensions.reason}` };
  }
  const whys = ['its dimensions match'];
  const takers = (rule.to ?? []).flatMap(({ decision, unit, share }): Claim['takers'] => {
    if (unit !== undefined) return [{ unit: register.unitOn(unit, contact.day), decision: null, share }];
    const refused = attachmentFault(decision!, contact, register);
    if (refused !== undefined) {
      whys.push(refused);
      return [];
    }
    return register
      .ownersOf(decision!, contact.day)
      .map((owner) => ({ unit: owner.unit, decision: decision!, share: share.times(owner.share) }));
  });
  return { tier: 'B', takers, why: whys.join('; ') };
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
