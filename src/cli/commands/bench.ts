import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import type { Answer } from '../answer.ts';
import type { BenchmarkReport } from '../benchmark.ts';
import type { ComparedStep, Comparison } from '../compare-benchmark.ts';
import type { ImportMeasure } from '../import-benchmark.ts';
import type { PageReport } from '../page-benchmark.ts';
import type { RecostReport } from '../recost-benchmark.ts';
import { addCommand, answering } from '../command.ts';
import { WrongUsage } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { grouped, table } from '../table.ts';

/** `bench`: the figures of the README, again, on this machine. */
export function addBenchCommand(root: Command): void {
  addCommand(root, {
    name: 'bench',
    about: 'generate, import, close every month, write all statements: seconds, CPU, rows a second, peak memory',
    examples: [
      'bench',
      'bench --contacts 100000 --months 12 --json',
      'bench --imports --contacts 10000000',
      'bench --compare duckdb',
      'bench --pages --units 60',
      'bench --recost --contacts 10000000',
    ],
    notes: 'Works in ANSWERABLE_HOME/bench, on a database of its own that is emptied before and after.',
  })
    .option('--contacts <n>', 'contacts to generate, at least 1,000', wholeNumber, 1_000_000)
    .option('--months <n>', 'months they spread over', wholeNumber, 36)
    .option('--imports', 'only what it takes to import contacts, beside a loop over the bytes of the same file')
    .option(
      '--compare <engine>',
      'duckdb: files to roll-up and retention, the same integers, turn about',
      engineArgument,
    )
    .option('--pages', 'only how long every page of the service takes, over closed books of so many units')
    .option(
      '--recost',
      'only what it takes to re-cost the last month after a rate, a share, a capacity or a rule changed',
    )
    .option('--units <n>', 'units of the company whose pages are looked at', wholeNumber, 60)
    .option('--looks <n>', 'looks at each page by each person', wholeNumber, 20)
    .option('--rounds <n>', 'rounds of a comparison, of which the median counts', wholeNumber, 3)
    .action(answering(bench));
}

function engineArgument(text: string): 'duckdb' {
  if (text === 'duckdb') return text;
  throw new InvalidArgumentError('It is duckdb.');
}

interface BenchOptions {
  readonly contacts: number;
  readonly months: number;
  readonly imports?: boolean;
  readonly compare?: 'duckdb';
  readonly rounds: number;
  readonly pages?: boolean;
  readonly recost?: boolean;
  readonly units: number;
  readonly looks: number;
}

async function bench(shell: Shell, options: BenchOptions): Promise<Answer> {
  const { contacts, months, imports, compare, rounds } = options;
  const config = await shell.config();
  if (config.databaseUrl !== undefined) {
    throw new WrongUsage(
      'the benchmark fills an embedded database of its own; DATABASE_URL points to another',
      'env -u DATABASE_URL answerable bench',
    );
  }
  const home = join(config.home, 'bench');
  if (options.pages) {
    const { pageBenchmark } = await import('../page-benchmark.ts');
    const report = await pageBenchmark(shell, home, options);
    return { json: report, text: pagesText(report) };
  }
  if (options.recost) {
    const { recostBenchmark } = await import('../recost-benchmark.ts');
    const report = await recostBenchmark(shell, home, options);
    return { json: report, text: recostText(report) };
  }
  const [{ benchmark, LAST_PERIOD, SEED }, { importMeasures }] = await Promise.all([
    import('../benchmark.ts'),
    import('../import-benchmark.ts'),
  ]);
  const settings = { contacts, months, seed: SEED, endPeriod: LAST_PERIOD };
  if (compare) {
    const { comparison } = await import('../compare-benchmark.ts');
    const found = await comparison(shell, home, { ...settings, rounds });
    return { json: { comparison: found }, text: comparisonText(found) };
  }
  const sizes = [...new Set([Math.min(contacts, SMALL_IMPORT), contacts])];
  const measures = await importMeasures(shell, home, sizes, { months, seed: SEED, endPeriod: LAST_PERIOD });
  if (imports) return { json: { imports: measures }, text: importsText(measures) };
  const report = await benchmark(shell, home, contacts, months);
  return { json: { ...report, imports: measures }, text: `${reportText(report)}\n\n${importsText(measures)}` };
}

function recostText({ contacts, months, month, measures, machine }: RecostReport): string {
  const rows = table(measures, [
    { title: 'changed', of: (m) => m.change },
    { title: 'deed', of: (m) => m.deed },
    { title: 'ms', of: (m) => tenths(m.milliseconds), right: true },
    { title: 'CPU ms Node', of: (m) => tenths(m.nodeMilliseconds), right: true },
    {
      title: 'CPU ms PostgreSQL',
      of: (m) => (m.postgresMilliseconds === null ? 'unknown' : tenths(m.postgresMilliseconds)),
      right: true,
    },
    { title: 'rounds', of: (m) => m.rounds, right: true },
  ]);
  const load = `load ${tenths(machine.loadBefore)} before, ${tenths(machine.loadAfter)} after`;
  return [
    'close: one that is rolled back; try: model try; books: the domain’s part of both, from the upper roll-up',
    rows,
    `${grouped(contacts)} contacts of ${months} months, ${grouped(month.contacts)} of the last one in ${grouped(month.sums)} sums; ` +
      `clock: median, CPU: mean of the rounds; ${load}; ${machine.cores} cores, Node ${machine.node}`,
  ].join('\n');
}

/** Slowest first. */
function pagesText({ contacts, units, months, closed, atOnce, machine, pages }: PageReport): string {
  const rows = table(
    [...pages].sort((a, b) => b.p95 - a.p95),
    [
      { title: 'page', of: (m) => m.page },
      { title: 'who', of: (m) => m.who },
      { title: 'p50 ms', of: (m) => tenths(m.p50), right: true },
      { title: 'p95 ms', of: (m) => tenths(m.p95), right: true },
      { title: 'CPU ms', of: (m) => tenths(m.cpu), right: true },
      { title: `p95, ${atOnce} at once`, of: (m) => tenths(m.p95AtOnce), right: true },
      { title: 'slowest first', of: (m) => tenths(m.first), right: true },
      { title: 'kB', of: (m) => tenths(m.bytes / 1000), right: true },
    ],
  );
  const load = `load ${tenths(machine.loadBefore)} before, ${tenths(machine.loadAfter)} after`;
  return [
    rows,
    `${grouped(contacts)} contacts of ${months} months, ${units} units, ${closed} periods closed; ${pages[0]!.looks} looks by each ` +
      `person after a first one at each address; ${load}; ${machine.cores} cores, Node ${machine.node}`,
  ].join('\n');
}

/** What the steps of a comparison are, for people. */
const COMPARED: Readonly<Record<string, string>> = {
  'files to tables': 'files to tables',
  'daily files': '  of which daily files',
  'roll-up': 'tables to roll-up, every month',
  exposures: '  of which exposures',
  retention: 'retention, the last month',
  statements: 'statements, the last month',
  whole: 'whole',
};

/** Ratios first. */
function comparisonText(found: Comparison): string {
  const { contacts, exposures, revenueEvents, months, rounds, steps, compared, machine } = found;
  type Quantity = 'cpuSeconds' | 'seconds';
  const ratio = (step: ComparedStep, of: Quantity): string =>
    step.duckDb === null ? '' : hundredths(step.ours[of] / step.duckDb[of]);
  const theirs = (step: ComparedStep, of: Quantity): string =>
    step.duckDb === null ? 'none' : hundredths(step.duckDb[of]);
  const mega = (bytes: number | null | undefined): string =>
    bytes === null || bytes === undefined ? '' : grouped(Math.round(bytes / 1e6));
  const rows = table(steps, [
    { title: 'ours / DuckDB', of: (s) => COMPARED[s.step]! },
    { title: 'CPU', of: (s) => ratio(s, 'cpuSeconds'), right: true },
    { title: 'clock', of: (s) => ratio(s, 'seconds'), right: true },
    { title: 'our CPU-s', of: (s) => hundredths(s.ours.cpuSeconds), right: true },
    { title: "DuckDB's CPU-s", of: (s) => theirs(s, 'cpuSeconds'), right: true },
    { title: 'our seconds', of: (s) => hundredths(s.ours.seconds), right: true },
    { title: "DuckDB's seconds", of: (s) => theirs(s, 'seconds'), right: true },
    { title: 'our MB', of: (s) => mega(s.ours.peakBytes), right: true },
    { title: "DuckDB's MB", of: (s) => mega(s.duckDb?.peakBytes), right: true },
  ]);
  return [
    rows,
    `${grouped(contacts)} contacts of ${months} months, ${grouped(exposures)} exposures, ${grouped(revenueEvents)} revenue events; the last month`,
    `in daily files with late and corrected rows; medians of ${rounds} rounds, turn about; all processes counted`,
    `${grouped(compared.cells)} cells, ${grouped(compared.causes)} lists of causes and ${grouped(compared.strata)} strata with the same integers on both sides`,
    `MB: at most, of the process that does the step; database ${mega(found.databaseBytes.ours)} MB, DuckDB's ${mega(found.databaseBytes.duckDb)} MB; ` +
      `load ${tenths(machine.loadBefore)} before, ${tenths(machine.loadAfter)} after; ${machine.cores} cores, Node ${machine.node}`,
  ].join('\n');
}

/** Memory must not grow with the file: this import is the measure of the large one. */
const SMALL_IMPORT = 100_000;

/** One line an import, and how the largest stands beside the bare loop and beside the smallest. */
function importsText(measures: readonly ImportMeasure[]): string {
  const mega = (bytes: number | null): string => (bytes === null ? 'unknown' : grouped(Math.round(bytes / 1e6)));
  const seconds = (value: number | null): string => (value === null ? 'unknown' : hundredths(value));
  const rows = table(measures, [
    { title: 'contacts', of: (m) => grouped(m.contacts), right: true },
    { title: 'file MB', of: (m) => mega(m.fileBytes), right: true },
    { title: 'seconds', of: (m) => tenths(m.seconds), right: true },
    { title: 'rows/s', of: (m) => grouped(Math.round(m.contacts / m.seconds)), right: true },
    { title: 'CPU-s loop', of: (m) => hundredths(m.loopSeconds), right: true },
    { title: 'CPU-s import', of: (m) => seconds(m.nodeSeconds), right: true },
    { title: 'CPU-s PostgreSQL', of: (m) => seconds(m.postgresSeconds), right: true },
    { title: 'peak MB', of: (m) => mega(m.peakBytes), right: true },
  ]);
  const [small, large] = [measures[0]!, measures.at(-1)!];
  const own = large.nodeSeconds === null ? null : large.nodeSeconds / large.loopSeconds;
  const all = own === null || large.postgresSeconds === null ? null : own + large.postgresSeconds / large.loopSeconds;
  const growth = large.peakBytes === null ? null : large.peakBytes / small.peakBytes!;
  return [
    'import contacts, a process of its own; the loop finds the commas and line ends of the same file',
    rows,
    `import / loop: ${seconds(own)}; with PostgreSQL ${seconds(all)}; peak memory / that of ${grouped(small.contacts)}: ${seconds(growth)}`,
  ].join('\n');
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

const hundredths = (value: number): string => (Math.round(value * 100) / 100).toFixed(2);
const tenths = (seconds: number): string => (Math.round(seconds * 10) / 10).toFixed(1);

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}
