const NONE = -1;

/** Numbers pairs of whole numbers from 0 in the order in which they come: open addressing over typed arrays. */
export class PairNumbers {
  private slots = new Int32Array(4096).fill(NONE);
  private pairs = new Int32Array(4096);
  count = 0;

  /** The pair's number; a new one is given if there is none. @param a and @param b of 32 bits */
  of(a: number, b: number): number {
    const { slots, pairs } = this;
    const mask = slots.length - 1;
    let slot = spread(a, b) & mask;
    for (let number = slots[slot]!; number !== NONE; number = slots[slot]!) {
      if (pairs[2 * number] === a && pairs[2 * number + 1] === b) return number;
      slot = (slot + 1) & mask;
    }
    if (2 * this.count === pairs.length) {
      this.grow();
      return this.of(a, b);
    }
    slots[slot] = this.count;
    pairs[2 * this.count] = a;
    pairs[2 * this.count + 1] = b;
    return this.count++;
  }

  private grow(): void {
    const pairs = new Int32Array(this.pairs.length * 2);
    pairs.set(this.pairs);
    this.pairs = pairs;
    this.slots = new Int32Array(pairs.length).fill(NONE);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = spread(pairs[2 * number]!, pairs[2 * number + 1]!) & mask;
      while (this.slots[slot] !== NONE) slot = (slot + 1) & mask;
      this.slots[slot] = number;
    }
  }
}

function spread(a: number, b: number): number {
  const hash = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 8;
}
