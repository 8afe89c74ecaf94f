import type { Tx } from '../persistence/database.ts';
import { insertImport, sharePeriods, type CompanyRow } from '../persistence/imports.queries.ts';
import { contactsAgainstSegments } from '../persistence/set-checks.queries.ts';
import {
  countVerdicts,
  doubles,
  dropLines,
  findPresent,
  judge,
  monthsTouched,
  type StagedTable,
  type Verdict,
} from '../persistence/staging.queries.ts';
import { booksOf } from './books.ts';
import type { CellBook } from './cells.ts';
import { corrections } from './corrections.ts';
import { FaultLog, FAULTS_SHOWN } from './fault-log.ts';
import type { Correction, FileToImport, ImportFlags, ImportReport } from './import-report.ts';
import { monthOf } from './months.ts';
import { Notes } from './notes.ts';
import { keepReasons, keepRefusals } from './record-writer.ts';
import { bindHeader, RowCheck } from './row-check.ts';
import { asSent, openRows, type OpenRows } from './row-reader.ts';
import type { FaultSink, RowSource } from './rows.ts';
import { setFaults, type SetFlaw } from './set-checks.ts';
import { tableOf } from './stage-columns.ts';
import { Totals } from './totals.ts';

export type KindBooks = Awaited<ReturnType<typeof booksOf>>;

/** What the rows of a file are beside what is stored. */
export interface Judged {
  readonly counts: Readonly<Record<Verdict, number>>;
  /** months (YYYY-MM) that new and changed rows touch, in order */
  readonly months: readonly { readonly month: string; readonly rows: number }[];
  readonly corrected: readonly Correction[];
}

/** The months of rows that have one. */
export function periodsOf({ months }: Pick<Judged, 'months'>): string[] {
  return months.map(({ month }) => month).filter((month) => month !== '');
}

/** One reading of one file: its rows, its faults, what they would change, and the writing of it. */
export abstract class FileAttempt {
  protected readonly log = new FaultLog();
  protected readonly notes = new Notes();
  protected readonly totals: Totals;
  protected readonly of: StagedTable;
  /** of contacts */
  protected cells: CellBook | undefined;
  private header: readonly string[] = [];
  private readonly sources: RowSource[] = [];
  private about: RowSource['about'] | undefined;

  constructor(
    protected readonly tx: Tx,
    protected readonly file: FileToImport,
    protected readonly flags: ImportFlags,
  ) {
    this.totals = new Totals(file.kind);
    this.of = tableOf(file.kind);
  }

  /** Checks and copies the rows into the stage; gives lines that turned out bad afterwards. */
  protected abstract stage(books: KindBooks): Promise<Set<number>>;
  /** Writes what was judged new or changed. */
  protected abstract write(importId: string, periods: readonly string[]): Promise<void>;

  /** True when no two staged rows have the same key. */
  protected abstract distinct(): Promise<boolean> | boolean;

  /** Stages the file, judges it against what is stored, and writes it when nothing forbids. */
  async run(company: CompanyRow): Promise<ImportReport> {
    try {
      const books = await this.books(company);
      await dropLines(this.tx, [...(await this.stage(books))]);
      return await this.settle(await this.judged(), books, (importId, periods) => this.write(importId, periods));
    } finally {
      await this.letGo();
    }
  }

  /** Judges what is staged against what is stored. */
  protected async judged(): Promise<Judged> {
    const { tx, of } = this;
    await findPresent(tx, of);
    const flaws = await setFaults(tx, this.file.kind.name);
    await dropLines(tx, [...flaws.keys()]);
    await judge(tx, of, await this.distinct());
    const counts = await countVerdicts(tx);
    if (flaws.size > 0 || counts.double > 0) await this.nameRows(flaws, counts.double > 0);
    const months = await monthsTouched(tx, of, (alias) => monthOf(this.file.kind, alias));
    if (this.file.kind.name === 'contacts' && counts.changed > 0) {
      const off = await contactsAgainstSegments(tx);
      if (off > 0) this.notes.say(`${off} corrected contacts no longer have the seconds that their segments sum to`);
    }
    const corrected = counts.changed > 0 ? await corrections(tx, this.file.kind, of, this.cells, FAULTS_SHOWN) : [];
    return { counts, months, corrected };
  }

  /** Opens the file once more. */
  protected async openFile(onFault: FaultSink): Promise<RowSource> {
    const source = await this.file.open(onFault);
    this.sources.push(source);
    return source;
  }

  /** Gives back what the attempt holds; also when it broke off at the header, before any row was asked for. */
  protected async letGo(): Promise<void> {
    this.log.close();
    for (const source of this.sources) await source.close?.();
  }

  protected async books(company: CompanyRow): Promise<KindBooks> {
    const { kind } = this.file;
    const books = await booksOf(this.tx, kind, company, this.file.pseudonymKey, this.flags.createReasons === true);
    if (kind.name === 'capacity' && books.known.pool === undefined) {
      this.notes.say('no model is stored yet: pools were not checked');
    }
    return books;
  }

  protected async openRows(): Promise<OpenRows> {
    const source = await this.openFile(this.log.add);
    this.header = source.originalHeader ?? source.header;
    this.about = source.about;
    return openRows(source, this.file.kind, this.file.name, this.notes);
  }

  protected rowCheck(rows: OpenRows, books: KindBooks): RowCheck {
    return new RowCheck(this.file.kind, rows.binding, books, this.file.name, this.log.add, this.notes.add);
  }

  /** Locks the periods, decides, writes, and reports. */
  protected async settle(
    { counts, months, corrected }: Judged,
    books: KindBooks,
    write: (importId: string, periods: readonly string[]) => Promise<void>,
    importId = this.file.place?.importId,
  ): Promise<ImportReport> {
    const { tx, file, flags, log } = this;
    const periods = periodsOf({ months });
    const states = await sharePeriods(tx, periods);
    const closed = new Set(states.filter(({ state }) => state === 'closed').map(({ period }) => period));
    const late = months.reduce((sum, { month, rows }) => sum + (closed.has(month) ? rows : 0), 0);
    const errorFile = log.count > 0 ? await this.writeErrorFile() : {};
    const totals = this.totals.of(periods);
    const refused = log.count > 0 && (flags.acceptValid !== true || log.structural);
    const nothing = counts.new + counts.changed === 0 && log.count === 0;
    let written: string | null = null;
    if (!refused && !nothing) {
      written = await insertImport(
        tx,
        {
          ...{
            kind: file.kind.name,
            fileName: file.name,
            bytes: file.bytes,
            sha256: file.sha256,
            mapping: file.mapping,
          },
          ...{ rowsNew: counts.new, rowsChanged: counts.changed, rowsSame: counts.same, rowsRefused: log.rows },
          ...{ totals, undoes: null, userId: file.userId },
        },
        importId,
      );
      await write(written, periods);
      await keepReasons(tx, written, books.made);
      if (log.count > 0) await keepRefusals(tx, written, log);
    }
    if (books.made.size > 0) {
      this.notes.say(`${books.made.size} reasons were unknown and are made without owner: they stand on the worklist`);
    }
    return {
      ...{ kind: file.kind.name, file: file.name, importId: written, dryRun: flags.dryRun === true },
      ...{ new: counts.new, changed: counts.changed, same: counts.same, refused: log.rows },
      corrections: corrected,
      ...{ faults: log.shown, faultCount: log.count, ...errorFile, totals, periods, late },
      warnings: this.notes.texts(),
      ...(this.about === undefined ? {} : { about: this.about }),
    };
  }

  /** Reads the file once more to show the rows that turned out bad beside others. */
  private async nameRows(flaws: ReadonlyMap<number, SetFlaw>, anyDouble: boolean): Promise<void> {
    const { tx, file, log } = this;
    const source = await this.openFile(() => undefined);
    const { places } = bindHeader(file.kind, source.header, file.name);
    const mended = source.header.at(-1) === 'error';
    const placeOf = (name: string): number =>
      places[file.kind.columns.findIndex((column) => column.name === name)] ?? -1;
    let twins = anyDouble ? await doubles(tx, 0) : [];
    let next = 0;
    let ordinal = 0;
    for await (const batch of source.rows) {
      for (const row of batch) {
        ordinal++;
        const found = flaws.get(row.line);
        if (found === undefined && twins[next]?.ordinal !== ordinal) continue;
        const { line, fields, original } = asSent(row, mended);
        const place = { file: file.name, line, fields: original ?? fields };
        if (found !== undefined) log.add({ ...place, value: fields[placeOf(found.column)], ...found });
        if (twins[next]?.ordinal !== ordinal) continue;
        log.add({
          ...place,
          column: file.kind.key.join(', '),
          value: file.kind.key.map((name) => fields[placeOf(name)] ?? '').join(', '),
          code: 'double_key',
          message: `the key stands in line ${twins[next]!.otherLine} with other content`,
          remedy: 'Keep the right one of the two rows.',
        });
        if (++next < twins.length) continue;
        twins = await doubles(tx, ordinal);
        next = 0;
      }
    }
  }

  private async writeErrorFile(): Promise<{ errorFile: string }> {
    const { header } = this;
    await this.log.writeErrorFile(this.file.errorFile, header.at(-1) === 'error' ? header.slice(0, -1) : header);
    return { errorFile: this.file.errorFile };
  }
}
