import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { DisputesService } from '../application/disputes.service.ts';
import { ImportsService } from '../application/imports.service.ts';
import { inputOpener } from '../application/input-opener.ts';
import { MailsService } from '../application/mails.service.ts';
import { ModelsService } from '../application/models.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { statementFile } from '../application/statement-files.ts';
import { StatementsService } from '../application/statements.service.ts';
import { UsersService, type NewUser } from '../application/users.service.ts';
import { WorkbookService } from '../application/workbook.service.ts';
import { Refusal } from '../domain/errors.ts';
import { addMonths, type Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { generate } from '../generator/generate.ts';
import { packageRoot } from '../package-root.ts';
import type { PeriodState } from '../persistence/periods.queries.ts';
import { progress } from './progress.ts';
import type { Shell } from './shell.ts';

/** The demo company: fixed, so that everybody sees the same figures. */
const SIZE = { contacts: 200_000, seed: 20_261_031, months: 36 } as const;
const LAST_PERIOD = '2026-10' as Period;
/** From the month in which the fee begins, so that its profit and loss is whole. */
export const DEMO_PERIODS: readonly Period[] = Array.from({ length: 22 }, (_, i) => addMonths(LAST_PERIOD, i - 21));
/** Workbooks take longest to write: the newest quarter has them, the others are a command away. */
const WITH_WORKBOOKS = DEMO_PERIODS.slice(-3);
/** From here on the model nets retention: early enough that cohorts of the first closed months become final at 548 days. */
const RETENTION_FROM = '2026-05';
/** Contacts of a channel that no pool takes: they park a unit in the newest period until a person maps the channel. */
const PILOT = join(packageRoot, 'templates', 'demo', 'video-pilot.csv');
/** What the owner of the shops says of the last issued period. */
const DISPUTE = {
  unit: 'RETAIL',
  reason: 'Most of these callers asked where a parcel of the fibre installation was. That is not ours to answer.',
  evidence: 'Carrier report, week 38: 61 parcels of Fibre & Home went out late.',
} as const;
/** The newest stays in review, so that there is something to do. */
const stateOf = (period: Period): PeriodState => (period === LAST_PERIOD ? 'in_review' : 'closed');

export const DEMO_PEOPLE: readonly NewUser[] = [
  { login: 'dana', name: 'Dana', role: 'finance', units: [] },
  { login: 'carl', name: 'Carl', role: 'controller', units: [] },
  { login: 'ravi', name: 'Ravi', role: 'unit_owner', units: ['RETAIL'] },
  { login: 'mia', name: 'Mia', role: 'service_leader', units: [] },
  { login: 'audra', name: 'Audra', role: 'auditor', units: [] },
];

export interface DemoCompany {
  /** a statement set for each period, oldest first */
  readonly sets: readonly StatementSet[];
  readonly files: readonly string[];
  /** false: everything was there */
  readonly changed: boolean;
}

/**
 * Brings the demo company to where it belongs, from nothing or from wherever an earlier run was stopped: files, imports,
 * people, 22 closed periods, their statements in `out`. Every step looks first whether it is done.
 */
export async function demoCompany(shell: Shell, folder: string, out: string): Promise<DemoCompany> {
  const demo = new Demo(shell, folder);
  const changedBooks = await demo.bringBooks();
  const sets = await demo.sets();
  const written = await demo.writeStatements(sets, out);
  return { sets, files: written.files, changed: changedBooks || written.changed };
}

class Demo {
  constructor(
    private readonly shell: Shell,
    private readonly folder: string,
  ) {}

  /** False when all periods stand where they belong already. */
  async bringBooks(): Promise<boolean> {
    const periods = await this.shell.get(PeriodsService);
    const finance = await this.actor('finance');
    const states = new Map((await periods.list(finance)).map((row) => [row.period, row.state]));
    if (DEMO_PERIODS.every((period) => states.get(period) === stateOf(period))) return false;
    const foreign = [...states.keys()].find((period) => !DEMO_PERIODS.includes(period));
    if (foreign !== undefined) {
      throw new Refusal('other_company', `this database has a period ${foreign}, which is not the demo's`, {
        kind: 'conflict',
        next: 'ANSWERABLE_HOME=another-folder answerable demo',
      });
    }
    await this.generateFiles();
    await this.importFiles(finance);
    await this.addPeople();
    for (const period of DEMO_PERIODS) {
      if (period === LAST_PERIOD) await this.openDispute(addMonths(period, -1));
      await this.movePeriod(periods, period, states.get(period) ?? 'open');
    }
    return true;
  }

  async sets(): Promise<StatementSet[]> {
    const statements = await this.shell.get(StatementsService);
    const finance = await this.actor('finance');
    const sets: StatementSet[] = [];
    for (const period of DEMO_PERIODS) {
      sets.push((await statements.document(finance, period)) as unknown as StatementSet);
    }
    return sets;
  }

  /** A folder for each period: JSON, CSV, of the newest also workbook and packs; a folder that is there is whole and stays. */
  async writeStatements(sets: readonly StatementSet[], out: string): Promise<{ files: string[]; changed: boolean }> {
    const workbooks = await this.shell.assembled(WorkbookService);
    const finance = await this.actor('finance');
    mkdirSync(out, { recursive: true });
    const files: string[] = [];
    let changed = false;
    for (const set of sets) {
      const folder = join(out, set.period);
      if (!existsSync(folder)) {
        await this.shell.say(`writing ${folder} …`);
        const unfinished = join(out, `.${set.period}.unfinished`);
        rmSync(unfinished, { recursive: true, force: true });
        mkdirSync(unfinished);
        if (WITH_WORKBOOKS.includes(set.period as Period))
          await workbooks.write(finance, set.period as Period, unfinished);
        for (const format of ['json', 'csv'] as const) {
          const file = statementFile(set, format);
          writeFileSync(join(unfinished, file.name), file.content);
        }
        renameSync(unfinished, folder);
        changed = true;
      }
      files.push(...readdirSync(folder).map((name) => join(folder, name)));
    }
    return { files, changed };
  }

  private async actor(login: string): Promise<Actor> {
    return await (await this.shell.get(UsersService)).actorByLogin(login);
  }

  private async generateFiles(): Promise<void> {
    if (existsSync(join(this.folder, 'truth.json'))) return; // written last
    await this.shell.say(`generating ${SIZE.contacts.toLocaleString('en')} contacts of ${SIZE.months} months …`);
    const bar = progress('generating', this.shell.options.json);
    const onProgress = (done: number, total: number): void => bar.to(done, total);
    await generate({ ...SIZE, endPeriod: LAST_PERIOD, folder: this.folder, onProgress }).finally(() => bar.end());
  }

  private async importFiles(finance: Actor): Promise<void> {
    await this.shell.say('importing …');
    const [imports, models] = [await this.shell.get(ImportsService), await this.shell.get(ModelsService)];
    const bar = progress('importing', this.shell.options.json);
    const report = await imports
      .importFolder(finance, this.folder, {
        ...inputOpener('shell'),
        applyModel: async (yaml) => {
          const rules = parseDocument(yaml);
          rules.delete('retention');
          await models.apply(finance, rules.toString());
          return `model ${(await models.apply(finance, yaml, RETENTION_FROM)).modelId}`;
        },
        onProgress: ({ bytes, bytesTotal }) => bar.to(bytes, bytesTotal),
      })
      .finally(() => bar.end());
    if (report.stoppedAt !== undefined) throw new Error(`the demo's own ${report.stoppedAt} was refused`);
    await imports.importFile(finance, 'contacts', PILOT);
  }

  /** As Ravi, on his largest line of an issued period. */
  private async openDispute(period: Period): Promise<void> {
    const [disputes, statements] = [await this.shell.get(DisputesService), await this.shell.get(StatementsService)];
    const ravi = await this.actor('ravi');
    if ((await disputes.list(ravi)).length > 0) return;
    const { unit, ...words } = DISPUTE;
    const { units } = (await statements.document(ravi, period, { unit })) as unknown as StatementSet;
    const lines = units.flatMap((of) => of.lines).filter(({ reason }) => reason === 'order.status');
    const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));
    const largest = lines.reduce((top, line) => (minor(line.amount) > minor(top.amount) ? line : top));
    await disputes.open(ravi, largest.id, words);
  }

  private async addPeople(): Promise<void> {
    const users = await this.shell.get(UsersService);
    const admin = await this.actor('admin');
    const there = new Set((await users.list(admin)).map((user) => user.login));
    for (const person of DEMO_PEOPLE) if (!there.has(person.login)) await users.add(admin, person);
    // so that `answerable mail` has somewhere to go: files, in the demo
    const mails = await this.shell.assembled(MailsService);
    for (const { login, role } of DEMO_PEOPLE)
      if (role === 'unit_owner') await mails.setAddress(admin, login, `${login}@demo.example`);
  }

  /** As Dana prepares and Carl approves, in the order that the rules demand. */
  private async movePeriod(periods: PeriodsService, period: Period, from: PeriodState): Promise<void> {
    const [dana, carl] = [await this.actor('dana'), await this.actor('carl')];
    let state = from;
    const step = async (at: PeriodState, to: PeriodState, deed: () => Promise<unknown>): Promise<void> => {
      if (state !== at || state === stateOf(period)) return;
      await deed();
      state = to;
    };
    if (state !== stateOf(period)) await this.shell.say(`closing ${period} …`);
    await step('open', 'calculated', () => periods.close(dana, period));
    await step('calculated', 'in_review', () => periods.submit(dana, period));
    await step('in_review', 'approved', () => periods.approve(carl, period));
    await step('approved', 'closed', () => periods.issue(carl, period));
  }
}
