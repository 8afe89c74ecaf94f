import fc from 'fast-check';
import type { ImportReport } from '../../src/application/imports.service.ts';
import { csvLine } from '../../src/intake/csv-text.ts';
import type { ImportingCompany } from './importing.ts';
import { importingCompanies } from './importing-companies.ts';

const HEADS = {
  contacts:
    'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,queue,vendor,decision_code,transferred_from,text',
  exposures: 'exposure_id,customer_id,decision_code,occurred_at,amount,currency',
  revenue: 'event_id,customer_id,occurred_at,kind,amount,currency,margin,decision_code',
} as const;
type FactKind = keyof typeof HEADS;

const some = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const instant = fc
  .integer({ min: 0, max: 60 })
  .map((hours) => new Date(Date.UTC(2026, 0, 30) + hours * 3_600_000).toISOString());
const customer = some('K1', 'K2', 'Grüße', 'K"3"');
/** Ids in several orders of bytes and of UTF-16, few enough that files bring the same ones again. */
const id = some(
  'A-1',
  'A-10',
  'A-2',
  'B',
  'b',
  'Ä',
  '\uFF5E',
  '\u{1F600}',
  ...Array.from({ length: 24 }, (_, i) => `N-${i}`),
);

const ROWS: Readonly<Record<FactKind, fc.Arbitrary<string[]>>> = {
  contacts: fc
    .tuple(id, instant, some('voice', 'chat'), some('billing', 'app'), fc.oneof(customer, some('')))
    .chain((first) =>
      fc
        .tuple(
          some('', '0', '61'),
          some('', 'q1', 'q2'),
          some('', 'v'),
          some('', 'FEE'),
          some('', 'x'),
          some('', 'said "no",\nloudly'),
        )
        .map((rest) => [...first, ...rest]),
    ),
  exposures: fc.tuple(id, customer, some('FEE', 'APP'), instant, some('', '1.50', '2.00'), some('EUR')),
  revenue: fc.tuple(
    id,
    customer,
    instant,
    some('purchase', 'renewal', 'expansion', 'cancellation', 'fee'),
    some('3.10', '4.00'),
    some('EUR', 'USD'),
    some('', '0.50'),
    some('', 'APP'),
  ),
};
const BAD_INSTANT = 'the day before';

interface Given {
  readonly kind: FactKind;
  readonly rows: readonly string[][];
  readonly acceptValid: boolean;
}

/** A file: rows with keys of earlier files, equal or corrected, with keys twice in it, and now and then one that is refused. */
const file: fc.Arbitrary<Given> = some<FactKind>('contacts', 'exposures', 'revenue').chain((kind) =>
  fc
    .tuple(
      fc.array(ROWS[kind], { minLength: 1, maxLength: 14 }),
      fc.array(fc.nat(13), { maxLength: 2 }),
      fc.integer({ min: 0, max: 9 }),
      fc.boolean(),
    )
    .map(([fresh, again, bad, acceptValid]) => {
      const rows = [...fresh, ...again.map((n) => [...fresh[n % fresh.length]!])];
      if (bad === 0) rows[0]![kind === 'contacts' ? 1 : kind === 'exposures' ? 3 : 2] = BAD_INSTANT;
      return { kind, rows, acceptValid };
    }),
);

const FACTS = {
  contacts: 'contact t join cell c using (cell_no)',
  exposures: 'exposure t',
  revenue: 'revenue t',
} as const;

describe('files held in memory', () => {
  const { fresh, close } = importingCompanies();

  /** Every row of every fact with import, line and sign; sums; hashes of keys. */
  async function stored(company: ImportingCompany): Promise<unknown[]> {
    const facts = await Promise.all(
      Object.entries(FACTS).map(([kind, from]) =>
        company.rows<{ row: string }>(
          `select (to_jsonb(t) - 'cell_no' ${kind === 'contacts' ? "|| (to_jsonb(c) - 'cell_no')" : ''})::text as row from ${from} order by 1`,
        ),
      ),
    );
    const keys = await company.rows(
      `select fact, import_id, low, high, octet_length(string_agg(hashes, '')) as bytes from fact_key_hash group by 1, 2, 3, 4 order by 2`,
    );
    const sums = await company.rows(
      `select started_on, to_jsonb(c) - 'cell_no' as cell, sum(contacts) as n, sum(seconds) as s, sum(untimed) as u
       from contact_rollup join cell c using (cell_no) group by 1, 2 having sum(contacts) <> 0 order by started_on, 2::text`,
    );
    const cells = await company.rows('select count(*) as cells, count(distinct cell_no) as numbers from cell');
    return [...facts, keys, sums, cells, await company.rollupDifferences()];
  }

  const said = (report: ImportReport): unknown => ({ ...report, errorFile: report.errorFile !== undefined });

  it('leave what the stage alone leaves: reports, signed rows with their lines, sums, cells, hashes; and so does their undo; packed as they stand', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 7 }), async (files) => {
        const [held, staged, straight] = [await fresh(), await fresh(), await fresh()];
        const imports: string[] = [];
        for (const { kind, rows, acceptValid } of files) {
          const text = `${HEADS[kind]}\n${rows.map(csvLine).join('')}`;
          const report = await held.load(kind, text, { acceptValid });
          expect(said(report)).toEqual(said(await staged.load(kind, text, { acceptValid, heldUpTo: 0 })));
          expect(await stored(held)).toEqual(await stored(staged));
          await straight.load(kind, text, { acceptValid, directFrom: 0 });
          for (const company of [held, staged, straight]) expect(await company.packDifferences()).toEqual([]);
          if (report.importId !== null) imports.push(report.importId);
        }
        for (const id of imports.reverse()) {
          for (const company of [held, staged]) await company.imports.undo(company.finance, id);
        }
        expect(await stored(held)).toEqual(await stored(staged));
        for (const company of [held, staged]) expect(await company.packDifferences()).toEqual([]);
        expect(await held.contacts()).toEqual([]);
        await close();
      }),
      { numRuns: process.env['ANSWERABLE_FULL'] === undefined ? 8 : 100, endOnFailure: true },
    );
  }, 600_000);

  it('send only rows whose key is stored, or stands twice, over the stage', async () => {
    const company = await fresh();
    const rows = (from: number, to: number, seconds: number): string =>
      Array.from(
        { length: to - from },
        (_, i) => `D-${from + i},2026-0${1 + (i % 3)}-04,voice,app,K1,${seconds},,,,,\n`,
      ).join('');
    await company.load('contacts', `${HEADS.contacts}\n${rows(0, 2000, 60)}`);
    await company.db.whole(async () => {
      const next = `${HEADS.contacts}\n${rows(1990, 4000, 90)}E-1,2026-01-01,voice,app,,1,,,,,\nE-1,2026-01-01,voice,app,,1,,,,,\n`;
      expect(await company.load('contacts', next)).toMatchObject({ new: 2001, changed: 10, same: 1 });
      expect(await company.rows('select count(*)::int as rows from pg_temp.judged')).toEqual([{ rows: 12 }]);
    });
    expect(await company.rollupDifferences()).toEqual([]);
  });

  it('read of a large import only the keys among which theirs may be, and find every one that is stored', async () => {
    const company = await fresh();
    const number = (n: number): string => `D-${String(n).padStart(7, '0')}`;
    const MANY = 140_000;
    const row = (id: string, amount: string): string =>
      `${id},K1,FEE,${id < number(MANY) ? '2026-01-01' : '2026-02-01'},${amount},EUR\n`;
    const large = Array.from({ length: MANY }, (_, n) => row(number(n * 2), '1.50')).join('');
    await company.load('exposures', `${HEADS.exposures}\n${large}`, { directFrom: 0 });
    const pieces = await company.rows<{ low: string; high: string; keys: number }>(
      'select low, high, octet_length(hashes) / 8 as keys from fact_key_hash order by low',
    );
    expect(pieces).toHaveLength(Math.ceil(MANY / 65_536));
    expect(pieces.reduce((sum, { keys }) => sum + keys, 0)).toBe(MANY);
    for (const [i, { low, high }] of pieces.entries())
      expect(low < high && high < (pieces[i + 1]?.low ?? 'E')).toBe(true);
    await company.db.whole(async () => {
      const fresh = Array.from({ length: 3000 }, (_, n) => row(number(2 * MANY + n), '1.50')).join('');
      const among = row(number(1), '1.50') + row(number(200_001), '1.50');
      const known = row(number(0), '1.50') + row(number(131_072), '2.00') + row(number(2 * MANY - 2), '1.50');
      const report = await company.load('exposures', `${HEADS.exposures}\n${among}${fresh}${known}`);
      expect(report).toMatchObject({ new: 3002, changed: 1, same: 2 });
      const staged = await company.rows<{ rows: number }>('select count(*)::int as rows from pg_temp.judged');
      expect(staged[0]!.rows).toBeLessThan(10);
    });
    const again = `${HEADS.exposures}\n${row('E-1', '1.50')}${row(number(2 * MANY + 1), '1.50')}${row(number(2), '3.00')}`;
    expect(await company.load('exposures', again, { directFrom: 0 })).toMatchObject({ new: 1, changed: 1, same: 1 });
  }, 60_000);
});
