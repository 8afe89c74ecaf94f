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
  /** where each event begins, as they came */
  private came = new Int32Array(0);
  /** instants of what can be a sale, by customer; NaN of the others */
  private sale = new Float64Array(0);
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
    this.group(range, words, wanted);
    const { sale } = this;
    const { starts } = this.grouping;
    const { customer, day, margin } = this.columns;
    let to = 0;
    for (let c = 0, row = 0; c < wanted.length; c++) {
      const first = to;
      let isInOrder = true;
      for (const end = starts[c + 1]!; row < end; row++) {
        const own = sale[row]!;
        const on = day[row]!;
        if (!Number.isNaN(own) && contacts.isTalking(range.from + c, own, on)) continue;
        if (to > first && day[to - 1]! > on) isInOrder = false;
        customer[to] = range.from + c;
        day[to] = on;
        margin[to++] = margin[row]!;
      }
      if (!isInOrder) sortTogether(day, margin, first, to);
    }
    return { customer: customer.subarray(0, to), day: day.subarray(0, to), margin: margin.subarray(0, to) };
  }

  /** Days, margins and sales by customer: read in the order in which the events came, which is that of the memory. */
  private group(range: CustomerRange, words: Int32Array, wanted: Uint8Array): void {
    const { customers, grouping } = this;
    const most = words.length / WORDS;
    grouping.begin(wanted.length, most);
    this.came = roomFor(this.came, most);
    const { came } = this;
    for (let place = 0; place < words.length; place += WORDS) {
      const c = customers.find(words[place]!, words[place + 1]!) - range.from;
      if (c < 0 || wanted[c] !== 1) continue;
      came[grouping.count] = place;
      grouping.add(c);
    }
    grouping.added();
    const { count } = grouping;
    const { customer, day, margin } = this.columns;
    this.columns = { customer: roomFor(customer, count), day: roomFor(day, count), margin: roomFor(margin, count) };
    this.sale = roomFor(this.sale, count);
    const { columns, sale } = this;
    for (let event = 0; event < count; event++) {
      const place = came[event]!;
      const own = grouping.placeOf(event);
      const daySale = words[place + W.daySale]!;
      const isSale = (daySale & 1) === 1;
      columns.day[own] = daySale >> 1;
      columns.margin[own] = this.marginOf(words, place);
      sale[own] = isSale ? wholeNumber(words[place + W.timeHigh]!, words[place + W.timeLow]!) : NaN;
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
