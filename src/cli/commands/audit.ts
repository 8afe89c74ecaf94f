import { createWriteStream } from 'node:fs';
import { Argument, type Command } from 'commander';
import type { AuditBody } from '../../domain/audit-chain.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { EXIT } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { grouped, pairs, table } from '../table.ts';

interface ListOptions {
  readonly object?: string;
  readonly deed?: string;
  readonly user?: string;
}

/** Who did what, unchangeably; and the settings that change who may do what. */
export function addAuditCommands(root: Command): void {
  const audit = root.command('audit').description('the audit log: who did what, in a chain of hashes');
  addCommand(audit, {
    name: 'list',
    about: 'the newest events, or those of an object, deed or person',
    examples: ['audit list', 'audit list --object 2026-05 --as auditor', 'audit list --deed user.change'],
    acts: true,
  })
    .option('--object <key>', 'of one object: a period, a login, the number of an import …')
    .option('--deed <name>', 'of one kind, e.g. period.approve')
    .option('--user <login>', 'of one person')
    .action(answering(list));
  addCommand(audit, {
    name: 'export <file>',
    about: 'the whole log as lines of JSON, to be kept where it cannot be changed',
    examples: ['audit export audit.jsonl --as auditor'],
    acts: true,
  }).action(answering(exportLog));
  addCommand(audit, {
    name: 'verify',
    about: 'recompute every hash of the chain; 4 when anything differs',
    examples: ['audit verify --as auditor'],
    acts: true,
  }).action(answering(verifyLog));
  addCommand(audit, {
    name: 'anchor <file>',
    about: 'add the head of the chain to a file that others keep; issued statements are checked against it',
    examples: ['audit anchor heads.jsonl --as auditor'],
    notes:
      'The heads in the file must be heads of this chain: if one is not, the log was changed, and the exit code is 4.',
    acts: true,
  }).action(answering(anchor));

  const settings = root.command('settings').description('how the company works with the product');
  addCommand(settings, { name: 'show', about: 'the settings', examples: ['settings show'], acts: true }).action(
    answering(async (shell: Shell) => {
      const shown = await (await settingsService(shell)).show(await shell.actor());
      return { json: shown, text: pairs(Object.entries(shown).map(([name, value]) => [name, String(value)])) };
    }),
  );
  addMailOnIssue(settings);
  addCommand(settings, {
    name: 'one-person',
    about: 'one person may prepare and approve: for companies that have no second one; printed on every statement',
    examples: ['settings one-person on --reason "there is only one of us" --as admin'],
    acts: true,
  })
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .requiredOption('--reason <text>', 'why')
    .action(
      answering(async (shell: Shell, state: 'on' | 'off', { reason }: { reason: string }) => {
        await (await settingsService(shell)).setOnePerson(await shell.actor(), state === 'on', reason);
        return { json: { onePerson: state === 'on' }, text: `one-person mode is ${state}` };
      }),
    );
}

function addMailOnIssue(settings: Command): void {
  addCommand(settings, {
    name: 'mail-on-issue',
    about: 'mail statements to the owners of their units whenever they are issued',
    examples: ['settings mail-on-issue on --as admin'],
    acts: true,
  })
    .addArgument(new Argument('<state>').choices(['on', 'off']))
    .action(
      answering(async (shell: Shell, state: 'on' | 'off') => {
        await (await settingsService(shell)).setMailOnIssue(await shell.actor(), state === 'on');
        return { json: { mailOnIssue: state === 'on' }, text: `mailing at issue is ${state}` };
      }),
    );
}

async function list(shell: Shell, options: ListOptions): Promise<Answer> {
  const { object, deed, user: actor } = options;
  const events = await (await service(shell)).newest(await shell.actor(), { object, deed, actor });
  const bodies = events.map((event) => JSON.parse(event.body) as AuditBody);
  const text = table(bodies, [
    { title: 'no', of: (e) => e.no, right: true },
    { title: 'at', of: (e) => e.at.slice(0, 19).replace('T', ' ') },
    { title: 'who', of: (e) => (e.for === null ? e.actor : `${e.actor} for ${e.for}`) },
    { title: 'did', of: (e) => e.deed },
    { title: 'to', of: (e) => e.object.key },
    { title: 'why', of: (e) => e.reason },
    { title: 'from', of: (e) => e.door },
  ]);
  return { json: { events: bodies }, text: bodies.length === 0 ? 'no such event' : text };
}

async function exportLog(shell: Shell, file: string): Promise<Answer> {
  const out = createWriteStream(file, { flags: 'wx' });
  const ended = new Promise<void>((resolve, reject) => out.once('finish', resolve).once('error', reject));
  const head = await (await service(shell)).export(await shell.actor(), (line) => void out.write(line));
  out.end();
  await ended;
  return { json: { file, ...head }, text: `${grouped(head.no)} events in ${file}\nhead ${head.no} ${head.hash}` };
}

async function verifyLog(shell: Shell): Promise<Answer> {
  const { head, faults } = await (await service(shell)).verify(await shell.actor());
  const text =
    faults.length === 0
      ? `${grouped(head.no)} events, unbroken\nhead ${head.no} ${head.hash}`
      : faults.map((fault) => `DIFFERS: ${fault}`).join('\n');
  return { json: { head, faults }, text, exitCode: faults.length === 0 ? EXIT.done : EXIT.outOfBalance };
}

async function anchor(shell: Shell, file: string): Promise<Answer> {
  const head = await (await service(shell)).anchor(await shell.actor(), file);
  return { json: { file, ...head }, text: `head ${head.no} ${head.hash} is in ${file}` };
}

async function service(shell: Shell) {
  const { AuditService } = await import('../../application/audit.service.ts');
  return await shell.get(AuditService);
}

async function settingsService(shell: Shell) {
  const { SettingsService } = await import('../../application/settings.service.ts');
  return await shell.get(SettingsService);
}
