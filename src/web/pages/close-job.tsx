import type { Job } from '../../application/jobs.service.ts';
import type { Board } from '../close-board.ts';
import { monthYear } from '../format.ts';
import { t } from '../language.ts';
import type { View } from '../layout.tsx';
import { hasEnded, pageOfJob, resultOf } from '../page-jobs.ts';
import { stepOf } from './job.tsx';

/** Whoever asked may look for it on the next day; then it is of yesterday's facts. */
const LOOKED_FOR_MS = 24 * 3_600_000;

/**
 * What is to be told of a calculation or dry run, and where more is: to all while it is under way, to who asked when there
 * is something to read. Null where the figures tell it themselves.
 */
export function newsOf(job: Job | null, login: string): { text: string; href: string; deed: string } | null {
  if (job === null) return null;
  const { period, preview } = job.work as { readonly period: string; readonly preview: boolean };
  const said = { month: monthYear(period), who: job.askedBy };
  if (!hasEnded(job))
    return {
      text: preview
        ? t('The dry run of {month} that {who} asked for is under way.', said)
        : t('{month} is being calculated; {who} asked for it.', said),
      ...{ href: pageOfJob(job), deed: t('See how far it is') },
    };
  const isOld = Date.now() - job.endedAt!.getTime() > LOOKED_FOR_MS;
  if (isOld || job.askedBy !== login || (job.state === 'done' && !preview)) return null;
  const text =
    job.state === 'failed'
      ? preview
        ? t('Your dry run of {month} was refused.', said)
        : t('Your calculation of {month} was refused.', said)
      : t('Your dry run of {month} is done.', said);
  return { text, href: resultOf(job)!, deed: job.state === 'failed' ? t('See why') : t('See what it found') };
}

/** On the board, so that whoever left finds it again. */
export function CloseJob({ view, board: { job } }: { view: View; board: Board }) {
  const news = newsOf(job, view.actor.login);
  if (news === null) return null;
  return (
    <p class="note" role="status">
      {news.text} {!hasEnded(job!) && stepOf(job!)} <a href={news.href}>{news.deed}</a>
    </p>
  );
}
