import { enlarged } from '../../domain/enlarged.ts';

const FIRST_ROWS = 1024;

/** Contacts of a month and of the days before it, column by column. */
export class ContactRows {
  count = 0;
  /** -1: it names none */
  customer = new Int32Array(FIRST_ROWS);
  /** microseconds since 2000-01-01 UTC */
  time = new Float64Array(FIRST_ROWS);
  /** days since the first of the month; negative before */
  day = new Int32Array(FIRST_ROWS);
  cell = new Int32Array(FIRST_ROWS);
  /** -1: without a handle time */
  seconds = new Int32Array(FIRST_ROWS);
  /** -1: without a case */
  case = new Int32Array(FIRST_ROWS);
  /** place among what is known aside; -1: nothing is */
  aside = new Int32Array(FIRST_ROWS);

  /** Forgets all. @param expected about so many come; more are taken, too */
  clear(expected: number): void {
    this.count = 0;
    if (expected <= this.time.length) return;
    this.customer = new Int32Array(expected);
    this.time = new Float64Array(expected);
    this.day = new Int32Array(expected);
    this.cell = new Int32Array(expected);
    this.seconds = new Int32Array(expected);
    this.case = new Int32Array(expected);
    this.aside = new Int32Array(expected);
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
