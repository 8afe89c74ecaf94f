import type { RuleShares } from '../attribution/causes.ts';
import type { Posting } from '../costing/ledger-pools.ts';
import type { Fraction } from '../fraction.ts';
import type { Tier } from '../model/model.ts';
import type { LocalDate, Period } from '../period.ts';
import type { Adjustment, LedgerChange } from './adjustment.ts';
import type { RetentionBooks } from './retention-books.ts';

/** What a close decides, before it is printed: amounts in minor units of the reporting currency, everything else exact. */
export interface Line {
  readonly id: string;
  readonly kind: 'contacts' | 'direct' | 'reserved' | 'unused_share';
  readonly unit: string;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly rule: string | null;
  readonly tier: Tier | null;
  readonly treatment: 'charged' | 'withheld' | 'parked';
  readonly chargePeriod: Period;
  /** millionths of a contact, so that lines sum to whole contacts */
  readonly microContacts: bigint;
  /** quantity of the pool's driver that is priced: standard or used seconds, or contacts */
  readonly quantity: Fraction;
  /** handle seconds actually used, before concurrency */
  readonly handleSeconds: Fraction;
  /** minor units for one unit of the driver, exact */
  readonly rate: Fraction | null;
  readonly amount: bigint;
}

/** What stays with service, by name: variance.*, unused.*, unattributed, parked, conversion. */
export interface ServiceLine {
  readonly id: string;
  readonly kind: string;
  readonly pool: string | null;
  readonly quantity: Fraction | null;
  readonly amount: bigint;
}

export interface PoolResult {
  readonly pool: string;
  readonly kind: 'operating' | 'support' | 'direct';
  readonly layer: string;
  readonly ledger: bigint;
  readonly received: bigint;
  readonly passed: bigint;
  readonly cost: bigint;
  readonly driver: string;
  readonly practical: Fraction;
  readonly used: Fraction;
  readonly standard: Fraction;
  readonly overCapacity: Fraction;
  readonly rate: Fraction;
  readonly chargeRate: Fraction;
  /** capacity cost rate × used and what was left, minor units: together the cost */
  readonly usedAmount: bigint;
  readonly unusedAmount: bigint;
  readonly charged: bigint;
  readonly variances: bigint;
  readonly unused: bigint;
  readonly unattributed: bigint;
  readonly withheld: bigint;
  readonly parked: bigint;
  /** share of the charge priced at a derived or actual rate, for coverage */
  readonly rateSource: 'standard' | 'contract' | 'last_closed' | 'actual';
}

export interface Reconciliation {
  readonly ledger: bigint;
  readonly charged: bigint;
  readonly serviceVariances: bigint;
  readonly unusedCapacity: bigint;
  readonly unattributed: bigint;
  readonly withheld: bigint;
  readonly parked: bigint;
  readonly conversion: bigint;
  readonly difference: bigint;
}

/** How much is known: parts of contacts (see CONTACT_PARTS). */
export interface Coverage {
  readonly parts: bigint;
  readonly byTier: ReadonlyMap<Tier, Fraction>;
  readonly unattributed: Fraction;
  readonly repeats: Fraction;
  readonly transfers: Fraction | null;
  readonly untimed: bigint;
  /** contacts that no handling pool takes */
  readonly unserved: bigint;
  /** channels of contacts that no handling pool takes, ascending, with the units that answer for them */
  readonly unservedChannels: readonly {
    readonly channel: string;
    readonly parts: bigint;
    readonly units: readonly string[];
  }[];
  /** parts priced without a standard, and at a standard derived from closed periods */
  readonly withoutStandard: Fraction;
  readonly derivedStandard: Fraction;
  /** tags that were shown, not honoured */
  readonly tagsNotHonoured: Fraction;
  /** most contacts first; amounts in minor units */
  readonly worklist: readonly {
    readonly reason: string;
    readonly channel: string;
    readonly parts: Fraction;
    readonly amount: bigint;
  }[];
}

export type Bound = 'unmapped_share' | 'jump_against_trailing' | 'missing_source';

/** A unit whose charge waits for a person, because a figure behind it is not to be trusted yet. */
export interface ParkedUnit {
  readonly unit: string;
  readonly bound: Bound;
  /** one line for a person */
  readonly why: string;
}

export interface Books {
  readonly period: Period;
  /** corrections and rulings booked beside the tie-out, ascending by id */
  readonly adjustments: readonly Adjustment[];
  readonly ledgerChanges: readonly LedgerChange[];
  readonly parked: readonly ParkedUnit[];
  /** beside the tie-out and the journal; absent: the model has no retention section */
  readonly retention?: RetentionBooks;
  readonly pools: readonly PoolResult[];
  readonly postings: readonly Posting[];
  readonly lines: readonly Line[];
  readonly serviceLines: readonly ServiceLine[];
  readonly reconciliation: Reconciliation;
  readonly coverage: Coverage;
  /** parts of contacts by decision and the day that books them, ascending */
  readonly decisionDays: readonly { readonly decision: string; readonly day: LocalDate; readonly parts: Fraction }[];
  /** backgrounds and increases that the month decided */
  readonly shares: RuleShares;
  /** actual seconds and contacts by pool and reason: later periods derive standards from them */
  readonly measures: readonly {
    readonly pool: string;
    readonly reason: string;
    readonly parts: Fraction;
    readonly seconds: Fraction;
  }[];
}
