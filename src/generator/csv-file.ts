import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

export interface FileCount {
  readonly name: string;
  /** rows without the header; undefined for files that are no tables */
  readonly rows?: number;
  readonly bytes: number;
  readonly sha256: string;
}

const SIZE = 1 << 20;
/** No row is longer; a buffer with less room is full. */
const LONGEST_ROW = 8192;
const COMMA = 44;
const ZERO = 48;
const PART = '.part';

/** Bytes of a text of ASCII characters. */
export function ascii(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

/**
 * A CSV file that is written byte by byte into one buffer: no text is made for a row. Rows are synchronous; between rows
 * the writer asks `full` and awaits `flush`, so the disk sets the pace. The file has a temporary name until `publish`.
 */
export class CsvFile {
  rows = 0;
  private bytes = 0;
  private at = 0;
  private readonly buffer = Buffer.allocUnsafe(SIZE);
  private readonly hash: Hash = createHash('sha256');

  private constructor(
    private readonly folder: string,
    readonly name: string,
    private readonly file: FileHandle,
  ) {}

  static async create(folder: string, name: string, columns: readonly string[]): Promise<CsvFile> {
    const csv = new CsvFile(folder, name, await open(join(folder, name + PART), 'w'));
    csv.word(ascii(`${columns.join(',')}\n`));
    return csv;
  }

  get full(): boolean {
    return this.at > SIZE - LONGEST_ROW;
  }

  async flush(): Promise<void> {
    const chunk = this.buffer.subarray(0, this.at);
    this.hash.update(chunk);
    this.bytes += this.at;
    for (let written = 0; written < chunk.length;) {
      written += (await this.file.write(chunk, written)).bytesWritten;
    }
    this.at = 0;
  }

  async close(): Promise<FileCount> {
    await this.flush();
    await this.file.close();
    return { name: this.name, rows: this.rows, bytes: this.bytes, sha256: this.hash.digest('hex') };
  }

  /** Gives the closed file its name. */
  async publish(): Promise<void> {
    await rename(join(this.folder, this.name + PART), join(this.folder, this.name));
  }

  /** Removes what an interrupted generation leaves. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
    await rm(join(this.folder, this.name + PART), { force: true });
  }

  word(bytes: Uint8Array): void {
    const { buffer } = this;
    let { at } = this;
    for (let i = 0; i < bytes.length; i++) buffer[at++] = bytes[i]!;
    this.at = at;
  }

  byte(code: number): void {
    this.buffer[this.at++] = code;
  }

  comma(): void {
    this.buffer[this.at++] = COMMA;
  }

  endRow(): void {
    this.buffer[this.at++] = 10;
    this.rows++;
  }

  /** Whole number below 2^31 with exactly so many digits, or more when it has more. */
  digits(value: number, width: number): void {
    let wide = 1;
    for (let limit = 10; limit <= value; limit *= 10) wide++;
    if (wide < width) wide = width;
    const { buffer } = this;
    const end = this.at + wide;
    this.at = end;
    for (let i = end - 1; i >= end - wide; i--) {
      const tens = (value / 10) | 0;
      buffer[i] = ZERO + (value - tens * 10);
      value = tens;
    }
  }

  /** Amount text of cents. */
  cents(value: number): void {
    if (value < 0) {
      this.buffer[this.at++] = 45;
      value = -value;
    }
    const whole = (value / 100) | 0;
    this.digits(whole, 1);
    this.buffer[this.at++] = 46;
    this.digits(value - whole * 100, 2);
  }

  /** Local date and time with offset; the date is the ten characters of its day. */
  instant(date: Uint8Array, second: number, offsetHours: number): void {
    this.word(date);
    const { buffer } = this;
    let { at } = this;
    const hour = Math.floor(second / 3600);
    const minute = Math.floor((second - hour * 3600) / 60);
    const rest = second - hour * 3600 - minute * 60;
    buffer[at++] = 84;
    at = two(buffer, at, hour);
    buffer[at++] = 58;
    at = two(buffer, at, minute);
    buffer[at++] = 58;
    at = two(buffer, at, rest);
    buffer[at++] = 43;
    at = two(buffer, at, offsetHours);
    buffer[at++] = 58;
    this.at = two(buffer, at, 0);
  }

  /** Any text, quoted where RFC 4180 wants it. */
  text(value: string): void {
    const field = /[",\n\r]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
    this.at += this.buffer.write(field, this.at, 'utf8');
  }

  /** A whole row of texts. */
  row(values: readonly string[]): void {
    values.forEach((value, i) => {
      if (i > 0) this.comma();
      this.text(value);
    });
    this.endRow();
  }
}

function two(buffer: Buffer, at: number, value: number): number {
  const tens = Math.floor(value / 10);
  buffer[at] = ZERO + tens;
  buffer[at + 1] = ZERO + value - tens * 10;
  return at + 2;
}
