import { enlarged } from '../../domain/enlarged.ts';
import { firstWhere } from '../../domain/first-where.ts';
import { KeyNumbers } from '../../domain/key-numbers.ts';
import { EPOCH_DAYS } from '../epoch.ts';
import { wholeNumberAt } from '../whole-number.ts';
import { CustomerKeys, keysOf, keysWhere } from './customer-keys.ts';

const WORDS = 5;
const W = { joined: 0, left: 1, segment: 2, import: 3, isThere: 4 } as const;
const [UNKNOWN_JOIN, UNKNOWN_LEAVE] = [-1_000_000, 1_000_000];

/** What is known of customers by number. Days since 1970. */
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

/** All customers in their newest versions, those that were removed as well. */
export class StandingCustomers {
  private readonly customers = new KeyNumbers();
  private words = new Int32Array(1024 * WORDS);
  private margins = new Float64Array(1024);
  private readonly segmentNames: string[] = [];
  private readonly segmentNumbers = new Map<string, number>();
  private inOrder: { readonly keys: BigInt64Array; readonly customer: Int32Array } | undefined;

  /** Takes a row of retention-customer-stream.sql. Numbers of imports are below 2^31. */
  readonly take = (bytes: Buffer, start: number): void => {
    const count = this.customers.count;
    const customer = this.customers.numberOf(bytes.readInt32BE(start + 4), bytes.readInt32BE(start + 8));
    if (this.customers.count * WORDS > this.words.length) this.grow();
    const { words } = this;
    const to = customer * WORDS;
    const importId = bytes.readInt32BE(start + 20);
    let at = start + 24;
    let [joined, left, margin, segment] = [UNKNOWN_JOIN, UNKNOWN_LEAVE, -1, 0];
    if (bytes.readInt32BE(at) > 0) joined = bytes.readInt32BE((at += 4)) + EPOCH_DAYS;
    at += 4;
    if (bytes.readInt32BE(at) > 0) left = bytes.readInt32BE((at += 4)) + EPOCH_DAYS;
    at += 4;
    if (bytes.readInt32BE(at) > 0) {
      margin = wholeNumberAt(bytes, at + 4);
      at += 8;
    }
    at += 4;
    const removed = bytes[at + 4] !== 0;
    at += 5;
    const length = bytes.readInt32BE(at);
    if (length >= 0) segment = this.segmentOf(bytes.toString('utf8', at + 4, at + 4 + length));
    if (customer < count && importId < words[to + W.import]!) return;
    words[to + W.joined] = joined;
    words[to + W.left] = left;
    words[to + W.segment] = segment;
    words[to + W.import] = importId;
    words[to + W.isThere] = removed ? 0 : 1;
    this.margins[customer] = margin;
  };

  /** In the order in which they came; older versions' as well. */
  get segments(): readonly string[] {
    return this.segmentNames;
  }

  /** What is known of some customers; `segments` gives their numbers. Removed ones are like those that nobody knows. */
  traitsOf(keys: CustomerKeys, segments: readonly string[]): CustomerTraits {
    const count = keys.count;
    const place = new Map(segments.map((segment, i) => [segment, i + 1]));
    const segmentPlace = [0, ...this.segmentNames.map((segment) => place.get(segment) ?? 0)];
    const traits = {
      joinedOn: new Int32Array(count).fill(UNKNOWN_JOIN),
      leftOn: new Float64Array(count).fill(Infinity),
      segment: new Int32Array(count),
      monthlyMargin: new Float64Array(count).fill(-1),
    };
    const own = keys.placesOf(keysOf(this.customers));
    own.forEach((to, customer) => {
      const from = customer * WORDS;
      if (to < 0 || this.words[from + W.isThere] === 0) return;
      const left = this.words[from + W.left]!;
      traits.joinedOn[to] = this.words[from + W.joined]!;
      if (left < UNKNOWN_LEAVE) traits.leftOn[to] = left + 1;
      traits.segment[to] = segmentPlace[this.words[from + W.segment]!]!;
      traits.monthlyMargin[to] = this.margins[customer]!;
    });
    return traits;
  }

  /**
   * So many customers of a population on a day, drawn by their keys, which are hashes; in order.
   * @param segments names; null: all customers, those without a segment, too
   */
  drawn(
    segments: ReadonlySet<string> | null,
    draw: { readonly from: bigint; readonly most: number },
    day: number,
  ): BigInt64Array {
    this.inOrder ??= this.ordered();
    const { keys, customer } = this.inOrder;
    const fits = [segments === null, ...this.segmentNames.map((segment) => segments === null || segments.has(segment))];
    const drawn = new Uint8Array(keys.length);
    let count = 0;
    const first = firstWhere(0, keys.length, (place) => keys[place]! >= draw.from);
    for (let i = 0; i < keys.length && count < draw.most; i++) {
      const place = (first + i) % keys.length;
      const own = customer[place]! * WORDS;
      const known = this.words[own + W.isThere] === 1 && fits[this.words[own + W.segment]!]!;
      const [joined, left] = [this.words[own + W.joined]!, this.words[own + W.left]!];
      if (known && (joined === UNKNOWN_JOIN || joined <= day) && (left === UNKNOWN_LEAVE || left >= day)) {
        drawn[place] = 1;
        count++;
      }
    }
    return keysWhere(keys, drawn);
  }

  private ordered() {
    const keys = keysOf(this.customers);
    const all = new CustomerKeys([keys]);
    const customer = new Int32Array(keys.length);
    all.placesOf(keys).forEach((place, own) => (customer[place] = own));
    return { keys: all.sorted, customer };
  }

  private segmentOf(name: string): number {
    let number = this.segmentNumbers.get(name);
    if (number === undefined) this.segmentNumbers.set(name, (number = this.segmentNames.push(name)));
    return number;
  }

  private grow(): void {
    this.words = enlarged(this.words);
    this.margins = enlarged(this.margins);
  }
}
