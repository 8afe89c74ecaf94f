/** Keys as one thread hands them to another. */
export interface TakenKeys {
  readonly slots: Int32Array;
  readonly highs: Int32Array;
  readonly lows: Int32Array;
  readonly count: number;
}

/** Numbers 64-bit keys from 0 in the order in which they come: open addressing over typed arrays. */
export class KeyNumbers {
  private slots: Int32Array;
  private highs: Int32Array;
  private lows: Int32Array;
  private mask: number;
  count = 0;

  /** @param expected about so many; more are taken, too */
  constructor(expected: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(1024, expected * 1.5)));
    this.slots = new Int32Array(size).fill(-1);
    this.highs = new Int32Array(size >> 1);
    this.lows = new Int32Array(size >> 1);
    this.mask = size - 1;
  }

  /** The key's number; a new one is given if there is none. Keys are hashes, so their bits are spread already. */
  numberOf(high: number, low: number): number {
    const { slots, highs, lows, mask } = this;
    let slot = (low ^ (high >>> 7)) & mask;
    for (let number = slots[slot]!; number >= 0; number = slots[slot]!) {
      if (lows[number] === low && highs[number] === high) return number;
      slot = (slot + 1) & mask;
    }
    if (this.count === highs.length) {
      this.grow();
      return this.numberOf(high, low);
    }
    slots[slot] = this.count;
    highs[this.count] = high;
    lows[this.count] = low;
    return this.count++;
  }

  /** The key's number; -1: it has none. */
  find(high: number, low: number): number {
    const { slots, highs, lows, mask } = this;
    let slot = (low ^ (high >>> 7)) & mask;
    for (let number = slots[slot]!; number >= 0; number = slots[slot]!) {
      if (lows[number] === low && highs[number] === high) return number;
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  /** The same keys in another thread; they share nothing. */
  static of({ slots, highs, lows, count }: TakenKeys): KeyNumbers {
    const keys = new KeyNumbers(0);
    keys.slots = slots;
    keys.mask = slots.length - 1;
    keys.highs = highs;
    keys.lows = lows;
    keys.count = count;
    return keys;
  }

  taken(): TakenKeys {
    const { slots, highs, lows, count } = this;
    return { slots, highs, lows, count };
  }

  /** Upper half of the key that has the number. */
  high(number: number): number {
    return this.highs[number]!;
  }

  private grow(): void {
    const { highs, lows, count } = this;
    const size = this.slots.length * 2;
    this.slots = new Int32Array(size).fill(-1);
    this.highs = new Int32Array(size >> 1);
    this.lows = new Int32Array(size >> 1);
    this.mask = size - 1;
    this.highs.set(highs);
    this.lows.set(lows);
    for (let number = 0; number < count; number++) {
      let slot = (lows[number]! ^ (highs[number]! >>> 7)) & this.mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = number;
    }
  }
}

/** Places of a group's rows: group `g` has `order[starts[g]]` to `order[starts[g + 1] - 1]`. Rows of group -1 are left out. */
export interface Grouping {
  readonly starts: Int32Array;
  readonly order: Int32Array;
}

/** Counting sort of rows by group. @param groupOf group of row `i`, below `groups`, or -1 */
export function grouped(rows: number, groups: number, groupOf: (row: number) => number): Grouping {
  const starts = new Int32Array(groups + 1);
  let known = 0;
  for (let row = 0; row < rows; row++) {
    const group = groupOf(row);
    if (group < 0) continue;
    starts[group + 1]!++;
    known++;
  }
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!;
  const order = new Int32Array(known);
  // filling moves each start to its end; one step back it is again where it began
  for (let row = 0; row < rows; row++) {
    const group = groupOf(row);
    if (group >= 0) order[starts[group]!++] = row;
  }
  starts.copyWithin(1, 0, groups);
  starts[0] = 0;
  return { starts, order };
}
