import { viewOf } from './binary-rows.ts';
import { ByteDictionary } from './byte-dictionary.ts';

/** Dimensions of a contact that make its cell, in the order of the table's unique key. */
export const DIMENSIONS = [
  'channel',
  'reason_code',
  'queue',
  'site',
  'vendor',
  'product',
  'segment',
  'language',
  'decision_code',
  'direction',
  'escalated',
  'transferred',
] as const;
const WIDTH = DIMENSIONS.length;
/** Odd factors without a pattern, one a dimension: sums of products wait for no other, as a chain of them would. */
const FACTORS = Int32Array.from(DIMENSIONS, (_, d) => Math.imul(d + 1, 0x9e3779b1) ^ Math.imul(d + 7, 0x3c6ef372)).map(
  (factor) => factor | 1,
);

/**
 * Numbers of cells: the combinations of dimensions that contacts have had. New ones are numbered here and stored with
 * the import that met them. Held as integers, 60 bytes a cell, because a large company has half a million of them.
 */
export class CellBook {
  readonly dictionaries: readonly ByteDictionary[] = DIMENSIONS.map(() => new ByteDictionary());
  private ids = new Int32Array(1024 * WIDTH);
  private numbers = new Int32Array(1024);
  private slots = new Int32Array(4096);
  private readonly row = new Int32Array(WIDTH);
  private count = 0;
  private stored = 0;
  private last = 0;
  /** places of cells that turned out to be stored after they were met */
  private readonly foundStored = new Set<number>();

  /**
   * Takes a cell that the database has; all of them before the first new one. @param bytes from `at` on, every dimension's
   * length (−1: none) and text, so that the texts of half a million cells are made once each, not once a cell
   */
  addStored(cellNo: number, bytes: Buffer, at: number): void {
    const { row, dictionaries } = this;
    const view = viewOf(bytes);
    for (let d = 0; d < WIDTH; d++) {
      const length = view.getInt32(at);
      at += 4;
      if (length < 0) {
        row[d] = 0;
        continue;
      }
      const known = dictionaries[d]!.find(view, at, at + length);
      row[d] = known === 0 ? dictionaries[d]!.add(bytes.toString('utf8', at, at + length)) : known;
      at += length;
    }
    this.keep(row, cellNo);
    this.stored = this.count;
    if (cellNo > this.last) this.last = cellNo;
  }

  /** Number of a dimension's text; 0 for none. */
  idOf(dimension: number, text: string | null): number {
    return text === null ? 0 : this.dictionaries[dimension]!.add(text);
  }

  /** The cell of these numbers of dimensions, a new one if need be. */
  numberOf(ids: ArrayLike<number>): number {
    const mask = this.slots.length - 1;
    for (let slot = hashOf(ids, 0) & mask; ; slot = (slot + 1) & mask) {
      const at = this.slots[slot]! - 1;
      if (at < 0) break;
      const base = at * WIDTH;
      let d = 0;
      while (d < WIDTH && this.ids[base + d] === ids[d]) d++;
      if (d === WIDTH) return this.numbers[at]!;
    }
    this.keep(ids, this.last + 1);
    return ++this.last;
  }

  private keep(ids: ArrayLike<number>, cellNo: number): void {
    if (this.count === this.numbers.length) this.grow();
    this.ids.set(ids, this.count * WIDTH);
    this.numbers[this.count++] = cellNo;
    this.place(this.count - 1);
  }

  private grow(): void {
    const ids = new Int32Array(this.ids.length * 2);
    ids.set(this.ids);
    this.ids = ids;
    const numbers = new Int32Array(this.numbers.length * 2);
    numbers.set(this.numbers);
    this.numbers = numbers;
    this.slots = new Int32Array(this.slots.length * 2);
    for (let at = 0; at < this.count; at++) this.place(at);
  }

  private place(at: number): void {
    const mask = this.slots.length - 1;
    let slot = hashOf(this.ids, at * WIDTH) & mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
    this.slots[slot] = at + 1;
  }

  /** The dimensions of a cell, found by looking through all of them: for few cells. */
  dimensionsOf(cellNo: number): (string | null)[] {
    return this.textsAt(this.numbers.subarray(0, this.count).indexOf(cellNo));
  }

  private textsAt(at: number): (string | null)[] {
    return this.dictionaries.map((dictionary, d) => {
      const id = this.ids[at * WIDTH + d]!;
      return id === 0 ? null : dictionary.text(id);
    });
  }

  /**
   * Gives the cells that were met before any stored one was known their right numbers: those under which some are stored, by the
   * number they had, and numbers after the last stored one. @returns them, by the number that each had, from 1
   */
  renumber(stored: readonly { readonly place: number; readonly cellNo: number }[], last: number): Int32Array {
    for (const { place, cellNo } of stored) {
      this.numbers[place - 1] = cellNo;
      this.foundStored.add(place - 1);
    }
    this.last = last;
    for (let at = 0; at < this.count; at++) if (!this.foundStored.has(at)) this.numbers[at] = ++this.last;
    return this.numbers.subarray(0, this.count);
  }

  get freshCount(): number {
    return this.count - this.stored - this.foundStored.size;
  }

  /** Cells that the database does not have yet. */
  *fresh(): Generator<{ cellNo: number; dimensions: (string | null)[] }> {
    for (let at = this.stored; at < this.count; at++) {
      if (!this.foundStored.has(at)) yield { cellNo: this.numbers[at]!, dimensions: this.textsAt(at) };
    }
  }
}

function hashOf(ids: ArrayLike<number>, base: number): number {
  let hash = 0;
  for (let d = 0; d < WIDTH; d++) hash = (hash + Math.imul(ids[base + d]!, FACTORS[d]!)) | 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
