import { csv, testBooks, type TestBooks } from '../builders/books.ts';
import { APRIL, contact, contacts, HOUSE, JUNE, ledgerEntry, MARCH, MAY } from '../builders/small-house.ts';

const RUN_TABLES = [
  'statement',
  'statement_line',
  'service_line',
  'run_pool',
  'run_hop',
  'run_measure',
  'run_decision_day',
  'run_adjustment',
  'run_ledger_change',
  'run_parked',
];
/** Beside the hash by method 8. */
const NOT_FIGURES = ['run_id', 'created_at', 'prepared_by', 'code_version'];

describe('verify', () => {
  let books: TestBooks;
  let [standing, earlier] = ['', ''];
  beforeAll(async () => {
    books = await testBooks();
    const tagged = (id: string, on: string) => contact(id, on, 'billing', { decision_code: 'FEE' });
    await books.given({
      ...HOUSE,
      'model.yaml': `${HOUSE['model.yaml']}bounds: { jump_against_trailing: "0.50" }\n`,
      'decisions.csv': csv([
        { decision_code: 'FEE', title: 'Fee', kind: 'fee', effective_from: '2026-03-01', reasons: 'billing' },
      ]),
      'decision_owners.csv': csv([
        { decision_code: 'FEE', unit_code: 'RETAIL', share: 1, valid_from: '2026-03-01', valid_to: '' },
      ]),
      'contacts.csv': csv([
        ...[MARCH, APRIL, MAY].flatMap((of) => contacts(of, 6, 4)),
        ...contacts(JUNE, 6, 9),
        tagged('t1', '2026-06-03'),
      ]),
    });
    for (const month of [MARCH, APRIL, MAY]) await books.issue(month);
    await books.given({
      'contacts.csv': csv([contact('late', '2026-05-20', 'billing')]),
      'ledger.csv': csv([ledgerEntry('late', MAY, '6000', '7.00')]),
    });
    earlier = (await books.periods.close(books.people.finance, JUNE)).runId!;
    await books.given({ 'contacts.csv': csv([tagged('t2', '2026-06-04')]) });
    await books.issue(JUNE);
    standing = (await books.sql<{ run_id: string }>('select run_id from period where period = $1', [JUNE]))[0]!.run_id;
    for (const table of [...RUN_TABLES, 'run', 'issued_statement', 'model_version', 'ledger_entry', 'contact'])
      await books.sql(`alter table ${table} disable trigger append_only`);
  });
  afterAll(() => books.end());
  const ofRun = async (run = standing) => (await books.verify.verifyRun(books.people.auditor, run)).differences;
  const whole = async () => (await books.verify.verify(books.people.auditor)).differences;

  it('makes any run anew, also one that nothing stands on any more, byte for byte', async () => {
    expect(earlier).not.toBe(standing);
    expect([await ofRun(earlier), await ofRun()]).toEqual([[], []]);
    await expect(books.verify.verifyRun(books.people.auditor, '999')).rejects.toMatchObject({ code: 'no_run' });
    await expect(books.verify.verifyRun(books.people.unit_owner, standing)).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it.each(RUN_TABLES)('names the cell of %s that was altered, whichever it is', async (table) => {
    const columns = await books.sql<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = $1::regclass and attnum > 0 and attgenerated = '' and not attisdropped order by attnum`,
      [table],
    );
    const missed: string[] = [];
    let altered = 0;
    for (const { name, type } of columns.filter((column) => !NOT_FIGURES.includes(column.name))) {
      const other = /int|numeric/.test(type)
        ? `coalesce(${name}, 0) + 1`
        : ({ date: `${name} + 1`, bytea: `${name} || ' '::bytea` }[type] ?? `coalesce(${name}, '') || '1'`);
      const row = `ctid = (select min(ctid) from ${table} where run_id = ${standing})`;
      const [kept] = await books.sql<{ old: unknown }>(`select ${name}::text as old from ${table} where ${row}`);
      const changed = await books
        .sql<{ at: string }>(`update ${table} set ${name} = ${other} where ${row} returning ctid::text as at`)
        .catch(() => undefined); // the database itself refuses: a key, a check
      if (changed === undefined) continue;
      altered += 1;
      const differences = await ofRun();
      if (!differences.some((difference) => difference.includes(table))) missed.push(`${name}: ${differences.join()}`);
      await books.sql(`update ${table} set ${name} = $1::text::${type} where ctid = $2::tid`, [
        kept!.old,
        changed[0]!.at,
      ]);
    }
    expect(missed).toEqual([]);
    expect(altered).toBeGreaterThan(0);
    expect(await ofRun()).toEqual([]);
  });

  it.each(RUN_TABLES)('misses a row of %s that is gone', async (table) => {
    const [row] = await books.sql<{ at: string; columns: object }>(
      `select ctid::text as at, to_jsonb(t) as columns from ${table} t where run_id = $1 order by ctid limit 1`,
      [standing],
    );
    const gone = await books
      .sql(`delete from ${table} where ctid = $1::tid returning true`, [row!.at])
      .catch(() => undefined); // an issued statement points to it: the database itself refuses
    if (gone === undefined) return expect(table).toBe('statement');
    expect((await ofRun()).join()).toContain(table);
    await books.sql(`insert into ${table} select * from jsonb_populate_record(null::${table}, $1)`, [row!.columns]);
    expect(await ofRun()).toEqual([]);
  });

  it.each([
    ['the figures of a run', `update run set document = jsonb_set(document, '{currency}', '"USD"')`, 'run.document'],
    ['the hash of a run', `update run set hash = reverse(hash)`, 'run.hash'],
    ['a fact under a run', `update ledger_entry set amount_minor = amount_minor + 1`, 'run.inputs_hash'],
    ['a contact under a run', `update contact set handle_seconds = handle_seconds + 1`, 'run.inputs_hash'],
    ['the text of a model', `update model_version set yaml = replace(yaml, '0.0501', '0.0502')`, 'model_version'],
    ['an issued hash', `update issued_statement set sha256 = repeat('0', 64)`, 'issued statement 2026-06/MOBILE/1'],
  ])('names %s that was altered', async (_what, statement, named) => {
    await books.sql(statement);
    expect((await whole()).join('\n')).toContain(named);
  });
});
