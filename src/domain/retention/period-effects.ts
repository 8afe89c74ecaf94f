import type { Fraction } from '../fraction.ts';
import type { Period } from '../period.ts';
import type { EffectAmounts } from './amount.ts';
import { NOTHING, effectAmounts, plus } from './amount.ts';
import type { Assignee, RetentionLine } from './apportioned-effect.ts';
import { apportionedEffect, proveConservation } from './apportioned-effect.ts';
import type { CohortRows, CohortSources } from './cohort.ts';
import { cohortFacts, daysOf, decisionRows, serviceRows } from './cohort.ts';
import type { EffectKind, ReadingPolicy, RefusedEffect, WindowReading } from './effect.ts';
import { effectReadings } from './effect.ts';
import type { Episodes, Touches } from './episode.ts';
import { EPISODE_DAYS, bandWeights, episodes, referenceDays } from './episode.ts';
import type { DueCohort } from './maturity.ts';
import { delayOf } from './maturity.ts';
import type { Earnings } from './outcome.ts';
import type { Posting } from './posting.ts';
import { postingOf } from './posting.ts';
import type { ForecastEffect } from './provisional.ts';
import { comparedLevels } from './reason-levels.ts';
import { forecastEffects } from './provisional.ts';

/** What a close read of customers and what they did, by customer number; contacts and hits sorted by customer and instant. */
export interface RetentionFacts extends CohortSources {
  readonly contacts: Touches & {
    /** 1, 0, or −1 unknown */
    readonly resolved: ArrayLike<number>;
    /** level of the reason, from 1; see `reasonParent` */
    readonly reason: ArrayLike<number>;
    /** contacts with the same owners have the same number */
    readonly cell: ArrayLike<number>;
  };
  readonly hits: Touches & { readonly decision: ArrayLike<number>; readonly cell: ArrayLike<number> };
  /** level of the reason above each level, 0 where there is none */
  readonly reasonParent: ArrayLike<number>;
  /** codes of the decisions that hits name by number */
  readonly decisions: readonly string[];
  /** customers to compare those hit with, by decision and month, in order of their number */
  readonly population: (decision: string, month: Period) => ArrayLike<number>;
  /** who answers for a cell's contacts or hits */
  readonly assignees: (effect: EffectKind, cell: number) => readonly Assignee[];
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
 * what is posted already, shared over the contacts of its episodes.
 * @throws Refusal duplicate_credit when an earlier period has posted a due window; OutOfBalance when a cent is lost
 */
export function periodEffects(
  facts: RetentionFacts,
  cohorts: readonly DueCohort[],
  before: PostedBefore,
  policy: RetentionPolicy,
): PeriodEffects {
  const posted: CohortEffect[] = [];
  const forecasts: CohortForecast[] = [];
  const lines: RetentionLine[] = [];
  const purchases = cohorts.some(({ open }) => open.length > 0) ? purchasesOf(facts.earnings) : undefined;
  for (const effect of ['decision', 'service'] as const) {
    const touches = effect === 'service' ? facts.contacts : facts.hits;
    const opened = episodes(touches, delayOf(effect));
    const postings: Posting[] = [];
    const own: RetentionLine[] = [];
    for (const cohort of cohorts.filter((due) => due.effect === effect)) {
      for (const group of groupsOf(facts, cohort, opened)) {
        const known = read(facts, cohort, group, purchases, policy);
        const made = postingsOf(cohort, group.decision, known, before(effect), policy);
        for (const entry of made) {
          const start = policy.windowsDays[policy.windowsDays.indexOf(entry.posting.windowDays) - 1] ?? 0;
          const weights = weightsOf(touches, opened, group, entry, start);
          const assignees = (cell: number): readonly Assignee[] => facts.assignees(effect, cell);
          postings.push(entry.posting);
          posted.push(entry);
          own.push(
            ...sharedLines(entry.posting, openForecasts(before(effect), entry.posting), (band) =>
              apportionedEffect(effect, band, weights, assignees, policy.digits),
            ),
          );
        }
        forecasts.push(...known.forecasts);
      }
    }
    proveConservation(effect, postings, own);
    lines.push(...own);
  }
  return { posted, forecasts, lines };
}

/** Rows of one cohort: of a month's contacts, or of a month's hits by one decision. */
export interface Group {
  readonly decision: string | undefined;
  readonly rows: CohortRows & { readonly episode: Int32Array };
}

/** The groups of a cohort, each row with its own reason. @param opened episodes of the effect's contacts or hits */
export function groupsOf(facts: RetentionFacts, { effect, month }: DueCohort, opened: Episodes): Group[] {
  const period = daysOf(month);
  if (effect === 'service') {
    const { day, resolved, reason } = facts.contacts;
    const rows = serviceRows(opened, day, resolved, reason, period);
    if (rows.customer.length === 0) return [];
    return [{ decision: undefined, rows }];
  }
  const { day, decision } = facts.hits;
  const hit = new Set<number>();
  for (const touch of opened.opening) {
    if (day[touch]! >= period.from && day[touch]! < period.to) hit.add(decision[touch]!);
  }
  return [...hit]
    .map((number) => ({ number, code: facts.decisions[number]! }))
    .sort((a, b) => (a.code < b.code ? -1 : 1))
    .map(({ number, code }) => {
      const notHit = notHitOf(facts, number, code, month, opened);
      return { decision: code, rows: decisionRows(opened, day, decision, number, period, notHit) };
    });
}

/**
 * Customers of the population without a hit by the decision in the episode's days before their reference day, nor in the
 * month itself: nobody stands in both arms of a cohort. Later hits do not count: else the future would choose the arms.
 */
function notHitOf(facts: RetentionFacts, decision: number, code: string, month: Period, opened: Episodes) {
  const members = facts.population(code, month);
  const period = daysOf(month);
  const { hits } = facts;
  const treatedDays: number[] = [];
  opened.opening.forEach((touch, e) => {
    if (hits.decision[touch] !== decision || hits.day[touch]! < period.from || hits.day[touch]! >= period.to) return;
    treatedDays.push(opened.clockStart[e]!);
  });
  const clockStart = referenceDays(treatedDays, members.length);
  const customer: number[] = [];
  const starts: number[] = [];
  let first = 0;
  for (let i = 0; i < members.length; i++) {
    while (first < hits.day.length && hits.customer[first]! < members[i]!) first++;
    let wasHit = false;
    for (let h = first; h < hits.day.length && hits.customer[h] === members[i]; h++) {
      const own = hits.day[h]!;
      const before = own < clockStart[i]! && own >= clockStart[i]! - EPISODE_DAYS;
      if (hits.decision[h] === decision && (before || (own >= period.from && own < period.to))) wasHit = true;
    }
    if (wasHit) continue;
    customer.push(members[i]!);
    starts.push(clockStart[i]!);
  }
  return { customer, clockStart: starts };
}

interface Known {
  readonly readings: readonly WindowReading[];
  readonly forecasts: readonly CohortForecast[];
}

function read(
  facts: RetentionFacts,
  cohort: DueCohort,
  group: Group,
  purchases: Earnings | undefined,
  policy: RetentionPolicy,
): Known {
  const { effect, month, open } = cohort;
  const { rows } = group;
  const reason = effect === 'service' ? comparedLevels(rows.reason, rows.treated, facts.reasonParent) : rows.reason;
  const own = cohortFacts({ ...rows, reason }, facts, policy.windowsDays, delayOf(effect));
  const readings = effectReadings(own, policy);
  if (purchases === undefined) return { readings, forecasts: [] };
  const made = forecastEffects(own, facts.customers, purchases, policy, open);
  const forecasts = made.map((forecast, w): CohortForecast => {
    return { effect, month, decision: group.decision, windowDays: open[w]!, forecast };
  });
  return { readings, forecasts };
}

function purchasesOf({ customer, day, margin }: Earnings): Earnings {
  let count = 0;
  for (let i = 0; i < margin.length; i++) if (margin[i]! > 0) count++;
  const [own, on, earned] = [new Int32Array(count), new Int32Array(count), new Float64Array(count)];
  for (let i = 0, at = 0; i < margin.length; i++) {
    if (!(margin[i]! > 0)) continue;
    [own[at], on[at], earned[at]] = [customer[i]!, day[i]!, margin[i]!];
    at++;
  }
  return { customer: own, day: on, margin: earned };
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

/** Weights of the cells that a band is shared over: contacts of its episodes up to the band's start. */
function weightsOf(
  touches: Touches & { readonly cell: ArrayLike<number> },
  opened: Episodes,
  { rows }: Group,
  { reading }: CohortEffect,
  start: number,
): ReadonlyMap<number, Fraction> {
  const counts = new Uint8Array(opened.clockStart.length);
  if (reading?.effect.kind === 'measured') for (const row of reading.effect.rows) counts[rows.episode[row]!] = 1;
  else
    rows.episode.forEach((episode, row) => {
      if (rows.treated[row] === 1) counts[episode] = 1;
    });
  return bandWeights(touches, opened, touches.cell, counts, start);
}
