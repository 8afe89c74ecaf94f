import { promisify } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { canonicalize } from 'json-canonicalize';
import { sha256 } from '../domain/ids.ts';
import { packageVersion } from '../package-root.ts';
import type { Tx } from '../persistence/database.ts';
import { insertKeptFigures, keptFigures } from '../persistence/kept-figures.queries.ts';

/** What figures are of, and everything that they rest on: equal bases, equal figures. */
export interface Basis {
  readonly subject: string;
  /** JSON values */
  readonly on: readonly unknown[];
}

/** Whether figures of the same basis are taken from what is kept, and kept when they are made; `no` makes them anew. */
export type Keeping = 'no' | 'look' | 'keep';

const pack = promisify(deflateRaw);
const unpack = promisify(inflateRaw);

/**
 * Figures from what is kept of this basis, else made, and kept when the transaction may write. They are plain data: of
 * classes only what a structured clone keeps comes back.
 */
export async function keptOr<T>(tx: Tx, keeping: Keeping, basis: Basis, make: () => Promise<T>): Promise<T> {
  if (keeping === 'no') return await make();
  const digest = sha256(canonicalize([packageVersion, ...basis.on]));
  const kept = await keptFigures(tx, basis.subject, digest);
  const read = kept && (await opened<T>(kept));
  if (read) return read.figures;
  const figures = await make();
  if (keeping === 'keep') {
    // Speed before size: they are packed and unpacked between two requests.
    const packed = await pack(serialize(figures), { level: 1 });
    await insertKeptFigures(tx, basis.subject, digest, packed);
  }
  return figures;
}

/** Undefined where another version of Node packed them in a way that this one does not know. */
async function opened<T>(packed: Buffer): Promise<{ figures: T } | undefined> {
  try {
    return { figures: deserialize(await unpack(packed)) as T };
  } catch {
    return undefined;
  }
}
