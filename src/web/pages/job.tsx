import type { Job } from '../../application/jobs.service.ts';
import { instant, monthYear } from '../format.ts';
import { label, t } from '../language.ts';
import { Page, type View } from '../layout.tsx';
import { pageOfJob } from '../page-jobs.ts';

/** What work says that it is at, by its English. */
const STEPS: Readonly<Record<string, string>> = {
  'reading the facts': label('reading the facts'),
  costing: label('costing'),
  proving: label('proving that the books balance'),
  keeping: label('keeping the run'),
};
const RECOMPUTING = /^recomputing (\d{4}-\d{2})$/;

/** Work under way: what it is, how far it is, and that nobody has to wait here. */
export function JobPage({ view, job }: { view: View; job: Job }) {
  const title = titleOf(job);
  return (
    <Page view={view} title={title} script="/assets/job.js">
      <h1>{title}</h1>
      <p class="lead">
        {job.kind === 'verify'
          ? t('It goes on without you: leave this page whenever you like. Audit says when it is done.')
          : t(
              'It goes on without you: leave this page whenever you like. Home and the close board say when it is done.',
            )}
      </p>
      <div id="job" role="status">
        <p>
          <progress value={job.progress?.done ?? 0} max={Math.max(1, job.progress?.total ?? 1)} aria-label={title} />
        </p>
        <p>{stepOf(job)}</p>
      </div>
      <p class="note">{t('Asked for by {who}, {at} UTC.', { who: job.askedBy, at: instant(job.askedAt) })}</p>
      <div class="actions">
        <a href={pageOfJob(job)}>{t('Look again')}</a>
      </div>
    </Page>
  );
}

/** What the work is. */
export function titleOf({ kind, work }: Job): string {
  const { period, preview } = work as { readonly period?: string; readonly preview?: boolean };
  if (kind === 'verify') return t('The books are recomputed');
  const month = monthYear(period!);
  return preview ? t('Dry run of {month}', { month }) : t('{month} is calculated', { month });
}

/** How far it is, in a line. */
export function stepOf({ state, progress }: Job): string {
  if (state === 'waiting' || progress === null) return t('It waits its turn: other work on the books is under way.');
  const { step, done, total } = progress;
  const month = RECOMPUTING.exec(step)?.[1];
  return t('Step {no} of {all}: {step}', {
    no: Math.min(done + 1, total),
    all: total,
    step: month === undefined ? t(STEPS[step] ?? step) : monthYear(month),
  });
}
