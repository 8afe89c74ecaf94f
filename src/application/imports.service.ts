import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { Refusal } from '../domain/errors.ts';
import { requireRight, type Actor } from '../domain/roles.ts';
import { keepCompanyFile } from '../intake/company-file.ts';
import { versionsOf, type Version } from '../intake/versions.ts';
import type { ImportFlags, ImportReport } from '../intake/import-report.ts';
import { beginsEarly, goSideBySide, folderSteps, takesLong, type FileStep } from '../intake/import-folder.ts';
import { kindNamed } from '../intake/kinds/all.ts';
import { undoImport, type UndoReport } from '../intake/undo.ts';
import { Database, threadsOf, type Tx } from '../persistence/database.ts';
import { isDistributed } from '../persistence/distribution.queries.ts';
import { companyOf, holdImports, listImports, mappingsUsed, type ImportRow } from '../persistence/imports.queries.ts';
import { processFolder } from '../process-folder.ts';
import { audit } from './audit.ts';
import { ImportThreads } from './import-threads.ts';
import { suggestedMapping } from './mappings.ts';
import { importOneFile, type ImportOptions, type ImportProgress } from './one-file.ts';
import { SideBySide, type OwnPlace } from './side-by-side.ts';

export type { ImportOptions, ImportProgress, ImportReport, UndoReport, Version };

export interface FolderOptions extends ImportOptions {
  /** applies model.yaml; without it the model is left alone */
  readonly applyModel?: ((yaml: string) => Promise<string>) | undefined;
}

export interface FolderReport {
  readonly company?: 'new' | 'changed' | 'same';
  /** what was said of the model */
  readonly model?: string;
  readonly files: readonly ImportReport[];
  /** files of the folder that are no known kind, with the name they resemble */
  readonly unknown: readonly { readonly file: string; readonly like: string | undefined }[];
  /** the file that was refused, after which nothing more was read */
  readonly stoppedAt?: string;
}

/** Ends a dry run: carries the outcome out of a transaction that is then taken back. */
class TakenBack<T> extends Error {
  constructor(readonly outcome: T) {
    super('dry run');
  }
}

/** Files in: one transaction per file, all or nothing, repeatable; undo; history. */
@Injectable()
export class ImportsService {
  constructor(private readonly db: Database) {}

  /** @throws Refusal forbidden, unknown_kind, no_company; InvalidInput when the file cannot be read as this kind */
  async importFile(
    actor: Actor,
    kind: string,
    source: string | AsyncIterable<Uint8Array>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    requireRight(actor, 'import');
    const wanted = kindNamed(kind);
    if (typeof source === 'string')
      return await this.inTransaction(options, (tx) => importOneFile(tx, actor, wanted, source, options));
    const spool = join(processFolder(), `upload-${randomBytes(8).toString('hex')}`);
    try {
      await pipeline(source, createWriteStream(spool, { flags: 'wx', mode: 0o600 }));
      const named = { ...options, fileName: options.fileName ?? 'standard input' };
      return await this.inTransaction(options, (tx) => importOneFile(tx, actor, wanted, spool, named));
    } finally {
      await rm(spool, { force: true });
    }
  }

  /** company.yaml by itself. @throws InvalidInput, Refusal company_fixed */
  async importCompany(actor: Actor, yaml: string, options: ImportFlags = {}): Promise<'new' | 'changed' | 'same'> {
    requireRight(actor, 'import');
    return await this.inTransaction(options, (tx) => keepCompany(tx, actor, yaml, options));
  }

  /**
   * Every known file of a folder in the order of dependence, each in its own transaction; stops at the first that is
   * refused. Files of facts are read and stored beside those before them, and end in their order. A dry run reads
   * all of them in one transaction that is taken back, so later files see the earlier.
   */
  async importFolder(actor: Actor, folder: string, options: FolderOptions = {}): Promise<FolderReport> {
    requireRight(actor, 'import');
    const { steps, unknown } = folderSteps(folder);
    if (steps.length === 0) {
      throw new Refusal('empty_folder', `${folder} holds none of the known files`, {
        kind: 'not_found',
        next: 'see: answerable import --help',
      });
    }
    const report: { -readonly [K in keyof FolderReport]: FolderReport[K] } & { files: ImportReport[] } = {
      files: [],
      unknown,
    };
    const keepsOn = (step: FileStep, taken: ImportReport): boolean => {
      report.files.push(taken);
      const refused = taken.faultCount > 0 && (options.acceptValid !== true || taken.importId === null);
      if (refused) report.stoppedAt = step.file;
      return !refused;
    };
    const takeAll = async (
      within: <T>(deed: (tx: Tx) => Promise<T>) => Promise<T>,
      beside: readonly FileStep[] = [],
    ): Promise<void> => {
      for (const step of steps) {
        const path = join(folder, step.file);
        if (step === beside[0]) {
          if (!(await this.importBeside(actor, folder, beside, options, keepsOn))) return;
        } else if (step.what === 'rows' && beside.includes(step)) {
          continue;
        } else if (step.what === 'company') {
          const yaml = await readFile(path, 'utf8');
          report.company = await within((tx) => keepCompany(tx, actor, yaml, options));
        } else if (step.what === 'model') {
          if (options.applyModel !== undefined && options.dryRun !== true)
            report.model = await options.applyModel(await readFile(path, 'utf8'));
        } else {
          if (!keepsOn(step, await within((tx) => importOneFile(tx, actor, step.kind, path, options)))) return;
        }
      }
    };
    if (options.dryRun === true) {
      await this.inTransaction(options, (tx) => takeAll((deed) => deed(tx)));
      report.files = report.files.map((file) => ({ ...file, importId: null }));
    } else {
      const long = (step: FileStep): boolean => takesLong(step, folder, options.directFrom);
      const beside = goSideBySide(steps, long, (step, before) => beginsEarly(step, before, options));
      const possible = beside.length > 1 && (await this.db.books((tx) => canBeBeside(tx)));
      await takeAll((deed) => this.db.books(deed), possible ? beside : []);
    }
    return report;
  }

  /** Imports files beside each other until one is refused, which `keepsOn` says; false then. */
  private async importBeside(
    actor: Actor,
    folder: string,
    steps: readonly FileStep[],
    options: FolderOptions,
    keepsOn: (step: FileStep, taken: ImportReport) => boolean,
  ): Promise<boolean> {
    const early = (step: FileStep, before: readonly FileStep[]): boolean => beginsEarly(step, before, options);
    const pathOf = ({ file }: FileStep): string => join(folder, file);
    const threads = new ImportThreads(this.db, options, steps.map(pathOf));
    const importOne = async (step: FileStep, place: OwnPlace): Promise<ImportReport> =>
      await threads.importOne(actor, { kind: step.kind, path: pathOf(step), place }, (progress) => {
        if (place.first()) options.onProgress?.(progress);
      });
    return await this.db.books(async (holder) => {
      const files = new SideBySide(steps, await holdImports(holder, steps.length), early, importOne);
      try {
        for (const step of steps) {
          if (!keepsOn(step, await files.next())) return false;
          files.goOn();
        }
        return true;
      } finally {
        await files.end();
      }
    });
  }

  /** @throws Refusal unknown_import, undone_already, import_built_upon, period_not_open */
  async undo(actor: Actor, importId: string): Promise<UndoReport> {
    requireRight(actor, 'import');
    return await this.db.books(async (tx) => {
      const report = await undoImport(tx, importId, actor.userId);
      const { importId: key, ...after } = report;
      await audit(tx, actor, { deed: 'import.undo', object: { kind: 'import', key }, after });
      return report;
    });
  }

  async history(actor: Actor, limit = 200): Promise<ImportRow[]> {
    requireRight(actor, 'read_all');
    return await this.db.read(actor, (tx) => listImports(tx, limit));
  }

  /**
   * Every content that the rows of a key have had, oldest first, with the file and line it came from.
   * @param key the parts of the key, separated by commas; with fewer parts, all rows that begin with them
   * @throws Refusal unknown_kind, no_such_row
   */
  async versions(actor: Actor, kind: string, key: string): Promise<Version[]> {
    requireRight(actor, 'read_all');
    const wanted = kindNamed(kind);
    return await this.db.read(actor, (tx) => versionsOf(tx, wanted, key));
  }

  /**
   * A mapping file for the export of another system, from last time, from the shipped ones, or guessed.
   * @returns YAML text
   * @throws Refusal unknown_kind; InvalidInput when the file cannot be read
   */
  async suggestMapping(actor: Actor, path: string, kind?: string, from: 'shell' | 'upload' = 'shell'): Promise<string> {
    requireRight(actor, 'import');
    const used = await this.db.read(actor, (tx) => mappingsUsed(tx, 50));
    return await suggestedMapping(path, kind, used, from);
  }

  /** A deed in a transaction; a dry run does all of it and takes it back. */
  private async inTransaction<T>(flags: ImportFlags, deed: (tx: Tx) => Promise<T>): Promise<T> {
    if (flags.dryRun !== true) return await this.db.books(deed);
    try {
      return await this.db.books(async (tx) => {
        throw new TakenBack(await deed(tx));
      });
    } catch (error) {
      if (!(error instanceof TakenBack)) throw error;
      const outcome = error.outcome as T;
      return outcome !== null && typeof outcome === 'object' && 'importId' in outcome
        ? { ...outcome, importId: null }
        : outcome;
    }
  }
}

/** A part of another transaction has its one connection; on a cluster an import's commit is not at once everywhere. */
async function canBeBeside(tx: Tx): Promise<boolean> {
  return threadsOf(tx) !== undefined && !(await isDistributed(tx));
}

async function keepCompany(
  tx: Tx,
  actor: Actor,
  yaml: string,
  flags: ImportFlags,
): Promise<'new' | 'changed' | 'same'> {
  const before = (await companyOf(tx)) ?? null;
  const outcome = await keepCompanyFile(tx, yaml);
  if (outcome !== 'same' && flags.dryRun !== true) {
    const after = (await companyOf(tx))!;
    await audit(tx, actor, {
      deed: 'company.keep',
      object: { kind: 'company', key: after.name },
      before: { ...before },
      after: { ...after },
    });
  }
  return outcome;
}
