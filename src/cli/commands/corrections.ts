import type { Command } from 'commander';
import type { Correction, CorrectionsService } from '../../application/corrections.service.ts';
import type { Period } from '../../domain/period.ts';
import type { Actor } from '../../domain/roles.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import type { Shell } from '../shell.ts';
import { table } from '../table.ts';
import { PERIOD } from './periods.ts';

interface AddOptions {
  readonly unit: string;
  readonly amount: string;
  readonly to?: string;
  readonly decision?: string;
  readonly reasonCode?: string;
  readonly reason: string;
}

/** What people change in closed periods: corrections and parked charges; late facts need no command. */
export function addCorrectionCommands(root: Command): void {
  const correct = root.command('correct').description('corrections of closed periods that no late fact explains');
  addCommand(correct, {
    name: 'add',
    about: 'ask for a correction of a closed period; another person approves it, the next close books it',
    examples: ['correct add 2026-05 --unit RETAIL --amount -120.00 --reason "agreed on 12 June"'],
    notes: 'Late contacts and ledger entries need none: import them, and the next close corrects their period.',
    acts: true,
  })
    .argument(...PERIOD)
    .requiredOption('--unit <code>', 'unit that is charged (+) or credited (-)')
    .requiredOption('--amount <amount>', 'e.g. 120.00 or -120.00')
    .option('--to <unit>', 'unit on the other side (default: service)')
    .option('--decision <code>', 'decision that it belongs to')
    .option('--reason-code <code>', 'reason of contact that it belongs to')
    .requiredOption('--reason <text>', 'why')
    .action(
      answering(async (shell: Shell, period: Period, { reason, ...options }: AddOptions) => {
        const { service, actor } = await acting(shell);
        const asked = await service.ask(actor, { chargePeriod: period, ...options, why: reason });
        return { ...correctionAnswer(asked), next: `answerable correct approve ${asked.id} (another person)` };
      }),
    );
  addCommand(correct, {
    name: 'approve <id>',
    about: 'approve a correction; never one that oneself asked for',
    examples: ['correct approve 4 --as controller'],
    acts: true,
  }).action(
    answering(async (shell: Shell, id: string) => {
      const { service, actor } = await acting(shell);
      return { ...correctionAnswer(await service.approve(actor, id)), next: 'answerable close PERIOD (the open one)' };
    }),
  );
  addCommand(correct, {
    name: 'reverse <id>',
    about: 'ask for the exact inverse of an approved correction',
    examples: ['correct reverse 4 --reason "withdrawn"'],
    acts: true,
  })
    .requiredOption('--reason <text>', 'why')
    .action(
      answering(async (shell: Shell, id: string, { reason }: { reason: string }) => {
        const { service, actor } = await acting(shell);
        const asked = await service.reverse(actor, id, reason);
        return { ...correctionAnswer(asked), next: `answerable correct approve ${asked.id} (another person)` };
      }),
    );
  addCommand(correct, { name: 'list', about: 'corrections by people', examples: ['correct list'], acts: true }).action(
    answering(async (shell: Shell) => {
      const { service, actor } = await acting(shell);
      const corrections = await service.list(actor);
      const text = corrections.length === 0 ? 'no corrections' : correctionsText(corrections);
      return { json: { corrections }, text };
    }),
  );

  const parked = root.command('parked').description('charges that a broken bound holds');
  addCommand(parked, {
    name: 'list',
    about: 'parked units, why, and until when',
    examples: ['parked list'],
    acts: true,
  })
    .argument('[period]', PERIOD[1], PERIOD[2])
    .action(answering(listParked));
  for (const [name, ruling, about] of [
    ['release', 'released', 'charge a parked unit after all'],
    ['keep', 'kept', 'leave the charge of a parked unit with service'],
  ] as const) {
    addCommand(parked, {
      name,
      about,
      examples: [`parked ${name} 2026-05 MOBILE --reason "the app release of 3 May" --as controller`],
      acts: true,
    })
      .argument(...PERIOD)
      .argument('<unit>', 'code of the unit')
      .requiredOption('--reason <text>', 'why')
      .action(
        answering(async (shell: Shell, period: Period, unit: string, { reason }: { reason: string }) => {
          const { closeAgain } = await (
            await parkedService(shell)
          ).rule(await shell.actor(), period, unit, ruling, reason);
          return {
            json: { period, unit, ruling },
            text: `${unit} in ${period}: ${ruling}`,
            next: closeAgain ? `answerable close ${period}` : 'answerable close PERIOD (the open one)',
          };
        }),
      );
  }
}

async function listParked(shell: Shell, period: Period | undefined): Promise<Answer> {
  const charges = await (await parkedService(shell)).list(await shell.actor(), period);
  const rows = charges.flatMap((charge) => charge.reasons.map((reason) => ({ ...charge, ...reason })));
  const text = table(rows, [
    { title: 'period', of: (row) => row.period },
    { title: 'unit', of: (row) => row.unit },
    { title: 'amount', of: (row) => row.amount, right: true },
    { title: 'why', of: (row) => row.why },
    { title: 'due', of: (row) => row.dueOn },
    { title: 'ruling', of: (row) => (row.ruling === null ? '' : `${row.ruling} by ${row.ruledBy}`) },
  ]);
  if (rows.length === 0) return { json: { parked: charges }, text: 'nobody is parked' };
  return { json: { parked: charges }, text, next: 'answerable parked release PERIOD UNIT --reason "…"' };
}

const correctionAnswer = (correction: Correction): Answer => ({
  json: correction,
  text: correctionsText([correction]),
});

function correctionsText(corrections: readonly Correction[]): string {
  return table(corrections, [
    { title: 'id', of: (c) => c.id, right: true },
    { title: 'state', of: (c) => (c.reversedBy === null ? c.state : `${c.state}, reversed by ${c.reversedBy}`) },
    { title: 'charge period', of: (c) => c.chargePeriod },
    { title: 'unit', of: (c) => c.unit },
    { title: 'against', of: (c) => c.counter },
    { title: 'amount', of: (c) => c.amount, right: true },
    { title: 'asked by', of: (c) => c.askedBy },
    { title: 'approved by', of: (c) => c.approvedBy },
    { title: 'why', of: (c) => c.why },
  ]);
}

async function acting(shell: Shell): Promise<{ service: CorrectionsService; actor: Actor }> {
  const { CorrectionsService } = await import('../../application/corrections.service.ts');
  const actor = await shell.actor();
  return { service: await shell.get(CorrectionsService), actor };
}

async function parkedService(shell: Shell) {
  const { ParkedService } = await import('../../application/parked.service.ts');
  return await shell.get(ParkedService);
}
