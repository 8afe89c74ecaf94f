/**
 * What service earns (method 7), as statements print it: `value` of a statement set and of service's own document, and
 * `retention` of a unit. Amounts are decimal text in the reporting currency; gains positive, losses negative. All of it
 * stands beside the tie-out and the journal: management lines. Present where the model has a `retention` section.
 */
export interface ValueSection {
  readonly service: ServiceValue;
  /** effects whose window became final in this period, or whose forecast was netted; by effect, month, decision, window */
  readonly effects: readonly EffectSection[];
  /** what windows that are not over may show; never netted unless the policy says so, and then also among the effects */
  readonly forecasts: readonly ForecastSection[];
  /** what the owners' decisions took or brought, unit by unit, and how much of it their statements net */
  readonly credits: readonly CreditSection[];
  /** the service effect by the unit whose contacts they were: memo, it belongs to service */
  readonly recoveredFor: readonly {
    readonly unit: string;
    readonly decision: string | null;
    readonly amount: string;
  }[];
  /** apportioned = estimated to the cent, one row an effect; the difference is "0.00" */
  readonly conservation: readonly ConservationSection[];
  /** which policy held: windows, discount rate, tiers that take credits, whether forecasts are netted */
  readonly policy: RetentionPolicySection;
}

/** The service's own value statement. */
export interface ServiceValue {
  /** ledger of the period */
  readonly cost: string;
  /** what the units pay: gross charge and their adjustments */
  readonly recovered: string;
  /** netted service effect that was posted in this period, signed */
  readonly retentionCredit: string;
  /** recovered + retentionCredit − cost */
  readonly net: string;
}

export interface EffectSection {
  /** decision: customers hit against comparable ones not hit; service: resolved against comparable unresolved contacts. Never added */
  readonly effect: 'decision' | 'service';
  /** null for the service effect */
  readonly decision: string | null;
  /** month in which the customers were hit, or called */
  readonly cohort: string;
  readonly windowDays: number;
  /** band: a final window less the shorter ones; true_up: the same where a forecast was posted; provisional: a netted forecast */
  readonly kind: 'band' | 'true_up' | 'provisional';
  /** treated customers of the estimate, and those with nobody comparable (their effect counts 0) */
  readonly customers: number;
  readonly notAssessable: number;
  /** cumulated over the window, per customer, with the 90% interval; null: not estimable, `why` says it */
  readonly perCustomer: IntervalSection | null;
  /** the same for all customers of the estimate */
  readonly total: IntervalSection | null;
  /** the total by what it is made of: buying again, buying more, spreading the word */
  readonly streams: StreamSection | null;
  /** the same estimate on the 182 days before, which must include zero */
  readonly falsification: IntervalSection | null;
  /** largest standardised difference of the groups before and after weighting; at most 0.1 after */
  readonly differenceBefore: string | null;
  readonly differenceAfter: string | null;
  /** false: the month was never closed, its cost stands nowhere: shown, not netted */
  readonly onBooks: boolean;
  /** false: shown, not netted; `why` says what failed */
  readonly nettable: boolean;
  readonly why: readonly string[];
  /** posted in this period: the estimate, and of it what may be netted (the bound of the interval nearer zero) */
  readonly postedPoint: string;
  readonly postedNetted: string;
}

export interface IntervalSection {
  readonly point: string;
  readonly low: string;
  readonly high: string;
}

export interface StreamSection {
  readonly buyAgain: string;
  readonly buyMore: string;
  readonly spreadTheWord: string;
}

export interface ForecastSection {
  readonly effect: 'decision' | 'service';
  readonly decision: string | null;
  readonly cohort: string;
  readonly windowDays: number;
  /** Kaplan–Meier or shifted beta-geometric for contracts, BG/NBD with gamma–gamma else; empty: none can be made */
  readonly methods: readonly string[];
  readonly customers: number;
  readonly total: IntervalSection | null;
  readonly why: string | null;
}

export interface CreditSection {
  readonly unit: string;
  readonly decision: string;
  /** month whose charge it is netted against */
  readonly chargePeriod: string;
  /** strongest tier under which the unit was charged for the decision in that month (A where it was not: a hit is explicit
   * evidence); null: the month is not on the books */
  readonly tier: string | null;
  /** the estimate, and what of it may be netted */
  readonly point: string;
  readonly netted: string;
  /** what enters net = gross − retentionCredit + adjustments */
  readonly credit: string;
  /** gain beyond the cumulated gross charge of the same unit, decision and month: shown, not credited */
  readonly aboveCap: string;
  /** of a tier or an effect that takes no credit by policy, or of a month that was never charged */
  readonly notCredited: string;
}

export interface ConservationSection {
  readonly effect: 'decision' | 'service';
  readonly estimated: string;
  readonly apportioned: string;
  /** of the apportioned: what no contact's owner was found for */
  readonly notAssigned: string;
  readonly difference: string;
}

export interface RetentionPolicySection {
  readonly windowsDays: readonly number[];
  /** per year, decimal text; null: none stated, no window is longer than 365 days */
  readonly discountRate: string | null;
  readonly netProvisional: boolean;
  readonly creditTiers: readonly string[];
  readonly decisionEffect: 'decision_owner' | 'none';
  readonly serviceEffect: 'service' | 'none';
}

/** `retention` of a unit's statement: the credit or loss never stands without the gross charge and the net beside it. */
export interface UnitRetentionSection {
  /** sums to the statement's retentionCredit */
  readonly lines: readonly CreditSection[];
  /** memo: what service saved among this unit's contacts; it is service's, and contained in the decision effect */
  readonly recoveredByService: string;
}
