import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import pg from 'pg';
import { AuditService } from '../../src/application/audit.service.ts';
import { VerifyService } from '../../src/application/verify.service.ts';
import { addMonths, type Period } from '../../src/domain/period.ts';
import type { Actor } from '../../src/domain/roles.ts';
import { packageRoot } from '../../src/package-root.ts';
import { Database } from '../../src/persistence/database.ts';
import { csv, testBooks } from '../builders/books.ts';
import { contacts, HOUSE, ledgerEntry } from '../builders/small-house.ts';
import { KillableServer } from './killable-server.ts';

/** Kills of the program and of PostgreSQL: 50 here, 650 with ANSWERABLE_FULL (reliability F1). */
const KILLS = process.env['ANSWERABLE_FULL'] ? { program: 500, server: 150 } : { program: 40, server: 10 };
const SEED = Number(process.env['ANSWERABLE_SEED'] ?? Date.now() % 1_000_000);
/** The deeds of a month in order, each with the rows that say how often it was done. $1 month */
const STEPS = {
  close: `audit_event where deed = 'period.close' and object_key = $1`,
  submit: `audit_event where deed = 'period.submit' and object_key = $1`,
  approve: `audit_event where deed = 'period.approve' and object_key = $1`,
  issue: `issue where period = $1`,
  dispute: `dispute where charge_period = $1`,
  rule: `dispute_ruling join dispute using (dispute_id) where charge_period = $1`,
  correct: `correction_approval join correction using (correction_id) where charge_period = $1`,
} as const;
type Step = keyof typeof STEPS;
const NAMES = Object.keys(STEPS) as Step[];
const MONTHS = Math.ceil((KILLS.program + KILLS.server) / NAMES.length) + 2;
const FIRST = '2020-01' as Period;
/** Of a deed's own time: so that a fifth of the kills and more come after the acknowledgement. */
const WINDOW = 1.3;

describe(`killed at random moments (ANSWERABLE_SEED=${SEED})`, () => {
  let server: KillableServer;
  let people: Readonly<Record<string, Actor>>;
  const generator = xoroshiro128plus(SEED);
  const random = (): number => uniformInt(generator, 0, 999_999) / 1_000_000;

  beforeAll(async () => {
    server = new KillableServer();
    await server.start();
    const books = await testBooks(server.asDatabase());
    const months = Array.from({ length: MONTHS }, (_, i) => addMonths(FIRST, i));
    await books.given({
      ...HOUSE,
      'ledger.csv': csv(months.map((of) => ledgerEntry(`V-${of}`, of, '6000', '1000.00'))),
      'capacity.csv': csv(months.map((of) => ({ period: of, pool_code: 'voice', practical_seconds: 20_000 }))),
      'contacts.csv': csv(months.flatMap((of) => contacts(of, 6, 4))),
    });
    people = { ...books.people, owner: { ...books.people.unit_owner, units: ['RETAIL'] } };
    await books.end();
  }, 300_000);
  afterAll(() => server.end(), 120_000);

  (process.platform === 'linux' ? it : it.skip)(
    'acknowledged acts stay, nothing happens twice, the books balance, the chain is unbroken',
    async () => {
      const took = await calibrated(FIRST);
      const victims = [
        ...Array.from({ length: KILLS.program }, () => 'program' as const),
        ...Array.from({ length: KILLS.server }, () => 'server' as const),
      ]
        .map((victim) => ({ victim, order: random() }))
        .sort((a, b) => a.order - b.order);
      const seen = { acknowledged: 0, committedUnheard: 0, undone: 0 };
      for (const [i, { victim }] of victims.entries()) {
        const step = NAMES[i % NAMES.length]!;
        const month = addMonths(FIRST, 1 + Math.floor(i / NAMES.length));
        const given = await deedOf(step, month);
        const heard = await killedDuring(given, victim, random() * WINDOW * took.get(step)!);
        await server.quiet();
        const times = await timesDone(step, month);
        if (heard) expect([step, month, times]).toEqual([step, month, 1]);
        seen[heard ? 'acknowledged' : times === 1 ? 'committedUnheard' : 'undone'] += 1;
        const again = await done(given);
        expect([step, month, again]).toEqual([step, month, times === 1 && step !== 'close' ? 'refused' : 'done']);
        expect([step, month, await timesDone(step, month)]).toEqual([step, month, 1]);
      }
      process.stderr.write(`ANSWERABLE_SEED=${SEED}: ${JSON.stringify(seen)}\n`);
      await wholeAndOnce();
    },
    4_000_000,
  );

  /** One month without kills: how long each deed takes, in milliseconds. */
  async function calibrated(month: Period): Promise<Map<Step, number>> {
    const took = new Map<Step, number>();
    for (const step of NAMES) {
      const given = await deedOf(step, month);
      const program = await Program.start(server.appUrl, people);
      const began = performance.now();
      expect(await program.answer(given)).toEqual('done');
      took.set(step, performance.now() - began);
      await program.kill();
    }
    return took;
  }

  /** @returns whether the deed was acknowledged before the kill */
  async function killedDuring(given: object, victim: 'program' | 'server', afterMs: number): Promise<boolean> {
    const program = await Program.start(server.appUrl, people);
    const answer = program.answer(given);
    await sleep(afterMs);
    if (victim === 'program') await program.kill();
    else await server.kill();
    const heard = (await answer) === 'done';
    await program.kill();
    if (victim === 'server') await server.start();
    return heard;
  }

  async function done(given: object): Promise<string> {
    const program = await Program.start(server.appUrl, people);
    const answer = await program.answer(given);
    await program.kill();
    return answer;
  }

  async function deedOf(step: Step, month: Period): Promise<object> {
    switch (step) {
      case 'dispute': {
        const of = `select line_id from statement_line join issue using (run_id) where unit_code = 'RETAIL' and period = $1 and kind = 'contacts'`;
        return { deed: step, line: (await query<{ line_id: string }>(of, [month]))[0]!.line_id };
      }
      case 'rule': {
        const of = 'select dispute_id from dispute where charge_period = $1';
        return { deed: step, dispute: (await query<{ dispute_id: string }>(of, [month]))[0]!.dispute_id };
      }
      case 'correct': {
        const ask = `insert into correction (charge_period, unit_code, amount_minor, reason, requested_by) values ($1, 'MOBILE', 100, 'x', $2) returning correction_id`;
        const [row] = await query<{ correction_id: string }>(ask, [month, people['finance']!.userId]);
        return { deed: step, correction: row!.correction_id };
      }
      case 'close':
      case 'submit':
      case 'approve':
      case 'issue':
        return { deed: step, period: month };
    }
  }

  const timesDone = async (step: Step, month: Period): Promise<number> =>
    (await query<{ n: number }>(`select count(*)::int as n from ${STEPS[step]}`, [month]))[0]!.n;

  async function query<T>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: server.adminUrl });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as T[];
    } finally {
      await client.end();
    }
  }

  async function wholeAndOnce(): Promise<void> {
    const db = await Database.connect(server.appUrl, { poolSize: 2 });
    const auditor = people['auditor']!;
    expect((await new VerifyService(db).verify(auditor)).differences).toEqual([]);
    expect((await new AuditService(db).verify(auditor)).faults).toEqual([]);
    await db.close();
    const doubled = `select deed, object_key from audit_event where deed in ('period.submit', 'period.approve', 'period.issue', 'statement.issue', 'dispute.rule', 'correction.approve')
      group by 1, 2 having count(*) > 1`;
    expect(await query(doubled)).toEqual([]);
    expect(await query('select group_key from adjustment group by 1 having sum(amount_minor) <> 0')).toEqual([]);
    expect(
      await query(
        'select period from period p where state = $1 and not exists (select from issue i where i.run_id = p.run_id)',
        ['closed'],
      ),
    ).toEqual([]);
  }
});

/** The built program in a process of its own: takes a deed, answers, may be killed at any moment. */
class Program {
  private waiting: ((answer: 'done' | 'refused' | 'lost') => void) | undefined;

  private constructor(private readonly child: ChildProcess) {}

  static async start(url: string, people: object): Promise<Program> {
    const script = join(packageRoot, 'test', 'faults', 'deeds.mjs');
    const child = spawn(process.execPath, [script, url, JSON.stringify(people)], { stdio: ['pipe', 'pipe', 'pipe'] });
    const program = new Program(child);
    child.stdin!.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout! });
    let fault = '';
    child.stderr!.on('data', (text: Buffer) => (fault += text.toString()));
    await new Promise<void>((resolve, reject) => {
      lines.once('line', () => resolve());
      child.once('exit', () => reject(new Error(`the program did not start: ${fault}`)));
    });
    lines.on('line', (line) => {
      const { done: isDone, code } = JSON.parse(line) as { done?: boolean; code?: string };
      program.tell(isDone ? 'done' : /^[a-z]+(_[a-z]+)+$/.test(code ?? '') ? 'refused' : 'lost');
    });
    child.removeAllListeners('exit');
    child.once('exit', () => program.tell('lost'));
    return program;
  }

  /** done, refused by a rule, or lost: it answered nothing, or that the database went away */
  async answer(given: object): Promise<'done' | 'refused' | 'lost'> {
    const answer = new Promise<'done' | 'refused' | 'lost'>((resolve) => (this.waiting = resolve));
    this.child.stdin!.write(`${JSON.stringify(given)}\n`);
    return await answer;
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await gone;
  }

  private tell(answer: 'done' | 'refused' | 'lost'): void {
    this.waiting?.(answer);
    this.waiting = undefined;
  }
}
