import { periodOf } from '../../domain/period.ts';
import { dateOf } from '../../domain/retention/cohort.ts';
import { wholeNumber } from '../whole-number.ts';
import { ByCustomer, roomFor, sortTogether, type CustomerRange } from './by-customer.ts';
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
  /** what events are multiplied by that are like the last one */
  private lastKey = -1;
  private lastProduct: RoundedProduct | null = null;
  /** what stands where nothing has to be converted, one more where nothing has to be multiplied either */
  private readonly own: number;
  private readonly grouping = new ByCustomer();
  /** as the events came: customers within the range, -1 for those who are not meant, and of the others */
  private customerOf = new Int32Array(0);
  private cameOn = new Int32Array(0);
  private came = new Float64Array(0);
  private columns: MarginColumns = { customer: new Int32Array(0), day: new Int32Array(0), margin: new Float64Array(0) };

  constructor(
    private readonly customers: CustomerKeys,
    private readonly rules: MarginRules,
  ) {
    this.own = 2 * currencyCode(rules.currency);
  }

  /**
   * Margins of a range of customers, by customer and day; good until the next are asked for.
   * @param words records of the range's customers and of others, in any order
   * @param wanted 1 for each of the range whose events are meant
   */
  of(range: CustomerRange, words: Int32Array, wanted: Uint8Array, contacts: ContactHistory): MarginColumns {
    this.group(range, words, wanted, contacts);
    const { starts, count } = this.grouping;
    const { customer, day, margin } = this.columns;
    for (let c = 0; c < wanted.length; c++) {
      const [first, end] = [starts[c]!, starts[c + 1]!];
      customer.fill(range.from + c, first, end);
      let isInOrder = true;
      for (let row = first + 1; row < end; row++) if (day[row - 1]! > day[row]!) isInOrder = false;
      if (!isInOrder) sortTogether(day, margin, first, end);
    }
    return { customer: customer.subarray(0, count), day: day.subarray(0, count), margin: margin.subarray(0, count) };
  }

  /** Days and margins by customer, of events outside of contacts: read in the order in which they came, which is that of the memory. */
  private group(range: CustomerRange, words: Int32Array, wanted: Uint8Array, contacts: ContactHistory): void {
    const { customers, grouping } = this;
    const most = words.length / WORDS;
    grouping.begin(wanted.length, most);
    this.cameOn = roomFor(this.cameOn, most);
    this.came = roomFor(this.came, most);
    this.customerOf = roomFor(this.customerOf, most);
    const { cameOn, came, customerOf: of } = this;
    // whose each event is first: what is looked up for one does not wait for what is done with another
    for (let event = 0; event < most; event++) {
      const c = customers.find(words[event * WORDS]!, words[event * WORDS + 1]!) - range.from;
      of[event] = c < 0 || wanted[c] !== 1 ? -1 : c;
    }
    for (let event = 0, place = 0; event < most; event++, place += WORDS) {
      const c = of[event]!;
      if (c < 0) continue;
      const daySale = words[place + W.daySale]!;
      if ((daySale & 1) === 1) {
        const time = wholeNumber(words[place + W.timeHigh]!, words[place + W.timeLow]!);
        if (contacts.isTalking(range.from + c, time, daySale >> 1)) continue;
      }
      cameOn[grouping.count] = daySale >> 1;
      came[grouping.count] = this.marginOf(words, place);
      grouping.add(c);
    }
    grouping.added();
    const { count } = grouping;
    const { customer, day, margin } = this.columns;
    this.columns = { customer: roomFor(customer, count), day: roomFor(day, count), margin: roomFor(margin, count) };
    const { day: days, margin: margins } = this.columns;
    for (let record = 0; record < count; record++) {
      const own = grouping.placeOf(record);
      days[own] = cameOn[record]!;
      margins[own] = came[record]!;
    }
    grouping.placed();
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
    if (key === this.lastKey) return this.lastProduct;
    let product = this.products.get(key);
    if (product === undefined) {
      const rate = (currencyStated & 1) === 1 ? '1' : this.rules.marginRate;
      const month = `${periodOf(dateOf(day))} ${currencyOf(currencyStated >> 1)}`;
      const factor = isForeign ? this.rules.factors[month] : '1';
      product = rate === null || factor === undefined ? null : new RoundedProduct([rate, factor]);
      this.products.set(key, product);
    }
    this.lastKey = key;
    this.lastProduct = product;
    return product;
  }
}

/** More days than a calendar needs: a currency and a day make one key. */
const DAYS = 2 ** 22;
