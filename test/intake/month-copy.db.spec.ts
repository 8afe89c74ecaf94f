import { ImportingCompany } from './importing.ts';

const HEADER = 'contact_id,started_at,channel,reason_code,handle_seconds,queue\n';

describe('facts copied into the partitions of their months', () => {
  let company: ImportingCompany;
  beforeAll(async () => {
    company = await ImportingCompany.make();
  });
  afterAll(() => company.close());

  const rows = (prefix: string, count: number, day: (i: number) => string, queues: number): string =>
    HEADER +
    Array.from(
      { length: count },
      (_, i) => `${prefix}-${i},${day(i)}T10:00:00Z,voice,billing,${i % 7 === 0 ? '' : i % 500},q${i % queues}\n`,
    ).join('');

  it('stand in the right ones, indexed, whether the months follow each other or go to and fro', async () => {
    const months = ['2026-01', '2026-02', '2026-03'];
    const inOrder = await company.load(
      'contacts',
      rows('a', 900, (i) => `${months[Math.floor(i / 300)]}-05`, 3),
      {
        directFrom: 0,
      },
    );
    const mixed = await company.load(
      'contacts',
      rows('b', 1800, (i) => `${months[i % 3]}-06`, 3),
      { directFrom: 0 },
    );
    const staged = await company.load(
      'contacts',
      rows('c', 900, (i) => `${months[i % 3]}-07`, 3),
      {
        directFrom: Infinity,
      },
    );
    const late = await company.load(
      'contacts',
      rows('d', 900, (i) => `2026-0${1 + (i % 4)}-08`, 3),
      { directFrom: 0 },
    );
    expect([inOrder.new, mixed.new, staged.new, late.new]).toEqual([900, 1800, 900, 900]);
    expect(
      await company.rows(
        `select to_char(started_on, 'YYYY-MM') as month, tableoid::regclass::text as part, count(*)::int as rows from contact group by 1, 2 order by 1`,
      ),
    ).toEqual([
      { month: '2026-01', part: 'contact_2026_01', rows: 1425 },
      { month: '2026-02', part: 'contact_2026_02', rows: 1425 },
      { month: '2026-03', part: 'contact_2026_03', rows: 1425 },
      { month: '2026-04', part: 'contact_2026_04', rows: 225 },
    ]);
    expect(
      await company.rows(
        `select indexname from pg_indexes where tablename like 'contact\\_2026%' order by indexname collate "C"`,
      ),
    ).toEqual([1, 2, 3, 4].map((month) => ({ indexname: `contact_2026_0${month}_by_id` })));
    expect(await company.rollupDifferences()).toEqual([]);
    const known = await company.load('contacts', rows('b', 1800, (i) => `${months[i % 3]}-06`, 3).replace('q0', 'q9'), {
      directFrom: 0,
    });
    expect([known.new, known.changed, known.same]).toEqual([0, 1, 1799]);
  });

  it('are summed by day and cell, also when the sums are more than are held at once', async () => {
    const before = Number(((await company.rows('select count(*) as n from contact_rollup')) as { n: string }[])[0]!.n);
    const day = (i: number): string => `2026-05-${String(1 + (i % 28)).padStart(2, '0')}`;
    const report = await company.load('contacts', rows('e', 150_000, day, 5001), { directFrom: 0 });
    expect(report.new).toBe(150_000);
    const after = Number(((await company.rows('select count(*) as n from contact_rollup')) as { n: string }[])[0]!.n);
    expect(after - before).toBeGreaterThan(131_072);
    expect(await company.rollupDifferences()).toEqual([]);
  });

  it('are not read again by a small file: its keys are looked up', async () => {
    const small = (prefix: string, seconds: number): string =>
      rows(prefix, 298, () => '2026-05-03', 1) +
      `e-0,2026-05-01T10:00:00Z,voice,billing,${seconds},q0\n` +
      'e-1,2026-05-02T10:00:00Z,voice,billing,1,q1\n';
    const looks = async (): Promise<number[]> => {
      const [row] = await company.rows<{ looks: number[] }>(
        `select array[seq_tup_read, idx_scan, idx_tup_fetch]::int[] as looks from pg_stat_xact_user_tables where relname = 'contact_2026_05'`,
      );
      return row!.looks;
    };
    await company.db.whole(async () => {
      const [rowsBefore, keysBefore, foundBefore] = (await looks()) as [number, number, number];
      const known = { new: 298, changed: 1, same: 1 };
      expect(await company.load('contacts', small('f', 77), { heldUpTo: 0 })).toMatchObject(known);
      const [rows, keys, found] = (await looks()) as [number, number, number];
      expect([rows, found]).toEqual([rowsBefore, foundBefore + 2]);
      expect(keys - keysBefore).toBeGreaterThan(0);
      expect(keys - keysBefore).toBeLessThanOrEqual(300); // fewer where PostgreSQL skips in an index
      // held in memory: only those that may be stored, of which one was corrected meanwhile
      expect(await company.load('contacts', small('g', 78))).toMatchObject(known);
      const [rowsAfter, keysAfter, foundAfter] = (await looks()) as [number, number, number];
      expect([rowsAfter, foundAfter]).toEqual([rowsBefore, found + 4]);
      expect(keysAfter - keys).toBeLessThanOrEqual(2);
      const settings = await company.rows(
        `select current_setting('enable_hashjoin') as hash, current_setting('enable_mergejoin') as merge,
           current_setting('enable_seqscan') as whole`,
      );
      expect(settings).toEqual([{ hash: 'on', merge: 'on', whole: 'on' }]);
    });
    expect(await company.rollupDifferences()).toEqual([]);
  });

  it('are found by the many keys of a larger file, looked up only in the months that can have them', async () => {
    const many =
      rows('h', 100, () => '2026-05-03', 1) +
      Array.from({ length: 2200 }, (_, i) => {
        const day = i % 100 === 7 ? '2026-03-01' : `2026-05-${String(1 + (i % 28)).padStart(2, '0')}`;
        return `e-${i},${day}T10:00:00Z,voice,billing,${i % 7 === 0 ? '' : i % 500},q${i % 5001}\n`;
      }).join('');
    await company.db.whole(async () => {
      const looks = async (): Promise<number> => {
        const scans = await company.rows<{ looks: number }>(
          `select sum(idx_scan)::int as looks from pg_stat_xact_user_tables where relname like 'contact\\_2026%'`,
        );
        return scans[0]!.looks;
      };
      const before = await looks();
      // e-0 was corrected by the small files, 22 come with another day
      expect(await company.load('contacts', many, { heldUpTo: 0 })).toMatchObject({
        new: 100,
        changed: 23,
        same: 2177,
      });
      expect((await looks()) - before).toBeLessThan(2500);
    });
    expect(await company.rollupDifferences()).toEqual([]);
  });
});
