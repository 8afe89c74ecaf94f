import { enlarged } from '../../domain/enlarged.ts';
import type { KeyNumbers } from '../../domain/key-numbers.ts';
import { EPOCH_DAYS } from '../epoch.ts';
import { wholeNumberAt } from '../whole-number.ts';
import type { KeyOrder } from './key-order.ts';

const WORDS = 5;
const W = { joined: 0, left: 1, segment: 2, import: 3, isThere: 4 } as const;
const [UNKNOWN_JOIN, UNKNOWN_LEAVE] = [-1_000_000, 1_000_000];

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

/** All customers in their newest versions, those that were removed as well, by their numbers. */
export class StandingCustomers {
  private words = new Int32Array(1024 * WORDS);
  private margins = new Float64Array(1024);
  private readonly segmentNames: string[] = [];
  private readonly segmentNumbers = new Map<string, number>();
  /** the same by a sum over the bytes, where no two have it in common: a text a row would cost more than the rest of it */
  private readonly segmentSums = new Map<number, { readonly number: number; readonly bytes: Buffer }>();

  constructor(private readonly customers: KeyNumbers) {}

  /** Takes a row of retention-customer-stream.sql. Numbers of imports are below 2^31. */
  readonly take = (bytes: Buffer, start: number): void => {
    const count = this.customers.count;
    const customer = this.customers.numberOf(bytes.readInt32BE(start + 4), bytes.readInt32BE(start + 8));
    while (this.customers.count * WORDS > this.words.length) this.grow();
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
    if (length >= 0) segment = this.segmentOf(bytes, at + 4, at + 4 + length);
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

  /** What is known of customers by number; `segments` gives their numbers. Removed ones are like those that nobody knows. */
  traitsOf(customers: Int32Array, segments: readonly string[]): CustomerTraits {
    const count = customers.length;
    const place = new Map(segments.map((segment, i) => [segment, i + 1]));
    const segmentPlace = Int32Array.from([0, ...this.segmentNames.map((segment) => place.get(segment) ?? 0)]);
    const traits = {
      joinedOn: new Int32Array(count).fill(UNKNOWN_JOIN),
      leftOn: new Float64Array(count).fill(Infinity),
      segment: new Int32Array(count),
      monthlyMargin: new Float64Array(count).fill(-1),
    };
    const { words, margins } = this;
    for (let to = 0; to < count; to++) {
      const from = customers[to]! * WORDS;
      if (words[from + W.isThere] !== 1) continue;
      const left = words[from + W.left]!;
      traits.joinedOn[to] = words[from + W.joined]!;
      if (left < UNKNOWN_LEAVE) traits.leftOn[to] = left + 1;
      traits.segment[to] = segmentPlace[words[from + W.segment]!]!;
      traits.monthlyMargin[to] = margins[customers[to]!]!;
    }
    return traits;
  }

  /**
   * So many customers of a population on a day, drawn by their keys, which are hashes; by number, in the order of the keys.
   * @param segments names; null: all customers, those without a segment, too
   */
  drawn(
    order: KeyOrder,
    segments: ReadonlySet<string> | null,
    draw: { readonly from: bigint; readonly most: number },
    day: number,
  ): Int32Array {
    const { words } = this;
    const names = [segments === null, ...this.segmentNames.map((name) => segments === null || segments.has(name))];
    const fits = Uint8Array.from(names, (own) => (own ? 1 : 0));
    const drawn = new Uint8Array(order.numbers.length);
    let count = 0;
    const first = order.placeOf(draw.from);
    for (let i = 0, place = first; i < drawn.length && count < draw.most; i++, place++) {
      if (place === drawn.length) place = 0;
      const number = order.numbers[place]!;
      const own = number * WORDS;
      if (words[own + W.isThere] !== 1 || fits[words[own + W.segment]!] !== 1) continue;
      const [joined, left] = [words[own + W.joined]!, words[own + W.left]!];
      if ((joined === UNKNOWN_JOIN || joined <= day) && (left === UNKNOWN_LEAVE || left >= day)) {
        drawn[number] = 1;
        count++;
      }
    }
    return order.flagged(drawn);
  }

  private segmentOf(bytes: Buffer, from: number, to: number): number {
    let sum = to - from;
    for (let at = from; at < to; at++) sum = (Math.imul(sum, 31) + bytes[at]!) | 0;
    const known = this.segmentSums.get(sum);
    if (known !== undefined && isSame(known.bytes, bytes, from, to)) return known.number;
    const name = bytes.toString('utf8', from, to);
    let number = this.segmentNumbers.get(name);
    if (number === undefined) this.segmentNumbers.set(name, (number = this.segmentNames.push(name)));
    if (known === undefined) this.segmentSums.set(sum, { number, bytes: Buffer.from(bytes.subarray(from, to)) });
    return number;
  }

  private grow(): void {
    this.words = enlarged(this.words);
    this.margins = enlarged(this.margins);
  }
}

function isSame(known: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (known.length !== to - from) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[from + i]) return false;
  return true;
}
