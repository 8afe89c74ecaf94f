/** Which half of a 64-bit word the machine stores first. */
const LOW = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** Keys that are looked at one after the other. */
const FEW = 8;

/** Parts of the range of customers' keys, by the first six bits: in the order of the keys. */
export const BUCKETS = 64;

export function bucketOf(high: number): number {
  return (high >>> 26) ^ 0x20; // keys are signed
}

/** Keys of customers without doubles, in ascending order: a customer's number is the place of its key. */
export class CustomerKeys {
  private readonly halves: Int32Array;
  /**
   * Number of the first key of each value of the keys' first bits, and behind them how many keys there are. Keys are hashes:
   * a value has about one where all were chosen alike, and where those of a stretch were drawn no more than all that there
   * are have; places that keys take from each other would add up over such a stretch.
   */
  private readonly starts: Int32Array;
  private readonly shift: number;

  private constructor(readonly sorted: BigInt64Array) {
    this.halves = halvesOf(this.sorted);
    const bits = Math.min(30, Math.max(4, Math.ceil(Math.log2(this.count + 1))));
    this.starts = new Int32Array(2 ** bits + 1).fill(this.count);
    this.shift = 32 - bits;
    for (let number = 0, value = 0; number < this.count; number++) {
      for (const own = this.firstBits(this.halves[2 * number + HIGH]!); value <= own; value++)
        this.starts[value] = number;
    }
  }

  /** @param lists in any order, keys more than once, too */
  static of(lists: readonly BigInt64Array[]): CustomerKeys {
    return new CustomerKeys(sortedKeys(lists));
  }

  /** @param keys in ascending order, each once */
  static inOrder(keys: BigInt64Array): CustomerKeys {
    return new CustomerKeys(keys);
  }

  get count(): number {
    return this.sorted.length;
  }

  /** @returns the key's number; -1: it is none of them */
  find(high: number, low: number): number {
    const { starts, halves } = this;
    const value = this.firstBits(high);
    let [from, to] = [starts[value]!, starts[value + 1]!];
    while (to - from > FEW) {
      const middle = (from + to) >>> 1;
      const own = halves[2 * middle + HIGH]!;
      if (own < high || (own === high && halves[2 * middle + LOW]! >>> 0 < low >>> 0)) from = middle + 1;
      else to = middle + 1;
    }
    for (let number = from; number < to; number++) {
      if (halves[2 * number + LOW] === low && halves[2 * number + HIGH] === high) return number;
    }
    return -1;
  }

  /** Numbers of keys in any order; -1 for those that are none of them. */
  placesOf(keys: BigInt64Array): Int32Array {
    const halves = halvesOf(keys);
    const places = new Int32Array(keys.length);
    for (let i = 0; i < places.length; i++) places[i] = this.find(halves[2 * i + HIGH]!, halves[2 * i + LOW]!);
    return places;
  }

  /** Number of the first customer of each bucket of the keys, and behind them how many customers there are. */
  bucketStarts(): Int32Array {
    const starts = new Int32Array(BUCKETS + 1);
    for (let at = HIGH; at < this.halves.length; at += 2) starts[bucketOf(this.halves[at]!) + 1]!++;
    for (let bucket = 0; bucket < BUCKETS; bucket++) starts[bucket + 1]! += starts[bucket]!;
    return starts;
  }

  private firstBits(high: number): number {
    return (high ^ 0x8000_0000) >>> this.shift;
  }
}

/** Keys by their halves, which are numbers without big ones being made. */
export class KeyHalves {
  private readonly halves: Int32Array;

  constructor(keys: BigInt64Array) {
    this.halves = halvesOf(keys);
  }

  high(place: number): number {
    return this.halves[2 * place + HIGH]!;
  }

  low(place: number): number {
    return this.halves[2 * place + LOW]!;
  }

  put(place: number, high: number, low: number): void {
    this.halves[2 * place + HIGH] = high;
    this.halves[2 * place + LOW] = low;
  }
}

/** The keys at whose places there is a 1. */
export function keysWhere(keys: BigInt64Array, flags: Uint8Array): BigInt64Array {
  const [from, kept] = [halvesOf(keys), new Int32Array(2 * keys.length)];
  let to = 0;
  for (let i = 0; i < keys.length; i++) {
    if (flags[i] !== 1) continue;
    kept[to++] = from[2 * i]!;
    kept[to++] = from[2 * i + 1]!;
  }
  return new BigInt64Array(kept.buffer, 0, to / 2);
}

function halvesOf(keys: BigInt64Array): Int32Array {
  return new Int32Array(keys.buffer, keys.byteOffset, 2 * keys.length);
}

function sortedKeys(lists: readonly BigInt64Array[]): BigInt64Array {
  const all = new BigInt64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  all.sort();
  const halves = halvesOf(all);
  let kept = 0;
  for (let i = 0; i < halves.length; i += 2) {
    if (kept > 0 && halves[i] === halves[kept - 2] && halves[i + 1] === halves[kept - 1]) continue;
    halves[kept++] = halves[i]!;
    halves[kept++] = halves[i + 1]!;
  }
  return all.slice(0, kept / 2);
}
