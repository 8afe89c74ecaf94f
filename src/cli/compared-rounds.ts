import { spawn } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ImportsService } from '../application/imports.service.ts';
import { inputOpener } from '../application/input-opener.ts';
import { readRules } from '../application/read-close.ts';
import { invariant } from '../domain/errors.ts';
import { addMonths, type Period } from '../domain/period.ts';
import { dueCohorts } from '../domain/retention/maturity.ts';
import type { DailyFolder } from '../generator/daily-files.ts';
import { packageRoot } from '../package-root.ts';
import { cellList, type CellRow, type CellSum, type ContactReading } from '../persistence/close-inputs.queries.ts';
import { rollUp } from '../persistence/roll-up.queries.ts';
import { databaseBytes, emptyDatabase, serverOf } from './benchmark-database.ts';
import { costOf, less, NOTHING, plus, type Cost } from './compared-cost.ts';
import { DuckDbBooks } from './duckdb-books.ts';
import { importGenerated } from './generated-company.ts';
import { LaidAside } from './laid-aside.ts';
import { retentionQuestion, retentionSums, type RetentionQuestion } from './retention-sums.ts';
import { byCauses, byDimensions } from './roll-up-texts.ts';
import type { Shell } from './shell.ts';
import { measured, measuredChild, measuredPart } from './usage.ts';

export const STEPS = ['files to tables', 'daily files', 'roll-up', 'exposures', 'retention', 'statements'] as const;
export type Step = (typeof STEPS)[number];
export type Costs = Partial<Record<Step, Cost>>;

/** The generated files of a comparison and the months they spread over. */
export interface Files {
  readonly folder: string;
  readonly daily: readonly DailyFolder[];
  readonly periods: readonly Period[];
}

/** What one side found, and at what cost. */
export interface Side {
  readonly costs: Costs;
  readonly bytes: number;
  readonly retention: ReadonlyMap<string, string>;
  /** integers of a period's cells by their dimensions, and contacts by the causes they are put down to */
  readonly found: (period: Period) => Promise<{
    readonly cells: ReadonlyMap<string, string>;
    readonly causes: ReadonlyMap<string, string>;
  }>;
  /** lets go of what `found` reads */
  readonly end: () => void;
}

/** What DuckDB is asked after us. */
export interface Questions {
  readonly readings: readonly ContactReading[];
  readonly retention: RetentionQuestion;
}

/**
 * Our side: as a person works, with the close in a process of its own. What is only compared later lies aside in files
 * meanwhile, so that the memory of the steps is their own.
 */
export async function ownRound(person: Shell, home: string, files: Files): Promise<Side & { questions: Questions }> {
  const { folder, daily, periods } = files;
  await emptyDatabase(home);
  const shell = await person.elsewhere(home);
  const aside = new LaidAside(join(home, 'aside'));
  try {
    const { postmaster } = await serverOf(shell);
    const step = saying(person, postmaster);
    const finance = await shell.actor();
    const imports = await shell.get(ImportsService);
    const { open } = inputOpener('shell');
    const [, load] = await step('files to tables', () => importGenerated(shell, folder));
    const [, late] = await step('daily files', async () => {
      for (const { path } of daily) {
        const { stoppedAt } = await imports.importFolder(finance, path, { open });
        invariant(stoppedAt === undefined, `${stoppedAt} of ${path} was refused`);
      }
    });
    const db = await shell.database();
    const readings: ContactReading[] = [];
    for (const of of periods) readings.push((await db.books((tx) => readRules(tx, of))).contacts);
    let [rolled, last, exposures] = [NOTHING, NOTHING, NOTHING];
    const ofExposures = async <T>(run: () => Promise<T>): Promise<T> => {
      const { outcome, usage } = await measuredPart(postmaster, run);
      exposures = plus(exposures, costOf(usage));
      return outcome;
    };
    for (const reading of readings) {
      const { outcome, usage } = await measured(postmaster, () =>
        db.books((tx) => rollUp(tx, reading, { exposures: ofExposures })),
      );
      last = costOf(usage);
      rolled = plus(rolled, last);
      aside.put(reading.period, outcome.sums);
    }
    await person.say(words('roll-up', rolled));
    await person.say(words('of which exposures', exposures));
    const period = periods.at(-1)!;
    const { model, register, mark, company } = await db.books((tx) => readRules(tx, period));
    const sources = { period, mark, currency: company.currency, model, register };
    const cohorts = (['decision', 'service'] as const).flatMap((effect) =>
      dueCohorts(effect, model.retention!.windows_days, addMonths(period, -1), period),
    );
    const [sums, retention] = await step('retention', () => db.books((tx) => retentionSums(tx, sources, cohorts)));
    const close = await closed(home, postmaster, period);
    await person.say(words('close', close));
    const cells = await db.books((tx) => cellList(tx));
    return {
      questions: { readings, retention: retentionQuestion(sources, cohorts) },
      found: (of) => Promise.resolve(inTexts(aside.take(of) as CellSum[], cells)),
      retention: sums,
      costs: {
        'files to tables': plus(load, late),
        'daily files': late,
        'roll-up': rolled,
        exposures,
        retention,
        statements: less(less(close, last), retention),
      },
      bytes: await databaseBytes(home),
      end: () => aside.remove(),
    };
  } finally {
    await shell.close();
    await emptyDatabase(home);
  }
}

const inTexts = (sums: readonly CellSum[], cells: ReadonlyMap<number, CellRow>) => ({
  cells: byDimensions(sums, cells),
  causes: byCauses(sums),
});

/** A preview of the close, which keeps nothing, by the command that a person gives. */
async function closed(home: string, postmaster: number | undefined, period: Period): Promise<Cost> {
  const args = [join(packageRoot, 'dist', 'cli', 'main.js'), 'close', period, '--preview', '--json'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ANSWERABLE_HOME: home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return costOf((await measuredChild(postmaster, child)).usage);
}

/** DuckDB's side, in this process; its roll-ups of all periods in one pass. */
export async function duckRound(
  person: Shell,
  file: string,
  { folder, daily }: Files,
  { readings, retention: question }: Questions,
): Promise<Side> {
  rmSync(file, { force: true });
  const duck = await DuckDbBooks.open(file, 'Europe/Berlin');
  const end = (): void => {
    duck.close();
    rmSync(file, { force: true });
  };
  try {
    const step = saying(person, undefined);
    const [, load] = await step('files to tables', () => duck.load(folder));
    const [, late] = await step('daily files', async () => {
      for (const { kind, path } of daily.flatMap(({ files }) => files)) await duck.add(kind, path);
      await duck.checkpoint();
    });
    let exposures = NOTHING;
    const [, rolled] = await step('roll-up', () =>
      duck.rollUp(readings, async (run) => {
        const { outcome, usage } = await measuredPart(undefined, run);
        exposures = costOf(usage);
        return outcome;
      }),
    );
    await person.say(words('of which exposures', exposures));
    const [sums, retention] = await step('retention', () => duck.retention(question));
    return {
      ...{ retention: sums, bytes: statSync(file).size, end },
      found: async (period) => ({ cells: await duck.cells(period), causes: await duck.causes(period) }),
      costs: { 'files to tables': plus(load, late), 'daily files': late, 'roll-up': rolled, exposures, retention },
    };
  } catch (error) {
    end();
    throw error;
  }
}

/** Measures a step, and says at once what it cost: the whole takes long, and what ends early has still said something. */
const saying =
  (person: Shell, postmaster: number | undefined) =>
  async <T>(step: string, run: () => Promise<T>): Promise<[outcome: T, cost: Cost]> => {
    const { outcome, usage } = await measured(postmaster, run);
    const cost = costOf(usage);
    await person.say(words(step, cost));
    return [outcome, cost];
  };

function words(step: string, { cpuSeconds, seconds, peakBytes }: Cost): string {
  const most = peakBytes === null ? '' : `, at most ${Math.round(peakBytes / 1e6)} MB`;
  return `  ${step}: ${cpuSeconds.toFixed(1)} CPU-s, ${seconds.toFixed(1)} s${most}`;
}
