import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { InvalidInput } from '../domain/errors.ts';

/** Encodings that real exports come in; what else is named is refused rather than guessed. */
export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type EncodingName = (typeof ENCODINGS)[number];

export interface Encoding {
  readonly name: EncodingName;
  /** bytes of the byte order mark at the start of the file */
  readonly markBytes: 0 | 2 | 3;
}

/**
 * Encoding of a file by its first bytes: the byte order mark, else the zero bytes that UTF-16 leaves beside Latin text,
 * else UTF-8 when the sample is valid, else Windows-1252 (Excel's "CSV" in western Europe and America).
 */
export function detectEncoding(head: Buffer): Encoding {
  if (head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf)
    return { name: 'utf-8', markBytes: 3 };
  if (head.length >= 2 && head[0] === 0xff && head[1] === 0xfe) return { name: 'utf-16le', markBytes: 2 };
  if (head.length >= 2 && head[0] === 0xfe && head[1] === 0xff) return { name: 'utf-16be', markBytes: 2 };
  const zeros = [0, 0];
  const sample = head.subarray(0, 4096);
  for (let i = 0; i < sample.length; i++) if (sample[i] === 0) zeros[i & 1]!++;
  const pairs = sample.length / 2;
  if (zeros[1]! > pairs * 0.4 && zeros[0]! < pairs * 0.1) return { name: 'utf-16le', markBytes: 0 };
  if (zeros[0]! > pairs * 0.4 && zeros[1]! < pairs * 0.1) return { name: 'utf-16be', markBytes: 0 };
  return { name: isUtf8(withoutCutCharacter(head)) ? 'utf-8' : 'windows-1252', markBytes: 0 };
}

/** The bytes up to the last whole UTF-8 character: a sample may end inside one. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - cutLength(bytes));
}

/** Bytes at the end that begin a UTF-8 character and do not finish it; 0 to 3. */
function cutLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

/**
 * UTF-16 or Windows-1252 as UTF-8 without byte order mark, chunk by chunk; memory is one chunk.
 * @throws InvalidInput naming the line of the first byte that the encoding does not have
 */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: Encoding,
  file: string,
): AsyncGenerator<Buffer, void, undefined> {
  const recode = encoding.name === 'windows-1252' ? fromWindows1252 : fromUtf16(encoding.name);
  let line = 1;
  let toSkip: number = encoding.markBytes;
  const lineOf = (recoded: Recoded): Buffer => {
    line += newlines(recoded.good);
    if (recoded.bad) throw badBytes(file, line, encoding.name);
    return recoded.good;
  };
  for await (const chunk of chunks) {
    const skipped = Math.min(toSkip, chunk.length);
    toSkip -= skipped;
    yield lineOf(recode(Buffer.from(chunk.buffer, chunk.byteOffset + skipped, chunk.length - skipped), false));
  }
  yield lineOf(recode(Buffer.alloc(0), true));
}

/** Valid UTF-8 of the next bytes, and whether a byte follows that the encoding does not have. */
interface Recoded {
  readonly good: Buffer;
  readonly bad: boolean;
}

/** Windows-1252 leaves these five bytes unassigned; decoders turn them into invisible control characters. */
const UNASSIGNED = [0x81, 0x8d, 0x8f, 0x90, 0x9d];

function fromWindows1252(bytes: Buffer): Recoded {
  if (isAscii(bytes)) return { good: Buffer.from(bytes), bad: false };
  const at = Math.min(...UNASSIGNED.map((byte) => bytes.indexOf(byte)).map((i) => (i < 0 ? bytes.length : i)));
  // Not TextDecoder: some releases of Node read this encoding as Latin-1 and turn the euro sign into a control character.
  return { good: Buffer.from(iconv.decode(bytes.subarray(0, at), 'windows-1252')), bad: at < bytes.length };
}

function fromUtf16(name: 'utf-16le' | 'utf-16be' | 'utf-8'): (bytes: Buffer, last: boolean) => Recoded {
  const decoder = new TextDecoder(name, { ignoreBOM: true });
  return (bytes, last) => {
    const text = decoder.decode(bytes, { stream: !last });
    const at = text.indexOf('\ufffd');
    // A replacement character that the file itself holds is refused too: somebody lost that letter before us.
    return at < 0 ? { good: Buffer.from(text), bad: false } : { good: Buffer.from(text.slice(0, at)), bad: true };
  };
}

function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

function badBytes(file: string, line: number, name: EncodingName): InvalidInput {
  return new InvalidInput([
    {
      file,
      line,
      code: 'bad_encoding',
      message: `the line has bytes that ${name} text cannot have`,
      remedy: 'Save the file as UTF-8, or name its encoding.',
    },
  ]);
}
