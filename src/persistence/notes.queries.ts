import type { Tx } from './database.ts';
import { sql } from './sql.ts';

export interface NoteRow {
  readonly note_id: string;
  readonly decision_code: string;
  readonly unit_code: string;
  readonly text: string;
  readonly login: string;
  readonly written_at: Date;
}

/** Notes on a decision that the current role may see, newest first. */
export async function noteRows(tx: Tx, decision: string): Promise<NoteRow[]> {
  return (await tx.query(sql('decision-notes'), [decision])) as NoteRow[];
}

export async function insertNote(
  tx: Tx,
  note: { decision: string; unit: string; text: string; userId: number },
): Promise<void> {
  await tx.query(sql('decision-note-insert'), [note.decision, note.unit, note.text, note.userId]);
}
