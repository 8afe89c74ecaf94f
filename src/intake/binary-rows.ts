const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');

const EPOCH_DAY = 10_957; // 2000-01-01, where PostgreSQL starts to count

/** Rows in PostgreSQL's binary COPY format, written into one buffer that is handed on when it is full. */
export class BinaryRows {
  bytes = Buffer.allocUnsafe(320 * 1024);
  length = 0;

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
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  int16(value: number): void {
    const { bytes } = this;
    bytes[this.length++] = value >> 8;
    bytes[this.length++] = value;
  }

  private word(value: number): void {
    const { bytes } = this;
    let { length } = this;
    bytes[length++] = value >> 24;
    bytes[length++] = value >> 16;
    bytes[length++] = value >> 8;
    bytes[length++] = value;
    this.length = length;
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
    this.putInt4(day - EPOCH_DAY);
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

  putBytes(from: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.word(size);
    const { bytes } = this;
    let { length } = this;
    if (size > 64) {
      bytes.set(from.subarray(start, end), length);
      length += size;
    } else for (let i = start; i < end; i++) bytes[length++] = from[i]!;
    this.length = length;
  }

  putText(text: string): void {
    const size = Buffer.byteLength(text);
    this.room(size + 1024);
    this.word(size);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }
}
