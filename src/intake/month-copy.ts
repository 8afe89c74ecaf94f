import type { Tx } from '../persistence/database.ts';
import { openMonth, type StagedTable } from '../persistence/staging.queries.ts';
import { BinaryCopy, type RowTarget } from './binary-copy.ts';
import { BinaryRows } from './binary-rows.ts';
import { DaySums } from './day-sums.ts';
import type { FactEncoder } from './fact-encoder.ts';
import { writeKeys } from './key-copy.ts';
import { MonthCounts, monthText } from './month-counts.ts';
import { PackCopy } from './pack-copy.ts';

/** Files are mostly in the order of time; one that goes to and fro more often goes by the table of all months. */
const MOST_TURNS = 500;

/**
 * Facts of one file on their way into the partitions of their months, one COPY after another. Partitions that this makes
 * get rows that are frozen from the start: nobody has to look up later whether their import was committed, and nothing
 * has to be written a second time. Contacts are summed by day and cell on the way, what retention reads is packed.
 */
export class MonthCopy implements RowTarget {
  readonly months = new MonthCounts();
  private copy: BinaryCopy | undefined;
  /** of the rows that the COPY takes; NaN: of all months */
  private month = -1;
  private readonly statements = new Map<number, string>();
  private turns = 0;
  private readonly sums: DaySums | undefined;
  private readonly packs: PackCopy | undefined;

  constructor(
    private readonly tx: Tx,
    private readonly of: StagedTable,
    private readonly encoder: FactEncoder,
    private readonly importId: bigint,
  ) {
    this.sums = of.table === 'contact' ? new DaySums() : undefined;
    this.packs = PackCopy.of(of.table, encoder.columnNames, importId);
  }

  take(start: number): Promise<void> | undefined {
    const { encoder, months, sums, packs } = this;
    const month = months.monthOf(encoder.day);
    months.add(month);
    sums?.add(encoder.day, encoder.cellNo, encoder.handleSeconds);
    packs?.take(encoder.out.bytes, start + 2);
    const elsewhere = month !== this.month && (this.month === this.month || !this.statements.has(month));
    if (elsewhere) this.turns++;
    if (elsewhere || sums?.full === true || packs?.full === true || encoder.keys.full) return this.turnTo(month, start);
    return this.copy!.take();
  }

  /** Ends the COPY, writes keys, and sums and packs when they are many, and begins the next with the row that begins at `start`. */
  private async turnTo(month: number, start: number): Promise<void> {
    const { out } = this.encoder;
    const row = Buffer.from(out.bytes.subarray(start, out.length));
    out.length = start;
    await this.finish();
    if (this.sums?.full === true) await this.writeSums(this.sums);
    if (this.packs?.full === true) await this.packs.write(this.tx, false);
    const keys = this.encoder.keys.take();
    if (keys.length > 0) await writeKeys(this.tx, this.of.table, String(this.importId), keys);
    const statement = await this.statementOf(month);
    this.copy = await BinaryCopy.open(this.tx, statement, out);
    out.room(row.length);
    row.copy(out.bytes, out.length);
    out.length += row.length;
  }

  private async statementOf(month: number): Promise<string> {
    const { tx, of, encoder, statements } = this;
    const copy = (into: string, freeze: string): string =>
      `copy ${into} (${encoder.columnNames.join(', ')}) from stdin (format binary${freeze})`;
    let own = statements.get(month);
    if (own === undefined) {
      const state = await openMonth(tx, of.table, monthText(month));
      const part = `${of.table}_${monthText(month).replace('-', '_')}`;
      own = state === 'spread' ? '' : copy(part, state === 'new' ? ', freeze' : '');
      statements.set(month, own);
    }
    const mixed = own === '' || this.turns >= MOST_TURNS;
    this.month = mixed ? NaN : month;
    return mixed ? copy(of.table, '') : own;
  }

  private async finish(): Promise<void> {
    const { copy } = this;
    this.copy = undefined;
    await copy?.end();
  }

  async end(): Promise<void> {
    await this.finish();
    if (this.sums !== undefined) await this.writeSums(this.sums);
    await this.packs?.write(this.tx, true);
  }

  abort(reason: Error): void {
    this.copy?.abort(reason);
  }

  private async writeSums(sums: DaySums): Promise<void> {
    await copyDaySums(this.tx, sums, this.importId);
    sums.clear();
  }
}

/** Writes sums of contacts into the roll-up. */
export async function copyDaySums(tx: Tx, sums: DaySums, importId: bigint): Promise<void> {
  const out = new BinaryRows();
  const copy = await BinaryCopy.open(
    tx,
    `copy contact_rollup (${DaySums.columns.join(', ')}) from stdin (format binary)`,
    out,
  );
  for (let at = 0; at < sums.count; at++) {
    sums.put(out, at, importId);
    await copy.take();
  }
  await copy.end();
  out.release();
}
