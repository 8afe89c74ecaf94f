import type { Register } from '../domain/attribution/register.ts';
import { enlarged } from '../domain/enlarged.ts';
import { Refusal } from '../domain/errors.ts';
import { Fraction } from '../domain/fraction.ts';
import { joinedColumns } from '../domain/joined.ts';
import type { Model } from '../domain/model/model.ts';
import { minorDigits, roundToMinor } from '../domain/money.ts';
import { addDays, addMonths, lastDay, periodOf, type LocalDate, type Period } from '../domain/period.ts';
import { dateOf, dayNumber } from '../domain/retention/cohort.ts';
import { EPISODE_DAYS } from '../domain/retention/episode.ts';
import type { Earnings } from '../domain/retention/outcome.ts';
import type { Tx } from '../persistence/database.ts';
import { ratesBetween } from '../persistence/decisions.queries.ts';
import type { IntegerRows } from '../persistence/integer-rows.ts';
import { referralEvents } from '../persistence/retention-streams.queries.ts';
import { CustomerKeys, keysWhere } from '../persistence/retention/customer-keys.ts';
import type { MarginColumns } from '../persistence/retention/margin-events.ts';
import { customerSlices, type CustomerSlice, type RevenueReading } from '../persistence/retention/customer-slices.ts';

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
  const own = CustomerKeys.of([BigInt64Array.from(keys)]);
  const referrals = await referralEvents(tx, addDays(from, -EPISODE_DAYS), lastDay(period), mark);
  const all = CustomerKeys.of([own.sorted, cameBy(referrals, own)]);
  const asked = new Uint8Array(all.count);
  for (const place of all.placesOf(own.sorted)) asked[place] = 1;
  const contactsFrom = addDays(from, -1);
  const reading = await revenueReading(tx, sources, from);
  const earned = new CustomerEarnings(sources, all, referrals);
  const parts: Earnings[] = [];
  const slices = customerSlices(tx, all, { talksFrom: dayNumber(contactsFrom) }, contactsFrom, reading);
  for await (const slice of slices) {
    const { customer, day, margin } = await earned.of(slice, asked.subarray(slice.range.from, slice.range.to));
    parts.push({ customer: customer.slice(), day: day.slice(), margin: margin.slice() });
  }
  earned.referred(); // whoever was referred must have a margin, too
  const earnings = joinedColumns({ customer: Int32Array, day: Int32Array, margin: Float64Array }, parts);
  return { earnings, number: (wanted) => all.placesOf(wanted) };
}

/** Who was referred by nobody. */
const NOBODY = -2;

/**
 * Margins of the customers' own events, and of those whom they referred: a referred customer's first 548 days belong to
 * who referred, less what winning a customer costs, and to nobody else. They are found slice by slice of the customers.
 */
export class CustomerEarnings {
  /** 1 for the customers that are asked for, by number; of those whose slice was there */
  private readonly asked: Uint8Array;
  private readonly cameOn: Int32Array;
  /** who referred each customer first, by number; -1: somebody who is not among them */
  private readonly referrer: Int32Array;
  /** by referral */
  private readonly came: Int32Array;
  private readonly by: Int32Array;
  private readonly brought = new GrowingEarnings();
  /** customers with an event without a margin, and its day, in order, up to the first who is asked for: the first that counts is told */
  private readonly unknown: { readonly customer: number; readonly day: number }[] = [];
  private readonly cost: number;

  constructor(
    { model, currency }: Pick<RetentionSources, 'model' | 'currency'>,
    all: CustomerKeys,
    referrals: IntegerRows,
  ) {
    const { acquisition_cost: winning } = model.retention ?? { acquisition_cost: Fraction.ZERO };
    this.cost = Number(roundToMinor(winning, minorDigits(currency)!));
    this.asked = new Uint8Array(all.count);
    this.cameOn = new Int32Array(all.count);
    this.referrer = new Int32Array(all.count).fill(NOBODY);
    this.came = all.placesOf(referredKeys(referrals));
    this.by = all.placesOf(referrals.key);
    this.came.forEach((customer, i) => {
      if (customer < 0) return;
      const own = referrals.values[0]![i]!;
      if (this.referrer[customer] !== NOBODY && this.cameOn[customer]! <= own) return;
      [this.cameOn[customer], this.referrer[customer]] = [own, this.by[i]!];
    });
  }

  /** Own margins of the customers of a slice, good until the next; what referred ones earned is laid aside. @param asked 1 for each that is asked for */
  async of(slice: CustomerSlice, asked: Uint8Array): Promise<MarginColumns> {
    const { asked: all, cameOn, referrer } = this;
    const first = slice.range.from;
    all.set(asked, first);
    const wanted = asked.map((own, c) => (own === 1 || this.referrer[first + c] !== NOBODY ? 1 : 0));
    const { customer, day, margin } = await slice.margins(wanted);
    let count = 0; // of their own, which take the places of all
    for (let i = 0; i < customer.length; i++) {
      const of = customer[i]!;
      if (Number.isNaN(margin[i]!)) {
        const last = this.unknown.at(-1)?.customer;
        if (last === undefined || (last !== of && all[last] === 0)) this.unknown.push({ customer: of, day: day[i]! });
        continue;
      }
      if (referrer[of] !== NOBODY && day[i]! >= cameOn[of]! && day[i]! < cameOn[of]! + EPISODE_DAYS) {
        if (referrer[of]! >= 0) this.brought.add(referrer[of]!, day[i]!, margin[i]!);
      } else if (all[of] === 1) {
        customer[count] = of;
        day[count] = day[i]!;
        margin[count++] = margin[i]!;
      }
    }
    return {
      customer: customer.subarray(0, count),
      day: day.subarray(0, count),
      margin: margin.subarray(0, count),
    };
  }

  /**
   * What customers brought whom the asked ones referred, at those; once all slices were there.
   * @throws Refusal margin_unknown when an event of theirs or of the asked has no margin
   */
  referred(): Earnings {
    const { asked, by, came, brought, referrer } = this;
    const read = asked.slice();
    came.forEach((customer, i) => {
      if (customer >= 0 && asked[by[i]!] === 1) read[customer] = 1;
    });
    const missing = this.unknown.find(({ customer }) => read[customer] === 1);
    if (missing) throw marginUnknown(dateOf(missing.day));
    referrer.forEach((own, i) => {
      if (own >= 0) brought.add(own, this.cameOn[i]!, -this.cost);
    });
    return brought.of(asked);
  }
}

/** Margins in the order in which they come. */
class GrowingEarnings {
  private count = 0;
  private customer = new Int32Array(1024);
  private day = new Int32Array(1024);
  private margin = new Float64Array(1024);

  add(customer: number, day: number, margin: number): void {
    if (this.count === this.day.length) {
      [this.customer, this.day] = [enlarged(this.customer), enlarged(this.day)];
      this.margin = enlarged(this.margin);
    }
    this.customer[this.count] = customer;
    this.day[this.count] = day;
    this.margin[this.count++] = margin;
  }

  /** Those of some customers, by customer, then day. */
  of(wanted: Uint8Array): Earnings {
    const { customer, day, margin } = this;
    const order = new Int32Array(this.count);
    let count = 0;
    for (let i = 0; i < order.length; i++) if (wanted[customer[i]!] === 1) order[count++] = i;
    const own = order.subarray(0, count).sort((a, b) => customer[a]! - customer[b]! || day[a]! - day[b]! || a - b);
    return {
      customer: own.map((i) => customer[i]!),
      day: own.map((i) => day[i]!),
      margin: Float64Array.from(own, (i) => margin[i]!),
    };
  }
}

export function marginUnknown(day: LocalDate): Refusal {
  return new Refusal('margin_unknown', `a revenue event of ${day} has no margin or no rate of its currency`, {
    next: 'state retention.margin_rate in model.yaml, or import fx with this month and currency',
  });
}

/** Keys of those whom some customers referred. */
function cameBy(referrals: IntegerRows, customers: CustomerKeys): BigInt64Array {
  const wanted = Uint8Array.from(customers.placesOf(referrals.key), (place) => (place >= 0 ? 1 : 0));
  return keysWhere(referredKeys(referrals), wanted);
}

/** Keys of those who came, by referral. */
export function referredKeys({ key, values }: IntegerRows): BigInt64Array {
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
