import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface Guesses {
  readonly hits: number;
  readonly resetsAt: Date;
}

/** Counts a guess, or takes one back. @returns the count of the window that runs now */
export async function countGuess(tx: Tx, key: string, by: 1 | -1, windowSeconds: number): Promise<Guesses> {
  const rows = (await tx.query(sql('guess-count'), [key, by, windowSeconds])) as [{ hits: number; resets_at: Date }];
  return { hits: rows[0].hits, resetsAt: rows[0].resets_at };
}

export async function guessesOf(tx: Tx, key: string): Promise<Guesses | undefined> {
  const rows = (await tx.query(sql('guess-of'), [key])) as { hits: number; resets_at: Date }[];
  return rows.map((row) => ({ hits: row.hits, resetsAt: row.resets_at }))[0];
}
