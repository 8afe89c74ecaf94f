import type { Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Figures of a subject that were kept under a basis. */
export async function keptFigures(tx: Tx, subject: string, basis: string): Promise<Buffer | undefined> {
  return ((await tx.query(sql('kept-figures'), [subject, basis])) as { figures: Buffer }[])[0]?.figures;
}

/** Older bases of a subject that stay: a look back, and another model that is tried. */
const BESIDE = 3;

export async function insertKeptFigures(tx: Tx, subject: string, basis: string, figures: Buffer): Promise<void> {
  await tx.query(sql('kept-figures-insert'), [subject, basis, figures, BESIDE]);
}

export interface Touching {
  readonly kinds: readonly string[];
  /** months of the facts that are read */
  readonly from: Period;
  readonly to: Period;
}

/** The newest import that may have changed what is read of these kinds and months up to a watermark. */
export async function touchingMark(tx: Tx, mark: string, { kinds, from, to }: Touching): Promise<string> {
  const rows = (await tx.query(sql('touching-mark'), [mark, kinds, from, to])) as [{ mark: string }];
  return rows[0].mark;
}
