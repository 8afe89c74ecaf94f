import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { AuditService } from '../../src/application/audit.service.ts';
import { VerifyService } from '../../src/application/verify.service.ts';
import { addMonths, type Period } from '../../src/domain/period.ts';
import type { Actor } from '../../src/domain/roles.ts';
import { Database } from '../../src/persistence/database.ts';
import { csv, testBooks } from '../builders/books.ts';
import { contacts, HOUSE, ledgerEntry } from '../builders/small-house.ts';
import type { TestDatabase } from '../database/test-database.ts';

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
export type Step = keyof typeof STEPS;
export const STEP_NAMES = Object.keys(STEPS) as Step[];
const FIRST = '2020-01' as Period;

/** A small house with many months, deed after deed, each told from the database how often it happened. */
export class MonthsOfDeeds {
  private constructor(
    private readonly urls: Pick<TestDatabase, 'adminUrl' | 'appUrl'>,
    /** finance, controller, …, and the owner of RETAIL */
    readonly people: Readonly<Record<string, Actor>>,
  ) {}

  static async on(database: TestDatabase, deeds: number): Promise<MonthsOfDeeds> {
    const books = await testBooks(database);
    const months = Array.from({ length: Math.ceil(deeds / STEP_NAMES.length) + 2 }, (_, i) => addMonths(FIRST, i));
    await books.given({
      ...HOUSE,
      'ledger.csv': csv(months.map((of) => ledgerEntry(`V-${of}`, of, '6000', '1000.00'))),
      'capacity.csv': csv(months.map((of) => ({ period: of, pool_code: 'voice', practical_seconds: 20_000 }))),
      'contacts.csv': csv(months.flatMap((of) => contacts(of, 6, 4))),
    });
    const people = { ...books.people, owner: { ...books.people.unit_owner, units: ['RETAIL'] } };
    await books.close();
    return new MonthsOfDeeds(database, people);
  }

  /** The nth deed from the beginning; each rests on those before it. */
  async deed(n: number): Promise<{ readonly step: Step; readonly month: Period; readonly given: object }> {
    const step = STEP_NAMES[n % STEP_NAMES.length]!;
    const month = addMonths(FIRST, Math.floor(n / STEP_NAMES.length));
    return { step, month, given: { deed: step, ...(await this.objectOf(step, month)) } };
  }

  async timesDone(step: Step, month: Period): Promise<number> {
    return (await this.query<{ n: number }>(`select count(*)::int as n from ${STEPS[step]}`, [month]))[0]!.n;
  }

  /** Settles when the database is in no transaction of the program: what was begun is over, one way or the other. */
  async quiet(): Promise<void> {
    const open = `select pid from pg_stat_activity
      where usename = 'answerable_app' and datname = current_database() and xact_start is not null`;
    for (let waited = 0; (await this.query(open)).length > 0; waited += 20) {
      if (waited > 10_000) throw new Error('a transaction of a client that is gone is still open');
      await sleep(20);
    }
  }

  /** What is wrong after all of it; empty: the books balance, the chain is unbroken, nothing happened twice or by half. */
  async faults(): Promise<unknown[]> {
    const db = await Database.connect(this.urls.appUrl, { poolSize: 2 });
    const auditor = this.people['auditor']!;
    const { differences } = await new VerifyService(db).verify(auditor);
    const { faults } = await new AuditService(db).verify(auditor);
    await db.close();
    const doubled = `select deed, object_key from audit_event
      where deed in ('period.submit', 'period.approve', 'period.issue', 'statement.issue', 'dispute.rule', 'correction.approve')
      group by 1, 2 having count(*) > 1`;
    const unbalanced = 'select group_key from adjustment group by 1 having sum(amount_minor) <> 0';
    const halfClosed = `select period from period p where state = 'closed' and not exists (select from issue i where i.run_id = p.run_id)`;
    return [
      ...differences,
      ...faults,
      ...(await this.query(doubled)),
      ...(await this.query(unbalanced)),
      ...(await this.query(halfClosed)),
    ];
  }

  private async objectOf(step: Step, month: Period): Promise<object> {
    switch (step) {
      case 'dispute': {
        const of = `select line_id as line from statement_line join issue using (run_id)
          where unit_code = 'RETAIL' and period = $1 and kind = 'contacts'`;
        return (await this.query(of, [month]))[0]!;
      }
      case 'rule':
        return (await this.query('select dispute_id as dispute from dispute where charge_period = $1', [month]))[0]!;
      case 'correct': {
        const ask = `insert into correction (charge_period, unit_code, amount_minor, reason, requested_by)
          values ($1, 'MOBILE', 100, 'x', $2) returning correction_id as correction`;
        return (await this.query(ask, [month, this.people['finance']!.userId]))[0]!;
      }
      case 'close':
      case 'submit':
      case 'approve':
      case 'issue':
        return { period: month };
    }
  }

  private async query<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.urls.adminUrl });
    await client.connect();
    try {
      return (await client.query(text, values)).rows as T[];
    } finally {
      await client.end();
    }
  }
}
