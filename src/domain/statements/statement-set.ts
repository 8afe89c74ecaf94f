import type { UnitRetentionSection, ValueSection } from './value-document.ts';

export const STATEMENT_FORMATS = ['json', 'csv', 'xlsx', 'pdf'] as const;
export type StatementFormat = (typeof STATEMENT_FORMATS)[number];

/**
 * Shape of the canonical document of a period, as `statements --format json` gives it. Amounts, contacts, seconds and
 * rates are decimal text. Whoever shows statements reads this and computes nothing.
 */
export interface StatementSet {
  readonly period: string;
  readonly currency: string;
  readonly run: {
    /** null for a preview */
    readonly id: string | null;
    readonly hash: string;
    readonly model: string;
    readonly inputs: string;
  };
  /** of the period; absent for a preview and straight after a close */
  readonly state?: 'open' | 'calculated' | 'in_review' | 'approved' | 'closed';
  /** one person may have prepared, approved and issued it; absent: two did */
  readonly onePersonMode?: boolean;
  /** absent for who may not read all units */
  readonly reconciliation?: Reconciliation;
  readonly pools?: readonly PoolSection[];
  readonly units: readonly UnitSection[];
  readonly service?: ServiceSection;
  readonly coverage?: CoverageSection;
  /** what service earns; absent without a retention section in the model, and for who may not read all units */
  readonly value?: ValueSection;
}

export interface UnservedChannel {
  readonly channel: string;
  readonly contacts: string;
  readonly units: readonly string[];
}

/** How much is explained, by what evidence: shares of all contacts as decimal text. */
export interface CoverageSection {
  readonly contacts: string;
  readonly tiers: Readonly<Record<'A' | 'B' | 'C' | 'D', string>>;
  readonly unattributed: string;
  readonly repeats: string;
  /** a share, or "not measured" */
  readonly transfers: string;
  readonly withoutHandleTime: string;
  readonly withoutPool: string;
  /** channels that no handling pool takes, with the units that answer for their contacts; absent: there is none */
  readonly unservedChannels?: readonly UnservedChannel[];
  readonly withoutStandard: string;
  readonly derivedStandard: string;
  readonly tagsNotHonoured: string;
  /** the largest groups of contacts that nobody answers for */
  readonly worklist: readonly {
    readonly reason: string;
    readonly channel: string;
    readonly contacts: string;
    readonly amount: string;
  }[];
}

/** ledger = all that follow, difference 0.00 */
export interface Reconciliation {
  readonly ledger: string;
  readonly charged: string;
  readonly serviceVariances: string;
  readonly unusedCapacity: string;
  readonly unattributed: string;
  readonly withheld: string;
  readonly parked: string;
  readonly conversion: string;
  readonly difference: string;
}

export interface PoolSection {
  readonly pool: string;
  readonly kind: string;
  readonly cost: string;
  readonly practicalSeconds: string;
  readonly usedSeconds: string;
  readonly rate: string;
  readonly used: string;
  readonly unused: string;
  readonly charged: string;
  readonly serviceVariances: string;
  readonly unusedCapacity: string;
  readonly unattributed: string;
  readonly withheld: string;
  readonly parked: string;
}

export interface AdjustmentSection {
  readonly id: string;
  /** late_contacts, ledger, dispute, correction, parked */
  readonly source: string;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly pool: string | null;
  readonly chargePeriod: string;
  readonly contacts: string;
  readonly amount: string;
}

export interface UnitSection {
  readonly unit: string;
  readonly name: string;
  readonly contacts: string;
  readonly gross: string;
  readonly retentionCredit: string;
  readonly adjustments: string;
  readonly net: string;
  readonly bridge: Readonly<Record<string, string>> | null;
  readonly lines: readonly LineSection[];
  /** of earlier periods, booked in this one; absent in runs without any */
  readonly adjustmentLines?: readonly AdjustmentSection[];
  /** what retentionCredit is made of; absent without a retention section in the model */
  readonly retention?: UnitRetentionSection;
}

export interface LineSection {
  readonly id: string;
  readonly kind: string;
  readonly decision: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly rule: string | null;
  readonly contacts: string;
  readonly seconds: string;
  readonly rate: string | null;
  readonly amount: string;
  readonly tier: string | null;
  readonly treatment: 'charged' | 'withheld' | 'parked';
  readonly chargePeriod: string;
}

export interface ServiceSection {
  readonly variances: readonly ServiceItem[];
  readonly unused: readonly ServiceItem[];
  readonly unattributed: {
    readonly amount: string;
    readonly contacts: string;
    readonly pools: readonly { readonly pool: string | null; readonly amount: string }[];
  };
  readonly parked: string;
  readonly conversion: string;
}

export interface ServiceItem {
  readonly id: string;
  readonly kind: string;
  readonly pool: string | null;
  readonly amount: string;
}
