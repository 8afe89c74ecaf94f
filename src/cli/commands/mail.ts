import type { Command } from 'commander';
import type { MailReport } from '../../application/mail-queue.ts';
import type { Period } from '../../domain/period.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { EXIT } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';
import { PERIOD } from './periods.ts';

/** Issued statements to those who answer for them. */
export function addMailCommand(root: Command): void {
  addCommand(root, {
    name: 'mail',
    about:
      'mail the issued statements of a period to the owners of their units: link, hash and the file that proves itself',
    examples: ['mail 2026-05', 'mail 2026-05 --unit RETAIL --again'],
    notes:
      'SMTP_URL says by which server; on the embedded database mails are .eml files in a folder. What a server does not\n' +
      'take stays a job, and the service tries it again. Addresses: answerable user mail LOGIN ADDRESS.',
    acts: true,
  })
    .argument(...PERIOD)
    .option('--unit <code>', 'of one unit')
    .option('--again', 'also what was mailed before')
    .action(answering(mail));
}

async function mail(shell: Shell, period: Period, options: { unit?: string; again?: boolean }): Promise<Answer> {
  const { MailsService } = await import('../../application/mails.service.ts');
  const { JobRunner } = await import('../../application/job-runner.ts');
  const { JobsService } = await import('../../application/jobs.service.ts');
  const actor = await shell.actor();
  const report = await (await shell.assembled(MailsService)).mail(actor, period, options);
  await (await shell.assembled(JobRunner)).drain(['mail']);
  const jobs = await shell.get(JobsService);
  const mails = [];
  for (const { job, ...one } of report.queued) {
    const { state, problem, progress } = await jobs.show(actor, job);
    mails.push({
      ...one,
      job,
      state: state === 'done' ? 'sent' : state,
      why: problem?.detail ?? progress?.step ?? null,
    });
  }
  const text = table(mails, [
    { title: 'statement', of: (m) => m.statement },
    { title: 'to', of: (m) => m.to },
    { title: 'state', of: (m) => m.state },
    { title: '', of: (m) => (m.state === 'sent' ? null : m.why) },
  ]);
  const failed = mails.some((one) => one.state === 'failed');
  return {
    json: { ...report, queued: mails },
    text: [mails.length === 0 ? 'nothing is mailed' : text, ...restText(report)].join('\n'),
    exitCode: failed ? EXIT.refused : EXIT.done,
  };
}

function restText({ before, withoutAddress, withoutOwner }: MailReport): string[] {
  return [
    ...(before > 0 ? [`${before} were mailed before (--again mails them once more)`] : []),
    ...(withoutAddress.length > 0 ? [`without an address: ${withoutAddress.join(', ')}`] : []),
    ...(withoutOwner.length > 0 ? [`units without an owner: ${withoutOwner.join(', ')}`] : []),
  ];
}
