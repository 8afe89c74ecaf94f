import { periodOf } from '../../domain/period.ts';
import { dateOf } from '../../domain/retention/cohort.ts';
import { wholeNumber } from '../whole-number.ts';
import { byCustomer, sortTogether, type CustomerRange } from './by-customer.ts';
import type { ContactHistory } from './contact-history.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { RoundedProduct } from './exact-margin.ts';
import { currencyCode, currencyOf } from './fact-packs.ts';

/** Words of an event behind its key: PostgreSQL's microseconds, day since 1970; an amount times sign, or the margin where one is stated. */
const W = { timeHigh: 2, timeLow: 3, daySale: 4, currencyStated: 5, high: 6, low: 7 } as const;
const WORDS = 8;

/** How amounts of a span of days become margins. */
export interface MarginRules {
  /** in which margins are */
  readonly currency: string;
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

/**
 * Contribution margin of some customers by event, slice by slice: what was sold inside a contact of theirs is none of it,
 * it stands apart (sales-in-contacts).
 */
export class MarginEvents {
  private readonly products = new Map<number, RoundedProduct | null>();
  /** what stands where nothing has to be converted, one more where nothing has to be multiplied either */
  private readonly own: number;

  constructor(
    private readonly customers: CustomerKeys,
    private readonly rules: MarginRules,
  ) {
    this.own = 2 * currencyCode(rules.currency);
  }

  /**
   * Margins of a range of customers, by customer and day.
   * @param words records of the range's customers and of others, in any order
   * @param wanted 1 for each of the range whose events are meant
   */
  of(range: CustomerRange, words: Int32Array, wanted: Uint8Array, contacts: ContactHistory): MarginColumns {
    const places = new Int32Array(words.length / WORDS);
    for (let i = 0; i < places.length; i++) places[i] = i * WORDS;
    const { starts, order } = byCustomer(this.customers, range, words, places, wanted);
    const most = order.length;
    const [customer, day, margin] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
    let count = 0;
    for (let c = 0; c + 1 < starts.length; c++) {
      const first = count;
      const end = starts[c + 1]!;
      let isInOrder = true;
      for (let at = starts[c]!; at < end; at++) {
        const place = order[at]!;
        const daySale = words[place + W.daySale]!;
        const own = daySale >> 1;
        if ((daySale & 1) === 1) {
          const time = wholeNumber(words[place + W.timeHigh]!, words[place + W.timeLow]!);
          if (contacts.isTalking(range.from + c, time, own)) continue;
        }
        if (count > first && day[count - 1]! > own) isInOrder = false;
        customer[count] = range.from + c;
        day[count] = own;
        margin[count++] = this.marginOf(words, place);
      }
      if (!isInOrder) sortTogether(day, margin, first, count);
    }
    return { customer: customer.subarray(0, count), day: day.subarray(0, count), margin: margin.subarray(0, count) };
  }

  private marginOf(words: Int32Array, place: number): number {
    const amount = wholeNumber(words[place + W.high]!, words[place + W.low]!);
    const currencyStated = words[place + W.currencyStated]!;
    if (currencyStated === this.own + 1) return amount;
    return this.productOf(currencyStated, words[place + W.daySale]! >> 1)?.of(amount) ?? NaN;
  }

  /** What an amount or a stated margin is multiplied by; null: nobody said so. */
  private productOf(currencyStated: number, day: number): RoundedProduct | null {
    const isForeign = (currencyStated & -2) !== this.own;
    const key = isForeign ? currencyStated * DAYS + day : currencyStated;
    let product = this.products.get(key);
    if (product === undefined) {
      const rate = (currencyStated & 1) === 1 ? '1' : this.rules.marginRate;
      const month = `${periodOf(dateOf(day))} ${currencyOf(currencyStated >> 1)}`;
      const factor = isForeign ? this.rules.factors[month] : '1';
      product = rate === null || factor === undefined ? null : new RoundedProduct([rate, factor]);
      this.products.set(key, product);
    }
    return product;
  }
}

/** More days than a calendar needs: a currency and a day make one key. */
const DAYS = 2 ** 22;
