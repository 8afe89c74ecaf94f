import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { processFolder } from '../../process-folder.ts';

/**
 * What does not fit into memory, in a file without a name: it holds customers' rows, and nothing of it is left whatever
 * ends the process.
 */
export class SpillFile {
  private file: number | undefined;
  private end = 0;

  /** @returns where the words begin, in bytes */
  append(words: Int32Array): number {
    this.file ??= nameless();
    const at = this.end;
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    for (let done = 0; done < bytes.length;) done += writeSync(this.file, bytes, done, bytes.length - done, at + done);
    this.end += bytes.length;
    return at;
  }

  /** Fills an array with the words from a place on. */
  read(at: number, into: Int32Array): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let done = 0; done < bytes.length;) {
      const read = readSync(this.file!, bytes, done, bytes.length - done, at + done);
      if (read === 0) throw new Error('a file of spilled rows ends too early');
      done += read;
    }
  }

  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }
}

function nameless(): number {
  const path = join(processFolder(), `rows-${randomBytes(8).toString('hex')}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
}
