import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Journal } from '../../application/journals.service.ts';
import type { Period } from '../../domain/period.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import type { Shell } from '../shell.ts';
import { pairs, table } from '../table.ts';
import { PERIOD } from './periods.ts';

interface IssuedOptions {
  readonly unit?: string;
  readonly version?: number;
  readonly out?: string;
}

interface JournalOptions {
  readonly mapping?: string;
  readonly out?: string;
  readonly receipt?: string;
}

/** What was given out: statements that check themselves, journals, and the runs behind them. */
export function addIssuedCommands(root: Command): void {
  addCommand(root, {
    name: 'issued',
    about: 'issued statements, every version; with --out as files that `verify FILE` checks without our server',
    examples: ['issued 2026-05', 'issued 2026-05 --out out', 'issued 2026-05 --unit RETAIL --version 1 --out out'],
    acts: true,
  })
    .argument(...PERIOD)
    .option('--unit <code>', 'of one unit')
    .option('--version <n>', 'an earlier version', wholeNumber)
    .option('--out <dir>', 'folder for the files and the certificate')
    .action(answering(issued));
  addCommand(root, {
    name: 'journal',
    about: 'balanced lines of a closed period for the general ledger; asked again, the same file',
    examples: [
      'journal 2026-05 --out out',
      'journal 2026-05 --mapping templates/journals/sap-fb50.yaml --out out',
      'journal 2026-05 --receipt booked.csv',
    ],
    notes: 'Units of another legal entity are named, not journalled: they need an invoice and a transfer price.',
    acts: true,
  })
    .argument(...PERIOD)
    .option('--mapping <file>', 'accounts and columns (default: templates/journals/generic.yaml)')
    .option('--out <dir>', 'folder for the file; without it the lines go to stdout')
    .option('--receipt <file>', 'what the ledger answered: held against the file, kept once')
    .action(answering(journal));
  const runs = root.command('runs').description('runs of a period, and what differs between two');
  addCommand(runs, {
    name: 'list',
    about: 'every run of a period, with what it froze',
    examples: ['runs list 2026-05'],
    acts: true,
  })
    .argument(...PERIOD)
    .action(answering(listRuns));
  addCommand(runs, {
    name: 'compare <before> <after>',
    about: 'lines that differ between two runs of a period, and why: inputs, model or code',
    examples: ['runs compare 12 14'],
    acts: true,
  }).action(answering(compareRuns));
}

async function issued(shell: Shell, period: Period, options: IssuedOptions): Promise<Answer> {
  const { IssuedService } = await import('../../application/issued.service.ts');
  const [service, actor] = [await shell.get(IssuedService), await shell.actor()];
  const { unit, version, out } = options;
  if (out === undefined) {
    const statements = await service.list(actor, period, unit);
    const text = table(statements, [
      { title: 'number', of: (s) => s.number },
      { title: 'sha256', of: (s) => s.sha256 },
      { title: 'issued', of: (s) => `${s.issuedAt.toISOString().slice(0, 10)} by ${s.issuedBy}` },
      { title: 'superseded by', of: (s) => s.supersededBy },
    ]);
    if (statements.length === 0)
      return { json: { statements }, text: 'nothing is issued', next: `answerable issue ${period}` };
    const { no, hash } = statements[0]!.head;
    return { json: { statements }, text: `${text}\nhead of the audit log at issue: ${no} ${hash}` };
  }
  const files = await service.files(actor, period, { unit, version });
  mkdirSync(out, { recursive: true });
  const paths = files.map(({ name, file }) => {
    const path = join(out, name);
    writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
    return path;
  });
  return { json: { files: paths }, text: paths.join('\n'), next: `answerable verify ${paths[0]}` };
}

async function journal(shell: Shell, period: Period, options: JournalOptions): Promise<Answer> {
  const { JournalsService } = await import('../../application/journals.service.ts');
  const [service, actor] = [await shell.get(JournalsService), await shell.actor()];
  if (options.receipt !== undefined) {
    const booked = await service.receipt(actor, period, readFileSync(options.receipt, 'utf8'));
    return journalAnswer(booked, `booked as ${booked.receipt!.reference} on ${booked.receipt!.bookedOn}`);
  }
  const { genericMapping } = await import('../../application/journal-mapping.ts');
  const mapping =
    options.mapping === undefined
      ? genericMapping()
      : { yaml: readFileSync(options.mapping, 'utf8'), file: options.mapping };
  const made = await service.journal(actor, period, mapping);
  if (options.out === undefined) return journalAnswer(made, made.content.toString('utf8'));
  mkdirSync(options.out, { recursive: true });
  const path = join(options.out, made.name);
  writeFileSync(path, made.content);
  const text = pairs([
    ['file', path],
    ['document', `${made.document}${made.isNew ? '' : ', as made before'}`],
    ['lines', made.lines],
    ['debits = credits', made.total],
    ...made.intercompany.map(
      (unit) =>
        [
          `${unit.unit} (${unit.legalEntity})`,
          `${unit.amount}: intercompany invoice and transfer price required`,
        ] as const,
    ),
  ]);
  return { ...journalAnswer(made, text), next: `answerable journal ${period} --receipt FILE` };
}

function journalAnswer(made: Journal, text: string): Answer {
  const { content, ...rest } = made;
  return { json: { ...rest, content: content.toString('utf8') }, text };
}

async function listRuns(shell: Shell, period: Period): Promise<Answer> {
  const runs = await (await runsService(shell)).list(await shell.actor(), period);
  const text = table(runs, [
    { title: 'run', of: (run) => run.run_id, right: true },
    { title: 'hash', of: (run) => run.hash.slice(0, 12) },
    { title: 'model', of: (run) => run.model_id, right: true },
    { title: 'imports to', of: (run) => run.watermark, right: true },
    { title: 'code', of: (run) => run.code_version },
    { title: 'by', of: (run) => run.prepared_by },
    { title: 'at', of: (run) => run.created_at.toISOString().slice(0, 16).replace('T', ' ') },
    {
      title: 'state',
      of: (run) =>
        [run.standing ? 'stands' : '', run.issued === null ? '' : `issued ${run.issued}`].filter(Boolean).join(', '),
    },
  ]);
  if (runs.length === 0) return { json: { runs }, text: `${period} has no run`, next: `answerable close ${period}` };
  const next = runs.length > 1 ? `answerable runs compare ${runs[1]!.run_id} ${runs[0]!.run_id}` : undefined;
  return { json: { runs }, text, next };
}

const SHOWN = 30;

async function compareRuns(shell: Shell, before: string, after: string): Promise<Answer> {
  const comparison = await (await runsService(shell)).compare(await shell.actor(), before, after);
  const { why, lines } = comparison;
  const said = [
    why.model
      ? `model ${why.model.before} → ${why.model.after} (answerable model diff ${why.model.before} ${why.model.after})`
      : '',
    why.code ? `code ${why.code.before} → ${why.code.after}` : '',
    ...why.imports.map((row) => `import ${row.import}: ${row.kind} ${row.file}`),
    why.reads.length > 0 ? `went on from others: ${why.reads.join(', ')}` : '',
  ].filter((line) => line !== '');
  const text = table(lines.slice(0, SHOWN), [
    { title: 'line', of: (l) => l.line },
    { title: 'unit', of: (l) => l.unit ?? 'service' },
    { title: 'kind', of: (l) => l.kind },
    { title: 'decision', of: (l) => l.decision },
    { title: 'reason', of: (l) => l.reason },
    { title: 'pool', of: (l) => l.pool },
    { title: 'before', of: (l) => l.before, right: true },
    { title: 'after', of: (l) => l.after, right: true },
  ]);
  const verdict = lines.length === 0 ? 'every line is the same' : `${lines.length} lines differ\n${text}`;
  const more = lines.length > SHOWN ? [`… and ${lines.length - SHOWN} more (--json)`] : [];
  return {
    json: comparison,
    text: [`${comparison.period}, run ${before} → ${after}`, ...said, verdict, ...more].join('\n'),
  };
}

async function runsService(shell: Shell) {
  const { RunsService } = await import('../../application/runs.service.ts');
  return await shell.get(RunsService);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}
