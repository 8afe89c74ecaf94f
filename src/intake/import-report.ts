import type { InputFault } from '../domain/errors.ts';
import type { ImportTotals } from '../persistence/imports.queries.ts';
import type { Tx } from '../persistence/database.ts';
import type { Kind } from './kinds/kind.ts';
import type { FaultSink, RowSource } from './rows.ts';

export interface ImportFlags {
  readonly dryRun?: boolean;
  /** takes the good rows, keeps the bad ones with the import */
  readonly acceptValid?: boolean;
  /** unknown reasons of contacts are made, without owner, for the worklist */
  readonly createReasons?: boolean;
}

/** Where a file stands among those that are imported side by side and have to commit in their order. */
export interface Place {
  /** of the import, should it be kept */
  readonly importId: string;
  /** hears that the transaction has joined the others */
  readonly begun: () => void;
  /** Waits until the files before have ended. @throws when they did so without this one's turn coming */
  readonly turn: (tx: Tx) => Promise<void>;
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
  /** facts of files from this size on go straight into their table when nothing speaks against it */
  readonly directFrom?: number | undefined;
  /** facts of files below this size are held in memory, so that only those with keys that may be known go over the stage */
  readonly heldUpTo?: number | undefined;
  /** only when others are imported beside it; somebody holds the lock of imports for all of them */
  readonly place?: Place | undefined;
}

/** A known key with other content: stored as a new version, or as a pair of signed rows. */
export interface Correction {
  readonly line: number;
  readonly key: string;
  /** by column of the file */
  readonly changes: Readonly<Record<string, { readonly from: string | null; readonly to: string | null }>>;
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
  /** the first thousand of what changes */
  readonly corrections: readonly Correction[];
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
