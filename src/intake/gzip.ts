import { Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InvalidInput } from '../domain/errors.ts';
import type { FileLimits } from './file-limits.ts';

/** Below this many bytes no ratio is judged: a short file of one repeated line packs very well. */
const RATIO_FROM_BYTES = 16 * 1024 * 1024;

/**
 * The unpacked bytes of a gzip stream.
 * @throws InvalidInput when it unpacks beyond the limits (a bomb), is cut short or damaged
 */
export async function* gunzipped(
  packed: AsyncIterable<Uint8Array>,
  file: string,
  limits: FileLimits,
): AsyncGenerator<Buffer, void, undefined> {
  let inBytes = 0;
  let outBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      inBytes += chunk.length;
      yield chunk;
    }
  }
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  // Errors reach the reader below through the stream itself; the callback only keeps them from being unhandled.
  pipeline(Readable.from(counted(), { objectMode: false }), gunzip, () => undefined);
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      outBytes += chunk.length;
      if (outBytes > limits.gzipBytes) {
        throw bomb(file, `it unpacks into more than ${limits.gzipBytes} bytes`);
      }
      if (outBytes > RATIO_FROM_BYTES && outBytes > inBytes * limits.gzipRatio) {
        throw bomb(file, `it unpacks into more than ${limits.gzipRatio} times its size`);
      }
      yield chunk;
    }
  } catch (error) {
    throw isZlibError(error) ? damaged(file, error.code) : error;
  }
}

/** By its code: an error of node's own need not be an instance of this realm's Error. */
function isZlibError(error: unknown): error is { code: string } {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_');
}

function bomb(file: string, message: string): InvalidInput {
  const remedy = 'If the file is genuine, unpack it and load the CSV itself, or raise the limit on the command line';
  return new InvalidInput([{ file, code: 'unpacks_too_far', message, remedy }]);
}

function damaged(file: string, code: string): InvalidInput {
  const message = code === 'Z_BUF_ERROR' ? 'the compressed file ends too early' : 'the compressed file is damaged';
  return new InvalidInput([{ file, code: 'damaged_gzip', message, remedy: 'Copy or export it again' }]);
}
