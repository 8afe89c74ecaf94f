import { addDays, periodOf } from '../../domain/period.ts';
import { EPOCH_DAYS } from '../epoch.ts';
import { wholeNumber } from '../whole-number.ts';
import type { ContactHistory } from './contact-history.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { RoundedProduct } from './exact-margin.ts';
import { byCustomer, KeyBuckets, type CustomerRange } from './key-buckets.ts';

/** Words of an event behind its key: PostgreSQL's microseconds, day since 1970; an amount times sign, or the margin where one is stated. */
const W = { timeHigh: 2, timeLow: 3, daySale: 4, currencyStated: 5, high: 6, low: 7 } as const;
const WORDS = 8;
const letter = (text: string): number => text.charCodeAt(0);
const LETTERS = 32;

/** How amounts of a span of days become margins. */
export interface MarginRules {
  /** decimal text; null: every event must state its margin */
  readonly marginRate: string | null;
  /** minor units of the reporting currency for one of another, by `YYYY-MM CUR`, as decimal text */
  readonly factors: Readonly<Record<string, string>>;
}

/** Margins by customer number and day (since 1970), in minor units; NaN: without a margin or a rate of its currency. */
export interface MarginColumns {
  readonly customer: Int32Array;
  readonly day: Int32Array;
  readonly margin: Float64Array;
}

/** Revenue, signed, as a scan sends it: not fees, not what carries a decision, not referrals. */
export class RevenueRecords extends KeyBuckets {
  constructor(heldBytes?: number) {
    super(WORDS, heldBytes);
  }

  /** Takes a row of retention-revenue-stream.sql. */
  readonly take = (bytes: Buffer, start: number): void => {
    let at = start + 32;
    const kind = bytes.readInt32BE(at);
    if (kind < 0 || isApart(bytes, at + 4, kind)) return;
    const sale = isSale(bytes, at + 4, kind) ? 1 : 0;
    const day = bytes.readInt32BE(start + 28) + EPOCH_DAYS;
    at += 4 + kind;
    const stated = bytes.readInt32BE(at) > 0;
    if (!stated) at += 4; // the amount comes behind it
    const to = this.add(bytes.readInt32BE(start + 4), bytes.readInt32BE(start + 8));
    const { words } = this;
    words[to + W.timeHigh] = bytes.readInt32BE(start + 16);
    words[to + W.timeLow] = bytes.readInt32BE(start + 20);
    words[to + W.daySale] = 2 * day + sale;
    words[to + W.high] = bytes.readInt32BE(at + 4);
    words[to + W.low] = bytes.readInt32BE(at + 8);
    at += stated ? 16 : 12;
    const currency = bytes.readInt32BE(at) < 0 ? 0 : currencyNumber(bytes, at + 4);
    words[to + W.currencyStated] = 2 * currency + (stated ? 1 : 0);
  };
}

/** The three letters of a currency as a number; 0 is the reporting currency. */
function currencyNumber(bytes: Buffer, at: number): number {
  let number = 0;
  for (let i = 0; i < 3; i++) number = number * LETTERS + bytes[at + i]! - letter('A') + 1;
  return number;
}

function currencyOf(number: number): string {
  const of = (letters: number): number => (letters % LETTERS) + letter('A') - 1;
  return String.fromCharCode(of(number >> 10), of(number >> 5), of(number));
}

/**
 * Contribution margin of some customers by event, slice by slice: what was sold inside a contact of theirs is none of it,
 * it stands apart (sales-in-contacts).
 */
export class MarginEvents {
  private readonly products = new Map<number, RoundedProduct | null>();

  constructor(
    private readonly customers: CustomerKeys,
    private readonly rules: MarginRules,
  ) {}

  /**
   * Margins of a range of customers, by customer and day.
   * @param words records of the range's customers and of others, in any order
   * @param wanted 1 for each of the range whose events are meant
   */
  of(range: CustomerRange, words: Int32Array, wanted: Uint8Array, contacts: ContactHistory): MarginColumns {
    const places = Int32Array.from({ length: words.length / WORDS }, (_, i) => i * WORDS);
    const dayOf = (place: number): number => words[place + W.daySale]! >> 1;
    const { starts, order } = byCustomer(this.customers, range, words, places, (a, b) => dayOf(a) - dayOf(b));
    const most = order.length;
    const [customer, day, margin] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
    let count = 0;
    for (let c = 0; c + 1 < starts.length; c++) {
      if (wanted[c] !== 1) continue;
      for (let at = starts[c]!; at < starts[c + 1]!; at++) {
        const place = order[at]!;
        const time = wholeNumber(words[place + W.timeHigh]!, words[place + W.timeLow]!);
        const isSold = (words[place + W.daySale]! & 1) === 1;
        if (isSold && contacts.isTalking(range.from + c, time, dayOf(place))) continue;
        customer[count] = range.from + c;
        day[count] = dayOf(place);
        margin[count++] = this.marginOf(words, place);
      }
    }
    return { customer: customer.subarray(0, count), day: day.subarray(0, count), margin: margin.subarray(0, count) };
  }

  private marginOf(words: Int32Array, place: number): number {
    const amount = wholeNumber(words[place + W.high]!, words[place + W.low]!);
    const currencyStated = words[place + W.currencyStated]!;
    if (currencyStated === 1) return amount;
    return this.productOf(currencyStated, words[place + W.daySale]! >> 1)?.of(amount) ?? NaN;
  }

  /** What an amount or a stated margin is multiplied by; null: nobody said so. */
  private productOf(currencyStated: number, day: number): RoundedProduct | null {
    const isForeign = currencyStated > 1;
    const key = isForeign ? currencyStated * DAYS + day : currencyStated;
    let product = this.products.get(key);
    if (product === undefined) {
      const rate = (currencyStated & 1) === 1 ? '1' : this.rules.marginRate;
      const month = `${periodOf(addDays('1970-01-01', day))} ${currencyOf(currencyStated >> 1)}`;
      const factor = isForeign ? this.rules.factors[month] : '1';
      product = rate === null || factor === undefined ? null : new RoundedProduct([rate, factor]);
      this.products.set(key, product);
    }
    return product;
  }
}

/** More days than a calendar needs: a currency and a day make one key. */
const DAYS = 2 ** 22;

/** Fees and referrals: names of three letters, and of eight that do not begin as a purchase does. */
function isApart(bytes: Buffer, at: number, length: number): boolean {
  return length === 3 || (length === 8 && bytes[at] === letter('r'));
}

/** Purchases, renewals, expansions: names of eight (with p), seven and nine letters. */
function isSale(bytes: Buffer, at: number, length: number): boolean {
  return length === 7 || length === 9 || (length === 8 && bytes[at] === letter('p'));
}
