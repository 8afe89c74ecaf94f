import { mkdirSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { invariant } from '../domain/errors.ts';
import { addMonths, type Period } from '../domain/period.ts';
import { intoDailyFiles } from '../generator/daily-files.ts';
import { generate, type GenerateOptions } from '../generator/generate.ts';
import { median, NOTHING, plus, type Cost } from './compared-cost.ts';
import { duckRound, ownRound, STEPS, type Costs, type Side, type Step } from './compared-rounds.ts';
import type { Shell } from './shell.ts';

/** What a step cost us and DuckDB. */
export interface ComparedStep {
  readonly step: string;
  readonly ours: Cost;
  /** null: DuckDB has no counterpart */
  readonly duckDb: Cost | null;
}

export interface Compared {
  readonly cells: number;
  /** lists of exposures that contacts of a month are put down to */
  readonly causes: number;
  readonly strata: number;
}

export interface Comparison {
  readonly contacts: number;
  readonly exposures: number;
  readonly revenueEvents: number;
  readonly months: number;
  readonly rounds: number;
  /** medians of the rounds */
  readonly steps: readonly ComparedStep[];
  /** whose integers were compared, of cells, lists of causes and strata; none differed */
  readonly compared: Compared;
  readonly databaseBytes: { readonly ours: number; readonly duckDb: number };
  readonly machine: {
    readonly cores: number;
    readonly node: string;
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
}

type Given = Pick<GenerateOptions, 'seed'> & {
  readonly contacts: number;
  readonly months: number;
  readonly endPeriod: Period;
  readonly rounds: number;
};

/**
 * The same files, by us and by DuckDB, turn about in each round: into tables with all columns and unique ids (the last
 * month in daily files, with rows that come late and rows that are corrected), from there to the roll-up of every month,
 * of which the exposures that contacts are put down to are a step of their own, and to the outcomes of the retention
 * cohorts that are due in the last month; to the same integers, cell by cell, cause by cause and stratum by stratum. What
 * a close does beside that has no counterpart and is counted on our side alone. Exposures and revenue events in the
 * numbers of the issue: 3 and 20 for 10 contacts. @throws Refusal no_duckdb
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
  const periods = Array.from({ length: months }, (_, i) => addMonths(endPeriod, i + 1 - months));
  const files = { folder, daily: await intoDailyFiles(folder, endPeriod), periods };
  const loadBefore = loadavg()[0]!;
  const found: { own: Costs; duck: Costs }[] = [];
  let compared: Compared = { cells: 0, causes: 0, strata: 0 };
  const bytes = { ours: 0, duckDb: 0 };
  for (let round = 1; round <= rounds; round++) {
    await person.say(`round ${round} of ${rounds}: ours …`);
    const own = await ownRound(person, home, files);
    await person.say(`round ${round} of ${rounds}: DuckDB …`);
    const duck = await duckRound(person, join(home, 'duck.db'), files, own.questions);
    try {
      compared = await sameOutcomes(periods, own, duck);
    } finally {
      duck.end();
      own.end();
    }
    [bytes.ours, bytes.duckDb] = [own.bytes, duck.bytes];
    found.push({ own: own.costs, duck: duck.costs });
  }
  rmSync(folder, { recursive: true, force: true });
  return {
    ...{ contacts, exposures, revenueEvents, months, rounds, compared, databaseBytes: bytes },
    steps: comparedSteps(found),
    machine: { cores: cpus().length, node: process.version, loadBefore, loadAfter: loadavg()[0]! },
  };
}

async function sameOutcomes(periods: readonly Period[], own: Side, duck: Side): Promise<Compared> {
  let [cells, causes] = [0, 0];
  for (const period of periods) {
    const [ours, theirs] = [await own.found(period), await duck.found(period)];
    cells += sameIntegers(`${period}, cell`, ours.cells, theirs.cells);
    causes += sameIntegers(`${period}, causes`, ours.causes, theirs.causes);
  }
  return { cells, causes, strata: sameIntegers('stratum', own.retention, duck.retention) };
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
  const whole = (costs: readonly (Cost | null)[]): Cost =>
    costs.reduce<Cost>((sum, cost) => plus(sum, cost ?? NOTHING), NOTHING);
  const counted = steps.filter(({ step }) => !within.includes(step));
  return [
    ...steps,
    { step: 'whole', ours: whole(counted.map((s) => s.ours)), duckDb: whole(counted.map((s) => s.duckDb)) },
  ];
}
