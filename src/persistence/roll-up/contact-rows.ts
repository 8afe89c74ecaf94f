import type { KeyNumbers } from '../../domain/key-numbers.ts';
import { wholeNumber } from '../whole-number.ts';
import type { CaseTimes } from './case-times.ts';

const WORDS = 9;
const W = { customer: 0, timeHigh: 1, timeLow: 2, day: 3, cell: 4, seconds: 5, hits: 6, case: 7, segments: 8 } as const;

/** Contacts of a month and of the days before it, narrow and side by side. Times are microseconds since 2000-01-01 UTC. */
export class ContactRows {
  private words: Int32Array;
  count = 0;
  /** of contacts of several reasons: a line `seconds reason` each */
  readonly segmentTexts: string[] = [];

  /** @param expected about so many; more are taken, too */
  constructor(expected: number) {
    this.words = new Int32Array(Math.max(1024, expected) * WORDS);
  }

  /** Takes a row of contact-stream.sql. @param customers numbers them @param cases numbers theirs */
  take(bytes: Buffer, start: number, customers: KeyNumbers, cases: CaseTimes): void {
    if ((this.count + 1) * WORDS > this.words.length) this.grow();
    const { words } = this;
    const to = this.count++ * WORDS;
    let at = start;
    if (bytes.readInt32BE(at) < 0) {
      words[to + W.customer] = -1;
      at += 4;
    } else {
      words[to + W.customer] = customers.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
      at += 12;
    }
    words[to + W.timeHigh] = bytes.readInt32BE(at + 4);
    words[to + W.timeLow] = bytes.readInt32BE(at + 8);
    words[to + W.day] = bytes.readInt32BE(at + 16);
    words[to + W.cell] = bytes.readInt32BE(at + 24);
    at += 28;
    if (bytes.readInt32BE(at) < 0) {
      words[to + W.seconds] = -1;
      at += 4;
    } else {
      words[to + W.seconds] = bytes.readInt32BE(at + 4);
      at += 8;
    }
    words[to + W.hits] = bytes.readInt32BE(at + 4);
    at += 8;
    if (bytes.readInt32BE(at) < 0) {
      words[to + W.case] = -1;
      at += 4;
    } else {
      words[to + W.case] = cases.numberOf(bytes.readInt32BE(at + 4), bytes.readInt32BE(at + 8));
      at += 12;
    }
    const length = bytes.readInt32BE(at);
    words[to + W.segments] = length < 0 ? -1 : this.segmentTexts.length;
    if (length >= 0) this.segmentTexts.push(bytes.toString('utf8', at + 4, at + 4 + length));
  }

  /** -1: it names no customer */
  customer(row: number): number {
    return this.words[row * WORDS + W.customer]!;
  }
  time(row: number): number {
    const at = row * WORDS;
    return wholeNumber(this.words[at + W.timeHigh]!, this.words[at + W.timeLow]!);
  }
  /** days since the first of the month; negative before */
  day(row: number): number {
    return this.words[row * WORDS + W.day]!;
  }
  cell(row: number): number {
    return this.words[row * WORDS + W.cell]!;
  }
  /** -1: without a handle time */
  seconds(row: number): number {
    return this.words[row * WORDS + W.seconds]!;
  }
  /** bit per text pattern */
  hits(row: number): number {
    return this.words[row * WORDS + W.hits]!;
  }
  /** -1: without a case, or none of it was seen before */
  case(row: number): number {
    return this.words[row * WORDS + W.case]!;
  }
  /** place in `segmentTexts`; -1: of one reason */
  segments(row: number): number {
    return this.words[row * WORDS + W.segments]!;
  }

  private grow(): void {
    const larger = new Int32Array(Math.ceil(this.words.length * 1.5));
    larger.set(this.words);
    this.words = larger;
  }
}
