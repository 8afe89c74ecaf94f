import { hash } from 'node:crypto';

/** SHA-256 of bytes or UTF-8 text, lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** Id of a statement line: the digest of its key, so that the same line has the same id in every run. */
export function lineId(key: readonly (string | null)[]): string {
  return sha256(JSON.stringify(key)).slice(0, 20);
}
