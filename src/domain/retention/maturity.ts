import type { Period } from '../period.ts';
import { addMonths } from '../period.ts';
import { daysOf } from './cohort.ts';
import type { EffectKind } from './effect.ts';
import { DECISION_DELAY_DAYS, SERVICE_DELAY_DAYS } from './episode.ts';

/** A forecast is made when the cohort's last customer has been watched so long, and again whenever a window is over. */
export const FORECAST_AFTER_DAYS = 30;

export function delayOf(effect: EffectKind): number {
  return effect === 'service' ? SERVICE_DELAY_DAYS : DECISION_DELAY_DAYS;
}

/** Last day (number) on which the last customer of a month's cohort can be watched for the window. */
export function finalOn(month: Period, effect: EffectKind, windowDays: number): number {
  return daysOf(month).to - 1 + delayOf(effect) + windowDays - 1;
}

export interface DueCohort {
  readonly effect: EffectKind;
  readonly month: Period;
  /** windows that became final since the last run */
  readonly due: readonly number[];
  /** windows that were final before it */
  readonly before: readonly number[];
  /** windows that are not over, in ascending order */
  readonly open: readonly number[];
}

/**
 * Cohorts of an effect of which something became known in the months after `since` up to `period`: a window is over for
 * its last customer, or enough is seen for a first forecast.
 */
export function dueCohorts(
  effect: EffectKind,
  windowsDays: readonly number[],
  since: Period,
  period: Period,
): DueCohort[] {
  const [from, to] = [daysOf(since).to, daysOf(period).to];
  const longest = Math.max(FORECAST_AFTER_DAYS, ...windowsDays);
  const found: DueCohort[] = [];
  for (let month = period; finalOn(month, effect, longest) >= from; month = addMonths(month, -1)) {
    const over = windowsDays.filter((days) => finalOn(month, effect, days) < to);
    const due = over.filter((days) => finalOn(month, effect, days) >= from);
    const first = finalOn(month, effect, FORECAST_AFTER_DAYS);
    if (due.length === 0 && !(first >= from && first < to)) continue;
    const before = over.filter((days) => !due.includes(days));
    found.push({ effect, month, due, before, open: windowsDays.filter((days) => !over.includes(days)) });
  }
  return found.reverse();
}
