import { InvalidArgumentError, type Command } from 'commander';
import type { GenerateOptions } from '../../generator/generate.ts';
import type { Answer } from '../answer.ts';
import { addCommand, answering, helpOf } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import { progress } from '../progress.ts';
import type { Shell } from '../shell.ts';
import { grouped, pairs, table } from '../table.ts';
import { periodArgument } from './periods.ts';

type Options = Omit<GenerateOptions, 'folder' | 'onProgress' | 'contacts' | 'seed'> & {
  readonly contacts?: number;
  readonly seed: number;
  readonly json?: boolean;
  readonly help?: boolean;
};

/** `generate`: the demo company at any size. Its help lists the keys of the planted truth. */
export function addGenerateCommand(root: Command): void {
  const command = addCommand(root, {
    name: 'generate [folder]',
    about: 'write the demo company as input files, at any size, with its planted truth in truth.json',
    examples: ['generate company --contacts 200000 --seed 1', 'generate big --contacts 10000000 --seed 7 --months 60'],
    notes: 'The same options give the same bytes on every machine. Memory does not grow with --contacts.',
  }).helpOption(false);
  command
    .option('--contacts <n>', 'rows of contacts.csv, 1,000 to 100,000,000', plainNumber)
    .option('--seed <n>', 'whole number', plainNumber, 1)
    .option('--months <n>', 'months of history (default: 36)', plainNumber)
    .option('--end-period <period>', 'the last month (default: 2026-10)', periodArgument)
    .option('--lift <share>', 'step in the contacts of the price decision, as a share (default: 0.12)', plainNumber)
    .option('--growth <share>', 'growth of the customer base a year (default: 0.04)', plainNumber)
    .option('--outlier <factor>', "factor of one day's contacts (default: 1)", plainNumber)
    .option(
      '--units <n>',
      'units, at least the 7 of the company; further ones are sales areas (default: 7)',
      plainNumber,
    )
    .option('--exposures <n>', 'about so many exposures (default: as late bills come)', plainNumber)
    .option('--revenue-events <n>', 'about so many revenue events (default: as customers buy)', plainNumber)
    .option('-h, --help', 'this text and the keys of truth.json')
    .action(
      answering(async (_shell: Shell, folder: string | undefined, options: Options) => {
        if (options.help) return await help(command);
        if (folder === undefined || options.contacts === undefined) {
          throw new WrongUsage('generate needs a FOLDER and --contacts N', 'answerable generate --help');
        }
        return await generated(folder, { ...options, contacts: options.contacts });
      }),
    );
}

async function generated(folder: string, options: Options & { contacts: number }): Promise<Answer> {
  const { generate } = await import('../../generator/generate.ts');
  const { json, help: _, ...asked } = options;
  const bar = progress('generating', json);
  const onProgress = (done: number, total: number): void => bar.to(done, total);
  const result = await generate({ ...asked, folder, onProgress }).finally(() => bar.end());
  const text = table(result.files, [
    { title: 'file', of: (file) => file.name },
    { title: 'rows', of: (file) => (file.rows === undefined ? '' : grouped(file.rows)), right: true },
    { title: 'bytes', of: (file) => grouped(file.bytes), right: true },
  ]);
  return { json: { folder, files: result.files }, text, next: `answerable import-folder ${folder}` };
}

async function help(command: Command): Promise<Answer> {
  const { TRUTH_KEYS } = await import('../../generator/truth.ts');
  const keys = pairs(TRUTH_KEYS.map(({ key, meaning }) => [key, meaning] as const)).replace(/^/gm, '  ');
  const text = `${helpOf(command)}\nKeys of truth.json (* stands for a code, a period or a place in a list):\n${keys}`;
  return { json: { truthKeys: TRUTH_KEYS }, text };
}

function plainNumber(text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('It takes a number.');
  return Number(text);
}
