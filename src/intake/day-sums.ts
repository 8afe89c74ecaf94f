import type { BinaryRows } from './binary-rows.ts';

/** Sums held at once, 4 MiB; what goes beyond is written out, and the same day and cell may come again. */
const MOST = 128 * 1024;

/** Contacts and their seconds by day and cell, in the order in which these were first met. */
export class DaySums {
  count = 0;
  private readonly slots: Int32Array;
  private readonly days: Int32Array;
  private readonly cells: Int32Array;
  private readonly contacts: Int32Array;
  private readonly untimed: Int32Array;
  private readonly seconds: Float64Array;

  /** @param rows how many contacts may come at most, when that is known */
  constructor(rows = MOST) {
    const most = Math.min(MOST, 2 ** Math.ceil(Math.log2(rows + 1)));
    this.slots = new Int32Array(most * 2);
    this.days = new Int32Array(most);
    this.cells = new Int32Array(most);
    this.contacts = new Int32Array(most);
    this.untimed = new Int32Array(most);
    this.seconds = new Float64Array(most);
  }

  /** Then it has to be written out before the next contact. */
  get full(): boolean {
    return this.count === this.days.length;
  }

  /** @param day since 1970-01-01; seconds NaN for a contact without handle time */
  add(day: number, cellNo: number, seconds: number): void {
    const { slots, days, cells } = this;
    const mask = slots.length - 1;
    let slot = hashOf(day, cellNo) & mask;
    let at = slots[slot]! - 1;
    while (at >= 0 && (cells[at] !== cellNo || days[at] !== day)) {
      slot = (slot + 1) & mask;
      at = slots[slot]! - 1;
    }
    if (at < 0) {
      at = this.count++;
      days[at] = day;
      cells[at] = cellNo;
      slots[slot] = at + 1;
    }
    this.contacts[at]!++;
    if (seconds === seconds) this.seconds[at]! += seconds;
    else this.untimed[at]!++;
  }

  /** Columns of the rows that `put` gives. */
  static readonly columns = ['started_on', 'cell_no', 'import_id', 'contacts', 'seconds', 'untimed'] as const;

  /** Puts sum number `at` as a row for COPY. */
  put(out: BinaryRows, at: number, importId: bigint): void {
    out.room(128);
    out.int16(DaySums.columns.length);
    out.putDay(this.days[at]!);
    out.putInt4(this.cells[at]!);
    out.putBigInt(importId);
    out.putInt8(this.contacts[at]!);
    out.putInt8(this.seconds[at]!);
    out.putInt8(this.untimed[at]!);
  }

  /** Begins anew. */
  clear(): void {
    this.slots.fill(0);
    this.contacts.fill(0);
    this.untimed.fill(0);
    this.seconds.fill(0);
    this.count = 0;
  }
}

function hashOf(day: number, cellNo: number): number {
  const hash = Math.imul(Math.imul(day, 0x9e3779b1) ^ cellNo, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
