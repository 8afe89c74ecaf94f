import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { ContactExplanation, ExplainService, LineExplanation } from '../../application/explain.service.ts';
import { isPeriod } from '../../domain/period.ts';
import type { Actor } from '../../domain/roles.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { EXIT, WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { grouped, pairs, table } from '../table.ts';

/** Any figure, back to what it was made of; and everything again, recomputed. */
export function addExplainCommands(root: Command): void {
  const explain = root.command('explain').description('why: from a contact to its lines, from a line to its contacts');
  addCommand(explain, {
    name: 'contact <id>',
    about: 'which rules were tried, which took the contact, at which rate, into which line',
    examples: ['explain contact C-0001234'],
    acts: true,
  }).action(
    answering(async (shell: Shell, id: string) => {
      const { service, actor } = await acting(shell);
      return contactAnswer(await service.contact(actor, id));
    }),
  );
  addCommand(explain, {
    name: 'line <id>',
    about: 'the rule, rate, pool, ledger entries and contacts behind a line of a statement',
    examples: ['explain line 3f2a9c0d1e', 'explain line 3f2a9c0d1e --all --json'],
    acts: true,
  })
    .option('--all', 'every contact (default: the first hundred, on the screen twenty)')
    .action(
      answering(async (shell: Shell, id: string, options: { all?: boolean }) => {
        const { service, actor } = await acting(shell);
        return lineAnswer(await service.line(actor, id, options), options.all ?? false);
      }),
    );
  addCommand(root, {
    name: 'verify',
    about: 'recompute every hash and balance from the stored inputs, or check an issued file; 4 when anything differs',
    examples: [
      'verify',
      'verify 2026-05',
      'verify --run 12',
      'verify out/statement-2026-05-RETAIL-1.json --heads heads.jsonl',
      'verify out/statements-2026-05.xlsx',
    ],
    notes:
      'A file is checked by itself, without database: against published heads of the audit log when --heads names them. ' +
      '--run makes one run anew, also one that nothing stands on any more (`runs list`).',
    acts: true,
  })
    .argument('[what]', 'month, or a file of `issued --out` (default: all periods that were closed, and the audit log)')
    .option('--heads <file>', 'published heads of the audit log (`audit anchor`)')
    .option('--run <id>', 'one run, byte for byte')
    .action(answering(verify));
}

function contactAnswer(explanation: ContactExplanation): Answer {
  const { contact, period, run, reasons } = explanation;
  const said = [
    pairs([
      ['contact', contact.id],
      ['on', `${contact.day} (${contact.startedAt})`],
      ['handle time', contact.handleSeconds === null ? 'not stated' : `${grouped(contact.handleSeconds)} s`],
      ['from', `${contact.file}, line ${contact.line} (import ${contact.importId})`],
      ['period', run === null ? `${period}, not closed yet: as it would be` : `${period}, run ${run}`],
    ]),
  ];
  for (const reason of reasons) {
    said.push(
      `\nreason ${reason.reason}${reason.keptByService === null ? '' : `: kept by service, ${reason.keptByService}`}`,
    );
    const tried = reason.rules.map((rule) => [rule.rule, `took ${trimmed(rule.took)}: ${rule.why}`] as const);
    if (tried.length > 0) said.push(pairs(tried).replace(/^/gm, '  '));
    said.push(
      table(reason.shares, [
        { title: 'pool', of: (s) => s.pool },
        { title: 'goes to', of: (s) => s.unit ?? (s.service === null ? '' : `service: ${s.service}`) },
        { title: 'decision', of: (s) => s.decision },
        { title: 'rule', of: (s) => s.rule },
        { title: 'tier', of: (s) => s.tier },
        { title: 'contacts', of: (s) => trimmed(s.contacts), right: true },
        { title: 'seconds', of: (s) => trimmed(s.seconds), right: true },
        { title: 'rate', of: (s) => (s.rate === null ? '' : trimmed(s.rate)), right: true },
        { title: 'amount', of: (s) => s.amount, right: true },
        { title: 'line', of: (s) => s.line },
      ]),
    );
  }
  const line = reasons.flatMap((reason) => reason.shares).find((share) => share.line !== null)?.line;
  return { json: explanation, text: said.join('\n'), next: line ? `answerable explain line ${line}` : undefined };
}

const SHOWN = 20;

function lineAnswer(explanation: LineExplanation, all: boolean): Answer {
  const { contacts, contactCount, ledgerEntries, sums } = explanation;
  const shown = all ? contacts : contacts.slice(0, SHOWN);
  const { line, rule, pool } = explanation;
  const said = [
    `${explanation.period}, run ${explanation.run}`,
    pairs(entriesOf(line, LINE_FACTS)),
    `\nrule\n${pairs(entriesOf(rule ?? { name: 'none' })).replace(/^/gm, '  ')}`,
    `\npool\n${pairs(entriesOf(pool, POOL_FACTS)).replace(/^/gm, '  ')}`,
    ...(ledgerEntries.length === 0 ? [] : [`\nledger entries of the pool\n${ledgerTable(ledgerEntries)}`]),
    `\ncontacts: ${grouped(contactCount)}`,
    table(shown, [
      { title: 'contact', of: (c) => c.contact },
      { title: 'reason', of: (c) => c.reason },
      { title: 'share', of: (c) => c.share, right: true },
      { title: 'seconds', of: (c) => c.seconds, right: true },
      { title: 'amount', of: (c) => c.amount, right: true },
    ]),
    ...(contactCount > shown.length ? [`… and ${grouped(contactCount - shown.length)} more (--all)`] : []),
    `sum of all ${grouped(contactCount)}: ${sums.contacts} contacts, ${sums.seconds} seconds, ${sums.amount}; posted ${sums.posted}`,
  ];
  const first = contacts[0]?.contact;
  return { json: explanation, text: said.join('\n'), next: first ? `answerable explain contact ${first}` : undefined };
}

interface VerifyOptions {
  readonly heads?: string;
  readonly run?: string;
}

async function verify(shell: Shell, what: string | undefined, { heads, run }: VerifyOptions): Promise<Answer> {
  if (what !== undefined && run !== undefined)
    throw new WrongUsage('one at a time: a month, a file or a run', 'answerable verify --help');
  if (what !== undefined && /\.xlsx$/i.test(what) && existsSync(what)) return await verifyWorkbook(shell, what);
  if (what !== undefined && !isPeriod(what)) return await verifyFile(what, heads);
  const { VerifyService } = await import('../../application/verify.service.ts');
  const actor = await shell.actor();
  const service = await shell.get(VerifyService);
  const report = run === undefined ? await service.verify(actor, what) : await service.verifyRun(actor, run);
  if (report.checked.length === 0)
    return { json: report, text: 'no period was closed yet', next: 'answerable close PERIOD' };
  return verdict(report, 'everything is as it was computed');
}

async function verifyWorkbook(shell: Shell, path: string): Promise<Answer> {
  const { WorkbookService } = await import('../../application/workbook.service.ts');
  const actor = await shell.actor();
  return verdict(
    await (await shell.assembled(WorkbookService)).verify(actor, path),
    'the figures are those of the run',
  );
}

async function verifyFile(file: string, headFile: string | undefined): Promise<Answer> {
  const { readIssuedFile, readHeads } = await import('../../application/issued-files.ts');
  const { verifyIssuedFile } = await import('../../domain/statements/issued-file.ts');
  const heads = headFile === undefined ? undefined : readHeads(readFile(headFile), headFile);
  return verdict(verifyIssuedFile(readIssuedFile(readFile(file), file), heads), 'the file is as it was issued');
}

function readFile(path: string): string {
  if (!existsSync(path)) throw new WrongUsage(`${path} is neither a month nor a file`, 'answerable verify --help');
  return readFileSync(path, 'utf8');
}

function verdict(
  report: { readonly checked: readonly string[]; readonly differences: readonly string[] },
  good: string,
): Answer {
  const { checked, differences } = report;
  const lines = [...checked, ...differences.map((difference) => `DIFFERS: ${difference}`)];
  return {
    json: report,
    text: [...lines, differences.length === 0 ? good : 'the books do not balance'].join('\n'),
    exitCode: differences.length === 0 ? EXIT.done : EXIT.outOfBalance,
  };
}

async function acting(shell: Shell): Promise<{ service: ExplainService; actor: Actor }> {
  const { ExplainService } = await import('../../application/explain.service.ts');
  const actor = await shell.actor();
  return { service: await shell.get(ExplainService), actor };
}

const LINE_FACTS = [
  'line_id',
  'unit_code',
  'decision_code',
  'reason_code',
  'channel',
  'kind',
  'tier',
  'treatment',
].concat(['charge_period', 'posting_period', 'contacts', 'seconds', 'rate', 'amount']);
const POOL_FACTS = ['pool', 'kind', 'layer', 'driver', 'ledger', 'received', 'cost', 'practicalSeconds', 'usedSeconds']
  .concat(['standardSeconds', 'rate', 'chargeRate', 'rateSource'])
  // all that becomes of the cost: these sum to it
  .concat(['charged', 'serviceVariances', 'unusedCapacity', 'unattributed', 'withheld', 'parked']);

/** Names and values of a record for people, all or those named, in their order; empty ones are left out. */
function entriesOf(record: object, names: readonly string[] = Object.keys(record)): [string, string][] {
  const values = new Map(Object.entries(record) as [string, unknown][]);
  return names
    .filter((name) => ![null, undefined, ''].includes(values.get(name) as null))
    .map((name) => {
      const value = values.get(name);
      return [name.replaceAll('_', ' '), typeof value === 'object' ? JSON.stringify(value) : String(value as string)];
    });
}

function ledgerTable(entries: LineExplanation['ledgerEntries']): string {
  const text = (name: string) => (entry: object) => (entry as Record<string, string | null>)[name];
  return table(entries, [
    { title: '  entry', of: (entry) => `  ${text('entry')(entry)}` },
    { title: 'account', of: text('account') },
    { title: 'cost center', of: text('costCenter') },
    { title: 'amount', of: (entry) => grouped(text('amount')(entry)!), right: true },
    { title: '', of: text('currency') },
    { title: 'description', of: text('description') },
    { title: 'vendor', of: text('vendor') },
  ]);
}

const trimmed = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal);
