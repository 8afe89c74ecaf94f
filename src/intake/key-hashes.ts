import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invariant } from '../domain/errors.ts';

const BUCKETS = 64;
/** Words that a bucket begins with: most files are small. */
const FEW = 128;

/**
 * 64-bit hashes of keys, on disk in 64 buckets, so that ten million keys can be told apart in a few megabytes. Equal
 * hashes mean "perhaps the same key": whoever finds one looks at the keys themselves.
 */
export class KeyHashes {
  count = 0;
  /** words of the hash that is made, and after `end` of the one made last */
  a = 0;
  b = 0;
  private readonly buffers: Uint32Array[];
  private readonly most: number;
  private readonly lengths = new Int32Array(BUCKETS);
  private readonly files: (number | undefined)[] = new Array<undefined>(BUCKETS).fill(undefined);
  /** words of each bucket that lie in its file */
  private readonly spilled = new Float64Array(BUCKETS);
  /** the bucket that is looked at: one memory for all of them, fresh ones would call the garbage collector time and again */
  private whole = new Uint32Array(0);

  /** @param bucketBytes memory of a bucket, a multiple of 8 */
  constructor(bucketBytes = 32 * 1024) {
    this.most = bucketBytes / 4;
    this.buffers = Array.from({ length: BUCKETS }, () => new Uint32Array(Math.min(FEW, this.most)));
  }

  begin(): void {
    this.a = 0x9e3779b1;
    this.b = 0x85ebca77;
  }

  /** Mixes one part of the key in; its length too, so that parts do not run into each other. */
  mix(bytes: Uint8Array, start: number, end: number): void {
    let { a, b } = this;
    for (let i = start; i < end; i++) {
      const byte = bytes[i]!;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b + byte, 0x5bd1e995);
      b ^= b >>> 15;
    }
    this.a = Math.imul(a ^ (end - start), 0xcc9e2d51);
    this.b = Math.imul(b + (end - start), 0x1b873593);
  }

  end(): void {
    let { a, b } = this;
    a ^= b >>> 16;
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    a = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
    a ^= a >>> 16;
    b = Math.imul(b ^ (b >>> 13) ^ a, 0xc2b2ae3d);
    b ^= b >>> 16;
    this.a = a;
    this.b = b;
    this.add(a, b);
  }

  add(a: number, b: number): void {
    const bucket = a & (BUCKETS - 1);
    let length = this.lengths[bucket]!;
    const buffer = this.buffers[bucket]!;
    buffer[length++] = a;
    buffer[length++] = b;
    this.count++;
    if (length === buffer.length) {
      if (length < this.most) this.widen(bucket);
      else {
        this.spill(bucket, length);
        length = 0;
      }
    }
    this.lengths[bucket] = length;
  }

  private widen(bucket: number): void {
    const buffer = this.buffers[bucket]!;
    const wider = new Uint32Array(Math.min(buffer.length * 2, this.most));
    wider.set(buffer);
    this.buffers[bucket] = wider;
  }

  private spill(bucket: number, length: number): void {
    let file = this.files[bucket];
    if (file === undefined) {
      const path = join(tmpdir(), `answerable-keys-${randomBytes(8).toString('hex')}`);
      file = openSync(path, 'wx+', 0o600);
      unlinkSync(path); // nothing is left after a kill
      this.files[bucket] = file;
    }
    const { buffer } = this.buffers[bucket]!;
    writeSync(file, new Uint8Array(buffer, 0, length * 4));
    this.spilled[bucket]! += length;
  }

  /** Hashes of a bucket, as pairs of words; good until the next is asked for. */
  private bucket(bucket: number): Uint32Array {
    const [length, spilled, file] = [this.lengths[bucket]!, this.spilled[bucket]!, this.files[bucket]];
    const count = spilled + length;
    if (this.whole.length < count) this.whole = new Uint32Array(Math.ceil(count * 1.1));
    const { whole } = this;
    const bytes = new Uint8Array(whole.buffer);
    for (let at = 0; file !== undefined && at < spilled * 4;) {
      const read = readSync(file, bytes, at, spilled * 4 - at, at);
      invariant(read > 0, 'a file of hashes ends early');
      at += read;
    }
    whole.set(this.buffers[bucket]!.subarray(0, length), spilled);
    return whole.subarray(0, count);
  }

  /** True when two of the hashes are equal, or one equals one of `others`. */
  anyTwice(others?: KeyHashes): boolean {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const own = sorted(this.bucket(bucket));
      for (let i = 2; i < own.length; i += 2) if (own[i] === own[i - 2] && own[i + 1] === own[i - 1]) return true;
      if (others !== undefined && meet(own, sorted(others.bucket(bucket)))) return true;
    }
    return false;
  }

  /** The hashes as bytes, in pieces of at most `size` hashes, each good until the next is asked for; few of them in one. */
  *pieces(size = 65_536): Generator<Buffer> {
    if (this.count > 0 && this.count <= size) {
      const all = Array.from({ length: BUCKETS }, (_, bucket) => this.bucket(bucket).slice());
      yield Buffer.concat(all.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)));
      return;
    }
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const all = this.bucket(bucket);
      for (let i = 0; i < all.length; i += size * 2) {
        const part = all.subarray(i, i + size * 2);
        yield Buffer.from(part.buffer, part.byteOffset, part.byteLength);
      }
    }
  }

  close(): void {
    for (const [bucket, file] of this.files.entries()) {
      if (file !== undefined) closeSync(file);
      this.files[bucket] = undefined;
    }
  }
}

/** Pairs of words in the order of 64-bit numbers; which of the two words counts more does not matter. */
function sorted(words: Uint32Array): Uint32Array {
  new BigUint64Array(words.buffer, words.byteOffset, words.length / 2).sort();
  return words;
}

/** True when two sorted lists have a pair in common; the second word is the higher one (little-endian). */
function meet(a: Uint32Array, b: Uint32Array): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const high = a[i + 1]! - b[j + 1]!;
    const order = high === 0 ? a[i]! - b[j]! : high;
    if (order === 0) return true;
    if (order < 0) i += 2;
    else j += 2;
  }
  return false;
}
