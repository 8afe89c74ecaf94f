import type { Capacity } from '../../domain/costing/capacity.ts';
import type { Fraction } from '../../domain/fraction.ts';
import type { Pool } from '../../domain/model/model.ts';
import type { Period } from '../../domain/period.ts';
import type { Books, Line, PoolResult, Reconciliation, Coverage } from '../../domain/statements/books.ts';
import type { Adjustment } from '../../domain/statements/adjustment.ts';
import type { Bridge } from '../../domain/statements/bridge.ts';
import type { CreditSection, EffectSection, ServiceValue } from '../../domain/statements/value-document.ts';
import type { Apportioned } from './apportioned.ts';

/**
 * What the sheets show, taken from a run's books: exact numbers, amounts in minor units. Units, pools and decisions
 * have keys of the workbook's own (U01, P01, D01), so that formulas look up by them whatever the codes contain.
 */
export interface WorkbookModel {
  /** the whole period for finance, or one unit's own */
  readonly scope: 'master' | 'pack';
  readonly company: string;
  readonly period: Period;
  readonly currency: string;
  readonly digits: number;
  readonly run: RunView;
  readonly basis: 'standard' | 'actual';
  readonly unusedPolicy: 'retained' | 'proportional' | 'reserved';
  readonly units: readonly UnitView[];
  readonly pools: readonly PoolView[];
  readonly decisions: readonly DecisionView[];
  readonly reasonNames: ReadonlyMap<string, string>;
  readonly currencies: readonly CurrencyView[];
  readonly ledger: readonly LedgerView[];
  readonly support: SupportView | undefined;
  readonly standards: readonly StandardView[];
  readonly volumes: readonly VolumeView[];
  readonly claims: readonly ClaimView[];
  readonly groups: readonly GroupView[];
  readonly lines: readonly LineView[];
  readonly serviceKinds: readonly string[];
  readonly prior: PriorView | undefined;
  readonly adjustments: readonly AdjustmentView[];
  readonly reconciliation: Reconciliation;
  readonly coverage: Coverage;
  /** contacts of the period, and those that no handling pool takes */
  readonly contacts: Fraction;
  readonly unservedContacts: Fraction;
  readonly resultHash: string;
  readonly serviceUnit: string;
  readonly serviceCostCenter: string | null;
  readonly serviceLegalEntity: string | null;
  /** absent where nothing is known of a decision, or the model has no retention */
  readonly profits: ReadonlyMap<string, DecisionProfit> | undefined;
  readonly value: ValueView | undefined;
  readonly drillDown: DrillDownView | undefined;
}

export interface RunView {
  readonly id: string | null;
  readonly hash: string;
  readonly modelHash: string;
  readonly inputsHash: string;
  readonly codeVersion: string;
  readonly state: 'open' | 'calculated' | 'in_review' | 'approved' | 'closed';
  readonly priorId: string | null;
  /** who did what, in the order in which it happens: prepared, submitted, approved, issued */
  readonly deeds: readonly { readonly deed: string; readonly by: string | null; readonly at: string | null }[];
  readonly inputs: readonly InputFile[];
  readonly onePerson: boolean;
}

export interface InputFile {
  readonly number: string;
  readonly kind: string;
  readonly name: string;
  readonly rows: number;
  readonly sha256: string;
  readonly at: string;
}

export interface UnitView {
  readonly key: string;
  readonly code: string;
  readonly name: string;
  readonly costCenter: string | null;
  readonly legalEntity: string | null;
  /** netted beside the charge, minor units; a gain is positive */
  readonly retention: bigint;
  /** false: it stands in the last period only */
  readonly hasStatement: boolean;
}

export interface PoolView {
  readonly key: string;
  readonly pool: Pool;
  readonly name: string;
  readonly result: PoolResult;
  /** how its cost reaches the units: which formulas its rows have */
  readonly split: 'standard' | 'actual' | 'reserved' | 'direct' | 'support';
  readonly pricedBy: 'used' | 'standard';
  /** units of the driver in the unit that is shown: seconds as minutes, contacts as they are */
  readonly shownPer: 60 | 1;
  /** stated rate in major units for `divisor` units of the driver; null: the actual rate */
  readonly statedRate: { readonly rate: Fraction; readonly divisor: 60 | 1 } | null;
  readonly capacity: Capacity | null;
  readonly reserved: ReadonlyMap<string, Fraction>;
  readonly forecast: readonly { readonly unitKey: string; readonly expected: Fraction }[];
  readonly ownByCurrency: ReadonlyMap<string, bigint>;
  readonly figures: PoolFigures;
  /** unit that bears a direct pool, or a pool that nothing used; null: unattributed */
  readonly bearer: string | null;
}

/** Exact amounts of a pool in minor units, as its column on Rates shows them. */
export interface PoolFigures {
  readonly usedCost: Fraction;
  readonly unusedCost: Fraction;
  readonly free: Fraction;
  readonly buffer: Fraction;
  readonly shortfallWanted: Fraction;
  readonly shortfall: Fraction;
  readonly charged: bigint;
  readonly rest: bigint;
  readonly handleTime: Fraction;
  readonly unusedBuffer: Fraction;
  readonly unusedShortfall: Fraction;
  readonly unusedOther: Fraction;
  readonly reservedUnused: Fraction;
  readonly rateVariance: Fraction;
  readonly rateOwn: Fraction;
  readonly rateSupport: Fraction;
  /** reserved capacity: cost that moves with use, and per reserved unit */
  readonly variableCost: Fraction;
  readonly fixedRate: Fraction;
  readonly variableRate: Fraction;
  readonly used: Fraction;
  readonly standard: Fraction;
}

export interface DecisionView {
  readonly key: string;
  readonly code: string;
  readonly title: string;
  readonly kind: string;
  readonly effectiveFrom: string;
}

export interface CurrencyView {
  readonly code: string;
  readonly rate: Fraction;
  /** converted in one sum, and the sum of its converted parts; minor units of the reporting currency */
  readonly total: bigint;
  readonly parts: bigint;
}

export interface LedgerView {
  readonly entry: string;
  readonly account: string;
  readonly costCenter: string;
  readonly vendor: string | null;
  readonly description: string | null;
  readonly postedAt: string | null;
  readonly amount: bigint;
  readonly currency: string;
  /** null: parked by name */
  readonly poolKey: string | null;
  readonly entries: number;
}

export interface SupportView {
  readonly method: 'direct' | 'step_down' | 'reciprocal';
  /** pools with drivers, in the order of posting */
  readonly rows: readonly SupportRow[];
  /** reciprocal: columns of the matrix (who can receive in the end, then who hands on) and its stages */
  readonly chain: readonly string[];
  readonly ends: readonly string[];
  readonly stages: readonly (readonly (readonly Fraction[])[])[];
  readonly drivers: readonly { readonly from: string; readonly to: string; readonly quantity: Fraction }[];
  /** who takes the cost of pools without drivers; null: unattributed */
  readonly zeroDriver: string | null;
}

export interface SupportRow {
  readonly from: string;
  readonly to: string;
  /** false: `to` hands nothing on, the cost stays with `from` and goes to the zero-driver target */
  readonly passes: boolean;
  readonly share: Fraction;
  readonly total: bigint;
  readonly apportioned: Apportioned;
}

export interface StandardView {
  readonly no: number;
  readonly poolKey: string;
  readonly reason: string;
  readonly seconds: Fraction | null;
  readonly source: 'stated' | 'derived' | 'none';
  readonly weight: Fraction | null;
  readonly concurrency: Fraction;
}

/** Contacts of one line or service result with one share, before the share. */
export interface VolumeView {
  readonly claimNo: number;
  /** null: service keeps them */
  readonly lineNo: number | null;
  readonly unitKey: string | null;
  readonly poolKey: string;
  readonly standardNo: number;
  readonly channel: string;
  readonly share: Fraction;
  readonly contacts: Fraction;
  readonly seconds: Fraction;
  readonly statedSeconds: Fraction;
  readonly attributed: Fraction;
  readonly attributedSeconds: Fraction;
  readonly used: Fraction;
  readonly standard: Fraction;
}

/** A row of level 1: what a unit or service takes of a pool. */
export interface ClaimView {
  readonly no: number;
  readonly poolKey: string;
  readonly block: 'charge' | 'rest' | 'spread';
  readonly unitKey: string | null;
  /** reserved capacity and unused shares are lines of their own */
  readonly kind: Line['kind'] | null;
  /** unattributed, variance.*, unused.* */
  readonly serviceKind: string | null;
  readonly source: 'quantity' | 'priced' | keyof PoolFigures;
  readonly used: Fraction;
  readonly standard: Fraction;
  readonly contacts: Fraction;
  readonly quantity: Fraction;
  readonly total: bigint;
  readonly apportioned: Apportioned;
  /** false: an unused part that the units take over (policy proportional) */
  readonly kept: boolean;
  readonly asPosted: bigint;
}

/** A row of level 2: a decision's part of what a unit is charged in a pool. */
export interface GroupView {
  readonly no: number;
  readonly claimNo: number;
  readonly unitKey: string;
  readonly poolKey: string;
  readonly decisionKey: string | null;
  readonly quantity: Fraction;
  readonly total: bigint;
  readonly apportioned: Apportioned;
}

/** A row of level 3: a line of a statement. */
export interface LineView {
  readonly no: number;
  readonly line: Line;
  readonly unitKey: string;
  readonly poolKey: string;
  readonly decisionKey: string | null;
  /** null for lines that no contact explains: they take a whole claim, or the cost of a direct pool */
  readonly groupNo: number | null;
  readonly claimNo: number | null;
  readonly contacts: Fraction;
  readonly used: Fraction;
  readonly standard: Fraction;
  readonly apportioned: Apportioned | null;
  readonly bridgeCell: number | null;
  readonly likeForLike: boolean;
}

export interface PriorView {
  readonly runId: string | null;
  readonly period: Period;
  readonly lines: readonly PriorLine[];
  readonly cells: readonly BridgeCell[];
  readonly bridges: ReadonlyMap<string, BridgeView>;
}

export interface PriorLine {
  readonly unitKey: string;
  readonly decisionKey: string | null;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly poolKey: string | null;
  readonly contacts: Fraction;
  readonly quantity: Fraction;
  readonly amount: bigint;
  /** at this period's standards; the same unless standards were restated */
  readonly restatedQuantity: Fraction;
  readonly restatedAmount: bigint;
  readonly bridgeCell: number;
  readonly likeForLike: boolean;
}

/** One (unit, reason, channel, pool) in both periods, like for like, and what moved it. Amounts in minor units. */
export interface BridgeCell {
  readonly no: number;
  readonly unitKey: string;
  readonly reason: string | null;
  readonly channel: string | null;
  readonly pool: string;
  readonly before: BridgeSide;
  readonly after: BridgeSide;
  /** contacts of the unit, mix, quantity per contact, cost per quantity, before and after; undefined: no contact explains it */
  readonly factors: readonly [readonly Fraction[], readonly Fraction[]] | undefined;
  readonly perContact: boolean;
  readonly effects: {
    readonly volume: Fraction;
    readonly mix: Fraction;
    readonly handle_time: Fraction;
    readonly rate: Fraction;
  };
}

export interface BridgeSide {
  readonly contacts: Fraction;
  readonly seconds: Fraction;
  readonly amount: bigint;
}

/** A correction or ruling that the period books beside its tie-out. */
export interface AdjustmentView {
  readonly adjustment: Adjustment;
  /** null: service */
  readonly unitKey: string | null;
}

export interface BridgeView extends Bridge {
  /** what the last period booked beside its charge, minor units: part of opening and closing */
  readonly lastAdjustments: bigint;
  readonly contacts: readonly [Fraction, Fraction];
  readonly likeForLike: bigint;
  /** handle_time, mix, rate, volume */
  readonly apportioned: readonly Apportioned[];
}

/** Profit and loss of a decision since it took effect, as its report says it. Amounts in minor units. */
export interface DecisionProfit {
  readonly billed: bigint;
  readonly waived: bigint;
  readonly refunded: bigint;
  readonly exposures: Fraction;
  readonly contacts: Fraction;
  /** full cost of its contacts */
  readonly cost: bigint;
  /** of exposures that have had their days; null: there are none */
  readonly contactRate: Fraction | null;
  readonly retention: bigint;
  readonly underWaterSince: string | null;
}

/** What service and decisions did to revenue, as the document says it: amounts in decimal text. */
export interface ValueView {
  /** null in the pack of a unit: whose they are */
  readonly service: ServiceValue | null;
  readonly effects: readonly EffectSection[];
  readonly credits: readonly (CreditSection & { readonly unitKey: string })[];
}

/** Full detail of the attribution, in the workbook or beside it. */
export interface DrillDownView {
  /** rows inside the workbook; undefined: only in the files beside it */
  readonly rows: DrillDownRows | undefined;
  readonly count: number;
  readonly parts: readonly {
    readonly name: string;
    readonly rows: number;
    readonly bytes: number;
    readonly sha256: string;
  }[];
}

/** A table of texts and numbers too long to hold as cells: read row by row, any number of times. */
export interface DrillDownRows {
  readonly count: number;
  [Symbol.iterator](): Iterator<readonly (string | number | null)[]>;
}

export type { Books };
