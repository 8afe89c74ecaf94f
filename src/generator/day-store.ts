import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';

/**
 * Records of whole 32-bit words, put in by any order of days and taken out day by day in the order in which they were
 * put. Each day has one block in memory; full blocks go to one temporary file. So memory is that of one block per day and of
 * one day's records, however many there are.
 */
export class DayStore {
  private readonly blocks: (Int32Array | undefined)[];
  private readonly filled: Int32Array;
  private readonly spilled: number[][];
  private file: number | undefined;
  private end = 0;

  constructor(
    private readonly path: string,
    days: number,
    /** 32-bit words of a record */
    readonly width: number,
    private readonly recordsOfBlock: number,
  ) {
    this.blocks = new Array<Int32Array | undefined>(days);
    this.filled = new Int32Array(days);
    this.spilled = Array.from({ length: days }, () => []);
  }

  /** The block to write a record into; it starts at the offset that `slot` gives next. */
  block(day: number): Int32Array {
    const block = (this.blocks[day] ??= new Int32Array(this.width * this.recordsOfBlock));
    if (this.filled[day] === block.length) {
      this.file ??= openSync(this.path, 'w+');
      const bytes = new Uint8Array(block.buffer);
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.file, bytes, written, bytes.length - written, this.end + written);
      }
      this.spilled[day]!.push(this.end);
      this.end += block.byteLength;
      this.filled[day] = 0;
    }
    return block;
  }

  /** Offset of the next record in the day's block, which it claims. */
  slot(day: number): number {
    const at = this.filled[day]!;
    this.filled[day] = at + this.width;
    return at;
  }

  /** All records of a day, with room for `more`; the day is empty afterwards. */
  take(day: number, more = 0): { readonly words: Int32Array; readonly records: number } {
    const places = this.spilled[day]!;
    const perBlock = this.width * this.recordsOfBlock;
    const inMemory = this.filled[day]!;
    const total = places.length * perBlock + inMemory;
    const words = new Int32Array(total + more * this.width);
    const bytes = new Uint8Array(words.buffer);
    places.forEach((place, i) => readSync(this.file!, bytes, i * perBlock * 4, perBlock * 4, place));
    if (inMemory > 0) words.set(this.blocks[day]!.subarray(0, inMemory), places.length * perBlock);
    this.blocks[day] = undefined;
    this.filled[day] = 0;
    this.spilled[day] = [];
    return { words, records: total / this.width };
  }

  remove(): void {
    if (this.file !== undefined) closeSync(this.file);
    rmSync(this.path, { force: true });
  }
}
