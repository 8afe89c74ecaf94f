import { createHash } from 'node:crypto';
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
      this.of(bytes, 0, bytes.length);
      return;
    }
    const digest = createHash('sha256').update(bytes).digest();
    this.high = digest.readInt32BE(0);
    this.low = digest.readInt32BE(4);
  }

  /** Of the at most 55 bytes between start and end. */
  of(bytes: Uint8Array, start: number, end: number): void {
    const { words } = this.program;
    const length = end - start;
    for (let i = 0; i < 15; i++) words[i] = 0;
    words[15] = length * 8;
    for (let i = 0; i < length; i++) words[i >> 2]! |= bytes[start + i]! << (24 - (i & 3) * 8);
    words[length >> 2]! |= 0x80 << (24 - (length & 3) * 8);
    this.program.run();
    this.high = words[16]!;
    this.low = words[17]!;
  }
}
