import type { ChosenControl, ControlSeries } from './controls.ts';
import type { Look } from './verdict.ts';

/** A decision or another registered event, by local days. */
export interface DatedEvent {
  readonly code: string;
  readonly effectiveFrom: string;
  readonly announcedOn?: string | undefined;
  /** last day of its effect on contacts; absent: it lasts */
  readonly effectiveTo?: string | undefined;
}

export interface IncrementalRequest {
  readonly every: 'day' | 'week';
  /** first day of each row; consecutive */
  readonly dates: readonly string[];
  /** contacts of the decision's reasons in its population */
  readonly counts: ArrayLike<number>;
  /** decisions with common reasons that lie less than 8 weeks apart are estimated together; one is the rule */
  readonly decisions: readonly DatedEvent[];
  /** customers, bills or orders of each row: contacts are read per unit of it */
  readonly exposure?: ArrayLike<number> | undefined;
  /** what `exposure` counts, for the reader */
  readonly exposureName?: string | undefined;
  readonly holidays?: readonly string[] | undefined;
  /** series that the decisions cannot touch; the best are chosen */
  readonly controls?: readonly ControlSeries[] | undefined;
  /** other registered events of these reasons */
  readonly otherEvents?: readonly DatedEvent[] | undefined;
  /** weeks after the date at which the effect is judged */
  readonly lookWeeks?: readonly number[] | undefined;
  readonly level?: number | undefined;
}

export interface DayExpectation {
  readonly date: string;
  readonly contacts: number;
  /** without the decision */
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

export interface Incremental {
  readonly decision: string;
  /** first and last day of the cumulated figure */
  readonly from: string;
  readonly until: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  /** contacts expected without the decision, same days */
  readonly expected: number;
  /** estimate ÷ expected */
  readonly relative: number;
  readonly method: string;
  /** effect at the latest look that could be judged */
  readonly look: Look | undefined;
  /** the effect so far, before the first look: shown, never charged */
  readonly early: Look | undefined;
  /** clear of zero and of the placebos, up or down */
  readonly clear: boolean;
  /** clear and more contacts */
  readonly chargeable: boolean;
  readonly why: string;
  /** two-sided, of the look (else of the whole): for Benjamini–Hochberg over a close */
  readonly pValue: number;
  readonly controls: readonly Pick<ChosenControl, 'name' | 'explains' | 'reason'>[];
  readonly outlyingDays: readonly string[];
  readonly dispersion: number;
  /** long-run variance ÷ variance of the residuals */
  readonly inflation: number;
  readonly daily: readonly DayExpectation[];
}

/** Weeks after the date from which on an effect is shown before the first look. */
export const EARLY_WEEKS = 2;
/** Weeks after the date at which an effect is judged. */
export const LOOK_WEEKS: readonly number[] = [8, 26, 52];
/** An increment is chargeable for at most so many days. */
export const LONGEST_DAYS = 365;
/** Decisions with common reasons less than so many days apart are estimated together. */
export const NEAR_DAYS = 56;
