import { Refusal } from '../domain/errors.ts';
import type { Tx } from '../persistence/database.ts';
import { companyOf, joinImports, lockImports, sameFile } from '../persistence/imports.queries.ts';
import { FactFile } from './fact-file.ts';
import type { FileToImport, ImportFlags, ImportReport } from './import-report.ts';
import type { Kind } from './kinds/kind.ts';
import { RecordFile } from './record-file.ts';
import { Totals } from './totals.ts';

/** Larger files of facts or customers try the straight way first. */
const DIRECT_FROM = { fact: 16 * 1024 * 1024, record: 4 * 1024 * 1024 } as const;
/** Smaller files of facts are held in memory. */
const HELD_UP_TO = DIRECT_FROM.fact;

/**
 * Imports one file inside a transaction: all of it or, with a fault and without acceptValid, nothing; the report says
 * why. Large files of facts or customers that bring only new keys go straight into their table, and so do the rows with new keys of
 * smaller files of facts; everything else is staged and judged against what is stored, row by row.
 * @throws InvalidInput when the file cannot be read as this kind at all; Refusal when there is no company yet
 */
export async function importFile(tx: Tx, file: FileToImport, flags: ImportFlags = {}): Promise<ImportReport> {
  const { place } = file;
  if (place === undefined) await lockImports(tx);
  else {
    await joinImports(tx, place.importId);
    place.begun();
  }
  const company = await companyOf(tx);
  if (company === undefined) {
    throw new Refusal('no_company', 'there is no company yet; its currency and time zone read every file', {
      next: 'answerable import company company.yaml',
    });
  }
  const already = await sameFile(tx, file.kind.name, file.sha256, file.mapping);
  if (already !== undefined) return unchanged(file, flags, already);
  if (goesStraight(file.kind, file.bytes, file.directFrom)) {
    const report = await new FactFile(tx, file, flags).copyStraight(company);
    if (report !== undefined) return report;
  }
  if (file.kind.store === 'fact' && file.kind.name !== 'contact_segments') {
    if (file.bytes < (file.heldUpTo ?? HELD_UP_TO)) {
      const report = await new FactFile(tx, file, flags).copyHeld(company);
      if (report !== undefined) return report;
    }
  }
  await place?.turn(tx);
  if (file.kind.store === 'record' && file.kind.many !== true)
    return await new RecordFile(tx, file, flags).run(company);
  return await new FactFile(tx, file, flags).run(company);
}

/** Whether a file of so many bytes tries the straight way first. */
export function goesStraight(kind: Kind, bytes: number, directFrom?: number): boolean {
  if (kind.name === 'contact_segments' || (kind.store === 'record' && kind.many !== true)) return false;
  return bytes >= (directFrom ?? DIRECT_FROM[kind.store]);
}

function unchanged(file: FileToImport, flags: ImportFlags, already: { at: Date; by: string }): ImportReport {
  return {
    ...{ kind: file.kind.name, file: file.name, importId: null, dryRun: flags.dryRun === true },
    ...{
      new: 0,
      changed: 0,
      same: 0,
      refused: 0,
      corrections: [],
      faults: [],
      faultCount: 0,
      periods: [],
      late: 0,
      already,
    },
    totals: new Totals(file.kind).of([]),
    warnings: [],
  };
}
