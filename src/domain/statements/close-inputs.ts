import type { CustomerDays, Increment } from '../attribution/rule-shares.ts';
import type { Register } from '../attribution/register.ts';
import type { Capacity } from '../costing/capacity.ts';
import type { LedgerEntry } from '../costing/ledger-pools.ts';
import type { Fraction } from '../fraction.ts';
import type { Model } from '../model/model.ts';
import type { Period } from '../period.ts';
import type { Adjustment, LedgerChange } from './adjustment.ts';
import type { CellFacts } from './cell-facts.ts';
import type { ParkingInputs } from './parking.ts';
import type { RetentionInputs } from './retention-books.ts';

/** Everything a close reads, frozen: the same inputs give the same books, byte for byte, in any order of rows. */
export interface CloseInputs {
  readonly period: Period;
  readonly currency: string;
  readonly model: Model;
  readonly register: Register;
  readonly ledger: readonly LedgerEntry[];
  /** reporting units for one unit of currency */
  readonly rates: ReadonlyMap<string, Fraction>;
  readonly capacity: ReadonlyMap<string, Capacity>;
  readonly cells: readonly CellFacts[];
  /** for the background of exposure rules */
  readonly customerDays: readonly CustomerDays[];
  /** for incremental rules */
  readonly increments: readonly Increment[];
  /** capacity cost rate of the last closed period by pool, reporting currency units for one unit of the driver */
  readonly lastRates: ReadonlyMap<string, Fraction>;
  /** seconds of a contact by `pool\0reason`: median of the last three closed periods */
  readonly derivedStandards: ReadonlyMap<string, Fraction>;
  /** corrections and rulings that this period books; absent: none */
  readonly adjustments?: readonly Adjustment[];
  /** how much the ledgers of closed periods changed: what late entries' adjustments sum to */
  readonly ledgerChanges?: readonly LedgerChange[];
  /** what bounds compare with; absent: nobody is parked */
  readonly parking?: ParkingInputs;
  /** effects on retention that became known; absent: the model has no retention section, or nobody asked */
  readonly retention?: RetentionInputs;
}
