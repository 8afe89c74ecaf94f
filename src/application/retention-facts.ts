import type { Register } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import { sha256 } from '../domain/ids.ts';
import type { Model } from '../domain/model/model.ts';
import { minorDigits, roundToMinor } from '../domain/money.ts';
import { addDays, addMonths, firstDay, lastDay, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import { daysOf, type CustomerTable } from '../domain/retention/cohort.ts';
import { EPISODE_DAYS } from '../domain/retention/episode.ts';
import type { DueCohort } from '../domain/retention/maturity.ts';
import type { Earnings } from '../domain/retention/outcome.ts';
import type { RetentionFacts } from '../domain/retention/period-effects.ts';
import { DAY_SECONDS, resolvedFlags } from '../domain/retention/repeat.ts';
import { cellList, type CellRow } from '../persistence/close-inputs.queries.ts';
import type { IntegerRows } from '../persistence/integer-rows.ts';
import type { Tx } from '../persistence/database.ts';
import { ratesBetween } from '../persistence/decisions.queries.ts';
import { likePattern } from '../persistence/like-pattern.ts';
import {
  contactsOfCallers,
  customerSegments,
  customerTraits,
  decisionHits,
  marginEvents,
  namesRenewals,
  populationSample,
  referralEvents,
  type RevenueReading,
} from '../persistence/retention.queries.ts';
import { ContactOwners, dateOf } from './contact-owners.ts';

/** What of the books a reading of retention needs. */
export interface RetentionSources {
  readonly period: Period;
  readonly mark: string;
  readonly currency: string;
  readonly model: Model;
  readonly register: Register;
}

/** Outcomes, the 182 days of the falsification and the year of the prior value: so far back a cohort looks. */
const LOOK_BACK_DAYS = 182 + 365 + 1;
/** Customers to compare those hit with: drawn, because a hundred thousand say no more than ten. */
const LEAST_COMPARED = 10_000;
const COMPARED_PER_HIT = 10;
const NO_RATE = -Number.MAX_SAFE_INTEGER;

/** Reads what the due cohorts need, up to the last day of the period, at the run's watermark. */
export async function retentionFacts(
  tx: Tx,
  sources: RetentionSources,
  cohorts: readonly DueCohort[],
): Promise<RetentionFacts> {
  const { period, mark, register, model } = sources;
  const until = lastDay(period);
  const months = [...new Set(cohorts.map(({ month }) => month))].sort();
  const called = monthsOf(cohorts, 'service');
  const hitIn = monthsOf(cohorts, 'decision');
  const codes = [...register.decisions.keys()];
  const contacts = await contactsOfCallers(tx, called.map(firstDay), until, mark);
  const hits = await decisionHits(tx, codes, until, mark);
  const samples = await populations(tx, sources, hits, codes, hitIn);
  const keys = sortedKeys([contacts.key, hitKeys(hits, hitIn), ...samples.values()]);
  const from = addDays(firstDay(months[0]!), -LOOK_BACK_DAYS);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), until, mark);
  const { customers, number } = await customerTable(tx, sources, keys);
  const { earnings, referred } = await earningsOf(tx, sources, keys, referrals, from);

  const owners = new ContactOwners(model, register);
  const [hitAt, hitDay, hitDecision] = hits.values as [Float64Array, Float64Array, Float64Array];
  const hitBy = number(hits.key);
  const known = Array.from(hitBy.keys()).filter((i) => hitBy[i]! >= 0);
  const hit = {
    customer: Int32Array.from(known, (i) => hitBy[i]!),
    at: Float64Array.from(known, (i) => hitAt[i]!),
    day: Int32Array.from(known, (i) => hitDay[i]!),
    decision: Int32Array.from(known, (i) => hitDecision[i]! - 1),
  };
  const [at, day, cellNo] = contacts.values as [Float64Array, Float64Array, Float64Array];
  const caller = { customer: number(contacts.key), at, day, cellNo };
  const dimensions = await cellList(tx);
  const { resolved, reason, reasonParent } = reasonsOf(caller, dimensions, register, daysOf(period).to);
  return {
    customers,
    earnings,
    referrals: referred,
    contacts: {
      ...caller,
      resolved,
      reason,
      cell: owners.contactCells(caller, dimensions, hit, codes),
    },
    hits: { ...hit, cell: owners.hitCells(hit, codes) },
    reasonParent,
    decisions: codes,
    population: (decision, month) => number(samples.get(`${month} ${decision}`) ?? new BigInt64Array()),
    assignees: (_effect, cell) => owners.of(cell),
  };
}

/** Margins of some customers from a day on, and their numbers in them. @param keys in any order, more than once */
export async function marginsOf(
  tx: Tx,
  sources: RetentionSources,
  keys: readonly bigint[],
  from: LocalDate,
): Promise<{ earnings: Earnings; number: (keys: BigInt64Array) => Int32Array }> {
  const sorted = sortedKeys([BigInt64Array.from(keys)]);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), lastDay(sources.period), sources.mark);
  const { earnings } = await earningsOf(tx, sources, sorted, referrals, from);
  return { earnings, number: (of) => placesIn(sorted, of) };
}

function monthsOf(cohorts: readonly DueCohort[], effect: DueCohort['effect']): Period[] {
  return cohorts.filter((cohort) => cohort.effect === effect).map(({ month }) => month);
}

function sortedKeys(lists: readonly BigInt64Array[]): BigInt64Array {
  const all = new BigInt64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  return all.filter((key, i) => i === 0 || key !== all[i - 1]);
}

/** Place of each key among sorted ones; −1 for those that are not there. Both in ascending order. */
function placesIn(sorted: BigInt64Array, keys: BigInt64Array): Int32Array {
  let place = 0;
  return Int32Array.from({ length: keys.length }, (_, i) => {
    while (place < sorted.length && sorted[place]! < keys[i]!) place++;
    return sorted[place] === keys[i] ? place : -1;
  });
}

function hitKeys({ key, values }: IntegerRows, months: readonly Period[]): BigInt64Array {
  const ranges = months.map(daysOf);
  const [, day] = values;
  return key.filter((_, i) => ranges.some(({ from, to }) => day![i]! >= from && day![i]! < to));
}

/** Keys of the comparison customers by `month decision`, for decisions that hit anybody in the month. */
async function populations(
  tx: Tx,
  { register, mark }: RetentionSources,
  hits: IntegerRows,
  codes: readonly string[],
  months: readonly Period[],
): Promise<ReadonlyMap<string, BigInt64Array>> {
  const [, day, decision] = hits.values as [Float64Array, Float64Array, Float64Array];
  const samples = new Map<string, BigInt64Array>();
  for (const month of months) {
    const { from, to } = daysOf(month);
    for (const [d, code] of codes.entries()) {
      const hit = day.reduce((sum, own, i) => sum + (own >= from && own < to && decision[i] === d + 1 ? 1 : 0), 0);
      if (hit === 0) continue;
      const segments = register.decisions.get(code)!.selector?.segment?.map(likePattern) ?? null;
      const name = `${month} ${code}`;
      const draw = {
        from: BigInt.asIntN(64, BigInt(`0x${sha256(name).slice(0, 16)}`)),
        most: Math.max(LEAST_COMPARED, COMPARED_PER_HIT * hit),
      };
      const drawn = await populationSample(tx, segments, draw, firstDay(month), mark);
      samples.set(name, drawn.sort());
    }
  }
  return samples;
}

async function customerTable(
  tx: Tx,
  { mark }: RetentionSources,
  keys: BigInt64Array,
): Promise<{ customers: CustomerTable; number: (keys: BigInt64Array) => Int32Array }> {
  const traits = await customerTraits(tx, [...keys], await customerSegments(tx, mark), mark);
  const [joinedOn, left, segment, margin] = traits.values as [Float64Array, Float64Array, Float64Array, Float64Array];
  // Renewals are how a company's contracts show in its revenue: where there are any, events tell it all.
  const renewals = await namesRenewals(tx, mark);
  return {
    customers: {
      joinedOn,
      leftOn: left.map((day) => (day >= 1_000_000 ? Infinity : day)),
      segment,
      monthlyMargin: margin.map((own) => Math.max(0, own)),
      byEvents: Uint8Array.from(margin, (own) => (renewals || own < 0 ? 1 : 0)),
    },
    number: (of) => placesIn(keys, of),
  };
}

/**
 * Margins of the customers' own events, and of those whom they referred: a referred customer's first 548 days belong to
 * who referred, less what winning a customer costs, and to nobody else.
 */
async function earningsOf(
  tx: Tx,
  sources: RetentionSources,
  keys: BigInt64Array,
  referrals: IntegerRows,
  from: LocalDate,
): Promise<{ earnings: Earnings; referred: Earnings }> {
  const came = referredKeys(referrals);
  const wanted = placesIn(keys, referrals.key);
  const all = sortedKeys([keys, came.filter((_, i) => wanted[i]! >= 0)]);
  const events = await marginEvents(tx, [...all], await revenueReading(tx, sources, from));
  const [day, margin] = events.values as [Float64Array, Float64Array];
  const missing = margin.indexOf(NO_RATE);
  if (missing >= 0) throw marginUnknown(dateOf(day[missing]!));
  const by = new Map<bigint, { at: number; referrer: number }>();
  came.forEach((key, i) => {
    const own = referrals.values[0]![i]!;
    if (!by.has(key) || by.get(key)!.at > own) by.set(key, { at: own, referrer: wanted[i]! });
  });
  const { acquisition_cost: winning } = sources.model.retention ?? { acquisition_cost: Fraction.ZERO };
  const cost = roundToMinor(winning, minorDigits(sources.currency)!);
  const brought = [...by.values()]
    .filter(({ referrer }) => referrer >= 0)
    .map(({ at, referrer }) => ({ customer: referrer, day: at, margin: -Number(cost) }));
  const customer = placesIn(keys, events.key);
  const own: number[] = [];
  events.key.forEach((key, i) => {
    const referral = by.get(key);
    const theirs = referral !== undefined && day[i]! >= referral.at && day[i]! < referral.at + EPISODE_DAYS;
    if (!theirs && customer[i]! >= 0) own.push(i);
    if (theirs && referral.referrer >= 0)
      brought.push({ customer: referral.referrer, day: day[i]!, margin: margin[i]! });
  });
  brought.sort((a, b) => a.customer - b.customer || a.day - b.day);
  return {
    earnings: {
      customer: Int32Array.from(own, (i) => customer[i]!),
      day: Int32Array.from(own, (i) => day[i]!),
      margin: Float64Array.from(own, (i) => margin[i]!),
    },
    referred: {
      customer: Int32Array.from(brought, (event) => event.customer),
      day: Int32Array.from(brought, (event) => event.day),
      margin: Float64Array.from(brought, (event) => event.margin),
    },
  };
}

export function marginUnknown(day: LocalDate): Refusal {
  return new Refusal('margin_unknown', `a revenue event of ${day} has no margin or no rate of its currency`, {
    next: 'state retention.margin_rate in model.yaml, or import fx with this month and currency',
  });
}

function referredKeys({ key, values }: IntegerRows): BigInt64Array {
  const [, high, low] = values;
  return key.map((_, i) => (BigInt(high![i]!) << 32n) | BigInt(low![i]!));
}

/** How amounts of a span of days become margins in the reporting currency. */
export async function revenueReading(tx: Tx, sources: RetentionSources, from: LocalDate): Promise<RevenueReading> {
  const { period, mark, currency, model } = sources;
  const rates = await ratesBetween(tx, periodOf(from), addMonths(period, 1), mark);
  const digits = (code: string): bigint => 10n ** BigInt(minorDigits(code)!);
  const factors = [...rates].map(([key, rate]) => {
    const factor = rate.times(digits(currency)).over(digits(key.slice(8)));
    return [key, factor.toText(20)] as const;
  });
  const marginRate = model.retention?.margin_rate?.toText(20) ?? null;
  return { from, to: lastDay(period), mark, marginRate, currency, factors: Object.fromEntries(factors) };
}

/** Whether each contact resolved, and the level of its reason among all that are known, with the levels above. */
function reasonsOf(
  contacts: { readonly customer: Int32Array; readonly at: Float64Array; readonly cellNo: Float64Array },
  dimensions: ReadonlyMap<number, CellRow>,
  register: Register,
  cutOffDay: number,
): { resolved: Int8Array; reason: Int32Array; reasonParent: Int32Array } {
  const { customer, at, cellNo } = contacts;
  const named = [...dimensions.values()].map((cell) => cell.reason_code);
  const codes = [...new Set([...register.reasons.keys(), ...named])].sort();
  const level = new Map(codes.map((code, i) => [code, i + 1]));
  const reason = Int32Array.from(cellNo, (cell) => level.get(dimensions.get(cell)!.reason_code)!);
  const order = Int32Array.from(reason.keys()).sort(
    (a, b) => customer[a]! - customer[b]! || reason[a]! - reason[b]! || at[a]! - at[b]!,
  );
  const of = (values: ArrayLike<number>): Float64Array => Float64Array.from(order, (i) => values[i]!);
  const chain = { customer: of(customer), topic: of(reason), startedAt: of(at) };
  const flags = resolvedFlags(chain, cutOffDay * DAY_SECONDS);
  const resolved = new Int8Array(flags.length);
  order.forEach((i, o) => (resolved[i] = flags[o]!));
  const above = codes.map((code) => level.get(register.reasons.get(code)?.parent ?? '') ?? 0);
  return { resolved, reason, reasonParent: Int32Array.from([0, ...above]) };
}
