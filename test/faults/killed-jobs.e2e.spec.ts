import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobsService } from '../../src/application/jobs.service.ts';
import { addMonths, type Period } from '../../src/domain/period.ts';
import { packageRoot } from '../../src/package-root.ts';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contacts, HOUSE, ledgerEntry } from '../builders/small-house.ts';
import { randomNumbers, SEED } from './seed.ts';

const MONTHS = Array.from({ length: 5 }, (_, i) => addMonths('2020-01' as Period, i));
const MOST_KILLS = 8;
/** After a process began a job: less than the job takes, wherever this runs. */
const UNDER_WAY_MS = 40;
/** After a process started: some kills come under a job, some between two. */
const WINDOW_MS = 400;
/** A job under which five processes ended is given up: that is another matter. */
const MOST_OF_ONE = 3;

describe(`jobs whose process is killed (ANSWERABLE_SEED=${SEED})`, () => {
  let books: TestBooks;
  let jobs: JobsService;
  const folder = mkdtempSync(join(tmpdir(), 'answerable-jobs-'));
  const temporary = join(folder, 'tmp');
  const random = randomNumbers();

  beforeAll(async () => {
    mkdirSync(temporary);
    books = await testBooks();
    jobs = new JobsService(books.db);
    await books.given({
      ...HOUSE,
      'ledger.csv': csv(MONTHS.map((of) => ledgerEntry(`V-${of}`, of, '6000', '1000.00'))),
      'capacity.csv': csv(MONTHS.map((of) => ({ period: of, pool_code: 'voice', practical_seconds: 20_000 }))),
      'contacts.csv': csv(MONTHS.flatMap((of) => contacts(of, 6, 4))),
    });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await books?.end();
  });

  async function worker(): Promise<ChildProcess> {
    const script = join(packageRoot, 'test', 'faults', 'works.mjs');
    const child = spawn(process.execPath, [script, books.database.appUrl], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: temporary },
    });
    let fault = '';
    child.stderr.on('data', (text: Buffer) => (fault += text.toString()));
    const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
    if (!(said instanceof Buffer)) throw new Error(`the worker did not start: ${fault}`);
    return child;
  }
  const left = async (): Promise<number> =>
    (await books.sql<{ n: number }>(`select count(*)::int as n from job where state = 'waiting'`))[0]!.n;
  /** How often the job was begun that was begun most often and has not ended. */
  const tries = async (): Promise<number> =>
    (
      await books.sql<{ n: number }>(
        `select coalesce(max(attempts), 0)::int as n from job join job_progress using (job_id) where state = 'waiting'`,
      )
    )[0]!.n;

  const begun = async (): Promise<number> =>
    (await books.sql<{ n: number }>(`select coalesce(sum(attempts), 0)::int as n from job_progress`))[0]!.n;
  /** Until a process begins one more job; all may have ended meanwhile. */
  async function oneMoreBegun(before: number): Promise<void> {
    for (let i = 0; i < 2_000 && (await begun()) === before && (await left()) > 0; i += 1) await sleep(3);
  }

  it('are taken up by the next process and have one effect each; what was begun is gone or whole', async () => {
    const { finance, auditor } = books.people;
    for (const [i, period] of MONTHS.entries()) {
      const path = join(folder, `${period}.csv`);
      writeFileSync(
        path,
        csv(contacts(period, 8, 0).map((row) => ({ ...row, contact_id: `job-${row['contact_id']}` }))),
      );
      const flags = { dryRun: false, acceptValid: false, createReasons: false };
      await jobs.ask(finance, { kind: 'import', of: 'contacts', fileName: `${period}.csv`, ...flags }, path);
      await jobs.ask(finance, { kind: 'close', period, preview: false, control: 'full' });
      if (i === 2) await jobs.ask(auditor, { kind: 'verify' });
    }
    let kills = 0;
    for (; (await left()) > 0;) {
      const before = await begun();
      const child = await worker();
      const gone = once(child, 'exit');
      if (kills < MOST_KILLS && (await tries()) < MOST_OF_ONE) {
        kills += 1;
        if (kills % 2 === 1) await oneMoreBegun(before);
        await sleep(random() * (kills % 2 === 1 ? UNDER_WAY_MS : WINDOW_MS));
      } else for (let i = 0; i < 1_200 && (await left()) > 0; i += 1) await sleep(50);
      child.kill('SIGKILL');
      await gone;
    }
    const ended = await books.sql<{ kind: string; state: string; outcome: string; attempts: number }>(
      'select kind, state, outcome, attempts from job join job_progress using (job_id) order by job_id',
    );
    expect(ended.filter(({ state }) => state !== 'done')).toEqual([]);
    const again = ended.filter(({ attempts }) => attempts > 1).length;
    process.stderr.write(`ANSWERABLE_SEED=${SEED}: ${kills} kills, ${again} of ${ended.length} jobs taken up again\n`);
    expect(again).toBeGreaterThan(0);
    const effects = `select deed, object_key, count(*)::int as n from audit_event where deed = any ($1) group by 1, 2`;
    const done = await books.sql<{ deed: string; n: number }>(effects, [['period.close', 'import.run']]);
    expect(done.filter(({ n }) => n !== 1)).toEqual([]);
    expect(done.filter(({ deed }) => deed === 'period.close')).toHaveLength(MONTHS.length);
    const rows = await books.sql(
      `select file_name, count(*)::int as n from import where file_name like '2020-%' group by 1 having count(*) > 1`,
    );
    expect(rows).toEqual([]);
    expect((await books.verify.verify(auditor)).differences).toEqual([]);
    expect(await books.sql(`select from job_file where side = 'in'`)).toEqual([]);
  }, 300_000);

  it('leave no file of theirs behind once the next process works', async () => {
    const killed = readdirSync(temporary);
    expect(killed).toHaveLength(1);
    const next = await worker();
    try {
      const [own, ...others] = readdirSync(temporary);
      expect(own).toContain(`-${next.pid}-`);
      expect(others).toEqual([]);
      expect(killed).not.toContain(own);
    } finally {
      const gone = once(next, 'exit');
      next.kill('SIGKILL');
      await gone;
    }
  });
});
