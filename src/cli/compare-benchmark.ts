import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ImportsService } from '../application/imports.service.ts';
import { inputOpener } from '../application/input-opener.ts';
import { ModelsService } from '../application/models.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { readClose } from '../application/read-close.ts';
import { invariant } from '../domain/errors.ts';
import { addMonths, type Period } from '../domain/period.ts';
import { generate, type GenerateOptions } from '../generator/generate.ts';
import { cellList, type ContactReading } from '../persistence/close-inputs.queries.ts';
import { rollUp } from '../persistence/roll-up.queries.ts';
import { emptyDatabase, serverOf } from './benchmark-database.ts';
import { DuckDbBooks } from './duckdb-books.ts';
import { byDimensions } from './roll-up-texts.ts';
import type { Shell } from './shell.ts';
import { measured, type Usage } from './usage.ts';

/** What a step cost us and DuckDB: CPU-seconds of all processes, the server's included, and seconds by the clock. */
export interface ComparedStep {
  readonly step: string;
  readonly ours: Cost;
  readonly duckDb: Cost;
}
export interface Cost {
  readonly cpuSeconds: number;
  readonly seconds: number;
}

export interface Comparison {
  readonly contacts: number;
  readonly months: number;
  readonly rounds: number;
  /** medians of the rounds */
  readonly steps: readonly ComparedStep[];
  /** cells whose integers were compared, all months; none differed */
  readonly cells: number;
}

const STEPS = ['files to tables', 'tables to roll-up'] as const;

/**
 * The same files, by us and by DuckDB, turn about in each round: into tables with all columns and unique ids, and from
 * there to the roll-up of every month, to the same integers cell by cell. Exposures and revenue events in the numbers
 * of the issue: 3 and 20 for 10 contacts. @throws Refusal no_duckdb
 */
export async function comparison(
  person: Shell,
  home: string,
  given: Pick<GenerateOptions, 'seed'> & { contacts: number; months: number; endPeriod: Period; rounds: number },
): Promise<Comparison> {
  const { contacts, months, endPeriod, seed, rounds } = given;
  const folder = join(home, 'company');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  await person.say('generate …');
  const [exposures, revenueEvents] = [Math.round(contacts * 0.3), contacts * 2];
  await generate({ folder, contacts, months, seed, endPeriod, exposures, revenueEvents });
  rmSync(join(folder, 'surveys.csv'));
  const periods = Array.from({ length: months }, (_, i) => addMonths(endPeriod, i + 1 - months));
  const costs = STEPS.map(() => ({ ours: [] as Cost[], duckDb: [] as Cost[] }));
  let cells = 0;
  for (let round = 1; round <= rounds; round++) {
    await person.say(`round ${round} of ${rounds} …`);
    const own = await ownRound(person, home, folder, periods);
    const duck = await duckRound(join(home, 'duck.db'), folder, own.readings);
    cells = 0;
    for (const [i, sums] of own.sums.entries()) {
      const theirs = duck.sums[i]!;
      invariant(sums.size === theirs.size, `${periods[i]!}: ${sums.size} cells, DuckDB has ${theirs.size}`);
      for (const [cell, integers] of sums)
        invariant(theirs.get(cell) === integers, `${cell}: ${integers}, DuckDB has ${theirs.get(cell)}`);
      cells += sums.size;
    }
    costs.forEach((step, i) => {
      step.ours.push(own.costs[i]!);
      step.duckDb.push(duck.costs[i]!);
    });
  }
  rmSync(folder, { recursive: true, force: true });
  const steps = STEPS.map((step, i) => ({ step, ours: median(costs[i]!.ours), duckDb: median(costs[i]!.duckDb) }));
  return { contacts, months, rounds, steps, cells };
}

async function ownRound(person: Shell, home: string, folder: string, periods: readonly Period[]) {
  await emptyDatabase(home);
  const shell = await person.elsewhere(home);
  try {
    const { postmaster } = await serverOf(shell);
    const finance = await shell.actor();
    const [imports, models] = [await shell.get(ImportsService), await shell.get(ModelsService)];
    await shell.get(PeriodsService);
    const load = await measured(postmaster, async () => {
      const { stoppedAt } = await imports.importFolder(finance, folder, {
        open: inputOpener('shell').open,
        applyModel: async (yaml) => `model ${(await models.apply(finance, yaml)).modelId}`,
      });
      invariant(stoppedAt === undefined, `the generated ${stoppedAt} was refused`);
    });
    const db = await shell.database();
    const readings: ContactReading[] = [];
    for (const period of periods) readings.push((await db.books((tx) => readClose(tx, period))).contacts);
    const rolled = await measured(postmaster, async () => {
      const found = [];
      for (const reading of readings) found.push(await db.books((tx) => rollUp(tx, reading)));
      return found;
    });
    const cells = await db.books((tx) => cellList(tx));
    const sums = rolled.outcome.map((found) => byDimensions(found.sums, cells));
    return { readings, sums, costs: [costOf(load.usage), costOf(rolled.usage)] };
  } finally {
    await shell.close();
    await emptyDatabase(home);
  }
}

async function duckRound(
  file: string,
  folder: string,
  readings: readonly Parameters<DuckDbBooks['rollUp']>[0][],
): Promise<{ sums: Map<string, string>[]; costs: Cost[] }> {
  rmSync(file, { force: true });
  const duck = await DuckDbBooks.open(file, 'Europe/Berlin');
  try {
    const load = await measured(undefined, () => duck.load(folder));
    const rolled = await measured(undefined, async () => {
      const sums: Map<string, string>[] = [];
      for (const reading of readings) sums.push(await duck.rollUp(reading));
      return sums;
    });
    return { sums: rolled.outcome, costs: [costOf(load.usage), costOf(rolled.usage)] };
  } finally {
    duck.close();
    rmSync(file, { force: true });
  }
}

const costOf = ({ seconds, nodeSeconds, postgresSeconds }: Usage): Cost => ({
  cpuSeconds: nodeSeconds + (postgresSeconds ?? 0),
  seconds,
});

function median(costs: readonly Cost[]): Cost {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return { cpuSeconds: middle(costs.map((c) => c.cpuSeconds)), seconds: middle(costs.map((c) => c.seconds)) };
}
