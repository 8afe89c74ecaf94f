import { apportion } from '../apportionment.ts';
import { Fraction } from '../fraction.ts';
import type { Rule } from '../model/model.ts';
import { matchesPattern, type Dimensions } from '../model/selector.ts';
import type { LocalDate } from '../period.ts';

/** What a group of like contacts shows to the rules. */
export interface Attributable {
  readonly dimensions: Dimensions;
  /** decision code that the contact carries, or null */
  readonly tag: string | null;
  /** first day of the contact's date slice: within a slice nothing changes */
  readonly day: LocalDate;
  readonly textHits: ReadonlySet<string>;
  /** hits of its customer by decisions, nearest first, ties by decision code */
  readonly causes: readonly Cause[];
}

/** A decision that hit the contact's customer within the days of an exposure rule. */
export interface Cause {
  readonly rule: string;
  readonly decision: string;
  /** local day of the hit */
  readonly hitOn: LocalDate;
  /** whole days between hit and contact where the rule weighs them, else 0 */
  readonly ageDays: number;
}

/** Shares of contacts that rules may take, which no single contact can tell: decided once for the month, kept in the run. */
export interface RuleShares {
  readonly excess: ReadonlyMap<string, Excess>;
  readonly incremental: ReadonlyMap<string, IncrementalShare>;
}

export const NO_SHARES: RuleShares = { excess: new Map(), incremental: new Map() };

/** Share of the contacts of hit customers that goes beyond what customers without a hit make. */
export interface Excess {
  readonly rule: string;
  readonly decision: string;
  readonly share: Fraction;
  /** B: there was no group without a hit to compare with, nothing is deducted */
  readonly tier: 'A' | 'B';
  readonly exposedContacts: Fraction;
  readonly otherContacts: Fraction;
  readonly hitDays: bigint;
  readonly otherDays: bigint;
}

export interface IncrementalShare {
  readonly rule: string;
  readonly decision: string;
  /** share of what earlier rules left, by the point estimate and by its bound */
  readonly point: Fraction;
  readonly bound: Fraction;
  readonly why: string;
  /** contacts that the month gave to the decision: by earlier rules, then by the point, then by the bound of this one */
  readonly earlierContacts: Fraction;
  readonly pointContacts: Fraction;
  readonly boundContacts: Fraction;
  /** what the estimate was, as documents print it */
  readonly evidence: Readonly<Record<string, string>>;
}

export function shareKey(rule: string, decision: string): string {
  return `${rule}\u0000${decision}`;
}

export function takesReason(rule: Rule, contact: { readonly dimensions: Pick<Dimensions, 'reason'> }): boolean {
  const reasons = rule.reasons ?? [];
  return reasons.length === 0 || reasons.some((pattern) => matchesPattern(pattern, contact.dimensions.reason));
}

/** Common denominator of equal splits among 1 to 16 causes. */
const SPLIT = 720_720n;

/** Shares of several causes of one contact: nearest first in, shares in that order out; they sum to one (method 4). */
export function splitCauses(
  causes: readonly { readonly decision: string; readonly ageDays: number }[],
  rule: Rule,
): Fraction[] {
  const several = rule.several ?? 'nearest';
  switch (several) {
    case 'nearest':
      return causes.map((_, i) => (i === 0 ? Fraction.ONE : Fraction.ZERO));
    case 'equal':
    // v(S) = contacts whose causes all lie in S: one contact adds only once its last cause is in, so every order of
    // arrival gives each cause the same chance. Shapley is the equal split, and a test says so.
    case 'shapley':
      return causes.map(() => Fraction.of(1, causes.length));
    case 'time_decay': {
      const halfLife = Number((rule.half_life_days ?? Fraction.of(7)).toText(6));
      const weights = causes.map((cause) => ({
        key: cause.decision,
        weight: BigInt(Math.round(2 ** (-cause.ageDays / halfLife) * 1e12)),
      }));
      const parts = apportion(SPLIT, weights, 0) ?? causes.map((_, i) => (i === 0 ? SPLIT : 0n));
      return parts.map((part) => Fraction.of(part, SPLIT));
    }
  }
}
