import { firstWhere } from '../../domain/first-where.ts';
import { KeyNumbers } from '../../domain/key-numbers.ts';
import { wholeNumber } from '../whole-number.ts';
import { ByCustomer, grown, roomFor } from './by-customer.ts';
import { bucketOf, BUCKETS, CustomerKeys, KeyHalves } from './customer-keys.ts';
import { DecisionHits, type Days, type HitColumns } from './decision-hits.ts';
import { recordWords } from './fact-packs.ts';
import { numbersInOrder } from './key-order.ts';
import {
  CUSTOMER,
  CUSTOMER_WORDS,
  PIECE_ROWS,
  REMOVED,
  UNKNOWN,
  type StandingCustomers,
} from './standing-customers.ts';

/** Words of a packed contact. */
const CONTACT = { cell: 5, import: 6 } as const;

/** What is known of some customers. Days since 1970. */
export interface CustomerTraits {
  /** the first of all days where nobody stated it */
  readonly joinedOn: Int32Array;
  /** first day no longer a customer; Infinity while active */
  readonly leftOn: Float64Array;
  /** place of the segment among the segments, from 1; 0: none */
  readonly segment: Int32Array;
  /** minor units of its currency; -1: none */
  readonly monthlyMargin: Float64Array;
}

/** Keys of who referred and of who came. */
export interface ReferralKeys {
  readonly by: BigInt64Array;
  readonly came: BigInt64Array;
}

/** Customers that were chosen, by their places among them. */
export interface ChosenCustomers {
  readonly keys: CustomerKeys;
  readonly traits: CustomerTraits;
  readonly hits: HitColumns;
  /** 1 for callers */
  readonly callers: Uint8Array;
  /** by number; -1: not chosen */
  readonly placeOf: Int32Array;
}

/**
 * Everybody who is known, was hit, called or was referred, numbered in the order of the keys. They come some buckets of the
 * keys at a time: what is looked up lies near each other then, and what comes is put behind what is there.
 */
export class CustomersInOrder {
  count = 0;
  /** 1 for callers; some of their contacts may have been corrected away */
  callers: Uint8Array;
  /** numbers of who referred, -1 for nobody who is known, and of who came */
  readonly by: Int32Array;
  readonly came: Int32Array;
  private keys: BigInt64Array;
  private joinedOn: Int32Array;
  private leftOn: Float64Array;
  /** numbers; those who were removed are like those whom nobody knows */
  private segment: Int32Array;
  private monthlyMargin: Float64Array;
  private readonly referrals: { readonly by: KeysByBucket; readonly came: KeysByBucket };
  /** of the buckets that come: numbers that last until they are put in order, who called, and the newest version of each, from 1 */
  private readonly local = new KeyNumbers();
  private localCallers = new Uint8Array(0);
  private newest = new Int32Array(0);
  private readonly numberOf = (high: number, low: number): number => this.local.numberOf(high, low);

  constructor(
    private readonly standing: StandingCustomers,
    readonly hits: DecisionHits,
    referrals: ReferralKeys,
    /** 1 for cells whose contacts open episodes */
    private readonly inbound: Uint8Array,
  ) {
    const { rows } = standing;
    this.callers = new Uint8Array(rows);
    this.by = new Int32Array(referrals.by.length).fill(-1);
    this.came = new Int32Array(referrals.came.length);
    this.keys = new BigInt64Array(rows);
    this.joinedOn = new Int32Array(rows);
    this.leftOn = new Float64Array(rows);
    this.segment = new Int32Array(rows);
    this.monthlyMargin = new Float64Array(rows);
    this.referrals = { by: new KeysByBucket(referrals.by), came: new KeysByBucket(referrals.came) };
  }

  /**
   * Takes all of some buckets, `from` included, `to` not, which come in order.
   * @param hits records of packs @param contacts records of packs of the months in which callers are looked for
   */
  take(from: number, to: number, hits: Int32Array, contacts: readonly Int32Array[]): void {
    const versions = this.standing.taken(from, to);
    this.local.clear(1.5 * versions.reduce((sum, words) => sum + words.length / CUSTOMER_WORDS, 0));
    this.takeVersions(versions);
    this.hits.take(hits, this.numberOf);
    this.localCallers = roomFor(this.localCallers, this.local.count).fill(0);
    for (const words of contacts) this.takeCallers(words);
    this.referrals.came.each(from, to, this.numberOf);
    const order = numbersInOrder(this.local, from, to);
    const place = new Int32Array(order.length);
    for (let i = 0; i < order.length; i++) place[order[i]!] = i;
    this.hits.arrange(place, order.length, this.count);
    const numberOf = (high: number, low: number): number => {
      const local = this.local.find(high, low);
      return local < 0 ? -1 : this.count + place[local]!;
    };
    this.referrals.by.each(from, to, (high, low, i) => (this.by[i] = numberOf(high, low)));
    this.referrals.came.each(from, to, (high, low, i) => (this.came[i] = numberOf(high, low)));
    this.put(order, versions);
  }

  private takeVersions(versions: readonly Int32Array[]): void {
    const { local } = this;
    this.newest = roomFor(this.newest, versions.length * PIECE_ROWS);
    const { newest } = this;
    for (let piece = 0; piece < versions.length; piece++) {
      const words = versions[piece]!;
      for (let at = 0, row = piece * PIECE_ROWS; at < words.length; at += CUSTOMER_WORDS, row++) {
        const known = local.count;
        const number = local.numberOf(words[at + CUSTOMER.high]!, words[at + CUSTOMER.low]!);
        if (number < known) {
          const [other, place] = placeOf(newest[number]!);
          if (words[at + CUSTOMER.import]! < versions[other]![place + CUSTOMER.import]!) continue;
        }
        newest[number] = row + 1;
      }
    }
    this.newest = newest.length > local.count ? newest.fill(0, local.count) : newest;
  }

  private takeCallers(words: Int32Array): void {
    const { inbound, local } = this;
    for (let at = 0; at < words.length; at += recordWords('contact', words, at)) {
      if (words[at + CONTACT.import]! < 0 || inbound[words[at + CONTACT.cell]!] !== 1) continue;
      const number = local.numberOf(words[at]!, words[at + 1]!);
      if (number >= this.localCallers.length) this.localCallers = grown(this.localCallers, number + 1);
      this.localCallers[number] = 1;
    }
  }

  /** Puts the customers of the buckets behind those before. */
  private put(order: Int32Array, versions: readonly Int32Array[]): void {
    const { local, localCallers, newest, count } = this;
    if (count + order.length > this.keys.length) this.grow(count + order.length);
    const { callers, joinedOn, leftOn, segment, monthlyMargin } = this;
    const { highs, lows } = local.taken();
    const keys = new KeyHalves(this.keys);
    for (let i = 0; i < order.length; i++) {
      const number = order[i]!;
      const to = count + i;
      keys.put(to, highs[number]!, lows[number]!);
      callers[to] = localCallers[number] ?? 0;
      joinedOn[to] = UNKNOWN.join;
      leftOn[to] = Infinity;
      segment[to] = REMOVED;
      monthlyMargin[to] = -1;
      const row = newest[number] ?? 0;
      if (row === 0) continue;
      const [piece, at] = placeOf(row);
      const words = versions[piece]!;
      if (words[at + CUSTOMER.segment] === REMOVED) continue;
      joinedOn[to] = words[at + CUSTOMER.joined]!;
      if (words[at + CUSTOMER.left]! < UNKNOWN.leave) leftOn[to] = words[at + CUSTOMER.left]! + 1;
      segment[to] = words[at + CUSTOMER.segment]!;
      monthlyMargin[to] = wholeNumber(words[at + CUSTOMER.marginHigh]!, words[at + CUSTOMER.marginLow]!);
    }
    this.count += order.length;
  }

  /**
   * So many customers of a population on a day, drawn by their keys, which are hashes; in the order of the keys.
   * @param segments names; null: all customers, those without a segment, too
   */
  drawn(
    segments: ReadonlySet<string> | null,
    draw: { readonly from: bigint; readonly most: number },
    day: number,
  ): Int32Array {
    const { joinedOn, leftOn, segment, count, keys } = this;
    const fits = this.fitting(segments);
    const first = firstWhere(0, count, (number) => keys[number]! >= draw.from);
    const drawn = new Int32Array(Math.min(draw.most, count));
    let found = 0;
    const look = (from: number, to: number): number => {
      for (let number = from; number < to && found < drawn.length; number++) {
        const own = segment[number]!;
        if (own === REMOVED || fits[own] !== 1) continue;
        // the day on which a customer leaves is one of its days, as `leftOn` is the next
        if (joinedOn[number]! <= day && leftOn[number]! > day) drawn[found++] = number;
      }
      return found;
    };
    const behind = look(first, count);
    const all = look(0, first);
    const ascending = new Int32Array(all);
    ascending.set(drawn.subarray(behind, all));
    ascending.set(drawn.subarray(0, behind), all - behind);
    return ascending;
  }

  /** 1 for each segment of a population, by its number; 0 is that of customers without one. @param segments null: all customers */
  private fitting(segments: ReadonlySet<string> | null): Uint8Array {
    const names = this.standing.segments.map((name) => segments === null || segments.has(name));
    return Uint8Array.from([segments === null, ...names], (own) => (own ? 1 : 0));
  }

  /**
   * Customer-days of a month: of all customers of a population, and of those of them whom a decision hit in the last days.
   * The same as customer-days.sql asks of rows.
   * @param segments as of `drawn` @param hit.decision its place @param hit.within days after a hit
   */
  customerDays(
    segments: ReadonlySet<string> | null,
    month: Days,
    hit: { readonly decision: number; readonly within: number },
  ): { readonly hit: bigint; readonly all: bigint } {
    const { joinedOn, leftOn, segment, count } = this;
    const fits = this.fitting(segments);
    const daysOf = (customer: number, first: number, behind: number): number => {
      const own = segment[customer]!;
      if (own === REMOVED || fits[own] !== 1) return 0;
      return Math.max(0, Math.min(behind, leftOn[customer]!) - Math.max(first, joinedOn[customer]!));
    };
    let all = 0;
    for (let customer = 0; customer < count; customer++) all += daysOf(customer, month.from, month.to);
    let hitDays = 0;
    const reach = { from: month.from - hit.within, to: month.to };
    this.hits.stretches(hit.decision, hit.within, reach, (customer, first, behind) => {
      hitDays += daysOf(customer, Math.max(first, month.from), Math.min(behind, month.to));
    });
    return { hit: BigInt(hitDays), all: BigInt(all) };
  }

  /** Lets go of all who are not wanted. @param wanted 1 by number @param segments all names, whose places are asked for */
  chosen(wanted: Uint8Array, segments: readonly string[]): ChosenCustomers {
    const { count, keys, joinedOn, leftOn, segment, monthlyMargin, callers } = this;
    const place = new Map(segments.map((name, i) => [name, i + 1]));
    const segmentPlace = Int32Array.from([0, ...this.standing.segments.map((name) => place.get(name) ?? 0)]);
    const placeOf = new Int32Array(count).fill(-1);
    let to = 0;
    for (let number = 0; number < count; number++) {
      if (wanted[number] !== 1) continue;
      placeOf[number] = to;
      keys[to] = keys[number]!;
      joinedOn[to] = joinedOn[number]!;
      leftOn[to] = leftOn[number]!;
      segment[to] = segment[number] === REMOVED ? 0 : segmentPlace[segment[number]!]!;
      monthlyMargin[to] = monthlyMargin[number]!;
      callers[to++] = callers[number]!;
    }
    this.count = 0;
    return {
      keys: CustomerKeys.inOrder(keys.subarray(0, to)),
      traits: {
        ...{ joinedOn: joinedOn.subarray(0, to), leftOn: leftOn.subarray(0, to) },
        ...{ segment: segment.subarray(0, to), monthlyMargin: monthlyMargin.subarray(0, to) },
      },
      hits: this.hits.kept(placeOf),
      callers: callers.subarray(0, to),
      placeOf,
    };
  }

  private grow(length: number): void {
    this.keys = grown(this.keys, length);
    this.joinedOn = grown(this.joinedOn, length);
    this.leftOn = grown(this.leftOn, length);
    this.segment = grown(this.segment, length);
    this.monthlyMargin = grown(this.monthlyMargin, length);
    this.callers = grown(this.callers, length);
  }
}

/** Piece and place in it of a version, which are counted from 1. */
function placeOf(version: number): [piece: number, place: number] {
  return [Math.floor((version - 1) / PIECE_ROWS), ((version - 1) % PIECE_ROWS) * CUSTOMER_WORDS];
}

/** Places of keys by their buckets. */
class KeysByBucket {
  private readonly halves: KeyHalves;
  private readonly grouping = new ByCustomer();
  private readonly order: Int32Array;

  constructor(keys: BigInt64Array) {
    const { grouping } = this;
    this.halves = new KeyHalves(keys);
    this.order = new Int32Array(keys.length);
    grouping.begin(BUCKETS, keys.length);
    for (let i = 0; i < keys.length; i++) grouping.add(bucketOf(this.halves.high(i)));
    grouping.added();
    for (let i = 0; i < keys.length; i++) this.order[grouping.placeOf(i)] = i;
    grouping.placed();
  }

  /** Each of some buckets, `from` included, `to` not. */
  each(from: number, to: number, take: (high: number, low: number, place: number) => void): void {
    for (let at = this.grouping.starts[from]!; at < this.grouping.starts[to]!; at++) {
      const i = this.order[at]!;
      take(this.halves.high(i), this.halves.low(i), i);
    }
  }
}
