import type { Arrivals } from './arrivals.ts';
import type { Population } from './population.ts';
import type { Behaviour } from './settings.ts';
import type { Span } from './span.ts';

export const DAY = 86_400;
export const REPEAT_SECONDS = 7 * DAY;

/** What all customers share. */
export interface World {
  readonly seed: number;
  readonly span: Span;
  readonly behaviour: Behaviour;
  readonly arrivals: Arrivals;
  readonly population: Population;
  /** factor of the share of late bills, so that the asked number of exposures comes out */
  hitScale: number;
  /** factor of the rate of purchases, for the asked number of revenue events */
  purchaseScale: number;
  renewalMonths: number;
}

/** A contact of a life; `at` is seconds since the first day, on the wall clock. */
export interface LivedContact {
  at: number;
  day: number;
  channel: number;
  reason: number;
  product: number;
  /** number of the decision that causes it; -1 for the background */
  cause: number;
  /** days since the hit that causes it */
  lag: number;
  /** number of the case among the customer's; 0 for none */
  caseNo: number;
  repeat: boolean;
  unresolved: boolean;
  escalated: boolean;
}

export interface Hit {
  at: number;
  day: number;
  waived: boolean;
  /** -1 for none */
  refundDay: number;
}

/** A customer's first contact or hit in 548 days. */
export interface Opener {
  readonly day: number;
  readonly treated: boolean;
  /** false when nothing is planted on it */
  readonly effective: boolean;
}
