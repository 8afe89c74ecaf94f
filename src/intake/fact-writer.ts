import { CopyWriter } from '../persistence/copy.ts';
import type { Tx } from '../persistence/database.ts';
import { keepKeyHashes, storedCustomerKeys, storedKeyHashes } from '../persistence/imports.queries.ts';
import { ensureMonth, type StagedTable } from '../persistence/staging.queries.ts';
import type { BinaryRows } from './binary-rows.ts';
import type { FactEncoder } from './fact-encoder.ts';
import { KeyHashes } from './key-hashes.ts';
import { MonthCounts, monthText } from './month-counts.ts';
import { asSent, type OpenRows } from './row-reader.ts';

const FULL = 256 * 1024;

/** Rows on their way from a file into a COPY; says after each batch how far it is. */
export type OnRows = (rows: number, bytes: number) => void;

/** Sends what was encoded. A small rest is copied, because the socket may still hold it when this resolves. */
async function send(copy: CopyWriter, out: BinaryRows, end: number): Promise<void> {
  const piece = out.bytes.subarray(0, end);
  await copy.write(end < 128 * 1024 ? Buffer.from(piece) : piece);
  out.bytes.copyWithin(0, end, out.length);
  out.length -= end;
}

async function finish(copy: CopyWriter, out: BinaryRows): Promise<void> {
  out.finish();
  await send(copy, out, out.length);
  await copy.end();
}

/** Encodes all rows of a file; `onRow` hears where the row began in the buffer, and false ends the reading. */
async function encodeAll(
  rows: OpenRows,
  encoder: FactEncoder,
  onRows: OnRows,
  onRow: (taken: boolean, start: number) => Promise<void> | void | false,
): Promise<boolean> {
  const { source, mended } = rows;
  const { out } = encoder;
  let read = 0;
  if (source.spans !== undefined && !mended) {
    for await (const batch of source.spans) {
      for (let r = 0; r < batch.count; r++) {
        const start = out.length;
        const wait = onRow(encoder.encode(batch, r), start);
        if (wait === false) return false;
        if (wait !== undefined) await wait;
      }
      read += batch.count;
      onRows(read, source.bytesRead?.() ?? 0);
    }
    return true;
  }
  for await (const batch of source.rows) {
    for (const row of batch) {
      const start = out.length;
      const wait = onRow(encoder.encodeText(asSent(row, mended)), start);
      if (wait === false) return false;
      if (wait !== undefined) await wait;
    }
    read += batch.length;
    onRows(read, source.bytesRead?.() ?? 0);
  }
  return true;
}

/** Copies the good rows of a file into the stage. */
export async function stageFacts(
  tx: Tx,
  rows: OpenRows,
  encoder: FactEncoder,
  statement: string,
  onRows: OnRows,
): Promise<void> {
  const copy = await CopyWriter.open(tx, statement);
  const { out } = encoder;
  out.begin();
  try {
    await encodeAll(rows, encoder, onRows, () => (out.length >= FULL ? send(copy, out, out.length) : undefined));
    await finish(copy, out);
  } catch (error) {
    copy.abort(error as Error);
    throw error;
  }
}

/**
 * Copies a file straight into its table, making partitions of facts as months appear. Gives the months, or undefined as
 * soon as a row is refused: then nothing of this counts, the caller goes back to its savepoint and takes the way over the
 * stage, which tells exactly.
 */
export async function copyFacts(
  tx: Tx,
  of: StagedTable,
  rows: OpenRows,
  encoder: FactEncoder,
  onRows: OnRows,
): Promise<MonthCounts | undefined> {
  const { out } = encoder;
  const months = new MonthCounts();
  const statement = `copy ${of.table} (${encoder.columnNames.join(', ')}) from stdin (format binary)`;
  let copy: CopyWriter | undefined;
  const openMonth = async (start: number, month: number): Promise<void> => {
    if (copy !== undefined) {
      const rest = Buffer.from(out.bytes.subarray(start, out.length));
      out.length = start;
      await finish(copy, out);
      await ensureMonth(tx, of.table, monthText(month));
      copy = await CopyWriter.open(tx, statement);
      out.begin();
      out.room(rest.length);
      rest.copy(out.bytes, out.length);
      out.length += rest.length;
      return;
    }
    await ensureMonth(tx, of.table, monthText(month));
    copy = await CopyWriter.open(tx, statement);
  };
  out.begin();
  if (of.day === undefined) copy = await CopyWriter.open(tx, statement);
  try {
    const whole = await encodeAll(rows, encoder, onRows, (taken, start) => {
      if (!taken) return false;
      if (of.day === undefined) return out.length >= FULL ? send(copy!, out, out.length) : undefined;
      const month = months.monthOf(encoder.day);
      const fresh = !months.has(month);
      months.add(month);
      if (fresh) return openMonth(start, month);
      return out.length >= FULL ? send(copy!, out, out.length) : undefined;
    });
    if (!whole) {
      (copy as CopyWriter | undefined)?.abort(new Error('a row was refused'));
      return undefined;
    }
    if (copy !== undefined) await finish(copy, out);
  } catch (error) {
    (copy as CopyWriter | undefined)?.abort(error as Error);
    throw error;
  }
  return months;
}

/** True when a key may stand twice in the file or be stored by an earlier import. */
export async function perhapsKnown(
  tx: Tx,
  of: StagedTable,
  importId: string,
  encoder: FactEncoder,
  hashes: KeyHashes,
): Promise<boolean> {
  const stored = new KeyHashes();
  try {
    const range = encoder.keyRange();
    if (of.day === undefined) await storedCustomerKeys(tx, importId, (high, low) => stored.add(high, low));
    else if (range === undefined) return false;
    else
      for await (const piece of storedKeyHashes(tx, of.table, range)) {
        for (let i = 0; i < piece.length; i += 8) stored.add(piece.readUInt32LE(i), piece.readUInt32LE(i + 4));
      }
    return hashes.anyTwice(stored);
  } finally {
    stored.close();
  }
}

/** Keeps the hashes of the keys of an import, for the imports after it. */
export async function keepKeys(
  tx: Tx,
  of: StagedTable,
  importId: string,
  encoder: FactEncoder,
  hashes: KeyHashes,
): Promise<void> {
  const range = encoder.keyRange();
  if (range !== undefined) await keepKeyHashes(tx, of.table, importId, range, hashes.pieces());
}
