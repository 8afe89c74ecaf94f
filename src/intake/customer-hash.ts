import { createHash } from 'node:crypto';
import { viewOf } from './binary-rows.ts';
import type { SpanBatch } from './rows.ts';
import { LANES, sha256Program } from './sha256-program.ts';

/**
 * The first 8 bytes of SHA-256 of a text, from its bytes in place. A call into the crypto library costs seven times the
 * hash of a short text, so texts of one block are hashed here; held against the library by a test.
 */
export class CustomerHash {
  /** words 0 and 1 of the digest */
  high = 0;
  low = 0;
  private readonly program = sha256Program();

  /** Longest text that fits one block with its padding. */
  static readonly LONGEST = 55;

  /** Of a text of any length. */
  ofAny(bytes: Buffer): void {
    if (bytes.length <= CustomerHash.LONGEST) {
      this.put(0, viewOf(bytes), 0, bytes.length);
      this.program.run();
      this.take(0);
      return;
    }
    const digest = createHash('sha256').update(bytes).digest();
    this.high = digest.readInt32BE(0);
    this.low = digest.readInt32BE(4);
  }

  /** Of the texts of a column, by row: pairs of words in `into`. Empty and long ones are left out. */
  ofColumn(batch: SpanBatch, bytes: DataView, at: number, into: Int32Array): void {
    const { width, count, starts, ends } = batch;
    const { program } = this;
    const rows = [0, 0, 0, 0];
    let lane = 0;
    for (let r = 0, field = at; r < count; r++, field += width) {
      const start = starts[field]!;
      const end = ends[field]!;
      if (start === end || end - start > CustomerHash.LONGEST) continue;
      this.put(lane, bytes, start, end);
      rows[lane++] = r;
      if (lane < LANES) continue;
      program.run();
      for (lane--; lane >= 0; lane--) this.keep(lane, rows[lane]!, into);
      lane = 0;
    }
    program.run();
    for (lane--; lane >= 0; lane--) this.keep(lane, rows[lane]!, into);
  }

  private keep(lane: number, row: number, into: Int32Array): void {
    this.take(lane);
    into[row * 2] = this.high;
    into[row * 2 + 1] = this.low;
  }

  /** Sets a text of at most 55 bytes before the program. */
  private put(lane: number, bytes: DataView, start: number, end: number): void {
    const { words } = this.program;
    let at = lane;
    let i = start;
    for (; i + 4 <= end; i += 4, at += LANES) words[at] = bytes.getInt32(i);
    let last = 0x80;
    for (let k = end - 1, shift = 8; k >= i; k--, shift += 8) last |= bytes.getUint8(k) << shift;
    words[at] = last << ((3 - (end - i)) * 8);
    for (at += LANES; at < 15 * LANES; at += LANES) words[at] = 0;
    words[15 * LANES + lane] = (end - start) * 8;
  }

  private take(lane: number): void {
    const { words } = this.program;
    this.high = words[16 * LANES + lane]!;
    this.low = words[17 * LANES + lane]!;
  }
}
