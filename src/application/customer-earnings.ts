import type { Register } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import type { Model } from '../domain/model/model.ts';
import { minorDigits, roundToMinor } from '../domain/money.ts';
import { addDays, addMonths, lastDay, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import { dayNumber } from '../domain/retention/cohort.ts';
import { EPISODE_DAYS } from '../domain/retention/episode.ts';
import type { Earnings } from '../domain/retention/outcome.ts';
import type { Tx } from '../persistence/database.ts';
import { ratesBetween } from '../persistence/decisions.queries.ts';
import type { IntegerRows } from '../persistence/integer-rows.ts';
import { referralEvents } from '../persistence/retention.queries.ts';
import type { ContactHistory } from '../persistence/retention/contact-history.ts';
import { CustomerKeys, keysWhere } from '../persistence/retention/customer-keys.ts';
import { contactHistory, marginEvents, type RevenueReading } from '../persistence/retention-streams.queries.ts';
import { dateOf } from './contact-owners.ts';

/** What of the books a reading of retention needs. */
export interface RetentionSources {
  readonly period: Period;
  readonly mark: string;
  readonly currency: string;
  readonly model: Model;
  readonly register: Register;
}

/** Margins of some customers from a day on, and their numbers in them. @param keys in any order, more than once */
export async function marginsOf(
  tx: Tx,
  sources: RetentionSources,
  keys: readonly bigint[],
  from: LocalDate,
): Promise<{ earnings: Earnings; number: (keys: BigInt64Array) => Int32Array }> {
  const { period, mark } = sources;
  const own = new CustomerKeys([BigInt64Array.from(keys)]);
  const until = lastDay(period);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), until, mark);
  const all = new CustomerKeys([own.sorted, cameBy(referrals, own)]);
  const days = { from: addDays(from, -1), until };
  const history = await contactHistory(tx, all, { talksFrom: dayNumber(days.from) }, days, mark);
  const of = { all, keys: own, number: own.placesOf(all.sorted), history };
  const { earnings } = await earningsOf(tx, sources, of, referrals, from);
  return { earnings, number: (wanted) => own.placesOf(wanted) };
}

/** Customers in two numberings: all that are read, and those of them that are asked for. */
export interface ReadCustomers {
  readonly all: CustomerKeys;
  readonly keys: CustomerKeys;
  /** place among `keys` of each of `all`, or -1 */
  readonly number: Int32Array;
  readonly history: ContactHistory;
}

/**
 * Margins of the customers' own events, and of those whom they referred: a referred customer's first 548 days belong to
 * who referred, less what winning a customer costs, and to nobody else.
 */
export async function earningsOf(
  tx: Tx,
  sources: RetentionSources,
  { all, keys, number, history }: ReadCustomers,
  referrals: IntegerRows,
  from: LocalDate,
): Promise<{ earnings: Earnings; referred: Earnings }> {
  const NOBODY = -2;
  const cameOn = new Int32Array(all.count);
  const referrer = new Int32Array(all.count).fill(NOBODY);
  const read = Uint8Array.from(number, (own) => (own >= 0 ? 1 : 0));
  const came = all.placesOf(referredKeys(referrals));
  const by = keys.placesOf(referrals.key);
  came.forEach((customer, i) => {
    if (customer < 0) return;
    const own = referrals.values[0]![i]!;
    if (by[i]! >= 0) read[customer] = 1;
    if (referrer[customer] !== NOBODY && cameOn[customer]! <= own) return;
    [cameOn[customer], referrer[customer]] = [own, by[i]!];
  });
  const events = await marginEvents(tx, all, read, history, await revenueReading(tx, sources, from));
  const { customer, day, margin } = events;
  const missing = margin.findIndex(Number.isNaN);
  if (missing >= 0) throw marginUnknown(dateOf(day[missing]!));
  const { acquisition_cost: winning } = sources.model.retention ?? { acquisition_cost: Fraction.ZERO };
  const cost = roundToMinor(winning, minorDigits(sources.currency)!);
  const brought: { customer: number; day: number; margin: number }[] = [];
  referrer.forEach((own, i) => {
    if (own >= 0) brought.push({ customer: own, day: cameOn[i]!, margin: -Number(cost) });
  });
  let count = 0; // of their own, which take the places of all
  for (let i = 0; i < customer.length; i++) {
    const of = customer[i]!;
    const theirs = referrer[of] !== NOBODY && day[i]! >= cameOn[of]! && day[i]! < cameOn[of]! + EPISODE_DAYS;
    if (theirs) {
      if (referrer[of]! >= 0) brought.push({ customer: referrer[of]!, day: day[i]!, margin: margin[i]! });
    } else if (number[of]! >= 0) {
      customer[count] = number[of]!;
      day[count] = day[i]!;
      margin[count++] = margin[i]!;
    }
  }
  brought.sort((a, b) => a.customer - b.customer || a.day - b.day);
  return {
    earnings: {
      customer: customer.subarray(0, count),
      day: day.subarray(0, count),
      margin: margin.subarray(0, count),
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

/** Keys of those whom some customers referred. */
export function cameBy(referrals: IntegerRows, customers: CustomerKeys): BigInt64Array {
  const wanted = Uint8Array.from(customers.placesOf(referrals.key), (place) => (place >= 0 ? 1 : 0));
  return keysWhere(referredKeys(referrals), wanted);
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
