import { Refusal } from '../../domain/errors.ts';
import { monthYear } from '../format.ts';
import { label, rich, t } from '../language.ts';
import { Document, OtherLanguages, Page, type View } from '../layout.tsx';
import { Refused } from '../refused.tsx';

const FIXED: Readonly<Record<number, { title: string; heading: string; message: string }>> = {
  404: {
    title: label('Not found'),
    heading: label('There is no such page for you.'),
    message: label('Nothing is at this address, or it belongs to somebody else.'),
  },
  500: {
    title: label('Failed'),
    heading: label('Something failed on our side.'),
    message: label('Nothing was changed. It is in the log of the service; try again, or tell who runs it.'),
  },
};

/**
 * A refusal or a missing thing: what, and how to go on. Says the same of what is missing and of what is not yours.
 * `why` is a rule's no, or a text of the catalogue. Its links name no address, so that each is the same.
 */
export function RefusalPage({ status, why = '' }: { status: number; why?: Refusal | string }) {
  const fixed = FIXED[status >= 500 ? 500 : status];
  const next = why instanceof Refusal ? why.next : undefined;
  return (
    <Document title={t(fixed?.title ?? label('Refused'))}>
      <main id="main">
        <h1>{t(fixed?.heading ?? label('That was refused.'))}</h1>
        <p class="refusal" role="alert">
          {fixed ? t(fixed.message) : why instanceof Refusal ? <Refused of={why} /> : t(why)}
        </p>
        {!fixed && next && (
          <p class="lead">{rich('Next: {deed}', { deed: <Refused of={{ code: 'next', message: next }} /> })}</p>
        )}
        <p class="actions">
          <a href="/">{t('Home')}</a> <a href="/sign-in">{t('Sign in as somebody else')}</a>
        </p>
        <OtherLanguages address="/" />
      </main>
    </Document>
  );
}

/** Nothing to show: no month at all, or one that has not been calculated. */
export function EmptyPage({ view }: { view: View }) {
  return (
    <Page view={view} title={t('Nothing yet')}>
      <h1>
        {view.period === null
          ? t('No month is in the books yet.')
          : t('{month} has not been calculated yet.', { month: monthYear(view.period) })}
      </h1>
      <p class="lead">
        {view.period === null
          ? t(
              'Finance imports a folder and calculates a month: answerable import-folder DIR, then answerable close PERIOD.',
            )
          : t('Its statements appear here once finance has calculated it.')}
      </p>
    </Page>
  );
}
