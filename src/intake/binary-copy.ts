import { CopyWriter } from '../persistence/copy.ts';
import type { Tx } from '../persistence/database.ts';
import type { BinaryRows } from './binary-rows.ts';

const FULL = 256 * 1024;

/** Where encoded rows go. */
export interface RowTarget {
  /** Takes the row encoded last, which begins at `start` of the buffer; undefined when there is nothing to wait for. */
  take(start: number): Promise<void> | undefined;
  end(): Promise<void>;
  /** Breaks off; the transaction is lost with it. */
  abort(reason: Error): void;
}

/** A COPY that is fed from a buffer of binary rows. */
export class BinaryCopy implements RowTarget {
  private constructor(
    private readonly writer: CopyWriter,
    private readonly out: BinaryRows,
  ) {}

  /** @param statement `copy … from stdin (format binary …)` */
  static async open(tx: Tx, statement: string, out: BinaryRows): Promise<BinaryCopy> {
    const writer = await CopyWriter.open(tx, statement);
    out.begin();
    return new BinaryCopy(writer, out);
  }

  /** Sends the rows in the buffer once they are many. */
  take(): Promise<void> | undefined {
    return this.out.length >= FULL ? this.send() : undefined;
  }

  /** A small rest is copied, because the socket may still hold it when this resolves. */
  private async send(): Promise<void> {
    const { out } = this;
    const piece = out.bytes.subarray(0, out.length);
    await this.writer.write(piece.length < 128 * 1024 ? Buffer.from(piece) : piece);
    out.length = 0;
  }

  async end(): Promise<void> {
    this.out.finish();
    await this.send();
    await this.writer.end();
  }

  abort(reason: Error): void {
    this.writer.abort(reason);
  }
}

/** Writes a COPY that is in memory, in pieces that stay in the processor's cache on both sides. */
export async function copyWhole(tx: Tx, statement: string, bytes: Buffer): Promise<void> {
  const writer = await CopyWriter.open(tx, statement);
  for (let at = 0; at < bytes.length; at += FULL) await writer.write(bytes.subarray(at, at + FULL));
  await writer.end();
}
