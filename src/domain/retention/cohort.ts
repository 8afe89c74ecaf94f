import { columnOf, flagsOf, type Numbers } from '../causality/linear-algebra.ts';
import { inWords } from '../joined.ts';
import { KeyNumbers } from '../key-numbers.ts';
import { Numbering } from '../numbering.ts';
import { addDays, addMonths, firstDay } from '../period.ts';
import type { LocalDate, Period } from '../period.ts';
import type { CohortFacts } from './effect.ts';
import { FALSIFICATION_DAYS } from './effect.ts';
import type { Episodes } from './episode.ts';
import { design, withFactor } from './least-squares.ts';
import type { DayRange, Earnings } from './outcome.ts';
import { bandsOf, contractMarginIn, marginIn, type MarginRoom } from './outcome.ts';

/** Days since 1970-01-01 of a local day. */
export function dayNumber(date: LocalDate): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / 86_400_000);
}

/** Local day of a day number. */
export function dateOf(day: number): LocalDate {
  return addDays('1970-01-01', day);
}

/** First day of a period and first day after it, as day numbers. */
export function daysOf(period: Period): DayRange {
  return { from: dayNumber(firstDay(period)), to: dayNumber(firstDay(addMonths(period, 1))) };
}

/** What is known of customers, by customer number. */
export interface CustomerTable {
  readonly joinedOn: ArrayLike<number>;
  /** first day no longer a customer; Infinity while active */
  readonly leftOn: ArrayLike<number>;
  readonly segment: ArrayLike<number>;
  /** minor units a month; counts only for customers without renewal events */
  readonly monthlyMargin: ArrayLike<number>;
  /** 1 for customers whose outcome is read from events, 0 from the monthly margin: never both */
  readonly byEvents: ArrayLike<number>;
}

/** One row an episode or a comparison customer, sorted by customer. */
export interface CohortRows {
  readonly customer: ArrayLike<number>;
  readonly clockStart: ArrayLike<number>;
  readonly treated: ArrayLike<number>;
  /** reason of the opening contact; 0 for all where arms do not differ in it */
  readonly reason: ArrayLike<number>;
}

/** The same with the episode of each row, -1 where there is none. */
export interface EpisodeRows extends CohortRows {
  readonly episode: Int32Array;
  readonly customer: Int32Array;
  readonly clockStart: Int32Array;
  readonly treated: Int8Array;
  readonly reason: Int32Array;
}

export interface CohortSources {
  readonly customers: CustomerTable;
  readonly earned: Earned;
  /** margin of referred customers at the referrer, less acquisition cost; sorted as earnings */
  readonly referrals?: Earnings | undefined;
}

const PRIOR_DAYS = 365;

/**
 * Service effect: episodes opened by a contact of the period whose resolution is known.
 * @param resolved of every contact: 1, 0, or −1 unknown
 */
export function serviceRows(
  { opening, customer, clockStart }: Episodes,
  contactDay: ArrayLike<number>,
  resolved: ArrayLike<number>,
  reason: ArrayLike<number>,
  period: DayRange,
): EpisodeRows {
  const own = new Int32Array(opening.length);
  let count = 0;
  for (let e = 0; e < own.length; e++) {
    const day = contactDay[opening[e]!]!;
    if (day >= period.from && day < period.to && resolved[opening[e]!]! >= 0) own[count++] = e;
  }
  const episode = own.slice(0, count);
  return {
    episode,
    customer: episode.map((e) => customer[e]!),
    clockStart: episode.map((e) => clockStart[e]!),
    treated: Int8Array.from(episode, (e) => resolved[opening[e]!]!),
    reason: episode.map((e) => reason[opening[e]!]!),
  };
}

/**
 * Decision effect: episodes opened in the period by a hit of the decision, against customers of its population who were
 * not hit as of their reference day. What happens to a comparison customer later does not move it: else the future
 * would choose the arms.
 * @param decision of every hit @param notHit sorted by customer
 */
export function decisionRows(
  { opening, customer, clockStart }: Episodes,
  hitDay: ArrayLike<number>,
  decision: ArrayLike<number>,
  wanted: number,
  period: DayRange,
  notHit: { readonly customer: ArrayLike<number>; readonly clockStart: ArrayLike<number> },
): EpisodeRows {
  const own: number[] = [];
  for (let e = 0; e < opening.length; e++) {
    const day = hitDay[opening[e]!]!;
    if (decision[opening[e]!] === wanted && day >= period.from && day < period.to) own.push(e);
  }
  const n = own.length + notHit.customer.length;
  const rows = { episode: new Int32Array(n), customer: new Int32Array(n), clockStart: new Int32Array(n) };
  const treated = new Int8Array(n);
  // Both come sorted by customer, then day: they are merged, hits first.
  for (let row = 0, hit = 0, other = 0; row < n; row++) {
    const e = own[hit];
    const theirs = notHit.customer[other];
    const since = notHit.clockStart[other];
    const isHit = e !== undefined && !(theirs! < customer[e]! || (theirs === customer[e] && since! < clockStart[e]!));
    rows.episode[row] = isHit ? e : -1;
    rows.customer[row] = isHit ? customer[e]! : theirs!;
    rows.clockStart[row] = isHit ? clockStart[e]! : since!;
    treated[row] = isHit ? 1 : 0;
    if (isHit) hit++;
    else other++;
  }
  return { ...rows, treated, reason: new Int32Array(n) };
}

/** What rows earned by time: whole minor units where events tell it. */
export interface Earned {
  /** margin per band between the windows */
  readonly bands: readonly Numbers[];
  /** margin of the 182 days before the contact or hit */
  readonly before: Numbers;
  /** margin of the year before those 182 days, which therefore cannot answer the falsification */
  readonly priorValue: Numbers;
  /** margin of the year up to the contact or hit */
  readonly yearValue: Numbers;
}

/**
 * Sums of rows, before any statistics: those of parts of a customer range stand one behind the other in the whole's.
 * @param room absent: the sums stay
 */
export function earnedBy(
  { customer, clockStart }: Pick<CohortRows, 'customer' | 'clockStart'>,
  { customers, earnings }: { readonly customers: CustomerTable; readonly earnings: Earnings },
  windowsDays: readonly number[],
  delayDays: number,
  room?: MarginRoom,
): Earned {
  const n = customer.length;
  const of = (column: ArrayLike<number>): Float64Array => columnOf(n, (i) => column[customer[i]!]!);
  const bands = bandsOf(windowsDays);
  const before = { from: -delayDays - FALSIFICATION_DAYS, to: -delayDays };
  const prior = { from: before.from - PRIOR_DAYS, to: before.from };
  const year = { from: -delayDays - PRIOR_DAYS, to: -delayDays };
  const isByEvents = (i: number): boolean => customers.byEvents[customer[i]!] === 1;
  let rowsByEvents = 0;
  for (let i = 0; i < n; i++) if (isByEvents(i)) rowsByEvents++;
  const ranges = [...bands, before, prior, year];
  let sums = marginIn({ customer, clockStart }, earnings, ranges, room);
  if (rowsByEvents < n) {
    const [monthlyMargin, joinedOn, leftOn] = [
      of(customers.monthlyMargin),
      of(customers.joinedOn),
      of(customers.leftOn),
    ];
    const fromEvents = sums;
    sums = contractMarginIn(clockStart, { monthlyMargin, joinedOn, leftOn }, ranges).map((contract, r) =>
      contract.map((value, i) => (isByEvents(i) ? fromEvents[r]![i]! : value)),
    );
  }
  return {
    bands: sums.slice(0, bands.length),
    before: sums[bands.length]!,
    priorValue: sums[bands.length + 1]!,
    yearValue: sums[bands.length + 2]!,
  };
}

/** What the rows earned, and what their strata are made of. */
export interface CohortSums extends Earned {
  /** margin per band of customers whom they referred */
  readonly referred: readonly Numbers[] | undefined;
  /** 1 for customers still active when the clock starts */
  readonly active: Uint8Array;
  readonly strata: () => Strata;
}

export function cohortSums(
  rows: CohortRows,
  sources: CohortSources,
  windowsDays: readonly number[],
  delayDays: number,
): CohortSums {
  const { customers, earned, referrals } = sources;
  const { customer, clockStart } = rows;
  const n = customer.length;
  const { joinedOn, leftOn } = customers;
  const active = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const own = customer[i]!;
    const start = clockStart[i]!;
    if (joinedOn[own]! <= start && leftOn[own]! > start) active[i] = 1;
  }
  return {
    ...earned,
    referred: referrals && marginIn(rows, referrals, bandsOf(windowsDays)).map(inWords),
    active,
    strata: () => strataOf(n, traitsOf(rows, customers, earned, delayDays)),
  };
}

function traitsOf(rows: CohortRows, customers: CustomerTable, { priorValue }: Earned, delayDays: number): Traits {
  const { customer, reason } = rows;
  const { segment } = customers;
  const n = customer.length;
  return {
    tenure: columnOf(n, (i) => tenureOf(rows, customers, delayDays, i)),
    priorValue,
    segment: columnOf(n, (i) => segment[customer[i]!]!),
    reason,
  };
}

/** Outcomes, the time before, and what arms must have in common (tenure, prior value, segment, reason, day of opening). */
export function cohortFacts(
  rows: CohortRows,
  sources: CohortSources,
  windowsDays: readonly number[],
  delayDays: number,
): CohortFacts {
  const sums = cohortSums(rows, sources, windowsDays, delayDays);
  const { active, bands, before, referred, strata, yearValue } = sums;
  const traits = traitsOf(rows, sources.customers, sums, delayDays);
  return {
    customer: rows.customer,
    treated: rows.treated,
    clockStart: rows.clockStart,
    active,
    bands,
    ...(referred ? { referred } : {}),
    before,
    baselinePerDay: perDay(rows, sources.customers, yearValue, delayDays),
    terms: commonTerms(rows.customer.length, { ...traits, opened: rows.clockStart }),
    stratum: () => strata().of,
  };
}

/** What was earned in the year before, or since the customer came, by day. */
function perDay(
  rows: CohortRows,
  customers: CustomerTable,
  yearValue: Numbers,
  delayDays: number,
): CohortFacts['baselinePerDay'] {
  return (row) => yearValue[row]! / Math.max(1, Math.min(PRIOR_DAYS, tenureOf(rows, customers, delayDays, row)));
}

/** Days for which a row's customer had been one when it called or was hit. */
function tenureOf(
  { customer, clockStart }: CohortRows,
  { joinedOn }: CustomerTable,
  delayDays: number,
  row: number,
): number {
  return Math.max(0, clockStart[row]! - delayDays - joinedOn[customer[row]!]!);
}

interface Traits {
  readonly tenure: Float64Array;
  readonly priorValue: Numbers;
  readonly segment: Float64Array;
  readonly reason: ArrayLike<number>;
}

function commonTerms(n: number, traits: Traits & { opened: ArrayLike<number> }): CohortFacts['terms'] {
  const { tenure, priorValue, segment, reason, opened } = traits;
  const columns = new Map<string, ArrayLike<number>>([
    ['tenure', columnOf(n, (i) => Math.log1p(tenure[i]!))],
    ['under half a year', flagsOf(n, (i) => (tenure[i]! < FALSIFICATION_DAYS ? 1 : 0))],
    ['prior value', columnOf(n, (i) => Math.sign(priorValue[i]!) * Math.sqrt(Math.abs(priorValue[i]!)))],
    ['bought before', flagsOf(n, (i) => (priorValue[i]! > 0 ? 1 : 0))],
    ['opened', opened],
  ]);
  // A term that does not vary says nothing, and its standardised difference would be infinite.
  for (const [name, values] of columns) if (!varies(values)) columns.delete(name);
  let terms = design(columns, n);
  for (const [name, values] of [
    ['segment', segment],
    ['reason', reason],
  ] as const) {
    const { of, levels } = levelsOf(n, values);
    if (levels.length < 2) continue;
    // Every level, also the one that the others imply: a fit drops what it can do without, a balance looks at all of them.
    terms = withFactor(
      terms,
      of,
      levels.map((level) => `${name} ${level}`),
    );
  }
  return terms;
}

/** The values that there are, ascending, and the place of each row's among them. */
function levelsOf(n: number, values: ArrayLike<number>): { readonly of: Int32Array; readonly levels: number[] } {
  const seen = new Numbering<number>();
  const of = new Int32Array(n);
  for (let i = 0, last = NaN, number = 0; i < n; i++) {
    if (values[i] !== last) number = seen.of((last = values[i]!));
    of[i] = number;
  }
  const levels = [...seen.values()].sort((a, b) => a - b);
  const place = Int32Array.from(seen.values(), (level) => levels.indexOf(level));
  for (let i = 0; i < n; i++) of[i] = place[of[i]!]!;
  return { of, levels };
}

function varies(values: ArrayLike<number>): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return true;
  return false;
}

const TENURE_BANDS = [90, 365, 1095];
const VALUE_BANDS = 5;

/** What customers of a stratum have in common, beside the cohort's month. */
export interface Stratum {
  readonly tenureBand: number;
  /** fifth of the prior value */
  readonly fifth: number;
  readonly segment: number;
  readonly reason: number;
}

export interface Strata {
  /** place of each row's stratum */
  readonly of: Int32Array;
  readonly strata: readonly Stratum[];
}

function strataOf(n: number, { tenure, priorValue, segment, reason }: Traits): Strata {
  const sorted = priorValue.slice().sort();
  const cuts = Array.from({ length: VALUE_BANDS - 1 }, (_, k) => sorted[Math.floor(((k + 1) * n) / VALUE_BANDS)] ?? 0);
  const places = new KeyNumbers();
  const strata: Stratum[] = [];
  const of = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const tenureBand = band(tenure[i]!, TENURE_BANDS);
    const fifth = band(priorValue[i]!, cuts);
    const place = places.numberOf(
      reason[i]!,
      (segment[i]! * VALUE_BANDS + fifth) * (TENURE_BANDS.length + 1) + tenureBand,
    );
    if (place === strata.length) strata.push({ tenureBand, fifth, segment: segment[i]!, reason: reason[i]! });
    of[i] = place;
  }
  return { of, strata };
}

function band(value: number, bounds: readonly number[]): number {
  let at = 0;
  while (at < bounds.length && value >= bounds[at]!) at++;
  return at;
}
