import type { World } from './world.ts';

/** Pools that handle contacts; each contact goes to one. */
export const POOLS = ['voice', 'chat', 'email', 'partner'] as const;

/** Sums over the contacts as they are written; arrays by month. */
export class ContactSums {
  total = 0;
  withoutCustomer = 0;
  withoutHandleTime = 0;
  handleSeconds = 0;
  tagged = 0;
  escalated = 0;
  transferred = 0;
  /** actual seconds by pool and month, standard seconds where the handle time is missing; before concurrency */
  readonly seconds: readonly Float64Array[];
  readonly contactsByPool: readonly Float64Array[];
  readonly byReason: readonly Float64Array[];
  /** contacts that a decision causes: first contacts, their repeats, those without customer, and standard cost in euros */
  readonly caused: readonly Float64Array[];
  readonly causedRepeats: readonly Float64Array[];
  readonly causedAnonymous: readonly Float64Array[];
  readonly causedCost: readonly Float64Array[];
  readonly causedRepeatCost: readonly Float64Array[];
  /** of the fee, by the day of the hit: contacts that it answers for, their cost, and the cost of those that service keeps */
  readonly feeContacts: Float64Array;
  readonly feeCost: Float64Array;
  readonly feeKeptCost: Float64Array;

  constructor({ span, arrivals }: World) {
    const months = (count: number) => Array.from({ length: count }, () => new Float64Array(span.periods.length));
    this.seconds = months(POOLS.length);
    this.contactsByPool = months(POOLS.length);
    this.byReason = months(arrivals.reasons.length);
    const { length } = arrivals.decisions;
    [this.caused, this.causedRepeats, this.causedAnonymous] = [months(length), months(length), months(length)];
    [this.causedCost, this.causedRepeatCost] = [months(length), months(length)];
    this.feeContacts = new Float64Array(span.days);
    this.feeCost = new Float64Array(span.days);
    this.feeKeptCost = new Float64Array(span.days);
  }

  /** Counts a contact that a decision causes. */
  addCaused(cause: number, month: number, repeat: boolean, cost: number): void {
    (repeat ? this.causedRepeats : this.caused)[cause]![month]!++;
    (repeat ? this.causedRepeatCost : this.causedCost)[cause]![month]! += cost;
  }

  /** The same of the fee by the day of the hit; `kept`: an avoidable repeat or a transfer, which service keeps (method 3). */
  addOfFee(hitDay: number, kept: boolean, cost: number): void {
    if (kept) this.feeKeptCost[hitDay]! += cost;
    else {
      this.feeContacts[hitDay]!++;
      this.feeCost[hitDay]! += cost;
    }
  }
}
