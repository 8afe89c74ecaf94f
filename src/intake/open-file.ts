import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { InvalidInput, type InputFault } from '../domain/errors.ts';
import { readCsv } from './csv-reader.ts';
import { type Delimiter, detectDelimiter } from './delimiter.ts';
import { asUtf8, detectEncoding, type Encoding, type EncodingName } from './encoding.ts';
import { type FileLimits, UPLOAD_LIMITS } from './file-limits.ts';
import { fileChunks, pieceBytes } from './file-chunks.ts';
import { gunzipped } from './gzip.ts';
import type { FaultSink, RowSource } from './rows.ts';
import { openXlsx, spooled } from './xlsx-source.ts';

export interface OpenOptions {
  /** name for faults; default: the file's own name */
  readonly file?: string;
  /** takes the faults of single rows; without it the first fault is thrown */
  readonly onFault?: FaultSink;
  /** instead of the detected ones */
  readonly delimiter?: Delimiter | undefined;
  readonly encoding?: EncodingName | undefined;
  /** sheet of an XLSX file; default: the first */
  readonly sheet?: string | undefined;
  readonly limits?: FileLimits;
}

/** Encoding and delimiter are decided on this many bytes from the start. */
const SAMPLE_BYTES = 1024 * 1024;

/**
 * Opens a file from any hand: CSV in any delimiter and encoding of ours, plain or gzipped, or XLSX. What was detected
 * stands in `about`. Memory is bounded whatever the file's size.
 * @param source path, or the bytes as they arrive
 * @throws InvalidInput when it is none of these, holds no header, or unpacks beyond its limits
 */
export async function openFile(
  source: string | AsyncIterable<Uint8Array>,
  options: OpenOptions = {},
): Promise<RowSource> {
  const path = typeof source === 'string' ? source : undefined;
  const file = options.file ?? (path === undefined ? 'the file' : basename(path));
  const limits = options.limits ?? UPLOAD_LIMITS;
  const onFault: FaultSink =
    options.onFault ??
    ((fault) => {
      throw new InvalidInput([fault]);
    });
  const packed = await peeked(typeof source === 'string' ? await streamOf(source, file) : source);
  const compressed = isGzip(packed.head);
  const plain = compressed ? await peeked(gunzipped(packed.chunks, file, limits)) : packed;
  refuseOtherFormats(plain.head, file, compressed);
  if (isZip(plain.head)) {
    if (compressed)
      throw refusal(file, 'packed_twice', 'an XLSX file was compressed again', 'Load the XLSX file as it is');
    const { sheet } = options;
    if (path !== undefined) {
      await plain.close();
      return openXlsx(path, { file, sheet, limits, onFault });
    }
    const copy = await spooled(plain.chunks, file, limits);
    return openXlsx(copy.path, { file, sheet, limits, onFault, release: copy.remove });
  }
  const encoding: Encoding =
    options.encoding === undefined ? detectEncoding(plain.head) : markedAs(options.encoding, plain.head);
  const text = new TextDecoder(encoding.name).decode(plain.head);
  const delimiter = options.delimiter ?? detectDelimiter(text, plain.whole);
  const again = path !== undefined && !compressed && encoding.name === 'utf-8';
  if (again) await plain.close(); // the reader of CSV copies what it keeps, so one buffer does for the whole file
  const chunks = again ? fileChunks(path) : plain.chunks;
  const bytes = encoding.name === 'utf-8' ? chunks : asUtf8(chunks, encoding, file);
  const csv = await readCsv(bytes, { file, onFault, delimiter });
  return {
    ...csv,
    about: { format: 'csv', delimiter, encoding: encoding.name, ...(compressed ? { compressed } : {}) },
    ...(compressed || encoding.name !== 'utf-8' ? { bytesRead: packed.bytesRead } : {}),
  };
}

interface Peeked {
  /** the first bytes */
  readonly head: Buffer;
  /** true when `head` is everything */
  readonly whole: boolean;
  /** all bytes, the first ones included */
  readonly chunks: AsyncIterable<Buffer>;
  readonly bytesRead: () => number;
  /** ends the reading early */
  readonly close: () => Promise<void>;
}

async function peeked(source: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const input = source[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let bytes = 0;
  let whole = false;
  const next = async (): Promise<Buffer | undefined> => {
    const result = await input.next();
    if (result.done === true) return undefined;
    bytes += result.value.length;
    return Buffer.from(result.value.buffer, result.value.byteOffset, result.value.length);
  };
  while (bytes < SAMPLE_BYTES && !whole) {
    const chunk = await next();
    if (chunk === undefined) whole = true;
    else first.push(chunk);
  }
  const head = Buffer.concat(first);
  const close = async (): Promise<void> => {
    await input.return?.();
  };
  async function* chunks(): AsyncGenerator<Buffer, void, undefined> {
    try {
      yield head;
      for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk;
    } finally {
      await close();
    }
  }
  return { head, whole, chunks: chunks(), bytesRead: () => bytes, close };
}

async function streamOf(path: string, file: string): Promise<AsyncIterable<Uint8Array>> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw refusal(file, 'no_such_file', 'there is no such file', 'Check the name and the folder');
  if (found.isDirectory())
    throw refusal(file, 'a_folder', 'this is a folder', 'Name one file, or import the whole folder');
  return createReadStream(path, { highWaterMark: pieceBytes(found.size) });
}

function markedAs(name: EncodingName, head: Buffer): Encoding {
  const found = detectEncoding(head);
  return { name, markBytes: found.name === name ? found.markBytes : 0 };
}

function isGzip(head: Buffer): boolean {
  return head.length > 2 && head[0] === 0x1f && head[1] === 0x8b;
}

function isZip(head: Buffer): boolean {
  return head.length > 3 && head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5 || head[2] === 7);
}

const OTHER_FORMATS: readonly { bytes: string; what: string; remedy: string }[] = [
  {
    bytes: 'd0cf11e0a1b11ae1',
    what: 'an old Excel workbook (.xls) or one with a password',
    remedy: 'Save it in Excel as .xlsx without a password, or as CSV',
  },
  { bytes: '25504446', what: 'a PDF document', remedy: 'Ask for the figures as CSV or XLSX' },
  { bytes: '50415231', what: 'a Parquet file', remedy: 'Export it as CSV' },
  { bytes: '1f8b', what: 'a gzip file inside a gzip file', remedy: 'Unpack it once' },
  { bytes: '28b52ffd', what: 'a Zstandard archive', remedy: 'Unpack it, or compress it with gzip' },
  { bytes: '425a68', what: 'a bzip2 archive', remedy: 'Unpack it, or compress it with gzip' },
  { bytes: 'fd377a585a00', what: 'an xz archive', remedy: 'Unpack it, or compress it with gzip' },
  { bytes: '377abcaf271c', what: 'a 7-Zip archive', remedy: 'Unpack it' },
];

function refuseOtherFormats(head: Buffer, file: string, compressed: boolean): void {
  for (const { bytes, what, remedy } of OTHER_FORMATS) {
    if (bytes === '1f8b' && !compressed) continue;
    if (head.subarray(0, bytes.length / 2).toString('hex') === bytes)
      throw refusal(file, 'other_format', `this is ${what}, not CSV or XLSX`, remedy);
  }
}

function refusal(file: string, code: string, message: string, remedy: string): InvalidInput {
  const fault: InputFault = { file, code, message, remedy };
  return new InvalidInput([fault]);
}
