import { monthYear } from '../format.ts';
import { Document, Page, type View } from '../layout.tsx';

const FIXED: Readonly<Record<number, { title: string; heading: string; message?: string }>> = {
  404: {
    title: 'Not found',
    heading: 'There is no such page for you.',
    message: 'Nothing is at this address, or it belongs to somebody else.',
  },
  500: {
    title: 'Failed',
    heading: 'Something failed on our side.',
    message: 'Nothing was changed. It is in the log of the service; try again, or tell who runs it.',
  },
};

/** A refusal or a missing thing: what, and how to go on. Says the same of what is missing and of what is not yours. */
export function RefusalPage({ status, message, next }: { status: number; message: string; next: string | undefined }) {
  const fixed = FIXED[status >= 500 ? 500 : status];
  return (
    <Document title={fixed?.title ?? 'Refused'}>
      <main id="main">
        <h1>{fixed?.heading ?? 'That was refused.'}</h1>
        <p class="refusal" role="alert">
          {fixed?.message ?? message}
        </p>
        {!fixed && next && <p class="lead">Next: {next}</p>}
        <p class="actions">
          <a href="/">Home</a> <a href="/sign-in">Sign in as somebody else</a>
        </p>
      </main>
    </Document>
  );
}

/** Nothing to show: no month at all, or one that has not been calculated. */
export function EmptyPage({ view }: { view: View }) {
  return (
    <Page view={view} title="Nothing yet">
      <h1>
        {view.period === null
          ? 'No month is in the books yet.'
          : `${monthYear(view.period)} has not been calculated yet.`}
      </h1>
      <p class="lead">
        {view.period === null
          ? 'Finance imports a folder and calculates a month: answerable import-folder DIR, then answerable close PERIOD.'
          : 'Its statements appear here once finance has calculated it.'}
      </p>
    </Page>
  );
}
