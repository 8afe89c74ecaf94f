import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Who moved a run on, and when; null: not yet. */
export interface RunDeeds {
  readonly prepared_by: string | null;
  readonly prepared_at: Date;
  readonly submitted_by: string | null;
  readonly submitted_at: Date | null;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
  readonly issued_by: string | null;
  readonly issued_at: Date | null;
}

export async function runDeeds(tx: Tx, run: string): Promise<RunDeeds> {
  return ((await tx.query(sql('run-deeds'), [run])) as [RunDeeds])[0];
}

export interface InputFileRow {
  readonly import_id: string;
  readonly kind: string;
  readonly file_name: string;
  readonly rows: number;
  readonly sha256: string;
  readonly imported_at: Date;
}

/** Files that a run read, up to its watermark: those of its period and those of no period. */
export async function inputFiles(tx: Tx, mark: string, period: Period): Promise<InputFileRow[]> {
  return (await tx.query(sql('run-input-files'), [mark, period])) as InputFileRow[];
}
