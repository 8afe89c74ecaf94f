import { enlarged } from '../domain/enlarged.ts';
import { firstWhere } from '../domain/first-where.ts';
import { DaySums } from './day-sums.ts';
import type { FactEncoder } from './fact-encoder.ts';
import type { KeyHashes } from './key-hashes.ts';
import { MonthCounts } from './month-counts.ts';
import type { PackCopy } from './pack-copy.ts';

/** Places in an encoded fact: it begins with the count of its columns, import and line, each behind its length. */
const AT = { importId: 6, line: 18, key: 22 } as const;

/**
 * Encoded facts of one file, held until it is known which of them have new keys. They lie in the encoder's buffer, as one
 * COPY for their table; those whose key may be known are marked, and go over the stage instead.
 */
export class HeldRows {
  count = 0;
  private starts = new Int32Array(1024);
  private days = new Int32Array(1024);
  private keysA = new Int32Array(1024);
  private keysB = new Int32Array(1024);
  /** of contacts; −1 for none */
  private seconds = new Int32Array(1024);
  private marks = new Uint8Array(0);
  /** rows in the order of their keys' bytes */
  private order: number[] = [];
  /** places of rows, plus 1, by the hashes of their keys */
  private slots = new Int32Array(0);
  /** set where a key's hash may be */
  private bits = new Int32Array(0);

  constructor(
    private readonly encoder: FactEncoder,
    private readonly hashes: KeyHashes,
  ) {
    encoder.out.begin();
  }

  get bytes(): number {
    return this.encoder.out.length;
  }

  /** Takes the row encoded last, which begins at `start` of the buffer. */
  add(start: number): void {
    const { encoder, hashes, count } = this;
    if (count === this.starts.length) this.grow();
    this.starts[count] = start;
    this.days[count] = encoder.day;
    this.keysA[count] = hashes.a;
    this.keysB[count] = hashes.b;
    const seconds = encoder.handleSeconds;
    this.seconds[count] = seconds === seconds ? seconds : -1;
    this.count++;
  }

  private grow(): void {
    this.starts = enlarged(this.starts);
    this.days = enlarged(this.days);
    this.keysA = enlarged(this.keysA);
    this.keysB = enlarged(this.keysB);
    this.seconds = enlarged(this.seconds);
  }

  /** To be said when all rows are in: marks those whose key stands more than once, and makes the others findable. */
  close(): void {
    const { count, keysA, keysB } = this;
    this.encoder.out.finish();
    this.marks = new Uint8Array(count);
    const least = 2 ** Math.ceil(Math.log2(Math.max(count, 64)));
    this.slots = new Int32Array(least * 4);
    this.bits = new Int32Array(least); // 32 for each row
    const mask = least * 32 - 1;
    this.order = [];
    for (let row = 0; row < count; row++) {
      this.order.push(row);
      const bit = mixed(keysA[row]!) & mask;
      this.bits[bit >>> 5]! |= 1 << (bit & 31);
      const slot = this.slotOf(keysA[row]!, keysB[row]!);
      const other = this.slots[slot]! - 1;
      if (other < 0) this.slots[slot] = row + 1;
      else this.marks[row] = this.marks[other] = 1;
    }
    this.order.sort((x, y) => this.compared(x, y)); // an array's sort finds what is in order already, as files mostly are
  }

  /** The slot of a hash, or the empty one where it would go. */
  private slotOf(a: number, b: number): number {
    const { slots, keysA, keysB } = this;
    const mask = slots.length - 1;
    let slot = mixed(a) & mask;
    for (let row = slots[slot]! - 1; row >= 0; row = slots[slot]! - 1) {
      if (keysA[row] === a && keysB[row] === b) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private keyOf(row: number): Buffer {
    const { bytes } = this.encoder.out;
    const at = this.starts[row]! + AT.key;
    return bytes.subarray(at + 4, at + 4 + bytes.readInt32BE(at));
  }

  /** Below, at or above 0 as key x lies before, at or behind key y, by bytes. */
  private compared(x: number, y: number): number {
    const { bytes } = this.encoder.out;
    let [a, b] = [this.starts[x]! + AT.key, this.starts[y]! + AT.key];
    const longer = bytes.readInt32BE(a) - bytes.readInt32BE(b);
    const end = a + 4 + Math.min(bytes.readInt32BE(a), bytes.readInt32BE(b));
    for (a += 4, b += 4; a < end; a++, b++) if (bytes[a] !== bytes[b]) return bytes[a]! - bytes[b]!;
    return longer;
  }

  /** Rows whose key lies between two keys, by bytes, both inclusive. */
  between(low: string, high: string): readonly number[] {
    const [from, to] = [Buffer.from(low), Buffer.from(high)];
    const first = (holds: (key: Buffer) => boolean): number =>
      firstWhere(0, this.count, (place) => holds(this.keyOf(this.order[place]!)));
    return this.order.slice(
      first((key) => Buffer.compare(key, from) >= 0),
      first((key) => Buffer.compare(key, to) > 0),
    );
  }

  mark(rows: readonly number[]): void {
    for (const row of rows) this.marks[row] = 1;
  }

  /** Marks the rows whose keys have one of these hashes, of 8 bytes each. Nearly all have none: one bit tells so. */
  markHashes(bytes: Buffer, start: number, end: number): void {
    const { bits } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const mask = bits.length * 32 - 1;
    for (let at = start; at < end; at += 8) {
      const a = view.getInt32(at, true);
      const bit = mixed(a) & mask;
      if ((bits[bit >>> 5]! & (1 << (bit & 31))) === 0) continue;
      const row = this.slots[this.slotOf(a, view.getInt32(at + 4, true))]! - 1;
      if (row >= 0) this.marks[row] = 1;
    }
  }

  /** Gives contacts the numbers of their cells, by the number that each was encoded with; it is a row's last column. */
  renumber(numbers: Int32Array): void {
    const { bytes } = this.encoder.out;
    for (let row = 0; row < this.count; row++) {
      const at = this.endOf(row) - 4;
      bytes.writeInt32BE(numbers[bytes.readInt32BE(at) - 1]!, at);
    }
  }

  private endOf(row: number): number {
    return row + 1 < this.count ? this.starts[row + 1]! : this.encoder.out.length - 2;
  }

  /** The marked rows as a COPY for the stage (place in the file, line, columns), and how many these are. */
  marked(): { readonly rows: number; readonly copy: Buffer } {
    const { bytes } = this.encoder.out;
    let [rows, size] = [0, 0];
    for (let row = 0; row < this.count; row++) {
      if (this.marks[row] === 0) continue;
      rows++;
      size += this.endOf(row) - this.starts[row]!;
    }
    const begin = this.starts[0] ?? 0;
    const copy = Buffer.allocUnsafe(begin + size + 2);
    let at = bytes.copy(copy, 0, 0, begin);
    for (let row = 0; row < this.count; row++) {
      if (this.marks[row] === 0) continue;
      const start = this.starts[row]!;
      at = copy.writeInt16BE(bytes.readInt16BE(start), at);
      at = copy.writeInt32BE(row + 1, copy.writeInt32BE(4, at));
      at = copy.writeInt32BE(bytes.readInt32BE(start + AT.line), copy.writeInt32BE(4, at));
      at += bytes.copy(copy, at, start + AT.key, this.endOf(row));
    }
    return { rows, copy: copy.subarray(0, copy.writeInt16BE(-1, at)) };
  }

  /** Rows by month of those that are not marked. */
  months(): MonthCounts {
    const months = new MonthCounts();
    for (let row = 0; row < this.count; row++) if (this.marks[row] === 0) months.add(months.monthOf(this.days[row]!));
    return months;
  }

  /** Sums of the contacts that are not marked, by day and cell. */
  daySums(): DaySums {
    const { bytes } = this.encoder.out;
    const sums = new DaySums(this.count);
    for (let row = 0; row < this.count; row++) {
      if (this.marks[row] !== 0) continue;
      const seconds = this.seconds[row]!;
      sums.add(this.days[row]!, bytes.readInt32BE(this.endOf(row) - 4), seconds < 0 ? NaN : seconds);
    }
    return sums;
  }

  /**
   * The rows that are not marked as a COPY for their table; `packs` takes them, too. They move together for it: nothing else can
   * be asked afterwards.
   */
  unmarked(importId: bigint, packs: PackCopy | undefined): Buffer {
    const { bytes } = this.encoder.out;
    let length = this.starts[0] ?? this.encoder.out.length - 2;
    for (let row = 0; row < this.count; row++) {
      if (this.marks[row] !== 0) continue;
      const [start, end] = [this.starts[row]!, this.endOf(row)];
      bytes.writeBigInt64BE(importId, start + AT.importId);
      packs?.take(bytes, start + 2);
      bytes.copyWithin(length, start, end);
      length += end - start;
    }
    return bytes.subarray(0, bytes.writeInt16BE(-1, length));
  }
}

/** A hash's word as a place: its lowest bits alone are those of the bucket that stored hashes come in. */
function mixed(a: number): number {
  return a ^ (a >>> 15);
}
