import { ExactSums, type TakenSums } from './exact-sums.ts';

const WORDS = 3;
const NONE = -1;

/** A table as one thread hands it to another. */
export interface TakenCells {
  readonly count: number;
  readonly keys: Int32Array;
  readonly parts: TakenSums;
  readonly seconds: TakenSums;
  readonly untimed: TakenSums;
}

/** Sums of contacts by what the rules can tell them apart by: open addressing over typed arrays. */
export class CellTable {
  private slots = new Int32Array(4096).fill(NONE);
  private keys = new Int32Array(2048 * WORDS);
  private mask = 4095;
  count = 0;
  private readonly parts = new ExactSums();
  private readonly seconds = new ExactSums();
  private readonly untimed = new ExactSums();

  /** @param seconds -1: without a handle time */
  add(cell: number, traits: number, variant: number, parts: number, seconds: number): void {
    const place = this.placeOf(cell, traits, variant);
    this.parts.add(place, parts);
    if (seconds < 0) this.untimed.add(place, parts);
    else this.seconds.add(place, seconds);
  }

  taken(): TakenCells {
    const { count } = this;
    return {
      count,
      keys: this.keys.slice(0, count * WORDS),
      parts: this.parts.taken(count),
      seconds: this.seconds.taken(count),
      untimed: this.untimed.taken(count),
    };
  }

  /** Adds another's sums. @param variantOf this table's number of a variant of the other's */
  addTaken(cells: TakenCells, variantOf: (variant: number) => number): void {
    for (let from = 0; from < cells.count; from++) {
      const key = from * WORDS;
      const place = this.placeOf(cells.keys[key]!, cells.keys[key + 1]!, variantOf(cells.keys[key + 2]!));
      this.parts.addTaken(place, cells.parts, from);
      this.seconds.addTaken(place, cells.seconds, from);
      this.untimed.addTaken(place, cells.untimed, from);
    }
  }

  at(place: number) {
    const key = place * WORDS;
    return {
      cell: this.keys[key]!,
      traits: this.keys[key + 1]!,
      variant: this.keys[key + 2]!,
      parts: this.parts.total(place),
      seconds: this.seconds.total(place),
      untimedParts: this.untimed.total(place),
    };
  }

  private placeOf(cell: number, traits: number, variant: number): number {
    const { slots, keys, mask } = this;
    let slot = spread(cell, traits, variant) & mask;
    for (let place = slots[slot]!; place !== NONE; place = slots[slot]!) {
      const key = place * WORDS;
      if (keys[key] === cell && keys[key + 1] === traits && keys[key + 2] === variant) return place;
      slot = (slot + 1) & mask;
    }
    if ((this.count + 1) * WORDS > keys.length) {
      this.grow();
      return this.placeOf(cell, traits, variant);
    }
    slots[slot] = this.count;
    keys.set([cell, traits, variant], this.count * WORDS);
    return this.count++;
  }

  private grow(): void {
    const keys = new Int32Array(this.keys.length * 2);
    keys.set(this.keys);
    this.keys = keys;
    this.slots = new Int32Array(this.slots.length * 2).fill(NONE);
    this.mask = this.slots.length - 1;
    for (let place = 0; place < this.count; place++) {
      const key = place * WORDS;
      let slot = spread(keys[key]!, keys[key + 1]!, keys[key + 2]!) & this.mask;
      while (this.slots[slot] !== NONE) slot = (slot + 1) & this.mask;
      this.slots[slot] = place;
    }
  }
}

function spread(cell: number, traits: number, variant: number): number {
  let hash = Math.imul(cell, 0x9e3779b1) ^ Math.imul(traits, 0x85ebca6b) ^ Math.imul(variant, 0xc2b2ae35);
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) ^ (hash >>> 12);
}
