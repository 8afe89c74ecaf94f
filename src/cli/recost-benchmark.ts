import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ImportsService } from '../application/imports.service.ts';
import { ModelsService } from '../application/models.service.ts';
import { parsePlain } from '../application/model-text.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { readCosting } from '../application/read-close.ts';
import type { Period } from '../domain/period.ts';
import { CONTACT_PARTS } from '../domain/statements/cell-facts.ts';
import { countedParts } from '../domain/statements/coverage.ts';
import { booksOf } from '../domain/statements/close.ts';
import { documentsOf } from '../domain/statements/document.ts';
import { generate } from '../generator/generate.ts';
import { emptyDatabase, serverOf } from './benchmark-database.ts';
import { LAST_PERIOD, SEED } from './benchmark.ts';
import { importGenerated } from './generated-company.ts';
import type { Shell } from './shell.ts';
import { measured, type Usage } from './usage.ts';

/** What it takes to say anew what a period costs, after something changed. */
export interface RecostMeasure {
  readonly change: string;
  readonly deed: Deed;
  readonly rounds: number;
  /** median of the rounds */
  readonly milliseconds: number;
  /** mean of the rounds */
  readonly nodeMilliseconds: number;
  readonly postgresMilliseconds: number | null;
}

/** A close that is rolled back, `model try`, or the domain's part of both: books and documents from the upper roll-up. */
type Deed = 'close' | 'try' | 'books';

export interface RecostReport {
  readonly contacts: number;
  readonly months: number;
  /** of the last month: contacts, and how many sums stand in its upper roll-up */
  readonly month: { readonly contacts: number; readonly sums: number };
  readonly measures: readonly RecostMeasure[];
  readonly machine: {
    readonly cores: number;
    readonly node: string;
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
}

/** A model of the demo company as plain values. */
interface PlainModel {
  charging: { standard_rates: Record<string, string> };
  support: { drivers: Record<string, Record<string, number>> };
  rules: { name: string; within_days?: number; to?: { share?: string }[] }[];
}

/** How a round differs from the one before; files are imported, a model is applied, neither counts. */
interface Change {
  readonly change: string;
  readonly rounds: number;
  readonly model?: (model: PlainModel, round: number) => void;
  readonly file?: (period: Period, round: number) => { readonly name: 'capacity' | 'ledger'; readonly text: string };
  /** so many times the contacts of some reasons: only tried, as a close counts what came */
  readonly volumes?: (round: number) => readonly string[];
}

const CHANGES: readonly Change[] = [
  { change: 'nothing', rounds: 5 },
  {
    change: 'a standard rate',
    rounds: 9,
    model: ({ charging }, n) => (charging.standard_rates['voice'] = `0.0${140 + n}`),
  },
  { change: 'a share of support', rounds: 9, model: ({ support }, n) => (support.drivers['it']!['voice'] = 61 + n) },
  {
    change: 'the capacity of a pool',
    rounds: 9,
    file: (period, n) => ({
      name: 'capacity',
      text: `period,pool_code,practical_seconds\n${period},voice,${10 ** 11 + n}\n`,
    }),
  },
  { change: 'the volume of some reasons', rounds: 9, volumes: (n) => [`billing.*=1.2${n}`, `app.*=0.9${n}`] },
  {
    change: 'the share of a rule',
    rounds: 5,
    model: ({ rules }, n) => (rules.find(({ to }) => to)!.to![0]!.share = `0.${51 + n}`),
  },
  {
    change: 'a rule on dimensions',
    rounds: 5,
    model: ({ rules }, n) =>
      rules.unshift({
        // a pattern that was never asked for: cells are put together anew
        ...{ name: `benchmark ${n}`, match: { queue: ['*'], language: ['(none)', 'd*'], segment: ['b*', `b?${n}`] } },
        to: [{ ...{ unit: 'RETAIL' }, share: '0.5' }],
      }),
  },
  {
    change: 'a rule on exposures',
    rounds: 1,
    model: ({ rules }, n) => (rules.find(({ within_days: days }) => days)!.within_days = 40 - n),
  },
];

/**
 * What it takes to re-cost a month whose facts stay: every change of the list, on a company of so many contacts. Works on
 * an embedded database of its own in `home`, emptied before and after.
 */
export async function recostBenchmark(
  person: Shell,
  home: string,
  { contacts, months }: { readonly contacts: number; readonly months: number },
): Promise<RecostReport> {
  await emptyDatabase(home);
  person.atEnd(() => emptyDatabase(home)); // after the shell below has closed
  const shell = await person.elsewhere(home);
  const folder = join(home, 'company');
  await shell.say('generate …');
  await generate({
    folder,
    contacts,
    months,
    seed: SEED,
    endPeriod: LAST_PERIOD,
    exposures: Math.round(contacts * 0.3),
  });
  rmSync(join(folder, 'surveys.csv'));
  await shell.say('import …');
  await importGenerated(shell, folder);
  rmSync(folder, { recursive: true });
  return { contacts, months, ...(await recostMeasures(shell, LAST_PERIOD)) };
}

/** The changes, on books that are there; the newest model stays changed. */
export async function recostMeasures(
  shell: Shell,
  period: Period,
): Promise<Pick<RecostReport, 'month' | 'measures' | 'machine'>> {
  const [models, periods] = [await shell.get(ModelsService), await shell.get(PeriodsService)];
  const db = await shell.database();
  const finance = await shell.actor();
  const { postmaster } = await serverOf(shell);
  const loadBefore = loadavg()[0]!;
  const { yaml } = await models.show(finance);
  const measures: RecostMeasure[] = [];
  const take = async (
    change: string,
    deed: Deed,
    rounds: number,
    round: (n: number) => Promise<() => Promise<unknown>>,
  ) => {
    const usages: Usage[] = [];
    for (let n = 0; n < rounds; n++) {
      const act = await round(n);
      usages.push((await measured(postmaster, act)).usage);
    }
    measures.push({ change, deed, rounds, ...costOf(usages) });
    await shell.say(`${change}, ${deed}: ${Math.round(measures.at(-1)!.milliseconds)} ms`);
  };
  const close = async (): Promise<unknown> => await periods.close(finance, period, { preview: true });
  await shell.say('first close …');
  await take('all facts', 'close', 1, () => Promise.resolve(close));
  for (const { change, rounds, model, file, volumes } of CHANGES) {
    const textOf = (n: number): string => {
      const plain = parsePlain(yaml, 'model.yaml') as PlainModel;
      model?.(plain, n);
      return JSON.stringify(plain);
    };
    if (!volumes)
      await take(change, 'close', rounds, async (n) => {
        if (model) await models.apply(finance, textOf(n));
        if (file) await importText(shell, file(period, n));
        return close;
      });
    if (volumes || (model && rounds > 1))
      await take(change, 'try', rounds, (n) =>
        Promise.resolve(() => models.tryOn(finance, textOf(n + rounds), period, 'model.yaml', volumes?.(n))),
      );
  }
  const { upper, inputs, context } = await db.books((tx) =>
    readCosting(tx, period, undefined, undefined, { retention: true, control: 'sample', keeping: 'keep' }),
  );
  await take('any of the first five', 'books', 9, () =>
    Promise.resolve(() => Promise.resolve(documentsOf(booksOf(upper, inputs), context))),
  );
  return {
    month: { contacts: Number(countedParts(upper.coverage).all / CONTACT_PARTS), sums: upper.uses.length },
    measures,
    machine: { cores: cpus().length, node: process.version, loadBefore, loadAfter: loadavg()[0]! },
  };
}

async function importText(
  shell: Shell,
  { name, text }: { readonly name: 'capacity' | 'ledger'; readonly text: string },
): Promise<void> {
  const imports = await shell.get(ImportsService);
  const report = await imports.importFile(await shell.actor(), name, Readable.from([Buffer.from(text)]));
  if (report.faultCount > 0) throw new Error(`${name}: ${JSON.stringify(report.faults)}`);
}

function costOf(usages: readonly Usage[]) {
  const mean = (of: (usage: Usage) => number): number =>
    (usages.reduce((sum, u) => sum + of(u), 0) / usages.length) * 1000;
  const clocks = usages.map(({ seconds }) => seconds * 1000).sort((a, b) => a - b);
  const known = usages.every(({ postgresSeconds }) => postgresSeconds !== null);
  return {
    milliseconds: clocks[Math.floor(clocks.length / 2)]!,
    nodeMilliseconds: mean(({ nodeSeconds }) => nodeSeconds),
    postgresMilliseconds: known ? mean(({ postgresSeconds }) => postgresSeconds!) : null,
  };
}
