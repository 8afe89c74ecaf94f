import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Answer } from '../answer.ts';
import type { BenchmarkReport } from '../benchmark.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { grouped, table } from '../table.ts';

/** `bench`: the figures of the README, again, on this machine. */
export function addBenchCommand(root: Command): void {
  addCommand(root, {
    name: 'bench',
    about: 'generate, import, close every month, write all statements: seconds, CPU, rows a second, peak memory',
    examples: ['bench', 'bench --contacts 100000 --months 12 --json'],
    notes: 'Works in ANSWERABLE_HOME/bench, on a database of its own that is emptied before and after.',
  })
    .option('--contacts <n>', 'contacts to generate, at least 1,000', wholeNumber, 1_000_000)
    .option('--months <n>', 'months they spread over', wholeNumber, 36)
    .action(answering(bench));
}

async function bench(shell: Shell, options: { contacts: number; months: number }): Promise<Answer> {
  const config = await shell.config();
  if (config.databaseUrl !== undefined) {
    throw new WrongUsage(
      'the benchmark fills an embedded database of its own; DATABASE_URL points to another',
      'env -u DATABASE_URL answerable bench',
    );
  }
  const { benchmark } = await import('../benchmark.ts');
  const report = await benchmark(shell, join(config.home, 'bench'), options.contacts, options.months);
  return { json: report, text: reportText(report) };
}

function reportText(report: BenchmarkReport): string {
  const steps = table(report.steps, [
    { title: 'step', of: (s) => s.step },
    { title: 'seconds', of: (s) => tenths(s.seconds), right: true },
    { title: 'CPU-s Node', of: (s) => tenths(s.nodeSeconds), right: true },
    {
      title: 'CPU-s PostgreSQL',
      of: (s) => (s.postgresSeconds === null ? 'unknown' : tenths(s.postgresSeconds)),
      right: true,
    },
    { title: 'rows', of: (s) => grouped(s.rows), right: true },
    { title: 'rows/s', of: (s) => grouped(Math.round(s.rows / s.seconds)), right: true },
    { title: 'peak MB', of: (s) => grouped(Math.round(s.peakBytes / 1e6)), right: true },
    { title: 'rows are', of: (s) => s.of },
  ]);
  const { cores, memoryBytes, node, postgres } = report.machine;
  return [
    `${grouped(report.contacts)} contacts of ${report.months} months`,
    steps,
    `database ${grouped(Math.round(report.databaseBytes / 1e6))} MB; Node ${node}, PostgreSQL ${postgres}, ` +
      `${cores} cores, ${Math.round(memoryBytes / 1e9)} GB`,
  ].join('\n');
}

const tenths = (seconds: number): string => (Math.round(seconds * 10) / 10).toFixed(1);

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}
