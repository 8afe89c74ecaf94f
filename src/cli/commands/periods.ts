import { InvalidArgumentError, type Command } from 'commander';
import { isPeriod, type Period } from '../../domain/period.ts';
import type { StatementSet } from '../../domain/statements/statement-set.ts';
import type { Control } from '../../application/roll-up-control.ts';
import type { PeriodsService } from '../../application/periods.service.ts';
import type { PeriodState } from '../../persistence/periods.queries.ts';
import type { Actor } from '../../domain/roles.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { statementText } from '../statement-text.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';

/** commander's parser of a PERIOD argument: a wrong one is wrong usage. */
export function periodArgument(text: string): Period {
  if (!isPeriod(text)) throw new InvalidArgumentError('A period is a month like 2026-05.');
  return text;
}
export const PERIOD = ['<period>', 'month, like 2026-05', periodArgument] as const;

/** The way of a period: close, submit, approve, issue; and back while it is not issued. */
export function addPeriodCommands(root: Command): void {
  addCommand(root, {
    name: 'close',
    about: 'cost and attribute the contacts of a period and prove that the books balance: a run',
    examples: ['close 2026-05', 'close 2026-05 --preview', 'close 2026-05 --control full'],
    notes: 'The same inputs give the same run, any number of times. A period moves on with submit, approve and issue.',
    acts: true,
  })
    .argument(...PERIOD)
    .option('--preview', 'compute and show, keep nothing')
    .option('--control <how>', 'prove the sums by SQL on a sample of customers (default), or in full', controlArgument)
    .action(answering(close));
  addMove(root, {
    name: 'submit',
    about: 'hand a calculated period in for review',
    to: 'in_review',
    next: (period) => `answerable approve ${period} (another person; on the embedded database --as controller)`,
    deed: (periods, actor, period) => periods.submit(actor, period),
  });
  addMove(root, {
    name: 'approve',
    about: 'approve a period in review; never what oneself prepared',
    to: 'approved',
    next: (period) => `answerable issue ${period} (a controller; on the embedded database --as controller)`,
    deed: (periods, actor, period) => periods.approve(actor, period),
  });
  addMove(root, {
    name: 'issue',
    about: 'issue the statements of an approved period and close it for good',
    to: 'closed',
    next: (period) => `answerable statements ${period} --format xlsx --out out`,
    deed: (periods, actor, period) => periods.issue(actor, period),
  });
  addCommand(root, {
    name: 'reopen',
    about: 'take a period back to calculated, with a reason; a closed one, the newest only, by two people',
    examples: ['reopen 2026-05 --reason "ledger entry of 31 May was missing"', 'reopen 2026-05 --confirm --as cfo'],
    notes: 'A closed period opens when another person confirms. What was issued stays; the next issue supersedes it.',
    acts: true,
  })
    .argument(...PERIOD)
    .option('--reason <text>', 'why')
    .option('--confirm', 'confirm what another person asked for')
    .action(answering(reopen));
  addCommand(root, {
    name: 'periods',
    about: 'every period with its state, its run and who did what',
    examples: ['periods'],
    acts: true,
  }).action(answering(list));
}

async function reopen(shell: Shell, period: Period, options: { reason?: string; confirm?: boolean }): Promise<Answer> {
  const { periods, actor } = await acting(shell);
  const again = { ...moved(period, 'calculated'), next: `answerable close ${period}` };
  if (options.confirm) {
    await periods.confirmReopening(actor, period);
    return again;
  }
  const { awaitsConfirmation } = await periods.reopen(actor, period, options.reason ?? '');
  if (!awaitsConfirmation) return again;
  return {
    json: { period, state: 'closed', awaitsConfirmation },
    text: `${period} stays closed until another person confirms`,
    next: `answerable reopen ${period} --confirm (another person; on the embedded database --as cfo)`,
  };
}

interface Move {
  readonly name: string;
  readonly about: string;
  readonly to: PeriodState;
  readonly next: (period: Period) => string;
  readonly deed: (periods: PeriodsService, actor: Actor, period: Period) => Promise<unknown>;
}

function addMove(root: Command, move: Move): void {
  addCommand(root, { name: move.name, about: move.about, examples: [`${move.name} 2026-05`], acts: true })
    .argument(...PERIOD)
    .action(
      answering(async (shell: Shell, period: Period) => {
        const { periods, actor } = await acting(shell);
        await move.deed(periods, actor, period);
        return { ...moved(period, move.to), next: move.next(period) };
      }),
    );
}

const moved = (period: Period, state: PeriodState): Answer => ({
  json: { period, state },
  text: `${period} ${DONE[state]}`,
});

const DONE: Readonly<Record<PeriodState, string>> = {
  open: 'is open',
  calculated: 'is calculated again',
  in_review: 'is in review',
  approved: 'is approved',
  closed: 'is issued and closed',
};

function controlArgument(text: string): Control {
  if (text === 'full' || text === 'sample') return text;
  throw new InvalidArgumentError('It is full or sample.');
}

async function close(shell: Shell, period: Period, options: { preview?: boolean; control?: Control }): Promise<Answer> {
  const { periods, actor } = await acting(shell);
  const result = await periods.close(actor, period, options);
  const set = result.document as unknown as StatementSet;
  const outcome = result.preview
    ? 'preview: nothing was kept'
    : `${result.isNew ? 'run' : 'the same inputs as before give run'} ${result.runId}, ${result.runHash}`;
  return {
    json: { ...result.document, preview: result.preview, isNew: result.isNew },
    text: `${statementText(set)}\n\n${outcome}`,
    next: result.preview ? `answerable close ${period}` : `answerable submit ${period}`,
  };
}

async function list(shell: Shell): Promise<Answer> {
  const { periods, actor } = await acting(shell);
  const rows = await periods.list(actor);
  const text = table(rows, [
    { title: 'period', of: (row) => row.period },
    { title: 'state', of: (row) => row.state.replaceAll('_', ' ') },
    { title: 'run', of: (row) => row.run_id, right: true },
    { title: 'hash', of: (row) => row.run_hash?.slice(0, 12) },
    { title: 'prepared by', of: (row) => row.prepared_by },
    { title: 'approved by', of: (row) => row.approved_by },
    { title: 'issued by', of: (row) => row.issued_by },
  ]);
  const json = { periods: rows.map((row) => ({ ...row, issued_at: row.issued_at?.toISOString() ?? null })) };
  if (rows.length === 0) return { json, text: 'no periods yet', next: 'answerable import-folder DIR' };
  return { json, text, next: 'answerable statements PERIOD' };
}

async function acting(shell: Shell): Promise<{ periods: PeriodsService; actor: Actor }> {
  const { PeriodsService } = await import('../../application/periods.service.ts');
  const actor = await shell.actor();
  return { periods: await shell.get(PeriodsService), actor };
}
