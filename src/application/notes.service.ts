import { Injectable } from '@nestjs/common';
import type { OwnerRecord } from '../domain/attribution/register.ts';
import { Refusal } from '../domain/errors.ts';
import { may, requireRight, type Actor } from '../domain/roles.ts';
import { decisionList, ownerList, watermark } from '../persistence/close-inputs.queries.ts';
import { Database } from '../persistence/database.ts';
import { insertNote, noteRows, type NoteRow } from '../persistence/notes.queries.ts';
import { audit } from './audit.ts';

/** What an owner of a decision says about it. */
export interface Note {
  readonly id: string;
  readonly decision: string;
  /** owner of the decision that the writer answers for */
  readonly unit: string;
  readonly text: string;
  readonly writtenBy: string;
  readonly writtenAt: Date;
}

/** Notes of the owners of decisions: written by them, read by all who may see them; none is changed or taken back. */
@Injectable()
export class NotesService {
  constructor(private readonly db: Database) {}

  /** Newest first; of an owner's own units, of all for who reads all. @throws Refusal no_such_decision */
  async list(actor: Actor, decision: string): Promise<Note[]> {
    requireRight(actor, 'read_statement');
    await this.owners(actor, decision);
    return (await this.db.read(actor, (tx) => noteRows(tx, decision))).map(shown);
  }

  /** @throws Refusal forbidden, text_missing, no_such_decision (also another unit's) */
  async write(actor: Actor, decision: string, text: string): Promise<Note> {
    requireRight(actor, 'write_note');
    const owners = (await this.owners(actor, decision)).filter(({ unit }) => actor.units.includes(unit));
    if (text.trim() === '')
      throw new Refusal('text_missing', 'a note needs words', { next: `answerable decision ${decision} --note "…"` });
    // For whom it speaks: the unit that owns it now, before one that did.
    const { unit } = owners.find(({ validTo }) => validTo === null) ?? owners.at(-1)!;
    return await this.db.own(actor, async (tx) => {
      await insertNote(tx, { decision, unit, text, userId: actor.userId });
      const [row] = await noteRows(tx, decision);
      const after = { note: row!.note_id, unit };
      await audit(tx, actor, {
        deed: 'decision.note',
        object: { kind: 'decision', key: decision },
        after,
        reason: text,
      });
      return shown(row!);
    });
  }

  /** Owners of a decision that the actor may see. */
  private async owners(actor: Actor, code: string): Promise<OwnerRecord[]> {
    return await this.db.books(async (tx) => {
      const mark = await watermark(tx);
      const isThere = (await decisionList(tx, mark)).some(({ decision }) => decision === code);
      const owners = (await ownerList(tx, mark)).filter(({ decision }) => decision === code);
      if (isThere && (may(actor, 'read_all') || owners.some(({ unit }) => actor.units.includes(unit)))) return owners;
      throw new Refusal('no_such_decision', `there is no decision ${code}`, {
        kind: 'not_found',
        next: 'answerable decision --list',
      });
    });
  }
}

function shown(row: NoteRow): Note {
  return {
    id: row.note_id,
    decision: row.decision_code,
    unit: row.unit_code,
    text: row.text,
    writtenBy: row.login,
    writtenAt: row.written_at,
  };
}
