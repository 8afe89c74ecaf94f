import { strToU8, Zip, ZipDeflate } from 'fflate';

/** First day that a zip can name; every entry has it, so that the same parts give the same bytes. */
const ZIP_EPOCH = new Date(1980, 0, 1);
const LEVEL = 6;

/** A file in parts, written as it is made. */
export type Sink = (bytes: Uint8Array) => void;

/**
 * Zips parts in a fixed order with fixed dates at a fixed level. fflate is plain JavaScript: its bytes are the same on
 * every machine, which those of a native zlib need not be.
 */
export class ZipWriter {
  private readonly zip: Zip;

  constructor(sink: Sink) {
    this.zip = new Zip((error, bytes) => {
      if (error) throw error;
      sink(bytes);
    });
  }

  add(name: string, content: Uint8Array | string | Iterable<string>): void {
    const entry = new ZipDeflate(name, { level: LEVEL });
    entry.mtime = ZIP_EPOCH;
    this.zip.add(entry);
    if (typeof content === 'string') entry.push(strToU8(content), true);
    else if (content instanceof Uint8Array) entry.push(content, true);
    else {
      for (const text of content) if (text !== '') entry.push(strToU8(text));
      entry.push(new Uint8Array(0), true);
    }
  }

  end(): void {
    this.zip.end();
  }
}
