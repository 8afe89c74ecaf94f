import { enlarged } from '../domain/enlarged.ts';
import type { KeyRange } from '../persistence/imports.queries.ts';
import { copyBytes, viewOf } from './binary-rows.ts';

/** Hashes of a piece. */
const PIECE = 65_536;
/** Pieces that are held until they should be written: 4 MiB. */
const MOST = 8;

/** Hashes of keys, 8 bytes each, and the least and the greatest of these keys. */
export interface KeyPiece extends KeyRange {
  readonly hashes: Buffer;
}

/**
 * Hashes of the keys of a file's facts in pieces, in the order of the file, each with the keys between which it lies. Where ids
 * are numbered as time goes these are narrow, and a later file need not read the pieces that have none of its keys between theirs.
 */
export class KeyPieces {
  private readonly low = new Kept();
  private readonly high = new Kept();
  /** hashes of the piece that is under way, two words each */
  private words = new Int32Array(1024);
  private length = 0;
  private ended: KeyPiece[] = [];
  /** of the pieces that are ended */
  private range: KeyRange | undefined;

  /** @param holds whether hashes are held for `take` and `takeAll`; without, only the range of the keys is known */
  constructor(readonly holds: boolean) {}

  /** Takes a key, or a part of one. */
  widen(bytes: DataView, start: number, end: number): void {
    const { low, high } = this;
    if (low.length === 0) {
      low.take(bytes, start, end);
      high.take(bytes, start, end);
    } else if (high.isBelow(bytes, start, end)) high.take(bytes, start, end);
    else if (!low.isBelow(bytes, start, end)) low.take(bytes, start, end);
  }

  /** Takes the hash of the key taken last. */
  add(a: number, b: number): void {
    if (!this.holds) return;
    if (this.length === this.words.length) this.words = enlarged(this.words);
    this.words[this.length++] = a;
    this.words[this.length++] = b;
    if (this.length === PIECE * 2) this.end();
  }

  private end(): void {
    const range = { low: this.low.text(), high: this.high.text() };
    this.ended.push({ ...range, hashes: Buffer.from(this.words.slice(0, this.length).buffer) });
    this.range = joined(this.range, range);
    this.length = this.low.length = this.high.length = 0;
  }

  /** Then pieces should be taken before the next key. */
  get full(): boolean {
    return this.ended.length >= MOST;
  }

  /** The pieces that are full. */
  take(): KeyPiece[] {
    const pieces = this.ended;
    this.ended = [];
    return pieces;
  }

  /** All pieces that were not taken yet. */
  takeAll(): KeyPiece[] {
    if (this.length > 0) this.end();
    return this.take();
  }

  /** Least and greatest of all keys; undefined without any. */
  keyRange(): KeyRange | undefined {
    if (this.low.length === 0) return this.range;
    return joined(this.range, { low: this.low.text(), high: this.high.text() });
  }
}

function joined(a: KeyRange | undefined, b: KeyRange): KeyRange {
  if (a === undefined) return b;
  return { low: isBefore(b.low, a.low) ? b.low : a.low, high: isBefore(a.high, b.high) ? b.high : a.high };
}

/** By bytes. */
function isBefore(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
}

/** A text of changing bytes, kept without making a new buffer each time. */
class Kept {
  length = 0;
  private bytes = Buffer.alloc(256);
  private view = viewOf(this.bytes);

  take(from: DataView, start: number, end: number): void {
    if (end - start > this.bytes.length) {
      this.bytes = Buffer.alloc((end - start) * 2);
      this.view = viewOf(this.bytes);
    }
    this.length = copyBytes(from, start, end, this.view, 0);
  }

  /** True when it lies before the text between start and end, by bytes. */
  isBelow(bytes: DataView, start: number, end: number): boolean {
    const { view } = this;
    const length = Math.min(this.length, end - start);
    let i = 0;
    while (i + 4 <= length && view.getInt32(i) === bytes.getInt32(start + i)) i += 4;
    for (; i < length; i++) {
      const difference = view.getUint8(i) - bytes.getUint8(start + i);
      if (difference !== 0) return difference < 0;
    }
    return this.length < end - start;
  }

  text(): string {
    return this.bytes.toString('utf8', 0, this.length);
  }
}
