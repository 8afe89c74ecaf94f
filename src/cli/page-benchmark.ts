import { rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { DecisionsService } from '../application/decisions.service.ts';
import { DisputesService } from '../application/disputes.service.ts';
import { ExplainService } from '../application/explain.service.ts';
import { PeriodsService } from '../application/periods.service.ts';
import { StatementsService } from '../application/statements.service.ts';
import { UsersService } from '../application/users.service.ts';
import { Refusal } from '../domain/errors.ts';
import { addMonths, type Period } from '../domain/period.ts';
import type { Actor } from '../domain/roles.ts';
import type { StatementSet } from '../domain/statements/statement-set.ts';
import { generate } from '../generator/generate.ts';
import { startService } from '../service.ts';
import { LAST_PERIOD, SEED } from './benchmark.ts';
import { emptyDatabase, serverOf } from './benchmark-database.ts';
import { importGenerated } from './generated-company.ts';
import { pageRows, type PageIds } from './page-addresses.ts';
import { PageVisitor, type PageLook } from './page-visitor.ts';
import type { Shell } from './shell.ts';
import { measured } from './usage.ts';

/** How long a page took a person, over all looks after the first one at each address. */
export interface PageMeasure {
  readonly page: string;
  readonly isFile: boolean;
  readonly who: 'finance' | 'auditor' | 'unit owner';
  readonly looks: number;
  /** milliseconds until the last byte */
  readonly p50: number;
  readonly p95: number;
  /** CPU of a look by all processes, the reader's and the server's included: what a busy machine does not change */
  readonly cpu: number;
  /** the slowest first look at an address */
  readonly first: number;
  /** p95 while several look at once */
  readonly p95AtOnce: number;
  /** of the largest answer */
  readonly bytes: number;
}

export interface PageReport {
  readonly contacts: number;
  readonly units: number;
  readonly months: number;
  readonly closed: number;
  readonly atOnce: number;
  readonly machine: {
    readonly cores: number;
    readonly node: string;
    readonly loadBefore: number;
    readonly loadAfter: number;
  };
  readonly pages: readonly PageMeasure[];
}

/** The decision with a fee begins 21 months before the last: its profit and loss is then whole. */
const CLOSED = 22;
const AT_ONCE = 4;
/** Workbooks take seconds. */
const LOOKS_AT_FILES = 3;
const OWNER = { login: 'page-owner', name: 'Owner of Retail', role: 'unit_owner', units: ['RETAIL'] } as const;

/**
 * Every page of the router over a company of so many contacts and units whose periods are closed and issued, by a person
 * of finance and by the owner of a unit. Works on an embedded database of its own in `home`, emptied before and after.
 */
export async function pageBenchmark(
  person: Shell,
  home: string,
  size: { readonly contacts: number; readonly months: number; readonly units: number; readonly looks: number },
): Promise<PageReport> {
  await emptyDatabase(home);
  person.atEnd(() => emptyDatabase(home)); // after the shell below has closed
  const shell = await person.elsewhere(home);
  const folder = join(home, 'company');
  await shell.say('generate …');
  const { contacts, months, units } = size;
  await generate({ folder, contacts, months, units, seed: SEED, endPeriod: LAST_PERIOD });
  await shell.say('import …');
  await importGenerated(shell, folder);
  rmSync(folder, { recursive: true });
  const closed = Math.min(CLOSED, months - 1);
  await closePeriods(shell, closed);
  return { contacts, units, months, closed, ...(await measuredPages(shell, size.looks)) };
}

/** Looks at every page of books that are closed. */
export async function measuredPages(
  shell: Shell,
  looks: number,
): Promise<Pick<PageReport, 'atOnce' | 'machine' | 'pages'>> {
  const users = await shell.get(UsersService);
  const [finance, admin] = [await users.actorByLogin('finance'), await users.actorByLogin('admin')];
  if (!(await users.list(admin)).some(({ login }) => login === OWNER.login)) await users.add(admin, OWNER);
  const ids = await idsOf(shell, finance);
  const config = Object.assign((await shell.config()).with({ logLevel: 'silent' }), { port: 0 });
  const service = await startService(config, await shell.database());
  const { postmaster } = await serverOf(shell);
  const loadBefore = loadavg()[0]!;
  try {
    const enter = async (login: string): Promise<PageVisitor> =>
      await PageVisitor.signIn(
        service.address,
        (await users.createToken(admin, login, 'benchmark of the pages', 1)).token,
      );
    const [byFinance, byAuditor, byOwner] = [
      await enter(finance.login),
      await enter('auditor'),
      await enter(OWNER.login),
    ];
    const pages: PageMeasure[] = [];
    for (const { page, isFile, addresses } of pageRows(service.pages, { ...ids, upload: await uploaded(byFinance) })) {
      const look = async (visitor: PageVisitor): ReturnType<typeof pageLooks> =>
        isFile
          ? await pageLooks(visitor, addresses.slice(0, LOOKS_AT_FILES), LOOKS_AT_FILES, postmaster)
          : await pageLooks(visitor, addresses, looks, postmaster);
      const own = await look(byFinance);
      const read = own ?? (await look(byAuditor));
      if (read === null) throw new Error(`${page} does not answer with a page`);
      pages.push({ page, isFile, who: own === null ? 'auditor' : 'finance', ...read });
      await shell.say(
        `${page}: ${Math.round(read.p95)} ms, CPU ${Math.round(read.cpu)} ms, first ${Math.round(read.first)} ms`,
      );
      const seen = await look(byOwner);
      if (seen !== null) pages.push({ page, isFile, who: 'unit owner', ...seen });
    }
    const machine = { cores: cpus().length, node: process.version, loadBefore, loadAfter: loadavg()[0]! };
    return { atOnce: AT_ONCE, machine, pages };
  } finally {
    await service.stop();
  }
}

/** Null where the person may see none of these. */
async function pageLooks(
  visitor: PageVisitor,
  addresses: readonly string[],
  looks: number,
  postmaster: number | undefined,
): Promise<Omit<PageMeasure, 'page' | 'isFile' | 'who'> | null> {
  const firsts: PageLook[] = [];
  const open: string[] = [];
  for (const address of addresses) {
    const look = await visitor.look(address);
    if (look.status !== 200) continue;
    firsts.push(look);
    open.push(address);
  }
  if (open.length === 0) return null;
  const turns = Array.from({ length: looks }, (_, i) => open[i % open.length]!);
  const alone: PageLook[] = [];
  const { usage } = await measured(postmaster, async () => {
    for (const address of turns) alone.push(await visitor.look(address));
  });
  const together: PageLook[] = [];
  const waiting = [...turns];
  const worker = async (): Promise<void> => {
    for (let address = waiting.pop(); address !== undefined; address = waiting.pop())
      together.push(await visitor.look(address));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const bad = [...alone, ...together].find(({ status }) => status !== 200);
  if (bad !== undefined) throw new Error(`${open[0]!} answered ${bad.status}`);
  return {
    looks,
    p50: quantile(alone, 0.5),
    p95: quantile(alone, 0.95),
    cpu: (1000 * (usage.nodeSeconds + (usage.postgresSeconds ?? 0))) / looks,
    first: Math.max(...firsts.map(({ milliseconds }) => milliseconds)),
    p95AtOnce: quantile(together, 0.95),
    bytes: Math.max(...firsts.map(({ bytes }) => bytes)),
  };
}

/** The smallest time that this share of the looks did not exceed. */
function quantile(looks: readonly PageLook[], share: number): number {
  const times = looks.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return times[Math.ceil(share * times.length) - 1]!;
}

/** Closes and issues the last periods; the newest stays calculated. */
async function closePeriods(shell: Shell, closed: number): Promise<void> {
  const [periods, users] = [await shell.get(PeriodsService), await shell.get(UsersService)];
  const [finance, controller] = [await users.actorByLogin('finance'), await users.actorByLogin('controller')];
  for (let back = closed - 1; back >= 0; back--) {
    const period: Period = addMonths(LAST_PERIOD, -back);
    await shell.say(`close ${period} …`);
    await periods.close(finance, period);
    if (back === 0) continue;
    await periods.submit(finance, period);
    await periods.approve(controller, period);
    await periods.issue(controller, period);
  }
}

const MOST_LINES = 20;
const PERIODS_SHOWN = 3;

/** Charged lines of the newest issued periods, from units in turn, their contacts, and two disputes. */
async function idsOf(shell: Shell, finance: Actor): Promise<Omit<PageIds, 'upload'>> {
  const statements = await shell.get(StatementsService);
  const closed = (await (await shell.get(PeriodsService)).list(finance)).filter(({ state }) => state === 'closed');
  const periods = closed.slice(-PERIODS_SHOWN).map(({ period }) => period as Period);
  const lines: PageIds['lines'][number][] = [];
  for (const [i, period] of periods.entries()) {
    const { units } = (await statements.document(finance, period)) as unknown as StatementSet;
    const open = units.map(({ unit, lines: own }) => ({
      unit,
      own: own.filter(({ kind, treatment }) => kind === 'contacts' && treatment === 'charged'),
    }));
    for (let n = 0; n < MOST_LINES / periods.length; n++) {
      const { unit, own } = open[(n * 7 + i) % open.length]!;
      const line = own[n % Math.max(1, own.length)];
      if (line !== undefined) lines.push({ period, unit, line: line.id });
    }
  }
  const explain = await shell.get(ExplainService);
  const contacts: string[] = [];
  for (const { line } of lines.slice(0, 5)) contacts.push((await explain.line(finance, line)).contacts[0]!.contact);
  return {
    periods,
    lines,
    contacts,
    decisions: (await (await shell.get(DecisionsService)).list(finance)).map(({ decision }) => decision),
    disputes: await disputesOf(shell, finance, lines),
  };
}

async function disputesOf(shell: Shell, finance: Actor, lines: PageIds['lines']): Promise<string[]> {
  const disputes = await shell.get(DisputesService);
  for (const { line } of lines.slice(-2)) {
    try {
      await disputes.open(finance, line, { reason: 'benchmark of the pages' });
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'dispute_open')) throw error;
    }
  }
  return (await disputes.list(finance)).map(({ id }) => id);
}

const CUSTOMERS = 'customer_id,joined_at,segment\nbenchmark,2026-01-05,basic\nbenchmark-2,no day,basic\n';

/** A file on its way in, mapped and checked, one row refused: what the steps of an import show. */
async function uploaded(visitor: PageVisitor): Promise<string> {
  const to = await visitor.send('/imports', { file: new File([CUSTOMERS], 'customers.csv') });
  const id = /^\/imports\/([^/]+)\/columns$/.exec(to ?? '')![1]!;
  const mapping = await visitor.textOf(`/imports/${id}/columns`, 'mapping');
  await visitor.post(`/imports/${id}/columns`, new URLSearchParams({ mapping }));
  return id;
}
