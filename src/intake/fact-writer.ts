import type { Tx } from '../persistence/database.ts';
import { keyHashesOf, keyRangesOf, storedCustomerKeys } from '../persistence/imports.queries.ts';
import type { StagedTable } from '../persistence/staging.queries.ts';
import { BinaryCopy, type RowTarget } from './binary-copy.ts';
import type { FactEncoder } from './fact-encoder.ts';
import { KeyHashes } from './key-hashes.ts';
import { MonthCopy } from './month-copy.ts';
import { MonthCounts } from './month-counts.ts';
import { asSent, type OpenRows } from './row-reader.ts';
import type { SpanBatch } from './rows.ts';

/** Rows on their way from a file into a COPY; says after each batch how far it is. */
export type OnRows = (rows: number, bytes: number) => void;

/** Encodes all rows of a file; `onRow` hears where the row began in the buffer, and false ends the reading. */
export async function encodeAll(
  rows: OpenRows,
  encoder: FactEncoder,
  onRows: OnRows,
  onRow: (taken: boolean, start: number) => Promise<void> | undefined | false,
): Promise<boolean> {
  const { source, mended } = rows;
  const { out } = encoder;
  let read = 0;
  // a function of its own, because the compiler makes less of a loop that may wait
  const encodeUntil = (batch: SpanBatch, from: number): { next: number; wait: ReturnType<typeof onRow> } => {
    for (let r = from; r < batch.count; r++) {
      const start = out.length;
      const wait = onRow(encoder.encode(batch, r), start);
      if (wait !== undefined) return { next: r + 1, wait };
    }
    return { next: batch.count, wait: undefined };
  };
  if (source.spans !== undefined && !mended) {
    for await (const batch of source.spans) {
      for (let r = 0; r < batch.count;) {
        const { next, wait } = encodeUntil(batch, r);
        if (wait === false) return false;
        if (wait !== undefined) await wait;
        r = next;
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
  const copy = await BinaryCopy.open(tx, statement, encoder.out);
  await copyInto(copy, rows, encoder, onRows, () => copy.take());
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
  importId: bigint,
  onRows: OnRows,
): Promise<MonthCounts | undefined> {
  const statement = `copy ${of.table} (${encoder.columnNames.join(', ')}) from stdin (format binary)`;
  const byMonth = of.day === undefined ? undefined : new MonthCopy(tx, of, encoder, importId);
  const target = byMonth ?? (await BinaryCopy.open(tx, statement, encoder.out));
  const whole = await copyInto(target, rows, encoder, onRows, (taken, start) => (taken ? target.take(start) : false));
  return whole ? (byMonth?.months ?? new MonthCounts()) : undefined;
}

async function copyInto(
  target: RowTarget,
  rows: OpenRows,
  encoder: FactEncoder,
  onRows: OnRows,
  onRow: (taken: boolean, start: number) => Promise<void> | undefined | false,
): Promise<boolean> {
  try {
    const whole = await encodeAll(rows, encoder, onRows, onRow);
    if (whole) await target.end();
    else target.abort(new Error('a row was refused'));
    return whole;
  } catch (error) {
    target.abort(error as Error);
    throw error;
  }
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
    const range = encoder.keys.keyRange();
    if (of.day === undefined) await storedCustomerKeys(tx, importId, (high, low) => stored.add(high, low));
    else if (range === undefined) return false;
    else {
      const pieces = await keyRangesOf(tx, of.table, range, importId);
      await keyHashesOf(tx, of.table, pieces, (bytes, start, end) => {
        for (let at = start; at < end; at += 8) stored.add(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
      });
    }
    return hashes.anyTwice(stored);
  } finally {
    stored.close();
  }
}
