import { createHash } from 'node:crypto';
import { viewOf } from './binary-rows.ts';
import { sha256Program } from './sha256-program.ts';

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
      this.of(viewOf(bytes), 0, bytes.length);
      return;
    }
    const digest = createHash('sha256').update(bytes).digest();
    this.high = digest.readInt32BE(0);
    this.low = digest.readInt32BE(4);
  }

  /** Of the at most 55 bytes between start and end. */
  of(bytes: DataView, start: number, end: number): void {
    const { words } = this.program;
    let at = 0;
    let i = start;
    for (; i + 4 <= end; i += 4) words[at++] = bytes.getInt32(i);
    let last = 0x80;
    for (let k = end - 1, shift = 8; k >= i; k--, shift += 8) last |= bytes.getUint8(k) << shift;
    words[at++] = last << ((3 - (end - i)) * 8);
    while (at < 15) words[at++] = 0;
    words[15] = (end - start) * 8;
    this.program.run();
    this.high = words[16]!;
    this.low = words[17]!;
  }
}
