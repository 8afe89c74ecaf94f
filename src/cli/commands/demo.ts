import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { StatementSet } from '../../domain/statements/statement-set.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { startServing } from '../serving.ts';
import type { Shell } from '../shell.ts';
import { statementText } from '../statement-text.ts';
import { emphasis } from '../table.ts';

interface Options {
  readonly out: string;
  readonly serve: boolean;
}

/** `demo`: everything once, from nothing, on the embedded database. */
export function addDemoCommand(root: Command): void {
  addCommand(root, {
    name: 'demo',
    about: 'a telecom with three years of contacts: generated, imported, 22 periods closed, their statements in out/',
    examples: ['demo', 'demo --no-serve'],
    notes:
      'Needs nothing: PostgreSQL comes with it, in ANSWERABLE_HOME (default .answerable). Run twice, it says what is there.',
  })
    .option('--out <dir>', 'folder for the statements', 'out')
    .option('--no-serve', 'end after the files instead of serving until Ctrl-C')
    .action(answering(demo));
}

async function demo(shell: Shell, options: Options): Promise<Answer> {
  const config = await shell.config();
  if (config.databaseUrl !== undefined) {
    throw new WrongUsage(
      'the demo makes its own database; DATABASE_URL points to another',
      'env -u DATABASE_URL answerable demo',
    );
  }
  const { demoCompany, DEMO_PEOPLE } = await import('../demo-company.ts');
  const folder = join(config.home, 'demo');
  const { sets, files, changed } = await demoCompany(shell, folder, options.out);
  const newest = sets.at(-1)!;
  const people = DEMO_PEOPLE.map((person) => `${person.login} (${person.role.replace('_', ' ')})`).join(', ');
  const said = [
    changed ? 'The demo company is ready.' : 'The demo company is there already; nothing was changed.',
    `Its files: ${shown(folder)}; its statements: ${files.length} files in ${shown(options.out)}, one set for each of ${sets.length} periods.`,
    ...waiting(newest),
    `People: ${people}; --as NAME acts as one of them.\n`,
    statementText(newest),
  ];
  const json = {
    changed,
    folder,
    files,
    people: DEMO_PEOPLE,
    periods: sets.map(({ period, state, run, reconciliation }) => ({ period, state, run, reconciliation })),
  };
  const next = `answerable approve ${newest.period} --as carl`;
  if (!options.serve) return { json, text: said.join('\n'), next };
  const service = await startServing(shell, DEMO_PEOPLE);
  said.push(`\n${emphasis(service.address)} shows the pages; be any of them with one click. Ctrl-C ends it.`);
  return { json: { ...json, address: service.address }, text: said.join('\n'), next, goesOn: () => service.stopped };
}

/** What a person has to do in the newest period, where something is left. */
function waiting({ period, units, coverage }: StatementSet): string[] {
  const parked = units.filter((unit) => unit.lines.some((line) => line.treatment === 'parked')).map(({ name }) => name);
  const channels = (coverage?.unservedChannels ?? []).map(({ channel }) => channel);
  if (parked.length === 0) return [];
  const because = channels.length === 0 ? '' : `: no pool takes the channel ${channels.join(', ')}`;
  return [`In ${period} ${parked.join(', ')} is parked${because}; the close board says how to go on.`];
}

const shown = (path: string): string => {
  const short = relative('.', path);
  return short.startsWith('..') ? path : short;
};
