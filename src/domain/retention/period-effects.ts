import type { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { EffectAmounts } from './amount.ts';
import { NOTHING, effectAmounts, plus } from './amount.ts';
import type { Assignee, RetentionLine } from './apportioned-effect.ts';
import { apportionedEffect, proveConservation } from './apportioned-effect.ts';
import type { CohortRows, CustomerTable } from './cohort.ts';
import { cohortFacts } from './cohort.ts';
import type { EpisodeTouches, Group } from './cohort-groups.ts';
import type { EffectKind, ReadingPolicy, RefusedEffect, WindowReading } from './effect.ts';
import { effectReadings } from './effect.ts';
import { bandWeights } from './episode.ts';
import type { DueCohort } from './maturity.ts';
import { delayOf } from './maturity.ts';
import type { Earnings } from './outcome.ts';
import type { Posting } from './posting.ts';
import { postingOf } from './posting.ts';
import type { ForecastEffect } from './provisional.ts';
import { comparedLevels } from './reason-levels.ts';
import { forecastEffects } from './provisional.ts';

/** What a close read of customers and what they did. */
export interface RetentionFacts {
  readonly customers: CustomerTable;
  /** each once: it is let go */
  readonly groups: { readonly of: (cohort: DueCohort) => Iterable<Group> };
  /** margin of referred customers at the referrer, less acquisition cost; sorted by customer, then day */
  readonly referrals: Earnings;
  /** level of the reason above each level, 0 where there is none */
  readonly reasonParent: ArrayLike<number>;
  /** numbers contacts or hits, the same through all groups: those with one number have the same owners under any rules */
  readonly likeTouches: (effect: EffectKind, touches: EpisodeTouches) => ArrayLike<number>;
}

export interface RetentionPolicy extends ReadingPolicy {
  readonly netProvisional: boolean;
  /** minor-unit digits of the reporting currency */
  readonly digits: number;
}

/** A window of a cohort as this period posts it. */
export interface CohortEffect {
  readonly effect: EffectKind;
  readonly month: Period;
  readonly decision: string | undefined;
  readonly posting: Posting;
  /** absent: a forecast that the policy nets */
  readonly reading?: WindowReading;
}

export interface CohortForecast {
  readonly effect: EffectKind;
  readonly month: Period;
  readonly decision: string | undefined;
  readonly windowDays: number;
  readonly forecast: ForecastEffect | RefusedEffect;
}

export interface PeriodEffects {
  readonly posted: readonly CohortEffect[];
  readonly forecasts: readonly CohortForecast[];
  /** the postings shared out over units, service and not assigned; proven to the cent */
  readonly lines: readonly RetentionLine[];
}

/** What a period posts before anybody answers for it: no share, no taker and no order of rules is in it. */
export interface UnsharedEffects extends Pick<PeriodEffects, 'posted' | 'forecasts'> {
  /** of each posting, by number of like touches: what they earned of it */
  readonly weights: readonly ReadonlyMap<number, Fraction>[];
}

/** Name of a cohort in postings and lines: the month, and the decision of a decision effect. */
export function cohortName(month: Period, decision: string | undefined): string {
  return decision === undefined ? month : `${month} ${decision}`;
}

/** What earlier periods posted of an effect, oldest first, each with its lines. */
export type PostedBefore = (
  effect: EffectKind,
) => readonly { readonly posting: Posting; readonly lines: readonly RetentionLine[] }[];

/**
 * What a period posts of the effects that became known in it (method 7): every due window of every cohort once, less
 * what is posted already, with the weights by which the contacts of its episodes share it.
 * @throws Refusal duplicate_credit when an earlier period has posted a due window
 */
export function unsharedEffects(
  facts: RetentionFacts,
  cohorts: readonly DueCohort[],
  before: PostedBefore,
  policy: RetentionPolicy,
): UnsharedEffects {
  const posted: CohortEffect[] = [];
  const forecasts: CohortForecast[] = [];
  const weights: ReadonlyMap<number, Fraction>[] = [];
  for (const effect of ['decision', 'service'] as const) {
    for (const cohort of cohorts.filter((due) => due.effect === effect)) {
      for (const group of facts.groups.of(cohort)) {
        const known = read(facts, cohort, group, policy);
        let touches: NumberedTouches | undefined;
        for (const entry of postingsOf(cohort, group.decision, known, before(effect), policy)) {
          touches ??= numbered(facts, effect, group);
          const start = policy.windowsDays[policy.windowsDays.indexOf(entry.posting.windowDays) - 1] ?? 0;
          weights.push(weightsOf(touches, group.rows, entry, start));
          posted.push(withoutRows(entry));
        }
        forecasts.push(...known.forecasts);
      }
    }
  }
  return { posted, forecasts, weights };
}

/**
 * The postings shared over who answers for the touches that earned them.
 * @param assignees by number of like touches @throws OutOfBalance when a cent is lost
 */
export function periodEffects(
  { posted, forecasts, weights }: UnsharedEffects,
  before: PostedBefore,
  assignees: (number: number) => readonly Assignee[],
  digits: number,
): PeriodEffects {
  const lines: RetentionLine[] = [];
  for (const effect of ['decision', 'service'] as const) {
    const own = posted.flatMap((entry, i) =>
      entry.effect === effect
        ? sharedLines(entry.posting, openForecasts(before(effect), entry.posting), (band) =>
            apportionedEffect(effect, band, weights[i]!, assignees, digits),
          )
        : [],
    );
    const postings = posted.filter((entry) => entry.effect === effect).map(({ posting }) => posting);
    proveConservation(effect, postings, own);
    lines.push(...own);
  }
  return { posted, forecasts, lines };
}

type NumberedTouches = EpisodeTouches & { readonly number: ArrayLike<number> };

function numbered(facts: RetentionFacts, effect: EffectKind, group: Group): NumberedTouches {
  const touches = group.touches();
  return { ...touches, number: facts.likeTouches(effect, touches) };
}

/** Once the weights are counted nobody asks for the rows, which are as many as customers. */
function withoutRows(entry: CohortEffect): CohortEffect {
  const { reading } = entry;
  if (reading?.effect.kind !== 'measured') return entry;
  return { ...entry, reading: { ...reading, effect: { ...reading.effect, rows: new Int32Array() } } };
}

interface Known {
  readonly readings: readonly WindowReading[];
  readonly forecasts: readonly CohortForecast[];
}

function read(facts: RetentionFacts, cohort: DueCohort, group: Group, policy: RetentionPolicy): Known {
  const { effect, month, open } = cohort;
  const { customers, referrals } = facts;
  const { rows, earned, purchases, decision } = group;
  const reason = effect === 'service' ? comparedLevels(rows.reason, rows.treated, facts.reasonParent) : rows.reason;
  const sources = { customers, earned, referrals };
  const own = cohortFacts({ ...rows, reason }, sources, policy.windowsDays, delayOf(effect));
  const readings = effectReadings(own, policy);
  if (purchases === undefined) return { readings, forecasts: [] };
  const forecasts = forecastEffects(own, customers, purchases, policy, open).map((forecast, w): CohortForecast => {
    return { effect, month, decision, windowDays: open[w]!, forecast };
  });
  return { readings, forecasts };
}

const NO_AMOUNTS: EffectAmounts = { point: NOTHING, netted: NOTHING };

/** Due windows in ascending order, then the forecasts that the policy nets. */
function postingsOf(
  { effect, month, due, before }: DueCohort,
  decision: string | undefined,
  { readings, forecasts }: Known,
  history: ReturnType<PostedBefore>,
  { netProvisional, digits }: RetentionPolicy,
): CohortEffect[] {
  const cohort = cohortName(month, decision);
  const known = history.map(({ posting }) => posting).filter((posting) => posting.cohort === cohort);
  const made: CohortEffect[] = [];
  for (const reading of readings) {
    const { windowDays } = reading;
    const isDue = due.includes(windowDays);
    // What was over before the first run was posted by nobody: it is taken off all the same, it is no income of this period.
    const isEarlier = before.includes(windowDays) && !known.some((posting) => posting.windowDays >= windowDays);
    if (!isDue && !isEarlier) continue;
    const amounts = reading.effect.kind === 'measured' ? effectAmounts(reading.effect, digits) : NO_AMOUNTS;
    const posting = postingOf(known, { cohort, windowDays, state: 'final', ...amounts }, netProvisional)!;
    known.push(posting);
    if (isDue) made.push({ effect, month, decision, posting, reading });
  }
  for (const { windowDays, forecast } of forecasts) {
    if (forecast.kind === 'refused') continue;
    const posting = postingOf(
      known,
      { cohort, windowDays, state: 'provisional', ...forecastAmounts(forecast, digits) },
      netProvisional,
    );
    if (posting === undefined) continue;
    known.push(posting);
    made.push({ effect, month, decision, posting });
  }
  return made;
}

/** A forecast has no streams of its own: it is all buying again until the window is over. */
function forecastAmounts({ total }: ForecastEffect, digits: number): EffectAmounts {
  const streams = { buyAgain: total.point, spreadTheWord: 0 };
  return effectAmounts({ total, streams: { ...streams, buyMore: 0 }, nettable: true }, digits);
}

/** Lines of forecasts that stand on the books until a final figure takes their place. */
function openForecasts(history: ReturnType<PostedBefore>, posting: Posting): readonly RetentionLine[] {
  if (posting.kind !== 'true_up') return [];
  const own = history.filter((earlier) => earlier.posting.cohort === posting.cohort);
  const last = own.findLastIndex((earlier) => earlier.posting.kind !== 'provisional');
  return own.slice(last + 1).flatMap(({ lines }) => lines);
}

/** A true-up takes every forecast back from whom it was given to, and shares out the band itself; the sum is the posting. */
function sharedLines(
  posting: Posting,
  forecasts: readonly RetentionLine[],
  share: (band: Posting) => RetentionLine[],
): RetentionLine[] {
  let { point, netted } = posting;
  for (const line of forecasts) {
    point = plus(point, { ...NOTHING, [line.stream]: line.point });
    netted = plus(netted, { ...NOTHING, [line.stream]: line.netted });
  }
  const lines = new Map<string, RetentionLine>();
  const add = (line: RetentionLine): void => {
    const key = JSON.stringify([line.unit, line.decision ?? null, line.stream]);
    const own = lines.get(key);
    lines.set(key, { ...line, point: line.point + (own?.point ?? 0n), netted: line.netted + (own?.netted ?? 0n) });
  };
  share({ ...posting, point, netted }).forEach(add);
  const { cohort, windowDays, kind } = posting;
  for (const line of forecasts) add({ ...line, cohort, windowDays, kind, point: -line.point, netted: -line.netted });
  return [...lines.values()].filter((line) => line.point !== 0n || line.netted !== 0n);
}

/** Weights of the like touches that a band is shared over: those of its episodes up to the band's start. */
function weightsOf(
  { day, row, number }: NumberedTouches,
  { treated, clockStart }: CohortRows,
  { reading }: CohortEffect,
  start: number,
): ReadonlyMap<number, Fraction> {
  const counts = new Uint8Array(clockStart.length);
  if (reading?.effect.kind === 'measured') for (const own of reading.effect.rows) counts[own] = 1;
  else for (let own = 0; own < counts.length; own++) counts[own] = treated[own] === 1 ? 1 : 0;
  return bandWeights({ day }, { of: row, clockStart }, number, counts, start);
}
