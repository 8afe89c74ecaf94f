import { addDays, periodOf } from '../../domain/period.ts';
import { EPOCH_DAYS } from '../epoch.ts';
import { highWord, wholeNumber, wholeNumberAt } from '../whole-number.ts';
import type { ContactHistory } from './contact-history.ts';
import type { CustomerKeys } from './customer-keys.ts';
import { RoundedProduct } from './exact-margin.ts';
import { inBucket, KeyBuckets } from './key-buckets.ts';

const WORDS = 7;
const W = { timeHigh: 2, timeLow: 3, daySale: 4, high: 5, low: 6 } as const;
/** Upper half of no margin. */
const UNKNOWN = -(2 ** 31);
const letter = (text: string): number => text.charCodeAt(0);

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

/**
 * Contribution margin of some customers by event: not fees, not what carries a decision, not referrals, and not what was
 * sold inside a contact of theirs, which stands apart (sales-in-contacts).
 */
export class MarginEvents {
  private readonly rows = new KeyBuckets(WORDS);
  private readonly products = new Map<string, RoundedProduct | null>();

  /** @param wanted 1 for the customers whose events are read, by number */
  constructor(
    private readonly customers: CustomerKeys,
    private readonly wanted: Uint8Array,
    private readonly contacts: ContactHistory,
    private readonly rules: MarginRules,
  ) {}

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
    let margin = wholeNumberAt(bytes, at + 4);
    at += stated ? 16 : 12;
    const currency = bytes.readInt32BE(at);
    if (!stated || currency >= 0) {
      const code = currency < 0 ? null : bytes.toString('utf8', at + 4, at + 4 + currency);
      margin = this.productOf(stated, code, day)?.of(margin) ?? NaN;
    }
    const to = this.rows.add(bytes.readInt32BE(start + 4), bytes.readInt32BE(start + 8));
    const { words } = this.rows;
    words[to + W.timeHigh] = bytes.readInt32BE(start + 16);
    words[to + W.timeLow] = bytes.readInt32BE(start + 20);
    words[to + W.daySale] = 2 * day + sale;
    words[to + W.high] = Number.isNaN(margin) ? UNKNOWN : highWord(margin);
    words[to + W.low] = margin; // modulo 2^32
  };

  /** All that were taken, less what was sold inside contacts. */
  columns(): MarginColumns {
    const most = this.rows.count;
    const [customer, day, margin] = [new Int32Array(most), new Int32Array(most), new Float64Array(most)];
    let count = 0;
    for (const bucket of this.rows.taken()) {
      const { words } = bucket;
      const dayOf = (row: number): number => words[row * WORDS + W.daySale]! >> 1;
      const { first, starts, order } = inBucket(this.customers, bucket, WORDS, (a, b) => dayOf(a) - dayOf(b));
      for (let c = 0; c + 1 < starts.length; c++) {
        if (this.wanted[first + c] !== 1) continue;
        for (let place = starts[c]!; place < starts[c + 1]!; place++) {
          const row = order[place]!;
          const at = row * WORDS;
          const time = wholeNumber(words[at + W.timeHigh]!, words[at + W.timeLow]!);
          if ((words[at + W.daySale]! & 1) === 1 && this.contacts.isTalking(first + c, time, dayOf(row))) continue;
          customer[count] = first + c;
          day[count] = dayOf(row);
          const high = words[at + W.high]!;
          margin[count++] = high === UNKNOWN ? NaN : wholeNumber(high, words[at + W.low]!);
        }
      }
    }
    return { customer: customer.subarray(0, count), day: day.subarray(0, count), margin: margin.subarray(0, count) };
  }

  /** What an amount or a stated margin is multiplied by; null: nobody said so. */
  private productOf(stated: boolean, currency: string | null, day: number): RoundedProduct | null {
    const month = currency === null ? '' : `${periodOf(addDays('1970-01-01', day))} ${currency}`;
    const key = `${stated} ${month}`;
    let product = this.products.get(key);
    if (product === undefined) {
      const rate = stated ? '1' : this.rules.marginRate;
      const factor = currency === null ? '1' : this.rules.factors[month];
      product = rate === null || factor === undefined ? null : new RoundedProduct([rate, factor]);
      this.products.set(key, product);
    }
    return product;
  }
}

/** Fees and referrals: names of three letters, and of eight that do not begin as a purchase does. */
function isApart(bytes: Buffer, at: number, length: number): boolean {
  return length === 3 || (length === 8 && bytes[at] === letter('r'));
}

/** Purchases, renewals, expansions: names of eight (with p), seven and nine letters. */
function isSale(bytes: Buffer, at: number, length: number): boolean {
  return length === 7 || length === 9 || (length === 8 && bytes[at] === letter('p'));
}
