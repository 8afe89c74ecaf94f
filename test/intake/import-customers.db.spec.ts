import { ImportingCompany } from './importing.ts';

const HEADER = 'customer_id,joined_at,left_at,segment,region,monthly_margin,currency\n';
const FILE =
  HEADER +
  'K1,2021-06-01,,consumer,north,14.20,EUR\nK2,2024-02-29,2026-02-28,,,,\nK3,,,"plus, old",Süd,-0.05,JPY\n'.replace(
    '-0.05,JPY',
    '-5,JPY',
  );
const STRAIGHT = { directFrom: 0 };
const STAGED = { directFrom: Infinity };

describe('customers, who come in the numbers of facts', () => {
  let company: ImportingCompany;
  beforeEach(async () => {
    company = await ImportingCompany.make();
  });
  afterEach(() => company.close());

  const stored = async (): Promise<unknown[]> =>
    await company.rows(
      `select customer_id, customer_key, joined_on::text, left_on::text, segment, region, monthly_margin_minor, currency, line, removed
       from customer order by import_id, line`,
    );

  it('are the same rows whether copied straight or over the stage', async () => {
    const report = await company.load('customers', FILE, STRAIGHT);
    expect([report.new, report.totals]).toEqual([
      3,
      { rows: 3, amounts: { monthly_margin: { EUR: '14.20', JPY: '-5' } }, seconds: null, periods: [] },
    ]);
    const straight = await stored();
    const other = await ImportingCompany.make();
    const own = company;
    company = other;
    try {
      await company.load('customers', FILE, STAGED);
      expect(await stored()).toEqual(straight);
    } finally {
      company = own;
      await other.close();
    }
    expect(
      await company.rows(
        'select count(distinct import_id)::int as imports, min(i.rows_new)::int as rows from customer join import i using (import_id)',
      ),
    ).toEqual([{ imports: 1, rows: 3 }]);
  });

  it('are indexed whatever the first file was', async () => {
    const indexes = async (): Promise<unknown[]> =>
      await company.rows(`select indexname from pg_indexes where tablename = 'customer'`);
    const was = await indexes();
    expect(was).toEqual([{ indexname: 'customer_by_key' }]);
    for (const text of [
      HEADER,
      `${HEADER}K9,2026-01-02,2026-01-01,,,,\n`,
      `${FILE}K1,,,,,,\n`,
      FILE,
      `${HEADER}K7,,,,,,\n`,
    ]) {
      await company.load('customers', text, STRAIGHT);
      expect(await indexes()).toEqual(was);
    }
    expect(await company.rows('select count(*)::int as rows from customer')).toEqual([{ rows: 4 }]);
  });

  it('do not wait for who reads the empty table', async () => {
    let report: unknown;
    await company.db.books(async (tx) => {
      await tx.query('select count(*) from customer');
      report = (await company.load('customers', FILE, STRAIGHT)).new;
    });
    expect(report).toBe(3);
    expect(await company.rows(`select indexname from pg_indexes where tablename = 'customer'`)).toHaveLength(1);
  });

  it('known ones among new ones become corrections, and an undo takes them back', async () => {
    await company.load('customers', FILE, STRAIGHT);
    const second = await company.load(
      'customers',
      `${HEADER}K4,,,,,,\nK1,2021-06-01,,business,north,14.20,EUR\nK2,2024-02-29,2026-02-28,,,,\n`,
      STRAIGHT,
    );
    expect([second.new, second.changed, second.same]).toEqual([1, 1, 1]);
    expect(second.corrections).toEqual([
      { line: 3, key: 'K1', changes: { segment: { from: 'consumer', to: 'business' } } },
    ]);
    await company.imports.undo(company.finance, second.importId!);
    const again = await company.load('customers', `${HEADER}K4,2026-01-01,,,,,\n`, STRAIGHT);
    expect([again.new, again.changed]).toEqual([1, 0]);
    expect(
      (await company.imports.versions(company.finance, 'customers', 'K1')).map(({ content }) => content['segment']),
    ).toEqual(['consumer', 'business', 'consumer']);
  });

  it('twice in one file with other content, or days reversed, are refused by line', async () => {
    const twice = await company.load('customers', `${FILE}K1,2021-06-02,,consumer,north,14.20,EUR\n`, STRAIGHT);
    expect(twice.importId).toBeNull();
    expect(twice.faults.map(({ line, code }) => [line, code])).toEqual([
      [2, 'double_key'],
      [5, 'double_key'],
    ]);
    const reversed = await company.load('customers', `${HEADER}K9,2026-01-02,2026-01-01,,,,\n`, STRAIGHT);
    expect(reversed.faults.map(({ line, column, code }) => [line, column, code])).toEqual([
      [2, 'left_at', 'days_reversed'],
    ]);
    expect(await stored()).toEqual([]);
  });

  it('under pseudonyms are told apart by what is stored', async () => {
    await company.close();
    company = await ImportingCompany.make('name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\npseudonymise: true\n');
    const secret = { pseudonymKey: 'a secret of a good length' };
    const first = await company.load('customers', FILE, { ...STRAIGHT, ...secret });
    const second = await company.load('customers', `${FILE}K5,,,,,,\n`, { ...STRAIGHT, ...secret });
    expect([first.new, second.new, second.same]).toEqual([3, 1, 3]);
    expect(await company.rows(`select customer_id from customer where customer_id like 'K%'`)).toEqual([]);
  });
});
