import { once } from 'node:events';
import { from as copyFrom, type CopyStreamQuery } from 'pg-copy-streams';
import { clientOf } from './client.ts';
import type { Tx } from './database.ts';

/** Rows on their way into a table by COPY, inside the transaction; nothing else may run on it until `end`. */
export class CopyWriter {
  private failure: Error | undefined;

  private constructor(private readonly stream: CopyStreamQuery) {
    stream.on('error', (error: Error) => (this.failure ??= error));
  }

  /** @param statement `copy … from stdin …` */
  static async open(tx: Tx, statement: string): Promise<CopyWriter> {
    const client = await clientOf(tx);
    return new CopyWriter(client.query(copyFrom(statement)));
  }

  /** Takes a piece of the COPY data; the buffer is not touched after this resolves. */
  async write(piece: Buffer | string): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    await new Promise<void>((resolve, reject) => {
      this.stream.write(piece, (error) => (error == null ? resolve() : reject(error)));
    });
  }

  /** Ends the data and waits for the server. */
  async end(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    const finished = once(this.stream, 'finish');
    this.stream.end();
    await finished;
  }

  /** Breaks the COPY off; the transaction is lost with it. */
  abort(reason: Error): void {
    this.stream.destroy(reason);
  }
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** One row of COPY's text format. */
export function copyLine(values: readonly (string | null)[]): string {
  let line = '';
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (i > 0) line += '\t';
    line +=
      value === null ? '\\N' : /[\\\n\r\t]/.test(value) ? value.replaceAll(/[\\\n\r\t]/g, (c) => ESCAPES[c]!) : value;
  }
  return line + '\n';
}
