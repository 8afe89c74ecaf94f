import type { Socket } from 'node:net';
import pg, { type ClientBase, type Connection, type Submittable } from 'pg';
import { clientOf } from './client.ts';
import type { Tx } from './database.ts';
import { borrow, giveBack } from './lending-socket.ts';

/** Takes one row: `bytes` holds it from `at` on, behind its count of fields; they are reused once this returns. */
export type TakeRow = (bytes: Buffer, at: number) => void;

/** What a parameter of a COPY may be: it takes none, so values are written into it as literals. */
export type Literal = string | number | bigint | boolean | null | readonly string[];

/**
 * Rows of a query in PostgreSQL's binary COPY format, each handed on as it arrives, nothing gathered and nothing copied:
 * a row costs a tenth of what it costs as an object.
 * @throws what `take` throws, once the server has sent everything
 */
export async function copyOut(tx: Tx, query: string, parameters: readonly Literal[], take: TakeRow): Promise<void> {
  await copyOutOf(await clientOf(tx), query, parameters, take);
}

/** Ends with the last COPY that was asked for on a connection: the driver takes no statement while another runs. */
const ends = new WeakMap<ClientBase, Promise<void>>();

/** The same of a connection; behind those that were asked for before, and sent as soon as they end. */
export async function copyOutOf(
  client: ClientBase,
  query: string,
  parameters: readonly Literal[],
  take: TakeRow,
): Promise<void> {
  const text = `copy (${withLiterals(query, parameters)}) to stdout (format binary)`;
  const run = (): Promise<void> =>
    new Promise<void>((resolve, reject) => {
      client.query(new CopyRows(text, take, (error) => (error === undefined ? resolve() : reject(error))));
    });
  const before = ends.get(client);
  const own = before === undefined ? run() : before.then(run, run);
  ends.set(client, own);
  try {
    await own;
  } finally {
    if (ends.get(client) === own) ends.delete(client);
  }
}

/** The statement without its comments, with values in the places of $1, $2 … */
function withLiterals(statement: string, parameters: readonly Literal[]): string {
  return statement
    .replace(/--.*$/gm, '')
    .replace(/\$(\d+)/g, (_place, number: string) => literal(parameters[Number(number) - 1]!));
}

function literal(value: Literal): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `array[${value.map((item: string) => pg.escapeLiteral(item)).join(',')}]`;
  return pg.escapeLiteral(String(value));
}

const CODE = { copyData: 0x64, copyOut: 0x48, notice: 0x4e, parameter: 0x53, notification: 0x41 } as const;
/** of a message: its code and its length, which counts itself */
const HEADER_BYTES = 5;
const SIGNATURE_START = 0x50; // P of PGCOPY: a row begins with its count of fields, which is small
const SIGNATURE_BYTES = 19;

/**
 * Reads the connection's own bytes while the COPY runs: the driver would make three objects of every row. Whatever is
 * not part of the data (its end, an error) goes back to the driver.
 */
class CopyRows implements Submittable {
  private connection: { readonly stream: Socket } | undefined;
  /** a message that has not come whole, put together in memory that the next one uses again, and how much of it is there */
  private message: Buffer = Buffer.alloc(16_384);
  private there = 0;
  private driver: ((bytes: Buffer) => void) | undefined;
  private failure: Error | undefined;

  constructor(
    private readonly text: string,
    private readonly take: TakeRow,
    private readonly done: (error?: Error) => void,
  ) {}

  submit(connection: Connection): void {
    this.connection = connection as unknown as { readonly stream: Socket };
    const { stream } = this.connection;
    this.driver = stream.listeners('data')[0] as (bytes: Buffer) => void;
    if (!borrow(stream, this.read)) {
      stream.removeListener('data', this.driver);
      stream.on('data', this.read);
    }
    connection.query(this.text);
  }

  private readonly read = (piece: Buffer): void => {
    let at = 0;
    while (this.there > 0 && at < piece.length) {
      const whole = this.there < HEADER_BYTES ? HEADER_BYTES : 1 + this.message.readInt32BE(1);
      if (whole > this.message.length) {
        const larger = Buffer.allocUnsafe(2 * whole);
        this.message.copy(larger, 0, 0, this.there);
        this.message = larger;
      }
      const more = Math.min(whole - this.there, piece.length - at);
      piece.copy(this.message, this.there, at, at + more);
      this.there += more;
      at += more;
      if (this.there < HEADER_BYTES || this.there < 1 + this.message.readInt32BE(1)) continue;
      const { there } = this;
      this.there = 0;
      if (!this.hear(this.message, 0, there))
        return this.giveBack([this.message.subarray(0, there), piece.subarray(at)]);
    }
    while (at + HEADER_BYTES <= piece.length) {
      const end = at + 1 + piece.readInt32BE(at + 1);
      if (end > piece.length) break;
      if (!this.hear(piece, at, end)) return this.giveBack([piece.subarray(at)]);
      at = end;
    }
    if (at === piece.length) return;
    if (piece.length - at > this.message.length) this.message = Buffer.allocUnsafe(2 * (piece.length - at));
    piece.copy(this.message, 0, at);
    this.there = piece.length - at;
  };

  /** Hears a whole message. @returns false where it is the driver's, as is all behind it */
  private hear(bytes: Buffer, at: number, end: number): boolean {
    const code = bytes[at];
    if (code === CODE.copyData) this.row(bytes, at + HEADER_BYTES, end);
    else return code === CODE.copyOut || code === CODE.notice || code === CODE.parameter || code === CODE.notification;
    return true;
  }

  /** The signature stands before the first row, in its message; after the last there is a count of -1. */
  private row(bytes: Buffer, start: number, end: number): void {
    const at = bytes[start] === SIGNATURE_START ? start + SIGNATURE_BYTES : start;
    if (at + 2 > end || bytes.readInt16BE(at) < 0 || this.failure !== undefined) return;
    try {
      this.take(bytes, at + 2);
    } catch (error) {
      this.failure = error as Error;
    }
  }

  private giveBack(pieces: readonly Buffer[]): void {
    const { stream } = this.connection!;
    if (!giveBack(stream)) {
      stream.removeListener('data', this.read);
      stream.on('data', this.driver!);
    }
    for (const piece of pieces) if (piece.length > 0) this.driver!(Buffer.from(piece)); // the driver may keep it
  }

  handleError(error: Error): void {
    this.done(error);
  }

  handleReadyForQuery(): void {
    this.done(this.failure);
  }

  handleCommandComplete(): void {}
}
