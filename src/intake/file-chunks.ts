import { open } from 'node:fs/promises';

const PIECE = 256 * 1024;

/** Bytes to read at once of a file of so many; 0 for what is no file. */
export function pieceBytes(size: number): number {
  return size === 0 ? PIECE : Math.min(size, PIECE);
}

/**
 * Bytes of a file in one buffer that is used again and again: each piece counts until the next is asked for. A stream's
 * fresh buffers pile up until the next garbage collection, which hardly comes while rows go from bytes to bytes.
 */
export async function* fileChunks(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafeSlow(pieceBytes((await file.stat()).size));
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
