import { open } from 'node:fs/promises';

/**
 * Bytes of a file in one buffer that is used again and again: each piece counts until the next is asked for. A stream's
 * fresh buffers pile up until the next garbage collection, which hardly comes while rows go from bytes to bytes.
 */
export async function* fileChunks(path: string): AsyncGenerator<Buffer, void, undefined> {
  const file = await open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafeSlow(256 * 1024);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
