import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { InvalidInput } from '../domain/errors.ts';
import type { Actor } from '../domain/roles.ts';
import { fileChunks } from '../intake/file-chunks.ts';
import { importFile } from '../intake/import-file.ts';
import type { ImportFlags, ImportReport, Place } from '../intake/import-report.ts';
import type { Kind } from '../intake/kinds/kind.ts';
import { openFile } from '../intake/open-file.ts';
import type { FaultSink, RowSource } from '../intake/rows.ts';
import type { Tx } from '../persistence/database.ts';
import { audit } from './audit.ts';
import type { OpenedAs } from './input-opener.ts';

export interface ImportProgress {
  readonly kind: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly bytesTotal: number;
}

export interface ImportOptions extends ImportFlags {
  /** opens the file as rows of the kind's columns; default: as it is. `mapping` is the text of what it applies, kept with the import */
  readonly open?: ((path: string, name: string, onFault: FaultSink) => Promise<RowSource>) | undefined;
  readonly mapping?: string | undefined;
  /** how another thread opens it the same way; without it none does when there is an `open` */
  readonly openedAs?: OpenedAs | undefined;
  /** name for reports and history; default: the file's own */
  readonly fileName?: string | undefined;
  /** where error files go; default: the machine's folder for temporary files */
  readonly errorFolder?: string | undefined;
  readonly pseudonymKey?: string | undefined;
  /** see FileToImport */
  readonly directFrom?: number | undefined;
  readonly heldUpTo?: number | undefined;
  /** bytes from which on a file of a folder is worth a thread, see ImportThreads */
  readonly threadFrom?: number | undefined;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/**
 * Imports one file in a transaction and writes it down in the audit log.
 * @throws InvalidInput when the file cannot be read as this kind; Refusal no_company
 */
export async function importOneFile(
  tx: Tx,
  actor: Actor,
  kind: Kind,
  path: string,
  options: ImportOptions,
  place?: Place,
): Promise<ImportReport> {
  const name = options.fileName ?? basename(path);
  const { bytes, sha256 } = await fingerprint(path, name);
  const onRows =
    options.onProgress === undefined
      ? undefined
      : (rows: number, read: number) =>
          options.onProgress!({ kind: kind.name, file: name, rows, bytes: read, bytesTotal: bytes });
  const errorFile = join(
    options.errorFolder ?? tmpdir(),
    `${basename(name).replace(/\.(csv|xlsx)(\.gz)?$/i, '')}-refused-${sha256.slice(0, 8)}.csv`,
  );
  const report = await importFile(
    tx,
    {
      ...{ kind, name, bytes, sha256, errorFile, onRows, place },
      mapping: options.mapping ?? null,
      open: (onFault) => (options.open ?? asItIs)(path, name, onFault),
      userId: actor.userId,
      directFrom: options.directFrom,
      heldUpTo: options.heldUpTo,
      pseudonymKey: options.pseudonymKey ?? process.env['ANSWERABLE_PSEUDONYM_KEY'],
    },
    options,
  );
  // A dry run leaves no trace and must not hold the lock of the log while it reads the next file.
  if (report.importId !== null && options.dryRun !== true) {
    const { importId: key, new: added, changed, refused, periods, late } = report;
    await audit(tx, actor, {
      deed: 'import.run',
      object: { kind: 'import', key },
      after: { kind: kind.name, file: name, bytes, sha256, new: added, changed, refused, periods, late },
    });
  }
  return report;
}

async function asItIs(path: string, name: string, onFault: FaultSink): Promise<RowSource> {
  return await openFile(path, { file: name, onFault });
}

async function fingerprint(path: string, name: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of fileChunks(path)) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOENT', 'EACCES', 'EISDIR', 'EPERM', 'ENOTDIR'].includes(code)) throw error;
    const message = code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${code})`;
    throw new InvalidInput([{ file: name, code: 'unreadable', message, remedy: 'Check its path and its rights.' }]);
  }
  return { bytes, sha256: hash.digest('hex') };
}
