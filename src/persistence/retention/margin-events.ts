import { periodOf } from '../../domain/period.ts';
import { dateOf } from '../../domain/retention/cohort.ts';
import { wholeNumber } from '../whole-number.ts';
import { ByCustomer, grown, roomFor, sortTogether, type CustomerRange } from './by-customer.ts';
import type { ContactHistory } from './contact-history.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { RoundedProduct } from './exact-margin.ts';
import { currencyCode, currencyOf } from './fact-packs.ts';

/** Words of an event behind its key: PostgreSQL's microseconds, day since 1970; an amount times sign, or the margin where one is stated. */
const W = { timeHigh: 2, timeLow: 3, daySale: 4, currencyStated: 5, high: 6, low: 7 } as const;
const WORDS = 8;
/** Numbers of an event: instant of what can be a sale, NaN of others. */
const M = { day: 0, margin: 1, sale: 2, numbers: 3 } as const;

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
  private range: CustomerRange = { from: 0, to: 0 };
  /** what counts of each event, side by side: as they came, then by customer */
  private came = new Float64Array(0);
  private mixed = new Float64Array(0);
  private columns: MarginColumns = { customer: new Int32Array(0), day: new Int32Array(0), margin: new Float64Array(0) };

  constructor(
    private readonly customers: CustomerKeys,
    private readonly rules: MarginRules,
  ) {
    this.own = 2 * currencyCode(rules.currency);
  }

  /** Begins with the events of a range of customers in the place of those before. */
  begin(range: CustomerRange): void {
    this.range = range;
    this.grouping.begin(range.to - range.from, 0);
  }

  /** Takes some events of the range's customers and of others, in any order. @param words records up to `end` */
  take(words: Int32Array, end: number): void {
    const { customers, grouping } = this;
    const { from } = this.range;
    grouping.room(end / WORDS);
    this.roomFor(grouping.count + end / WORDS);
    const { came } = this;
    for (let place = 0; place < end; place += WORDS) {
      const c = customers.find(words[place]!, words[place + 1]!) - from;
      if (c < 0) continue;
      const daySale = words[place + W.daySale]!;
      const isSale = (daySale & 1) === 1;
      const to = M.numbers * grouping.count;
      came[to + M.day] = daySale >> 1;
      came[to + M.margin] = this.marginOf(words, place);
      came[to + M.sale] = isSale ? wholeNumber(words[place + W.timeHigh]!, words[place + W.timeLow]!) : NaN;
      grouping.add(c);
    }
  }

  /**
   * Margins of the range, by customer and day, once all its events came; good until the next range begins.
   * @param wanted 1 for each of the range whose events are meant
   */
  margins(wanted: Uint8Array, contacts: ContactHistory): MarginColumns {
    this.group();
    const { mixed, range } = this;
    const { starts } = this.grouping;
    const { customer, day, margin } = this.columns;
    let to = 0;
    for (let c = 0; c < wanted.length; c++) {
      if (wanted[c] !== 1) continue;
      const of = range.from + c;
      const end = M.numbers * starts[c + 1]!;
      const first = to;
      let last = -Infinity;
      let isInOrder = true;
      for (let at = M.numbers * starts[c]!; at < end; at += M.numbers) {
        const sale = mixed[at + M.sale]!;
        const on = mixed[at + M.day]!;
        if (!Number.isNaN(sale) && contacts.isTalking(of, sale, on)) continue;
        if (on < last) isInOrder = false;
        last = on;
        customer[to] = of;
        day[to] = on;
        margin[to++] = mixed[at + M.margin]!;
      }
      if (!isInOrder) sortTogether(day, margin, first, to);
    }
    return { customer: customer.subarray(0, to), day: day.subarray(0, to), margin: margin.subarray(0, to) };
  }

  /** Puts events by customer: read in the order in which they came, which is that of the memory. */
  private group(): void {
    const { grouping, came } = this;
    const { count } = grouping;
    grouping.added();
    const { customer, day, margin } = this.columns;
    this.columns = { customer: roomFor(customer, count), day: roomFor(day, count), margin: roomFor(margin, count) };
    this.mixed = roomFor(this.mixed, M.numbers * count);
    const { mixed } = this;
    for (let event = 0, at = 0; event < count; event++, at += M.numbers) {
      const own = M.numbers * grouping.placeOf(event);
      mixed[own + M.day] = came[at + M.day]!;
      mixed[own + M.margin] = came[at + M.margin]!;
      mixed[own + M.sale] = came[at + M.sale]!;
    }
    grouping.placed();
  }

  private roomFor(events: number): void {
    if (M.numbers * events > this.came.length) this.came = grown(this.came, 1.5 * M.numbers * events);
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
