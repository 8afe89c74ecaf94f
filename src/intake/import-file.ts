import { Refusal, type InputFault } from '../domain/errors.ts';
import { CopyWriter, copyLine } from '../persistence/copy.ts';
import type { Tx } from '../persistence/database.ts';
import {
  cellRows,
  companyOf,
  insertImport,
  lockImports,
  sameFile,
  sharePeriods,
  type ImportTotals,
} from '../persistence/imports.queries.ts';
import { contactsAgainstSegments } from '../persistence/set-checks.queries.ts';
import {
  countVerdicts,
  doubles,
  dropLines,
  findPresent,
  judge,
  makeStage,
  monthsTouched,
  writeFacts,
  writeVersions,
} from '../persistence/staging.queries.ts';
import { booksOf } from './books.ts';
import { CellBook } from './cells.ts';
import { undefused } from './csv-text.ts';
import { FaultLog } from './fault-log.ts';
import type { Kind } from './kinds/kind.ts';
import { monthOf } from './months.ts';
import { Notes } from './notes.ts';
import { keepCells, keepReasons, keepRefusals } from './record-writer.ts';
import { bindHeader, RowCheck } from './row-check.ts';
import type { FaultSink, RowSource } from './rows.ts';
import { setFaults, type SetFlaw } from './set-checks.ts';
import { stageOf, type Stage } from './stage-columns.ts';
import { Totals } from './totals.ts';

export interface ImportFlags {
  readonly dryRun?: boolean;
  /** takes the good rows, keeps the bad ones with the import */
  readonly acceptValid?: boolean;
  /** unknown reasons of contacts are made, without owner, for the worklist */
  readonly createReasons?: boolean;
}

export interface FileToImport {
  readonly kind: Kind;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** the mapping file as it was, if one is used */
  readonly mapping: string | null;
  /** reads the file from its start; called again when rows are to be shown with faults found later */
  readonly open: (onFault: FaultSink) => Promise<RowSource>;
  /** where all refused rows go when there are any */
  readonly errorFile: string;
  readonly userId: number | null;
  readonly pseudonymKey: string | undefined;
  readonly onRows?: ((rows: number, bytes: number) => void) | undefined;
}

export interface ImportReport {
  readonly kind: string;
  readonly file: string;
  /** null: nothing was written */
  readonly importId: string | null;
  readonly dryRun: boolean;
  readonly new: number;
  readonly changed: number;
  readonly same: number;
  readonly refused: number;
  /** the first thousand */
  readonly faults: readonly InputFault[];
  readonly faultCount: number;
  readonly errorFile?: string;
  readonly totals: ImportTotals;
  /** months that change, YYYY-MM */
  readonly periods: readonly string[];
  /** rows that change a closed period: they become late facts */
  readonly late: number;
  readonly already?: { readonly at: Date; readonly by: string };
  readonly warnings: readonly string[];
  readonly about?: RowSource['about'];
}

/**
 * Imports one file inside a transaction: stages its rows, judges them against what is stored, and writes them as
 * versions or signed facts. With a fault, and without acceptValid, nothing is written and the report says why.
 * @throws InvalidInput when the file cannot be read as this kind at all; Refusal when there is no company yet
 */
export async function importFile(tx: Tx, file: FileToImport, flags: ImportFlags = {}): Promise<ImportReport> {
  await lockImports(tx);
  const company = await companyOf(tx);
  if (company === undefined) {
    throw new Refusal('no_company', 'there is no company yet; its currency and time zone read every file', {
      next: 'answerable import company company.yaml',
    });
  }
  const already = await sameFile(tx, file.kind.name, file.sha256, file.mapping);
  if (already !== undefined) return unchanged(file, flags, already);
  const log = new FaultLog();
  try {
    return await new FileImport(tx, file, flags, log).run(company);
  } finally {
    log.close();
  }
}

function unchanged(file: FileToImport, flags: ImportFlags, already: { at: Date; by: string }): ImportReport {
  return {
    ...{ kind: file.kind.name, file: file.name, importId: null, dryRun: flags.dryRun === true },
    ...{ new: 0, changed: 0, same: 0, refused: 0, faults: [], faultCount: 0, periods: [], late: 0, already },
    totals: new Totals(file.kind).of([]),
    warnings: [],
  };
}

class FileImport {
  private readonly notes = new Notes();
  private readonly totals: Totals;
  private header: readonly string[] = [];
  private about: RowSource['about'] | undefined;

  constructor(
    private readonly tx: Tx,
    private readonly file: FileToImport,
    private readonly flags: ImportFlags,
    private readonly log: FaultLog,
  ) {
    this.totals = new Totals(file.kind);
  }

  async run(company: { currency: string; timeZone: string; pseudonymise: boolean }): Promise<ImportReport> {
    const { tx, file, flags, log } = this;
    const { kind } = file;
    const books = await booksOf(tx, kind, company, file.pseudonymKey, flags.createReasons === true);
    if (kind.name === 'capacity' && books.known.pool === undefined)
      this.notes.say('no model is stored yet: pools were not checked');
    const cells = kind.name === 'contacts' ? new CellBook(await cellRows(tx)) : undefined;
    const stage = stageOf(kind, cells);
    const copy = await makeStage(tx, stage.of);
    const lines = await this.stageRows(books, stage, copy);
    await dropLines(tx, [...lines]);
    await findPresent(tx, stage.of);
    const flaws = await setFaults(tx, kind.name);
    await dropLines(tx, [...flaws.keys()]);
    await judge(tx, stage.of);
    const counts = await countVerdicts(tx);
    if (flaws.size > 0 || counts.double > 0) await this.nameRows(flaws, counts.double > 0);
    const errors = log.count > 0 ? await this.writeErrorFile() : {};
    const months = await monthsTouched(tx, stage.of, (alias) => monthOf(kind, alias));
    const periods = months.map(({ month }) => month).filter((month) => month !== '');
    const states = await sharePeriods(tx, periods);
    const closed = new Set(states.filter(({ state }) => state === 'closed').map(({ period }) => period));
    const late = months.reduce((sum, { month, rows }) => sum + (closed.has(month) ? rows : 0), 0);
    if (kind.name === 'contacts' && counts.changed > 0) {
      const off = await contactsAgainstSegments(tx);
      if (off > 0) this.notes.say(`${off} corrected contacts no longer have the seconds that their segments sum to`);
    }
    const stop = log.count > 0 && (flags.acceptValid !== true || log.structural);
    const totals = this.totals.of(periods);
    const wanted = counts.new + counts.changed > 0 || (log.count > 0 && counts.same === 0);
    const importId =
      stop || !wanted
        ? null
        : await insertImport(tx, {
            ...{ kind: kind.name, fileName: file.name, bytes: file.bytes, sha256: file.sha256, mapping: file.mapping },
            ...{ rowsNew: counts.new, rowsChanged: counts.changed, rowsSame: counts.same, rowsRefused: log.rows },
            ...{ totals, undoes: null, userId: file.userId },
          });
    if (importId !== null) {
      if (cells !== undefined) await keepCells(tx, cells);
      await keepReasons(tx, importId, books.made);
      if (kind.store === 'fact') await writeFacts(tx, stage.of, importId, periods);
      else await writeVersions(tx, stage.of, importId);
      if (log.count > 0) await keepRefusals(tx, importId, log);
    }
    if (books.made.size > 0)
      this.notes.say(`${books.made.size} reasons were unknown and are made without owner: they stand on the worklist`);
    return {
      ...{ kind: kind.name, file: file.name, importId, dryRun: flags.dryRun === true },
      ...{ new: counts.new, changed: counts.changed, same: counts.same, refused: log.rows },
      ...{ faults: log.shown, faultCount: log.count, ...errors, totals, periods, late },
      warnings: this.notes.texts(),
      ...(this.about === undefined ? {} : { about: this.about }),
    };
  }

  /** Checks the rows and copies the good ones into the stage; gives lines that turned out bad afterwards. */
  private async stageRows(
    books: Awaited<ReturnType<typeof booksOf>>,
    stage: Stage,
    copy: string,
  ): Promise<Set<number>> {
    const { file, log } = this;
    const source = await file.open(log.add);
    this.header = source.header;
    this.about = source.about;
    const binding = bindHeader(file.kind, source.header, file.name);
    const mended = source.header.at(-1) === 'error';
    for (const name of binding.unknown) {
      if (!(mended && name === 'error')) this.notes.say(`column "${name}" is unknown and ignored`);
    }
    const check = new RowCheck(file.kind, binding, books, file.name, log.add, this.notes.add);
    const writer = await CopyWriter.open(this.tx, copy);
    try {
      let text = '';
      let rows = 0;
      for await (const batch of source.rows) {
        for (const row of batch) {
          const checked = check.check(mended ? { line: row.line, fields: row.fields.map(undefused) } : row);
          if (checked === undefined) continue;
          this.totals.add(checked);
          text += copyLine([String(checked.line), ...stage.row(checked)]);
          if (text.length > 256 * 1024) {
            await writer.write(text);
            text = '';
          }
        }
        rows += batch.length;
        file.onRows?.(rows, source.bytesRead?.() ?? 0);
      }
      if (text !== '') await writer.write(text);
      await writer.end();
    } catch (error) {
      writer.abort(error as Error);
      throw error;
    }
    return check.settlePending();
  }

  /** Reads the file once more to show the rows that turned out bad beside others. */
  private async nameRows(flaws: ReadonlyMap<number, SetFlaw>, anyDouble: boolean): Promise<void> {
    const { tx, file, log } = this;
    const source = await file.open(() => undefined);
    const binding = bindHeader(file.kind, source.header, file.name);
    const placeOf = (column: string): number =>
      binding.places[file.kind.columns.findIndex((c) => c.name === column)] ?? -1;
    let twins = anyDouble ? await doubles(tx, 0) : [];
    let next = 0;
    for await (const batch of source.rows) {
      for (const { line, fields } of batch) {
        const found = flaws.get(line);
        if (found !== undefined)
          log.add({ file: file.name, line, value: fields[placeOf(found.column)], fields, ...found });
        if (next < twins.length && twins[next]!.line === line) {
          const key = file.kind.key.map((name) => fields[placeOf(name)] ?? '').join(', ');
          log.add({
            ...{ file: file.name, line, column: file.kind.key.join(', '), value: key, fields },
            code: 'double_key',
            message: `the key stands in line ${twins[next]!.otherLine} with other content`,
            remedy: 'Keep the right one of the two rows.',
          });
          next++;
          if (next === twins.length) {
            twins = await doubles(tx, line);
            next = 0;
          }
        }
      }
    }
  }

  private async writeErrorFile(): Promise<{ errorFile: string }> {
    await this.log.writeErrorFile(
      this.file.errorFile,
      this.header.filter((name, at) => name !== 'error' || at < this.header.length - 1),
    );
    return { errorFile: this.file.errorFile };
  }
}
