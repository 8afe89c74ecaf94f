import type { Words } from '../../application/words.service.ts';
import { Form } from '../form.tsx';
import { day } from '../format.ts';
import { t } from '../language.ts';
import { Section, type View } from '../layout.tsx';

/** What customers said, once somebody has asked for it; before that the button that asks. */
export function WordsSection({ view, action, words }: { view: View; action: string; words: readonly Words[] | null }) {
  return (
    <Section
      title={
        words === null
          ? t('What customers said')
          : words.length === 0
            ? t('No customer’s words are kept of these contacts')
            : t('What customers said, masked')
      }
      sub={t(
        'names, addresses and numbers were taken out when it was imported; every look is an event in the audit log',
      )}
    >
      {words === null ? (
        <Form view={view} action={action}>
          <div class="actions">
            <button type="submit">{t('Read what they said; the look is recorded')}</button>
          </div>
        </Form>
      ) : (
        words.map((said) => (
          <blockquote key={`${said.day} ${said.text}`}>
            <p lang="und">{said.text}</p>
            <footer class="note">{day(said.day)}</footer>
          </blockquote>
        ))
      )}
    </Section>
  );
}
