import type { LocalDate } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** What a customer said in a contact; masked when it was imported. */
export interface ContactWords {
  readonly contact_id: string;
  readonly started_on: LocalDate;
  readonly text: string;
}

export async function contactWords(tx: Tx, contacts: readonly string[], most: number): Promise<ContactWords[]> {
  return (await tx.query(sql('contact-words'), [contacts, most])) as ContactWords[];
}
