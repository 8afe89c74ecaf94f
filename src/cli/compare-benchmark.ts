import { mkdirSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { ImportsService } from '../application/imports.service.ts';
import { inputOpener } from '../application/input-opener.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { readRules } from '../application/read-close.ts';
import { invariant } from '../domain/errors.ts';
import { addMonths, type Period } from '../domain/period.ts';
import { dueCohorts } from '../domain/retention/maturity.ts';
import { intoDailyFiles, type DailyFile } from '../generator/daily-files.ts';
import { generate, type GenerateOptions } from '../generator/generate.ts';
import { cellList, type ContactReading } from '../persistence/close-inputs.queries.ts';
import { rollUp } from '../persistence/roll-up.queries.ts';
import { databaseBytes, emptyDatabase, serverOf } from './benchmark-database.ts';
import { DuckDbBooks } from './duckdb-books.ts';
import { importGenerated } from './generated-company.ts';
import { retentionQuestion, retentionSums, type RetentionQuestion } from './retention-sums.ts';
import { byDimensions } from './roll-up-texts.ts';
import type { Shell } from './shell.ts';
import { measured, type Usage } from './usage.ts';

/** What a step cost us and DuckDB: CPU-seconds of all processes, the server's included, and seconds by the clock. */
export interface ComparedStep {
  readonly step: string;
  readonly ours: Cost;
  /** null: DuckDB has no counterpart */
  readonly duckDb: Cost | null;
}
export interface Cost {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

export interface Comparison {
  readonly contacts: number;
  readonly exposures: number;
  readonly revenueEvents: number;
  readonly months: number;
  readonly rounds: number;
  /** medians of the rounds */
  readonly steps: readonly ComparedStep[];
  /** cells and strata whose integers were compared; none differed */
  readonly cells: number;
  readonly strata: number;
  /** of our process, before DuckDB was in it */
  readonly peakBytes: number;
  readonly databaseBytes: { readonly ours: number; readonly duckDb: number };
  readonly machine: {
    readonly cores: number;
    readonly node: string;
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
}

const STEPS = ['files to tables', 'daily files', 'roll-up', 'exposures', 'retention', 'statements'] as const;
type Step = (typeof STEPS)[number];
type Costs = Partial<Record<Step, Cost>>;

type Given = Pick<GenerateOptions, 'seed'> & {
  readonly contacts: number;
  readonly months: number;
  readonly endPeriod: Period;
  readonly rounds: number;
};

/**
 * The same files, by us and by DuckDB, turn about in each round: into tables with all columns and unique ids (the last
 * month in daily files, with rows that come late and rows that are corrected), from there to the roll-up of every month,
 * and to the outcomes of the retention cohorts that are due in the last one; to the same integers, cell by cell and
 * stratum by stratum. What a close does beside that has no counterpart and is counted on our side alone. Exposures and
 * revenue events in the numbers of the issue: 3 and 20 for 10 contacts. @throws Refusal no_duckdb
 */
export async function comparison(person: Shell, home: string, given: Given): Promise<Comparison> {
  const { contacts, months, endPeriod, seed, rounds } = given;
  const folder = join(home, 'company');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  await person.say('generate …');
  const [exposures, revenueEvents] = [Math.round(contacts * 0.3), contacts * 2];
  await generate({ folder, contacts, months, seed, endPeriod, exposures, revenueEvents });
  rmSync(join(folder, 'surveys.csv'));
  const daily = await intoDailyFiles(folder, endPeriod);
  const periods = Array.from({ length: months }, (_, i) => addMonths(endPeriod, i + 1 - months));
  const loadBefore = loadavg()[0]!;
  const found: { own: Costs; duck: Costs }[] = [];
  let [cells, strata, peakBytes] = [0, 0, 0];
  const bytes = { ours: 0, duckDb: 0 };
  for (let round = 1; round <= rounds; round++) {
    await person.say(`round ${round} of ${rounds}: ours …`);
    const own = await ownRound(person, home, { folder, daily, periods });
    await person.say(`round ${round} of ${rounds}: DuckDB …`);
    const duck = await duckRound(person, join(home, 'duck.db'), { folder, daily }, own);
    [cells, strata] = [0, sameIntegers('stratum', own.retention, duck.retention)];
    for (const [i, sums] of own.sums.entries()) cells += sameIntegers(periods[i]!, sums, duck.sums[i]!);
    if (round === 1) peakBytes = own.peakBytes;
    [bytes.ours, bytes.duckDb] = [own.bytes, duck.bytes];
    found.push({ own: own.costs, duck: duck.costs });
  }
  rmSync(folder, { recursive: true, force: true });
  return {
    ...{ contacts, exposures, revenueEvents, months, rounds, cells, strata, peakBytes, databaseBytes: bytes },
    steps: comparedSteps(found),
    machine: { cores: cpus().length, node: process.version, loadBefore, loadAfter: loadavg()[0]! },
  };
}

/** @returns how many keys, the same on both sides with the same integers @throws Error naming the first that differs */
function sameIntegers(of: string, own: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): number {
  for (const [key, integers] of own)
    invariant(theirs.get(key) === integers, `${of} ${key}: ${integers}, DuckDB has ${theirs.get(key)}`);
  invariant(own.size === theirs.size, `${of}: ${own.size} sums, DuckDB has ${theirs.size}`);
  return own.size;
}

function comparedSteps(rounds: readonly { readonly own: Costs; readonly duck: Costs }[]): ComparedStep[] {
  const side = (of: 'own' | 'duck', step: Step): Cost | null => {
    const costs = rounds.map((round) => round[of][step]).filter((cost) => cost !== undefined);
    return costs.length === 0 ? null : median(costs);
  };
  const steps = STEPS.map((step) => ({ step, ours: side('own', step)!, duckDb: side('duck', step) }));
  const within: readonly string[] = ['daily files', 'exposures']; // the files, the roll-up
  const whole = (costs: readonly (Cost | null)[]): Cost => costs.reduce<Cost>(plus, { cpuSeconds: 0, seconds: 0 });
  const counted = steps.filter(({ step }) => !within.includes(step));
  return [
    ...steps,
    { step: 'whole', ours: whole(counted.map((s) => s.ours)), duckDb: whole(counted.map((s) => s.duckDb)) },
  ];
}

async function ownRound(
  person: Shell,
  home: string,
  {
    folder,
    daily,
    periods,
  }: { readonly folder: string; readonly daily: readonly DailyFile[]; readonly periods: readonly Period[] },
) {
  await emptyDatabase(home);
  const shell = await person.elsewhere(home);
  try {
    const { postmaster } = await serverOf(shell);
    const step = saying(person, postmaster);
    const finance = await shell.actor();
    const imports = await shell.get(ImportsService);
    const closes = await shell.get(PeriodsService);
    const { open } = inputOpener('shell');
    const load = await step('files to tables', () => importGenerated(shell, folder));
    const late = await step('daily files', async () => {
      for (const { kind, path } of daily) {
        const { faultCount } = await imports.importFile(finance, kind, path, { open });
        invariant(faultCount === 0, `${path} was refused`);
      }
    });
    const db = await shell.database();
    const readings: ContactReading[] = [];
    for (const period of periods) readings.push((await db.books((tx) => readRules(tx, period))).contacts);
    const rolled = async (name: string, of: readonly ContactReading[]) =>
      await step(name, async () => {
        const found = [];
        for (const reading of of) found.push(await db.books((tx) => rollUp(tx, reading)));
        return found;
      });
    const bare = await rolled(
      'roll-up without exposures',
      readings.map((reading) => ({ ...reading, exposureRules: [] })),
    );
    const earlier = await rolled('roll-up, all months but the last', readings.slice(0, -1));
    const last = await rolled('roll-up of the last', readings.slice(-1));
    const period = periods.at(-1)!;
    const { model, register, mark, company } = await db.books((tx) => readRules(tx, period));
    const sources = { period, mark, currency: company.currency, model, register };
    const cohorts = (['decision', 'service'] as const).flatMap((effect) =>
      dueCohorts(effect, model.retention!.windows_days, addMonths(period, -1), period),
    );
    const retention = await step('retention', () => db.books((tx) => retentionSums(tx, sources, cohorts)));
    const close = await step('close', () => closes.close(finance, period, { preview: true }));
    const cells = await db.books((tx) => cellList(tx));
    const whole = plus(costOf(earlier.usage), costOf(last.usage));
    const costs: Costs = {
      'files to tables': plus(costOf(load.usage), costOf(late.usage)),
      'daily files': costOf(late.usage),
      'roll-up': whole,
      exposures: less(whole, costOf(bare.usage)),
      retention: costOf(retention.usage),
      statements: less(less(costOf(close.usage), costOf(last.usage)), costOf(retention.usage)),
    };
    return {
      readings,
      question: retentionQuestion(sources, cohorts),
      sums: [...earlier.outcome, ...last.outcome].map((found) => byDimensions(found.sums, cells)),
      retention: retention.outcome,
      costs,
      peakBytes: Math.max(...[load, late, bare, earlier, last, retention, close].map(({ usage }) => usage.peakBytes)),
      bytes: await databaseBytes(home),
    };
  } finally {
    await shell.close();
    await emptyDatabase(home);
  }
}

async function duckRound(
  person: Shell,
  file: string,
  { folder, daily }: { readonly folder: string; readonly daily: readonly DailyFile[] },
  { readings, question }: { readonly readings: readonly ContactReading[]; readonly question: RetentionQuestion },
) {
  rmSync(file, { force: true });
  const duck = await DuckDbBooks.open(file, 'Europe/Berlin');
  try {
    const step = saying(person, undefined);
    const load = await step('files to tables', () => duck.load(folder));
    const late = await step('daily files', async () => {
      for (const { kind, path } of daily) await duck.add(kind, path);
      await duck.checkpoint();
    });
    const rolled = async (name: string, of: readonly Parameters<DuckDbBooks['rollUp']>[0][]) =>
      await step(name, async () => {
        const sums: Map<string, string>[] = [];
        for (const reading of of) sums.push(await duck.rollUp(reading));
        return sums;
      });
    const bare = await rolled(
      'roll-up without exposures',
      readings.map((reading) => ({ ...reading, exposureRules: [] })),
    );
    const whole = await rolled('roll-up', readings);
    const retention = await step('retention', () => duck.retention(question));
    const costs: Costs = {
      'files to tables': plus(costOf(load.usage), costOf(late.usage)),
      'daily files': costOf(late.usage),
      'roll-up': costOf(whole.usage),
      exposures: less(costOf(whole.usage), costOf(bare.usage)),
      retention: costOf(retention.usage),
    };
    return { sums: whole.outcome, retention: retention.outcome, costs, bytes: statSync(file).size };
  } finally {
    duck.close();
    rmSync(file, { force: true });
  }
}

/** Measures a step, and says at once what it cost: the whole takes long, and what ends early has still said something. */
const saying =
  (person: Shell, postmaster: number | undefined) =>
  async <T>(step: string, run: () => Promise<T>): Promise<{ outcome: T; usage: Usage }> => {
    const found = await measured(postmaster, run);
    const { cpuSeconds, seconds } = costOf(found.usage);
    const megabytes = Math.round(found.usage.peakBytes / 1e6);
    await person.say(`  ${step}: ${cpuSeconds.toFixed(1)} CPU-s, ${seconds.toFixed(1)} s, at most ${megabytes} MB`);
    return found;
  };

const costOf = ({ seconds, nodeSeconds, postgresSeconds }: Usage): Cost => ({
  cpuSeconds: nodeSeconds + (postgresSeconds ?? 0),
  seconds,
});
const plus = (a: Cost, b: Cost | null): Cost => ({
  cpuSeconds: a.cpuSeconds + (b?.cpuSeconds ?? 0),
  seconds: a.seconds + (b?.seconds ?? 0),
});
const less = (a: Cost, b: Cost): Cost => ({ cpuSeconds: a.cpuSeconds - b.cpuSeconds, seconds: a.seconds - b.seconds });

function median(costs: readonly Cost[]): Cost {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return { cpuSeconds: middle(costs.map((c) => c.cpuSeconds)), seconds: middle(costs.map((c) => c.seconds)) };
}
