import type { Note } from '../../application/notes.service.ts';
import { may } from '../../domain/roles.ts';
import { Fault, Field, Form } from '../form.tsx';
import { t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import type { Refusing } from '../refused.tsx';
import { Said } from './disputes.tsx';

export interface DecisionNotes {
  readonly code: string;
  /** newest first */
  readonly notes: readonly Note[];
  readonly fault: Refusing | null;
}

/** What the owners of a decision say about it: the newest note is what holds, the others are how it came to that. */
export function NotesSection({
  view,
  of: { code, notes, fault },
  units,
}: {
  view: View;
  of: DecisionNotes;
  units: ReadonlyMap<string, string>;
}) {
  const [newest, ...older] = notes;
  const said = (note: Note) => (
    <Said
      key={note.id}
      by={note.writtenBy}
      at={note.writtenAt}
      kind={units.get(note.unit) ?? note.unit}
      text={note.text}
    />
  );
  return (
    <div id="notes">
      <Section
        title={newest === undefined ? t('No owner has said anything about it yet') : t('What its owner says')}
        sub={t('written by its owner, read by all who may see the decision; times in UTC')}
      >
        {newest !== undefined && <ol class="thread">{said(newest)}</ol>}
        {older.length > 0 && (
          <details>
            <summary>{t('Earlier notes: {count}', { count: older.length })}</summary>
            <ol class="thread">{older.map(said)}</ol>
          </details>
        )}
        {may(view.actor, 'write_note') && (
          <>
            <Fault of={fault} />
            <Form view={view} action={`/decisions/${encodeURIComponent(code)}/notes`}>
              <Field
                name="text"
                label={t('Your note')}
                help={t('Why it is as it is, and what you do about it. A note stays; a newer one follows it.')}
                required
                long
                fault={fault !== null}
              />
              <div class="actions">
                <button type="submit">{t('Add the note')}</button>
              </div>
            </Form>
          </>
        )}
      </Section>
    </div>
  );
}
