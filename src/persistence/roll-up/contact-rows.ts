import { enlarged } from '../../domain/enlarged.ts';

/** Contacts of a month and of the days before it, column by column. */
export class ContactRows {
  count = 0;
  /** -1: it names none */
  customer: Int32Array;
  /** microseconds since 2000-01-01 UTC */
  time: Float64Array;
  /** days since the first of the month; negative before */
  day: Int32Array;
  cell: Int32Array;
  /** -1: without a handle time */
  seconds: Int32Array;
  /** -1: without a case */
  case: Int32Array;
  /** place among what is known aside; -1: nothing is */
  aside: Int32Array;

  /** @param expected about so many; more are taken, too */
  constructor(expected: number) {
    const size = Math.max(1024, expected);
    this.customer = new Int32Array(size);
    this.time = new Float64Array(size);
    this.day = new Int32Array(size);
    this.cell = new Int32Array(size);
    this.seconds = new Int32Array(size);
    this.case = new Int32Array(size);
    this.aside = new Int32Array(size);
  }

  /** Forgets all. */
  clear(): void {
    this.count = 0;
  }

  /** Place of a row that is to be filled. */
  next(): number {
    if (this.count === this.time.length) this.grow();
    return this.count++;
  }

  private grow(): void {
    this.customer = enlarged(this.customer);
    this.time = enlarged(this.time);
    this.day = enlarged(this.day);
    this.cell = enlarged(this.cell);
    this.seconds = enlarged(this.seconds);
    this.case = enlarged(this.case);
    this.aside = enlarged(this.aside);
  }
}
