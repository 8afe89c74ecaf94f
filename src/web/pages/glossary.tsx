import type { WordGroup } from '../glossary.ts';
import { language, t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';

/** Every word that pages, workbook, shell and API use, explained once. */
export function GlossaryPage({ view, groups }: { view: View; groups: readonly WordGroup[] }) {
  const count = groups.reduce((sum, { words }) => sum + words.length, 0);
  return (
    <Page view={view} title={t('Words')}>
      <h1>{t('{count} words, the same everywhere', { count })}</h1>
      <p class="lead">
        {t(
          'Pages, workbook, shell and API mean the same by them. The method behind the figures stands in the workbook.',
        )}
        {language() !== 'en' && ` ${t('The engine explains them in English.')}`}
      </p>
      <div class="columns">
        {groups.map((group) => (
          <div class="w6" key={group.name}>
            <Section title={t(group.name)}>
              <dl lang="en">
                {group.words.map(({ terms, meaning }) => (
                  <div key={terms}>
                    <dt>{terms}</dt>
                    <dd>{meaning}</dd>
                  </div>
                ))}
              </dl>
            </Section>
          </div>
        ))}
      </div>
    </Page>
  );
}
