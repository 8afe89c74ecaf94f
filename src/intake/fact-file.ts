import { eachCell, nextImportId, type CompanyRow } from '../persistence/imports.queries.ts';
import {
  anyStored,
  beginCustomers,
  ensureMonths,
  indexCustomers,
  indexMonths,
  makeStage,
  writeFacts,
  writeVersions,
} from '../persistence/staging.queries.ts';
import { CellBook } from './cells.ts';
import { FactEncoder, type Head } from './fact-encoder.ts';
import { copyFacts, perhapsKnown, stageFacts } from './fact-writer.ts';
import { FileAttempt, periodsOf, type Judged, type KindBooks } from './file-attempt.ts';
import { copyUnmarked, holdFacts, markKnown, numberCells, stageMarked } from './held-writer.ts';
import type { ImportReport } from './import-report.ts';
import { keepKeys } from './key-copy.ts';
import { KeyHashes } from './key-hashes.ts';
import { keepCells } from './record-writer.ts';
import { customerKey } from './pseudonym.ts';
import { bindHeader } from './row-check.ts';
import type { OpenRows } from './row-reader.ts';

const unheard = (): void => undefined;
const nothingLeft = (): Promise<void> => Promise.resolve();

/** A file of facts, signed rows in monthly partitions; or of customers, versions in the numbers of facts. */
export class FactFile extends FileAttempt {
  private encoder: FactEncoder | undefined;
  private readonly hashes = new KeyHashes();

  /**
   * Takes the short way: rows go straight into their table, and afterwards the hashes of their keys show that none
   * stands twice or was stored. Undefined when that did not hold or a row was refused; then nothing is written.
   */
  async copyStraight(company: CompanyRow): Promise<ImportReport | undefined> {
    const { tx, of, file, hashes } = this;
    try {
      const books = await this.books(company);
      if (await this.startsKnown(books)) return undefined;
      await tx.query('savepoint straight');
      const importId = file.place?.importId ?? (await nextImportId(tx));
      const rows = await this.openRows();
      const encoder = await this.prepare(rows, books, { importId: BigInt(importId) });
      const first = of.day === undefined && (await beginCustomers(tx));
      const months = await copyFacts(tx, of, rows, encoder, BigInt(importId), file.onRows ?? unheard);
      if (months === undefined || this.log.count > 0 || (await this.perhapsKnown(importId, encoder, first))) {
        await tx.query('rollback to savepoint straight');
        return undefined;
      }
      if (first) await indexCustomers(tx);
      const counts = { new: this.totals.rows, changed: 0, same: 0, double: 0 };
      const touched = months.entries();
      if (this.cells !== undefined) await keepCells(tx, this.cells);
      if (of.day !== undefined) {
        await indexMonths(
          tx,
          of,
          touched.map(({ month }) => month),
        );
        await keepKeys(tx, of, importId, encoder, hashes);
      }
      await file.place?.turn(tx);
      return await this.settle({ counts, months: touched, corrected: [] }, books, nothingLeft, importId);
    } finally {
      hashes.close();
      await this.letGo();
    }
  }

  /**
   * Takes a file of moderate size into memory: rows with new keys go straight into their table, and only those whose key may be
   * stored, or stands twice, over the stage. Undefined when a row is refused, the file is larger in memory than it looked, or
   * facts lie on a cluster; then nothing is written.
   */
  async copyHeld(company: CompanyRow): Promise<ImportReport | undefined> {
    const { tx, of, file, hashes } = this;
    try {
      const books = await this.books(company);
      if (books.distributed) return undefined;
      const rows = await this.openRows();
      if (file.kind.name === 'contacts') this.cells = new CellBook();
      const encoder = this.encoderOf(rows, books, { importId: 0n });
      const held = await holdFacts(rows, encoder, hashes, file.onRows ?? unheard);
      if (held === undefined) return undefined;
      if (this.cells !== undefined) await numberCells(tx, this.cells, held);
      await markKnown(tx, of, encoder, held);
      const staged = await stageMarked(tx, of, encoder, held);
      const judged = withNew(held.months().entries(), staged ? await this.judged() : undefined);
      const write = async (importId: string, periods: readonly string[]): Promise<void> => {
        const made = await ensureMonths(tx, of.table, periods);
        if (this.cells !== undefined) await keepCells(tx, this.cells);
        await copyUnmarked(tx, of, encoder, BigInt(importId), held);
        if (staged) await writeFacts(tx, of, importId);
        if (made.length > 0) await indexMonths(tx, of, made);
        await keepKeys(tx, of, importId, encoder, hashes);
        encoder.out.release();
      };
      const { place } = file;
      const isSure = judged.counts.new + judged.counts.changed > 0 && this.log.count === 0;
      if (place !== undefined && isSure) await write(place.importId, periodsOf(judged));
      await place?.turn(tx);
      return await this.settle(judged, books, place !== undefined && isSure ? nothingLeft : write);
    } finally {
      hashes.close();
      await this.letGo();
    }
  }

  /** @param first nothing was stored before */
  private async perhapsKnown(importId: string, encoder: FactEncoder, first: boolean): Promise<boolean> {
    const { tx, of, hashes } = this;
    return first ? hashes.anyTwice() : await perhapsKnown(tx, of, importId, encoder, hashes);
  }

  override async run(company: CompanyRow): Promise<ImportReport> {
    try {
      return await super.run(company);
    } finally {
      this.hashes.close();
    }
  }

  /** True when one of the first keys is stored: then the way over the stage is the shorter one. */
  private async startsKnown(books: KindBooks): Promise<boolean> {
    const { kind, name } = this.file;
    const source = await this.openFile(() => undefined);
    const { places } = bindHeader(kind, source.header, name);
    const at = places[kind.columns.findIndex((column) => column.name === kind.key[0])]!;
    for await (const batch of source.rows) {
      const ids = batch.slice(0, 200).map((row) => row.fields[at]!.replaceAll('\0', ''));
      const keys = kind.many === true ? ids.map((id) => customerKey(books.pseudonym(id)).toString()) : ids;
      return await anyStored(this.tx, this.of, keys);
    }
    return false;
  }

  protected override distinct(): boolean {
    return !this.hashes.anyTwice();
  }

  protected override async stage(books: KindBooks): Promise<Set<number>> {
    const { tx, of, file } = this;
    const statement = await makeStage(tx, of);
    const rows = await this.openRows();
    const encoder = await this.prepare(rows, books, undefined);
    await stageFacts(tx, rows, encoder, statement(encoder.columnNames, 'binary'), file.onRows ?? unheard);
    return new Set();
  }

  private async prepare(rows: OpenRows, books: KindBooks, head: Head): Promise<FactEncoder> {
    if (this.file.kind.name === 'contacts') {
      const cells = (this.cells = new CellBook());
      await eachCell(this.tx, (cellNo, dimensions, at) => cells.addStored(cellNo, dimensions, at));
    }
    return this.encoderOf(rows, books, head);
  }

  private encoderOf(rows: OpenRows, books: KindBooks, head: Head): FactEncoder {
    const check = this.rowCheck(rows, books);
    const { kind, name } = this.file;
    this.encoder = new FactEncoder(kind, rows.binding, books, name, check, this.totals, this.cells, head, this.hashes);
    return this.encoder;
  }

  protected override async write(importId: string, periods: readonly string[]): Promise<void> {
    const { tx, of, cells, encoder, hashes } = this;
    if (of.day === undefined) {
      await writeVersions(tx, of, importId);
      return;
    }
    if (cells !== undefined) await keepCells(tx, cells);
    const made = await ensureMonths(tx, of.table, periods);
    await writeFacts(tx, of, importId);
    await indexMonths(tx, of, made);
    if (of.table !== 'contact_segment') await keepKeys(tx, of, importId, encoder!, hashes);
  }
}

/** What was judged together with rows that were not staged because their keys are new. */
function withNew(fresh: readonly { month: string; rows: number }[], judged: Judged | undefined): Judged {
  const months = new Map((judged?.months ?? []).map(({ month, rows }) => [month, rows]));
  let rowsNew = judged?.counts.new ?? 0;
  for (const { month, rows } of fresh) {
    months.set(month, (months.get(month) ?? 0) + rows);
    rowsNew += rows;
  }
  return {
    counts: { changed: 0, same: 0, double: 0, ...judged?.counts, new: rowsNew },
    months: [...months].map(([month, rows]) => ({ month, rows })).sort((a, b) => (a.month < b.month ? -1 : 1)),
    corrected: judged?.corrected ?? [],
  };
}
