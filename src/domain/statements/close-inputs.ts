import type { Capacity } from '../costing/capacity.ts';
import type { LedgerEntry } from '../costing/ledger-pools.ts';
import type { Fraction } from '../fraction.ts';
import type { Model } from '../model/model.ts';
import type { Adjustment, LedgerChange } from './adjustment.ts';
import type { CellFacts } from './cell-facts.ts';
import type { DecidingInputs } from './deciding-inputs.ts';
import type { ParkingInputs } from './parking.ts';
import type { RetentionInputs } from './retention-books.ts';

/** What a close takes beside the upper roll-up: the cost of a period, what is agreed to be paid, what is booked beside. */
export interface CostingInputs extends Pick<DecidingInputs, 'period' | 'register'> {
  readonly currency: string;
  readonly model: Model;
  readonly ledger: readonly LedgerEntry[];
  /** reporting units for one unit of currency */
  readonly rates: ReadonlyMap<string, Fraction>;
  readonly capacity: ReadonlyMap<string, Capacity>;
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

/** Everything a close reads, frozen: the same inputs give the same books, byte for byte, in any order of rows. */
export interface CloseInputs extends CostingInputs, DecidingInputs {
  readonly model: Model;
  readonly cells: readonly CellFacts[];
}
