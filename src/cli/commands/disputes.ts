import type { Command } from 'commander';
import type { Dispute, DisputesService, PreviewPosting } from '../../application/disputes.service.ts';
import type { Actor } from '../../domain/roles.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { pairs, table } from '../table.ts';

/** Disputes of issued lines: opened by who is charged, ruled by who belongs to neither side. */
export function addDisputeCommands(root: Command): void {
  const dispute = root.command('dispute').description('disputes of issued lines');
  addCommand(dispute, {
    name: 'open <line>',
    about: 'dispute a line of an issued statement, within twelve months',
    examples: [
      'dispute open 3f2a9c0d1e --reason "these contacts are not ours" --evidence "ticket 4711" --as ravi',
      'dispute open 3f2a9c0d1e --amount 120.50 --to MOBILE --reason "their release"',
    ],
    notes: 'Without --amount the whole line; without --to service would bear it. `dispute preview` says who would.',
    acts: true,
  })
    .requiredOption('--reason <text>', 'why')
    .option('--evidence <text>', 'what shows it')
    .option('--amount <amount>', 'part of the line')
    .option('--to <unit>', 'unit that should bear it')
    .action(
      answering(async (shell: Shell, line: string, options: OpenOptions) => {
        const { service, actor } = await acting(shell);
        const opened = await service.open(actor, line, options);
        return { ...disputeAnswer(opened), next: `answerable dispute preview ${opened.id}` };
      }),
    );
  addCommand(dispute, {
    name: 'list',
    about: 'disputes that one may see',
    examples: ['dispute list'],
    acts: true,
  }).action(
    answering(async (shell: Shell) => {
      const { service, actor } = await acting(shell);
      const disputes = await service.list(actor);
      if (disputes.length === 0) return { json: { disputes }, text: 'no disputes' };
      return { json: { disputes }, text: disputesText(disputes), next: 'answerable dispute show ID' };
    }),
  );
  addCommand(dispute, {
    name: 'show <id>',
    about: 'a dispute with its thread',
    examples: ['dispute show 7'],
    acts: true,
  }).action(
    answering(async (shell: Shell, id: string) => {
      const { service, actor } = await acting(shell);
      const { thread, ...shown } = await service.show(actor, id);
      const said = thread.map((entry) => `${entry.at.toISOString().slice(0, 10)} ${entry.by}: ${entry.text}`);
      const answer = disputeAnswer(shown);
      return { json: { ...shown, thread }, text: [answer.text, ...said].join('\n'), next: answer.next };
    }),
  );
  addCommand(dispute, {
    name: 'reply <id> <text>',
    about: 'add to the thread',
    examples: ['dispute reply 7 "the recording shows it"'],
    acts: true,
  }).action(
    answering(async (shell: Shell, id: string, text: string) => {
      const { service, actor } = await acting(shell);
      await service.reply(actor, id, text);
      return { json: { dispute: id }, text: `dispute ${id}: noted` };
    }),
  );
  addCommand(dispute, {
    name: 'escalate <id>',
    about: 'hand an open dispute to the chief financial officer',
    examples: ['dispute escalate 7 --reason "ten working days have gone"'],
    acts: true,
  })
    .requiredOption('--reason <text>', 'why')
    .action(
      answering(async (shell: Shell, id: string, { reason }: { reason: string }) => {
        const { service, actor } = await acting(shell);
        await service.escalate(actor, id, reason);
        return { json: { dispute: id, state: 'escalated' }, text: `dispute ${id} is the chief financial officer's` };
      }),
    );
  addCommand(dispute, {
    name: 'preview <id>',
    about: 'what an acceptance would post: who is credited, who would bear it; sums to zero',
    examples: ['dispute preview 7', 'dispute preview 7 --amount 60.00'],
    acts: true,
  })
    .option('--amount <amount>', 'another part than what is disputed')
    .action(
      answering(async (shell: Shell, id: string, { amount }: { amount?: string }) => {
        const { service, actor } = await acting(shell);
        const postings = await service.preview(actor, id, amount);
        return { json: { dispute: id, postings }, text: postingsText(postings), next: `answerable dispute rule ${id}` };
      }),
    );
  addCommand(dispute, {
    name: 'rule <id>',
    about: 'accept or reject, by somebody who belongs to neither side; the next close books what is accepted',
    examples: [
      'dispute rule 7 --accept --reason "ticket 4711 shows it" --as controller',
      'dispute rule 7 --reject --reason "…"',
    ],
    acts: true,
  })
    .option('--accept', 'take it back')
    .option('--reject', 'let it stand')
    .option('--amount <amount>', 'accept only this part')
    .requiredOption('--reason <text>', 'why')
    .action(answering(rule));
}

interface OpenOptions {
  readonly reason: string;
  readonly evidence?: string;
  readonly amount?: string;
  readonly to?: string;
}

interface RuleOptions {
  readonly accept?: boolean;
  readonly reject?: boolean;
  readonly amount?: string;
  readonly reason: string;
}

async function rule(shell: Shell, id: string, options: RuleOptions): Promise<Answer> {
  const { accept = false, reject = false, amount, reason } = options;
  if (accept === reject)
    throw new WrongUsage('a ruling is --accept or --reject', `answerable dispute rule ${id} --accept`);
  const { service, actor } = await acting(shell);
  const ruled = await service.rule(actor, id, { accept, amount, reason });
  return { ...disputeAnswer(ruled), next: accept ? 'answerable close PERIOD (the open one books it)' : undefined };
}

function disputeAnswer(dispute: Dispute): Answer {
  const text = pairs([
    ['dispute', `${dispute.id}, ${dispute.state}${dispute.overdue ? ', overdue' : ''}`],
    ['line', `${dispute.line} of ${dispute.unit}, ${dispute.chargePeriod}`],
    ['amount', dispute.accepted === null ? dispute.amount : `${dispute.accepted} accepted of ${dispute.amount}`],
    ['would be borne by', dispute.counter],
    ['reason', dispute.reason],
    ['evidence', dispute.evidence],
    ['opened by', `${dispute.openedBy}, to be ruled by ${dispute.dueOn}`],
    ['ruling', dispute.ruledBy === null ? '' : `${dispute.ruling} (${dispute.ruledBy})`],
  ]);
  const isOpen = dispute.ruledBy === null;
  return { json: dispute, text, next: isOpen ? `answerable dispute preview ${dispute.id}` : undefined };
}

function disputesText(disputes: readonly Dispute[]): string {
  return table(disputes, [
    { title: 'id', of: (d) => d.id, right: true },
    { title: 'state', of: (d) => (d.overdue ? `${d.state}, overdue` : d.state) },
    { title: 'period', of: (d) => d.chargePeriod },
    { title: 'unit', of: (d) => d.unit },
    { title: 'against', of: (d) => d.counter },
    { title: 'amount', of: (d) => d.amount, right: true },
    { title: 'accepted', of: (d) => d.accepted, right: true },
    { title: 'due', of: (d) => d.dueOn },
    { title: 'reason', of: (d) => d.reason },
  ]);
}

function postingsText(postings: readonly PreviewPosting[]): string {
  const totals = { unit: 'sum', chargePeriod: '' as never, decision: null, reason: null, amount: '0.00' };
  return table(
    postings,
    [
      { title: 'unit', of: (p) => p.unit },
      { title: 'charge period', of: (p) => p.chargePeriod },
      { title: 'decision', of: (p) => p.decision },
      { title: 'reason', of: (p) => p.reason },
      { title: 'amount', of: (p) => p.amount, right: true },
    ],
    totals,
  );
}

async function acting(shell: Shell): Promise<{ service: DisputesService; actor: Actor }> {
  const { DisputesService } = await import('../../application/disputes.service.ts');
  const actor = await shell.actor();
  return { service: await shell.get(DisputesService), actor };
}
