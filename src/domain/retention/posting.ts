import { Refusal } from '../errors.ts';
import type { EffectAmounts } from './amount.ts';
import { NOTHING, minus, plus } from './amount.ts';

/**
 * Money of a cohort is posted by band: what the cumulative effect of a window says, less what is posted already
 * (method 7). Three windows so never add a month twice, and posted + true-up = final to the cent.
 */
export interface CohortReading extends EffectAmounts {
  /** effect kind, month, decision or reason group: what the effect was estimated for */
  readonly cohort: string;
  readonly windowDays: number;
  /** final once the last customer of the cohort is observed over the whole window; else a forecast */
  readonly state: 'final' | 'provisional';
}

export interface Posting extends EffectAmounts {
  readonly cohort: string;
  readonly windowDays: number;
  /** `band`: a window's final effect less what shorter windows posted; `true_up`: the same where a forecast was posted */
  readonly kind: 'band' | 'provisional' | 'true_up';
}

/**
 * What a reading posts now, given all that its cohort has posted; undefined when there is nothing to post.
 * A final reading always posts, be it zero: the window is then closed.
 * @throws Refusal duplicate_credit when the window, or a longer one, is final already
 */
export function postingOf(
  posted: readonly Posting[],
  reading: CohortReading,
  netProvisional: boolean,
): Posting | undefined {
  const own = posted.filter(({ cohort }) => cohort === reading.cohort);
  const { cohort, windowDays } = reading;
  const closed = own.some((line) => line.kind !== 'provisional' && line.windowDays >= windowDays);
  if (reading.state === 'provisional') {
    if (!netProvisional || closed) return undefined;
    const shorter = own.some((line) => line.kind === 'provisional' && line.windowDays > windowDays);
    if (shorter) return undefined;
    const amounts = less(reading, own);
    return isNothing(amounts) ? undefined : { cohort, windowDays, kind: 'provisional', ...amounts };
  }
  if (closed) {
    throw new Refusal('duplicate_credit', `${cohort}, ${windowDays} days, is final: it cannot be credited again`);
  }
  const forecast = own.some((line) => line.kind === 'provisional');
  return { cohort, windowDays, kind: forecast ? 'true_up' : 'band', ...less(reading, own) };
}

/** Σ of what a cohort has posted. */
export function postedOf(posted: readonly Posting[], cohort: string): EffectAmounts {
  return posted
    .filter((line) => line.cohort === cohort)
    .reduce<EffectAmounts>(
      (sum, line) => ({ point: plus(sum.point, line.point), netted: plus(sum.netted, line.netted) }),
      { point: NOTHING, netted: NOTHING },
    );
}

function less(reading: CohortReading, own: readonly Posting[]): EffectAmounts {
  const already = postedOf(own, reading.cohort);
  return { point: minus(reading.point, already.point), netted: minus(reading.netted, already.netted) };
}

function isNothing({ point, netted }: EffectAmounts): boolean {
  return [...Object.values(point), ...Object.values(netted)].every((amount) => amount === 0n);
}
