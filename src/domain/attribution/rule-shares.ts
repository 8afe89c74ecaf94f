import { Fraction } from '../fraction.ts';
import { ruleKind, type Rule } from '../model/model.ts';
import { selects } from '../model/selector.ts';
import {
  shareKey,
  takesReason,
  type Attributable,
  type Excess,
  type IncrementalShare,
  type RuleShares,
} from './causes.ts';
import { attachmentFault, attribute, mayAttachHit, type Outcome, type Rulebook } from './rulebook.ts';
import type { Register } from './register.ts';

/** Days of a month that customers of a decision's population lived, with a hit in the last D days and without. */
export interface CustomerDays {
  readonly rule: string;
  readonly decision: string;
  readonly hit: bigint;
  readonly other: bigint;
}

/** What a month posts of the contacts above the expected ones of a decision (method 6): cumulated − already posted. */
export interface Increment {
  readonly rule: string;
  readonly decision: string;
  /** contacts; zero when there is no chargeable increase */
  readonly point: Fraction;
  /** contacts by the bound of the interval that is nearer to zero */
  readonly bound: Fraction;
  readonly why: string;
  /** what the estimate was, as documents print it */
  readonly evidence: Readonly<Record<string, string>>;
}

export interface WeighedContact extends Attributable {
  readonly parts: bigint;
  /** true: the contact names its customer */
  readonly known: boolean;
  /** of these parts, where contacts with a customer and without are summed together; absent: all, if `known` */
  readonly knownParts?: bigint;
}

/**
 * Decides the shares for a month, in the order of the rules.
 * @param contacts without those that service keeps (repeats, transfers)
 */
export function ruleShares(
  contacts: readonly WeighedContact[],
  model: Rulebook,
  register: Register,
  given: { readonly customerDays: readonly CustomerDays[]; readonly increments: readonly Increment[] },
): RuleShares {
  const excess = new Map<string, Excess>();
  const incremental = new Map<string, IncrementalShare>();
  for (const [i, rule] of model.rules.entries()) {
    const kind = ruleKind(rule);
    if (kind === 'exposure' && (rule.background ?? 'deduct') === 'deduct') {
      for (const days of given.customerDays.filter((candidate) => candidate.rule === rule.name)) {
        excess.set(shareKey(rule.name, days.decision), excessOf(rule, days, contacts, register));
      }
    }
    const increment = given.increments.find((candidate) => candidate.rule === rule.name);
    if (kind === 'incremental' && increment) {
      const earlier = { ...model, rules: model.rules.slice(0, i) };
      incremental.set(
        rule.name,
        incrementalOf(rule, increment, contacts, register, (contact) =>
          attribute(contact, earlier, register, { excess, incremental }),
        ),
      );
    }
  }
  return { excess, incremental };
}

/**
 * Background = contacts of the same reasons per customer-day of those not hit × the customer-days of those who were;
 * what goes beyond it is the decision's.
 */
function excessOf(rule: Rule, days: CustomerDays, contacts: readonly WeighedContact[], register: Register): Excess {
  const decision = register.decisions.get(days.decision);
  let exposed = 0n;
  let other = 0n;
  for (const contact of contacts) {
    if (
      !contact.known ||
      !decision ||
      !takesReason(rule, contact) ||
      !register.concerns(decision, contact.dimensions.reason)
    )
      continue;
    if (decision.selector && !selects(decision.selector, contact)) continue;
    const hit = contact.causes.find((cause) => cause.rule === rule.name && cause.decision === days.decision);
    const parts = contact.knownParts ?? contact.parts;
    if (hit && mayAttachHit(hit, contact, register) === undefined) exposed += parts;
    else if (!hit) other += parts;
  }
  const known = {
    rule: rule.name,
    decision: days.decision,
    exposedContacts: Fraction.of(exposed),
    otherContacts: Fraction.of(other),
    hitDays: days.hit,
    otherDays: days.other,
  };
  if (days.other <= 0n) return { ...known, share: Fraction.ONE, tier: 'B' };
  if (exposed === 0n) return { ...known, share: Fraction.ZERO, tier: 'A' };
  const background = Fraction.of(other * days.hit, days.other);
  const share = Fraction.ONE.minus(background.over(exposed));
  return { ...known, share: share.sign > 0 ? share : Fraction.ZERO, tier: 'A' };
}

/** Parts of one contact. */
const CONTACT = 720_720n;

/** Tier C of a month = max(0, incremental − contacts that A and B took for the decision and its reasons), at most what is left. */
function incrementalOf(
  rule: Rule,
  increment: Increment,
  contacts: readonly WeighedContact[],
  register: Register,
  earlier: (contact: WeighedContact) => Outcome,
): IncrementalShare {
  const decision = register.decisions.get(increment.decision);
  let taken = Fraction.ZERO;
  let left = Fraction.ZERO;
  for (const contact of contacts) {
    if (!decision || !takesReason(rule, contact) || !register.concerns(decision, contact.dimensions.reason)) continue;
    if (decision.selector && !selects(decision.selector, contact)) continue;
    const outcome = earlier(contact);
    for (const part of outcome.parts)
      if (part.decision === increment.decision) taken = taken.plus(part.share.times(contact.parts));
    if (attachmentFault(increment.decision, contact, register) === undefined)
      left = left.plus(outcome.unattributed.times(contact.parts));
  }
  const shareOf = (contactsAbove: Fraction): Fraction => {
    const wanted = contactsAbove.times(CONTACT).minus(taken);
    if (wanted.sign <= 0 || left.isZero) return Fraction.ZERO;
    return wanted.compare(left) >= 0 ? Fraction.ONE : wanted.over(left);
  };
  const [point, bound] = [shareOf(increment.point), shareOf(increment.bound)];
  return {
    rule: rule.name,
    decision: increment.decision,
    point,
    bound,
    why: increment.why,
    earlierContacts: taken.over(CONTACT),
    pointContacts: left.times(point).over(CONTACT),
    boundContacts: left.times(bound).over(CONTACT),
    evidence: increment.evidence,
  };
}
