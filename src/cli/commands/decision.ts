import { Option, type Command } from 'commander';
import type { DecisionReport } from '../../application/decisions.service.ts';
import type { Note } from '../../application/notes.service.ts';
import type { DecisionRecord } from '../../domain/attribution/register.ts';
import type { Period } from '../../domain/period.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { grouped, pairs, table } from '../table.ts';
import { periodArgument } from './periods.ts';

interface Options {
  readonly list?: boolean;
  readonly note?: string;
  readonly notes?: boolean;
  readonly from?: Period;
  readonly to?: Period;
}

/** What a decision earned and cost, and whether it caused its contacts. */
export function addDecisionCommand(root: Command): void {
  addCommand(root, {
    name: 'decision',
    about: 'profit and loss of a decision, its incremental contacts, break-even, and since when it is under water',
    examples: [
      'decision --list',
      'decision FEE-LATE',
      'decision FEE-LATE --from 2026-03 --to 2026-05',
      'decision FEE-LATE --json',
      'decision FEE-LATE --note "waived for new customers from June on" --as ravi',
    ],
    notes:
      'Counts the closed months of the range. --json has the cumulated figures of every day, the screen those of months.',
    acts: true,
  })
    .argument('[code]', 'of the decision')
    .option('--list', 'all decisions that one may see')
    .option('--notes', 'what its owners say about it, newest first')
    .option('--note <text>', 'say something about it, as an owner of it')
    .addOption(new Option('--from <period>', 'first month (default: of its announcement)').argParser(periodArgument))
    .addOption(
      new Option('--to <period>', 'last month (default: the newest that was closed)').argParser(periodArgument),
    )
    .action(answering(decision));
}

async function decision(shell: Shell, code: string | undefined, options: Options): Promise<Answer> {
  if ((code === undefined) !== (options.list ?? false))
    throw new WrongUsage('name one decision, or ask for the list', 'answerable decision --list');
  const { DecisionsService } = await import('../../application/decisions.service.ts');
  const actor = await shell.actor();
  const service = await shell.get(DecisionsService);
  if (code === undefined) return listAnswer(await service.list(actor));
  if (options.note !== undefined || options.notes) {
    const { NotesService } = await import('../../application/notes.service.ts');
    const notes = await shell.get(NotesService);
    if (options.note !== undefined) await notes.write(actor, code, options.note);
    return notesAnswer(await notes.list(actor, code));
  }
  const report = await service.report(actor, code, { from: options.from, to: options.to });
  return { json: report, text: reportText(report) };
}

function notesAnswer(notes: readonly Note[]): Answer {
  const said = notes.map(
    ({ writtenAt, writtenBy, unit, text }) =>
      `${writtenAt.toISOString().slice(0, 10)} ${writtenBy} of ${unit}: ${text}`,
  );
  return { json: { notes }, text: said.length === 0 ? 'no owner has said anything' : said.join('\n') };
}

function listAnswer(decisions: readonly DecisionRecord[]): Answer {
  const [first] = decisions;
  if (!first)
    return {
      json: { decisions },
      text: 'no decision is registered',
      next: 'answerable import decisions decisions.csv',
    };
  const text = table(decisions, [
    { title: 'decision', of: (d) => d.decision },
    { title: 'title', of: (d) => d.title },
    { title: 'kind', of: (d) => d.kind },
    { title: 'from', of: (d) => d.effectiveFrom },
    { title: 'announced', of: (d) => d.announcedAt },
    { title: 'to', of: (d) => d.effectiveTo },
    { title: 'population', of: (d) => d.population },
    { title: 'reasons', of: (d) => d.reasons },
  ]);
  return { json: { decisions }, text, next: `answerable decision ${first.decision}` };
}

function reportText(report: DecisionReport): string {
  const { contacts, cost, currency } = report;
  const owners = report.owners.map(
    (owner) => `${owner.unit} ${owner.share} from ${owner.from}${owner.to === null ? '' : ` to ${owner.to}`}`,
  );
  const money = (amount: string): string => `${grouped(amount)} ${currency}`;
  return [
    `${report.decision}: ${report.title} (${report.kind}, from ${report.effectiveFrom})`,
    ...(report.description === null ? [] : [report.description]),
    pairs([
      ['owners', owners.join('; ')],
      ['months', `${report.from} to ${report.to}`],
      ['exposures', grouped(report.exposures)],
      ['billed', money(report.billed)],
      ['waived', money(report.waived)],
      ['refunded', money(report.refunded)],
      ['contacts', `${grouped(contacts.attributed)} attributed`],
      ['incremental', incrementalText(contacts.incremental)],
      ['cost of contacts', `${money(cost.full)} in full, ${money(cost.marginal)} marginal`],
      ['charged', money(cost.charged)],
      ['retention', retentionText(report)],
      ['net', `${money(report.net)}, without retention ${money(report.netWithoutRetention)}`],
      ['break-even', rateText(report.breakEvenContactRate) ?? 'none: no revenue of its own'],
      ['contact rate', rateText(report.contactRate, report.contactRateBasis) ?? 'none: no exposures yet'],
      ['under water', report.underWaterSince === null ? 'no' : `since ${report.underWaterSince}`],
      ['alarms', report.alarms.length === 0 ? 'none' : report.alarms.join('; ')],
    ]),
    ...(contacts.incremental.method === null
      ? []
      : [`\n${contacts.incremental.method}`, ...contacts.incremental.limits]),
    `\ncumulated, on the day of the exposure (younger than ${report.matureUntil}: not complete yet)`,
    monthsTable(report),
  ].join('\n');
}

function incrementalText({
  estimate,
  low,
  high,
  from,
  until,
  chargeable,
  why,
}: DecisionReport['contacts']['incremental']) {
  if (estimate === null || low === null || high === null) return `none can be told: ${why}`;
  const rounded = (value: string): string => grouped(Math.round(Number(value)));
  return `${rounded(estimate)} (90%: ${rounded(low)} to ${rounded(high)}) from ${from} to ${until}, ${chargeable ? 'chargeable' : 'not chargeable'}: ${why}`;
}

function retentionText({ retention, currency }: DecisionReport): string {
  const longest = retention.at(-1);
  if (longest === undefined) return 'no window is over yet';
  const { horizonDays, total, low, high, matured } = longest;
  return `${grouped(total)} ${currency} in ${horizonDays} days (90%: ${grouped(low)} to ${grouped(high)}) of ${grouped(matured)} customers hit`;
}

function rateText(rate: string | null, basis?: string): string | undefined {
  if (rate === null) return undefined;
  return `${rate} contacts an exposure${basis === undefined ? '' : ` (${basis})`}`;
}

/** The last day of every month: cumulated figures stand for all days before. */
function monthsTable({ daily, currency }: DecisionReport): string {
  const last = daily.filter((day, i) => daily[i + 1]?.date.slice(0, 7) !== day.date.slice(0, 7));
  return table(last, [
    { title: 'until', of: (day) => day.date },
    { title: `collected ${currency}`, of: (day) => grouped(day.collectedCum), right: true },
    { title: 'contacts cost', of: (day) => grouped(day.costCum), right: true },
    { title: 'net', of: (day) => grouped(day.netCum), right: true },
    { title: '', of: (day) => (day.mature ? '' : 'not complete') },
  ]);
}
