import { EPOCH_DAYS } from '../persistence/epoch.ts';
import { giveMemoryBack, takeMemory } from './spare-memory.ts';

const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

/** Rows in PostgreSQL's binary COPY format, written into one buffer that is handed on when it is full. */
export class BinaryRows {
  bytes = takeMemory(320 * 1024);
  length = 0;
  private view = viewOf(this.bytes);

  /** What stands before the first row of a COPY. */
  begin(): void {
    SIGNATURE.copy(this.bytes, this.length);
    this.length += SIGNATURE.length;
  }

  /** What stands after the last. */
  finish(): void {
    this.room(2);
    this.int16(-1);
  }

  /** Makes sure that `size` more bytes fit. */
  room(size: number): void {
    if (this.length + size <= this.bytes.length) return;
    const larger = takeMemory(Math.max(this.bytes.length * 2, this.length + size));
    this.bytes.copy(larger, 0, 0, this.length);
    giveMemoryBack(this.bytes);
    this.bytes = larger;
    this.view = viewOf(larger);
  }

  /** Gives the memory back: there are no rows afterwards. */
  release(): void {
    giveMemoryBack(this.bytes);
    this.bytes = Buffer.alloc(0);
    this.view = viewOf(this.bytes);
    this.length = 0;
  }

  int16(value: number): void {
    this.view.setInt16(this.length, value);
    this.length += 2;
  }

  private word(value: number): void {
    this.view.setInt32(this.length, value);
    this.length += 4;
  }

  putNull(): void {
    this.word(-1);
  }

  putInt2(value: number): void {
    this.word(2);
    this.int16(value);
  }

  putInt4(value: number): void {
    this.word(4);
    this.word(value);
  }

  /** A date. @param day since 1970-01-01 */
  putDay(day: number): void {
    this.putInt4(day - EPOCH_DAYS);
  }

  /** A whole number below 2^53 in size. */
  putInt8(value: number): void {
    this.word(8);
    const high = Math.floor(value / 4294967296);
    this.word(high);
    this.word(value - high * 4294967296);
  }

  putWords(high: number, low: number): void {
    this.word(8);
    this.word(high);
    this.word(low);
  }

  putBigInt(value: bigint): void {
    this.putWords(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
  }

  putBoolean(value: boolean): void {
    this.word(1);
    this.bytes[this.length++] = value ? 1 : 0;
  }

  /** The bytes between start and end, as they are. */
  putBytes(from: DataView, start: number, end: number): void {
    const { view } = this;
    view.setInt32(this.length, end - start);
    this.length = copyBytes(from, start, end, view, this.length + 4);
  }

  /** Many bytes, as they are. */
  putWhole(bytes: Uint8Array): void {
    this.word(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /**
   * A text of visible ASCII and blanks, copied and looked at in one go, four bytes at a time: a byte below 0x20 borrows, one
   * above 0x7e carries into its highest bit. False for any other text, and then nothing is put.
   */
  putVisible(from: DataView, start: number, end: number): boolean {
    const { view } = this;
    view.setInt32(this.length, end - start);
    let to = this.length + 4;
    let i = start;
    let odd = 0;
    for (; i + 4 <= end; i += 4, to += 4) {
      const word = from.getInt32(i);
      odd |= word | (word - 0x20202020) | (word + 0x01010101);
      view.setInt32(to, word);
    }
    for (; i < end; i++, to++) {
      const byte = from.getUint8(i);
      odd |= byte | (byte - 0x20) | (byte + 1);
      view.setUint8(to, byte);
    }
    if ((odd & 0x80808080) !== 0) return false;
    this.length = to;
    return true;
  }

  putText(text: string): void {
    const size = Buffer.byteLength(text);
    this.room(size + 1024);
    this.word(size);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }
}

/** The same bytes for reading and writing words, in the order of bytes that COPY has. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Copies the bytes between start and end, four at a time. @returns where they end in `into` */
export function copyBytes(from: DataView, start: number, end: number, into: DataView, to: number): number {
  let i = start;
  for (; i + 4 <= end; i += 4, to += 4) into.setInt32(to, from.getInt32(i));
  for (; i < end; i++, to++) into.setUint8(to, from.getUint8(i));
  return to;
}
