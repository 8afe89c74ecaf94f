import type { BinaryRows } from './binary-rows.ts';

/** Sums held at once, 4 MiB; what goes beyond is written out, and the same day and cell may come again. */
const MOST = 128 * 1024;
const SLOTS = MOST * 2;
/** Contacts and their seconds by day and cell, in the order in which these were first met. */
export class DaySums {
  count = 0;
  private readonly slots = new Int32Array(SLOTS);
  private readonly days = new Int32Array(MOST);
  private readonly cells = new Int32Array(MOST);
  private readonly contacts = new Int32Array(MOST);
  private readonly untimed = new Int32Array(MOST);
  private readonly seconds = new Float64Array(MOST);

  /** Then it has to be written out before the next contact. */
  get full(): boolean {
    return this.count === MOST;
  }

  /** @param day since 1970-01-01; seconds NaN for a contact without handle time */
  add(day: number, cellNo: number, seconds: number): void {
    const { slots, days, cells } = this;
    let slot = hashOf(day, cellNo) & (SLOTS - 1);
    let at = slots[slot]! - 1;
    while (at >= 0 && (cells[at] !== cellNo || days[at] !== day)) {
      slot = (slot + 1) & (SLOTS - 1);
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
