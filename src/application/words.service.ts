import { Injectable } from '@nestjs/common';
import type { LocalDate } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import { Database } from '../persistence/database.ts';
import { contactWords } from '../persistence/words.queries.ts';
import { audit } from './audit.ts';
import { ExplainService, type LineExplanation } from './explain.service.ts';

/** A customer's own words: masked when they were imported, and without a name or number that leads to somebody. */
export interface Words {
  readonly day: LocalDate;
  readonly text: string;
}

/** Enough to understand a charge, too few to read along. */
const MOST = 8;
/** Contacts that an explanation lists. */
const SHOWN = 100;

/** What customers said in the contacts behind a charge. Every look is an event in the audit log. */
@Injectable()
export class WordsService {
  constructor(
    private readonly db: Database,
    private readonly explain: ExplainService,
  ) {}

  /**
   * Words behind a line that the actor may see: a unit owner's own lines only.
   * @throws Refusal no_such_line, also for a line of another unit
   */
  async ofLine(actor: Actor, line: string): Promise<{ explained: LineExplanation; words: Words[] }> {
    const explained = await this.explain.line(actor, line, { all: true });
    const contacts = explained.contacts.map(({ contact }) => contact);
    return await this.db.books(async (tx) => {
      const rows = await contactWords(tx, contacts, MOST);
      await audit(tx, actor, {
        deed: 'contact.read_words',
        object: { kind: 'line', key: line },
        after: { contacts: rows.map(({ contact_id: id }) => id) },
      });
      const shown = { ...explained, contacts: explained.contacts.slice(0, SHOWN) };
      return { explained: shown, words: rows.map(({ started_on: day, text }) => ({ day, text })) };
    });
  }
}
