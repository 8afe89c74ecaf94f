import type { Tx } from '../persistence/database.ts';
import { FactPacks, isPacked, type FactPack, type PackedTable } from '../persistence/retention/fact-packs.ts';
import { copyWhole } from './binary-copy.ts';
import { BinaryRows } from './binary-rows.ts';

const COLUMNS = ['fact', 'bucket', 'import_id', 'first_on', 'last_on', 'facts', 'records'];
/** Bytes of packs that are held until they are written. */
const MOST = 4 * 1024 * 1024;

/** Packs of an import's facts on their way into the database, as a COPY that is held until nothing else is under way. */
export class PackCopy {
  private readonly rows = new BinaryRows();
  private readonly packs: FactPacks;

  private constructor(
    table: PackedTable,
    columns: readonly string[],
    private readonly importId: bigint,
  ) {
    this.packs = FactPacks.of(table, columns, (pack) => this.put(pack));
    this.rows.begin();
  }

  /** undefined for a table whose rows are not packed. @param columns of the COPY that carries the facts, in their order */
  static of(table: string, columns: readonly string[], importId: bigint): PackCopy | undefined {
    return isPacked(table) ? new PackCopy(table, columns, importId) : undefined;
  }

  /** Then packs should be written before the next fact. */
  get full(): boolean {
    return this.rows.length >= MOST;
  }

  /** Takes a fact whose sign is 1. @param at behind its count of fields */
  take(bytes: Buffer, at: number): void {
    this.packs.take(bytes, at);
  }

  private put({ fact, bucket, firstDay, lastDay, facts, records }: FactPack): void {
    const { rows } = this;
    rows.room(records.length + 1024);
    rows.int16(COLUMNS.length);
    rows.putText(fact);
    rows.putInt2(bucket);
    rows.putBigInt(this.importId);
    rows.putDay(firstDay);
    rows.putDay(lastDay);
    rows.putInt4(facts);
    rows.putWhole(records);
  }

  /** Writes the packs that are full; `all`: the others, too, and then no more can be taken. */
  async write(tx: Tx, all: boolean): Promise<void> {
    const { rows } = this;
    if (all) this.packs.endAll();
    rows.finish();
    const copy = rows.bytes.subarray(0, rows.length);
    await copyWhole(tx, `copy retention_pack (${COLUMNS.join(', ')}) from stdin (format binary)`, copy);
    rows.length = 0;
    if (all) rows.release();
    else rows.begin();
  }
}
