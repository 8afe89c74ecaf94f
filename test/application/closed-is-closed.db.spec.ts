import pg from 'pg';
import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { contact, HOUSE, JUNE, ledgerEntry, MAY, sectionOf, STANDARD_MODEL } from '../builders/small-house.ts';

/** Tables that change by design; of `period` and `company` a trigger and their checks say how. */
const CHANGING = [
  ...['api_token', 'app_user', 'company', 'idempotency_key', 'period', 'schema_migration', 'web_session'],
  // counts of guesses; how far work has come, and the file it was given; figures kept to save time
  ...['guess_count', 'job', 'job_file', 'job_progress', 'kept_figure'],
];

describe('closed is closed', () => {
  let books: TestBooks;
  let app: pg.Client;
  beforeAll(async () => {
    books = await testBooks();
    await books.given(HOUSE);
    await books.issue(MAY);
    app = new pg.Client({ connectionString: books.database.appUrl });
    await app.connect();
  });
  afterAll(async () => {
    await app.end();
    await books.end();
  });

  const attempt = async (role: string, statement: string, values: unknown[] = []): Promise<string> => {
    await app.query('begin');
    try {
      if (role !== 'answerable_app') await app.query(`set local role ${role}`);
      const { rowCount } = await app.query(statement, values);
      await app.query('commit');
      return `${rowCount} rows changed`;
    } catch (error) {
      await app.query('rollback');
      return (error as Error).message;
    }
  };
  const NO = /permission denied|append-only|must be owner|a period|violates check constraint|does not continue/;

  it("no update, delete or truncate succeeds as one of the app's roles, on any table of record", async () => {
    const tables = (
      await books.sql<{ name: string; column: string }>(
        `select c.relname as name, (select attname from pg_attribute a where a.attrelid = c.oid and attnum > 0 and attgenerated = '' and attidentity = '' order by attnum limit 1) as column
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
      )
    ).filter(({ name }) => !CHANGING.includes(name));
    for (const known of [
      'statement',
      'statement_line',
      'issue',
      'issued_statement',
      'audit_event',
      'run',
      'contact',
      'ledger_entry',
      'adjustment',
    ])
      expect(tables.map(({ name }) => name)).toContain(known);
    const succeeded: string[] = [];
    for (const role of ['answerable_app', 'answerable_books']) {
      for (const { name, column } of tables) {
        for (const deed of [
          `update ${name} set ${column} = ${column}`,
          `delete from ${name}`,
          `truncate ${name} cascade`,
        ]) {
          const outcome = await attempt(role, deed);
          if (!NO.test(outcome)) succeeded.push(`${role}: ${deed}: ${outcome}`);
        }
      }
    }
    expect(succeeded).toEqual([]);
  });

  it('not even the owner of the tables, or a superuser by mistake, changes a row of record', async () => {
    await expect(books.sql('update statement set sha256 = sha256')).rejects.toThrow('append-only');
    await expect(books.sql('delete from audit_event')).rejects.toThrow('append-only');
    await expect(books.sql('truncate issue cascade')).rejects.toThrow('append-only');
  });

  it.each([
    ['open again', `update period set state = 'open'`],
    ['to another run', `update period set run_id = null`],
    ['approved by somebody else', `update period set approved_by = issued_by + 1`],
    ['back to calculated', `update period set state = 'calculated'`],
    ['gone', 'delete from period'],
    ['truncated', 'truncate period cascade'],
    ['another month', `update period set period = '2026-11'`],
    ['without its triggers', 'alter table period disable trigger all'],
    ['by replication', `set session_replication_role = replica`],
    ['a closed one from nowhere', `insert into period (period, state) values ('2020-01', 'closed')`],
  ])('a closed period does not become %s', async (_what, statement) => {
    for (const role of ['answerable_app', 'answerable_books'])
      expect(await attempt(role, statement)).toMatch(/permission denied|answerable: a period|must be owner|violates/);
    expect(await books.sql('select state from period where period = $1', [MAY])).toEqual([{ state: 'closed' }]);
  });

  it('a period moves in order only, and by two people, in the database itself', async () => {
    const { finance, controller } = books.people;
    await books.periods.close(finance, JUNE);
    const move = (set: string, values: unknown[] = []) =>
      attempt('answerable_books', `update period set ${set} where period = '${JUNE}'`, values);
    const [dana, carl] = [finance.userId, controller.userId];
    expect(await move(`state = 'approved', submitted_by = $1, approved_by = $2`, [dana, carl])).toContain(
      'cannot go from calculated to approved',
    );
    expect(await move(`state = 'closed', submitted_by = $1, approved_by = $2, issued_by = $2`, [dana, carl])).toContain(
      'cannot go from',
    );
    await books.periods.submit(finance, JUNE);
    expect(await move(`state = 'approved', approved_by = $1`, [dana])).toContain('violates check constraint');
    expect(await move(`state = 'approved', approved_by = $1, one_person = true`, [dana])).toContain('needs two people');
    expect(await move(`state = 'approved', approved_by = $1, prepared_by = $1`, [carl])).toContain(
      'keeps who prepared it',
    );
    await books.periods.approve(controller, JUNE);
    expect(await move(`state = 'closed', issued_by = $1`, [carl])).toContain('is closed by an issue of its run');
    await books.periods.reopen(controller, JUNE, 'test');
  });

  it('nobody approves or issues what they prepared, through the service', async () => {
    const { finance, controller } = books.people;
    await books.periods.submit(finance, JUNE);
    const both = { ...controller, userId: finance.userId };
    await expect(books.periods.approve(both, JUNE)).rejects.toMatchObject({ code: 'own_work' });
    await books.periods.approve(controller, JUNE);
    await expect(books.periods.issue(both, JUNE)).rejects.toMatchObject({ code: 'own_work' });
    await books.periods.reopen(controller, JUNE, 'test');
  });

  it('after 500 later changes the issued statements rebuild with the same hashes', async () => {
    const before = await books.issued.list(books.people.auditor, MAY);
    for (let batch = 0; batch < 30; batch++) {
      await books.given({
        'contacts.csv': csv(
          Array.from({ length: 12 }, (_, i) => {
            const late = contact(
              `late-${batch}-${i}`,
              `2026-05-${String(i + 1).padStart(2, '0')}`,
              i % 2 ? 'billing' : 'network',
            );
            const changed = contact(
              `2026-05-${i % 4 < 2 ? 'r' : 'm'}-${i % 4}`,
              '2026-05-01',
              i % 3 ? 'billing' : 'network',
              { handle_seconds: batch + i },
            );
            return i < 8
              ? late
              : { ...changed, contact_id: `${String(changed['contact_id'])}${i > 9 ? '' : `-${batch}`}` };
          }),
        ),
      });
    }
    for (let batch = 0; batch < 6; batch++) {
      const entries = Array.from({ length: 10 }, (_, i) =>
        ledgerEntry(`late-${batch}-${i}`, MAY, '6000', `${batch}.${10 + i}`),
      );
      await books.given({ 'ledger.csv': csv(entries) });
    }
    for (let n = 1; n <= 40; n++)
      await books.models.apply(books.people.finance, STANDARD_MODEL.replace('0.0501', `0.05${10 + n}`), MAY);
    for (let n = 1; n <= 40; n++) {
      const asked = await books.corrections.ask(books.people.finance, {
        chargePeriod: MAY,
        unit: 'RETAIL',
        amount: `${n}.01`,
        why: `letter ${n}`,
      });
      await books.corrections.approve(books.people.controller, asked.id);
    }
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
    const document = (await books.periods.close(books.people.finance, JUNE)).document;
    expect(sectionOf(document, 'RETAIL').adjustmentLines.filter(({ source }) => source === 'correction')).toHaveLength(
      40,
    );
    await books.issue(JUNE);
    expect(await books.issued.list(books.people.auditor, MAY)).toEqual(before);
    expect((await books.verify.verify(books.people.auditor)).differences).toEqual([]);
  });
});
