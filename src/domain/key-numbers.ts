import { enlarged } from './enlarged.ts';

/** Keys by their numbers. */
export interface TakenKeys {
  readonly highs: Int32Array;
  readonly lows: Int32Array;
  readonly count: number;
}

/** Numbers keys of two 32-bit words from 0 in the order in which they come: open addressing over typed arrays. */
export class KeyNumbers {
  private slots: Int32Array;
  private highs: Int32Array;
  private lows: Int32Array;
  private mask: number;
  count = 0;

  /** @param expected about so many; more are taken, too */
  constructor(expected = 0) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(1024, expected * 1.5)));
    this.slots = new Int32Array(size).fill(-1);
    this.highs = new Int32Array(size >> 1);
    this.lows = new Int32Array(size >> 1);
    this.mask = size - 1;
  }

  /** Forgets all keys; what held them holds the next. @param expected about so many */
  clear(expected: number): void {
    if (this.slots.length < 1.5 * expected) {
      const { slots, highs, lows, mask } = new KeyNumbers(expected);
      [this.slots, this.highs, this.lows, this.mask] = [slots, highs, lows, mask];
    } else this.slots.fill(-1);
    this.count = 0;
  }

  /** The key's number; a new one is given if there is none. */
  numberOf(high: number, low: number): number {
    const slot = this.slotOf(high, low);
    const number = this.slots[slot]!;
    if (number >= 0) return number;
    if (this.count === this.highs.length) {
      this.grow();
      return this.numberOf(high, low);
    }
    this.slots[slot] = this.count;
    this.highs[this.count] = high;
    this.lows[this.count] = low;
    return this.count++;
  }

  /** The key's number; -1: it has none. */
  find(high: number, low: number): number {
    return this.slots[this.slotOf(high, low)]!;
  }

  /** Where the key's number stands, or would. */
  private slotOf(high: number, low: number): number {
    const { slots, highs, lows, mask } = this;
    let slot = spread(high, low) & mask;
    for (let number = slots[slot]!; number >= 0; number = slots[slot]!) {
      if (lows[number] === low && highs[number] === high) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  /** The keys in the order of their numbers, with room behind them. */
  taken(): TakenKeys {
    const { highs, lows, count } = this;
    return { highs, lows, count };
  }

  /** Upper half of the key that has the number. */
  high(number: number): number {
    return this.highs[number]!;
  }

  private grow(): void {
    const { highs, lows, count } = this;
    const size = this.slots.length * 2;
    this.slots = new Int32Array(size).fill(-1);
    this.highs = enlarged(highs);
    this.lows = enlarged(lows);
    this.mask = size - 1;
    for (let number = 0; number < count; number++) {
      let slot = spread(highs[number]!, lows[number]!) & this.mask;
      while (this.slots[slot]! >= 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = number;
    }
  }
}

/** Also for keys that are no hashes but small numbers. */
function spread(high: number, low: number): number {
  const hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
}
