import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { FolderReport, ImportReport } from '../../src/application/imports.service.ts';
import { holdImports, joinImports, lockImports } from '../../src/persistence/imports.queries.ts';
import { contactsFile, importFolderInChild, killedAfter } from './import-child.ts';
import { ImportingCompany } from './importing.ts';

const ROWS = 6000;
const dayOf = (i: number): string => `2026-0${1 + Math.floor((i * 3) / ROWS)}-${String(1 + (i % 28)).padStart(2, '0')}`;
const file = (header: string, row: (i: number) => string, rows = ROWS): string =>
  `${header}\n${Array.from({ length: rows }, (_, i) => `${row(i)}\n`).join('')}`;

/** Files of every kind of facts, with what they name. */
const FILES: Readonly<Record<string, string>> = {
  'customers.csv': file('customer_id,segment', (i) => `K${i},s${i % 3}`, 900),
  'calendar.csv': 'date,name\n2026-01-01,New Year\n',
  'contacts.csv': file(
    'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,queue',
    (i) => `C${i},${dayOf(i)}T10:00:00Z,voice,billing,K${i % 900},${i % 500},q${i % 7}`,
  ),
  'contact_segments.csv': 'contact_id,reason_code,handle_seconds\nC100,billing,60\nC100,app,40\n',
  'exposures.csv': file(
    'exposure_id,customer_id,decision_code,occurred_at,amount',
    (i) => `X${i},K${i % 900},FEE,${dayOf(i)}T09:00:00Z,8.50`,
  ),
  'revenue.csv': file(
    'event_id,customer_id,occurred_at,kind,amount,currency',
    (i) => `R${i},K${i % 900},${dayOf(i)}T12:00:00Z,purchase,${i % 90}.25,EUR`,
  ),
};
const TABLES =
  'cell contact contact_segment contact_rollup customer holiday exposure revenue fact_key_hash retention_pack import_refusal'.split(
    ' ',
  );

/** What goes straight into its table first, the same in threads, and what is held in memory, as small files are unless one says so. */
const ROADS = { straight: { directFrom: 0 }, threads: { directFrom: 0, threadFrom: 0 }, held: {} };

describe.each(['straight', 'threads', 'held'] as const)('files of a folder imported side by side, %s', (road) => {
  const companies: ImportingCompany[] = [];
  const fresh = async (): Promise<ImportingCompany> => {
    companies.push(await ImportingCompany.make());
    return companies.at(-1)!;
  };
  afterAll(async () => {
    for (const company of companies) await company.close();
  });

  const folderOf = (company: ImportingCompany, changed: Readonly<Record<string, string>> = {}): string => {
    const folder = mkdtempSync(join(company.folder, 'folder-'));
    for (const [name, text] of Object.entries({ ...FILES, ...changed })) writeFileSync(join(folder, name), text);
    return folder;
  };
  const options = (company: ImportingCompany) => ({ ...ROADS[road], errorFolder: company.folder });
  const importFolder = async (company: ImportingCompany, folder: string): Promise<FolderReport> =>
    await company.imports.importFolder(company.finance, folder, options(company));
  /** Hashes of all rows, and the history with what was written down of it. */
  const stored = async (company: ImportingCompany): Promise<unknown[]> => [
    await company.rows(
      TABLES.map(
        (table) =>
          `select '${table}' as of, count(*)::int as rows, coalesce(sum(hashtextextended(t::text, 0)), 0)::text as hash from ${table} t`,
      ).join(' union all '),
    ),
    await company.rows('select import_id, kind, file_name, sha256, rows_new, totals from import order by 1'),
    await company.rows(
      `select deed, object_key, body::jsonb -> 'after' as after from audit_event where deed = 'import.run' order by event_no`,
    ),
    await company.rows(
      `select c.relname, pg_get_expr(c.relpartbound, c.oid) as bounds, (select count(*)::int from pg_index where indrelid = c.oid) as indexes
       from pg_class c where c.relispartition and c.relkind = 'r' order by 1`,
    ),
  ];
  const placeless = ({ errorFile, ...report }: ImportReport): unknown => ({
    ...report,
    errors: errorFile && basename(errorFile),
  });

  it('leave the same tables, history and reports as one after another', async () => {
    const [beside, after] = [await fresh(), await fresh()];
    const [besideFolder, afterFolder] = [folderOf(beside), folderOf(after)];
    const report = await importFolder(beside, besideFolder);
    const reports: ImportReport[] = [];
    for (const { kind, file: name } of report.files)
      reports.push(await after.imports.importFile(after.finance, kind, join(afterFolder, name), options(after)));
    expect(report.files.map(({ file: name, new: rows, faults }) => [name, rows, faults])).toEqual([
      ['customers.csv', 900, []],
      ['calendar.csv', 1, []],
      ['contacts.csv', ROWS, []],
      ['contact_segments.csv', 2, []],
      ['exposures.csv', ROWS, []],
      ['revenue.csv', ROWS, []],
    ]);
    expect(report.files).toEqual(reports);
    expect(await stored(beside)).toEqual(await stored(after));
    expect(await beside.rollupDifferences()).toEqual([]);
    expect(await beside.packDifferences()).toEqual([]);
    const times = await beside.rows<{ ordered: boolean }>(
      'select imported_at >= lag(imported_at, 1, imported_at) over (order by import_id) as ordered from import',
    );
    expect(times.every(({ ordered }) => ordered)).toBe(true);

    const again = await importFolder(beside, besideFolder);
    expect(again.files.map(({ importId, already }) => [importId, already?.by])).toEqual(
      again.files.map(() => [null, 'finance']),
    );
    const corrected = { 'revenue.csv': FILES['revenue.csv']!.replace(',1.25,', ',2.25,') };
    const changed = await importFolder(beside, folderOf(beside, corrected));
    const last = changed.files.at(-1)!;
    expect([last.new, last.changed, last.same]).toEqual([0, 1, ROWS - 1]);
    const numbers = await beside.rows<{ id: string }>('select import_id as id from import order by import_id');
    expect(last.importId).toBe(numbers.at(-1)!.id);
  });

  it.each(['contacts.csv', 'contact_segments.csv', 'exposures.csv', 'revenue.csv'])(
    'stop at a refused %s, and nothing of those begun after it is left',
    async (name) => {
      const [beside, after] = [await fresh(), await fresh()];
      const bad = {
        [name]: FILES[name]!.replace(/\n(C100|X100|R100),/, '\nC100,').replace(/,(billing|FEE|purchase),/, ',nothing,'),
      };
      const folder = folderOf(beside, bad);
      const report = await importFolder(beside, folder);
      expect(report.stoppedAt).toBe(name);
      expect(report.files.at(-1)).toMatchObject({ file: name, importId: null });
      for (const done of report.files) {
        const one = await after.imports.importFile(after.finance, done.kind, join(folder, done.file), options(after));
        expect(placeless(done)).toEqual(placeless(one));
      }
      expect(await stored(beside)).toEqual(await stored(after));
      const mended = await importFolder(beside, folderOf(beside));
      expect(mended.stoppedAt).toBeUndefined();
      for (const fact of ['contact', 'exposure', 'revenue'])
        expect(await beside.rows(`select sum(sign)::int as rows from ${fact}`)).toEqual([{ rows: ROWS }]);
      expect(await beside.rollupDifferences()).toEqual([]);
      const numbers = await beside.rows<{ kind: string }>('select kind from import order by import_id');
      expect(numbers.slice(-2).map(({ kind }) => kind)).toEqual(['exposures', 'revenue']);
    },
  );

  it('tell of a file that cannot be read only when those before it are kept', async () => {
    const company = await fresh();
    const folder = folderOf(company, { 'revenue.csv': 'event_id,nonsense\n1,2\n' });
    await expect(importFolder(company, folder)).rejects.toThrow('revenue.csv');
    expect(await company.rows('select kind from import order by import_id desc limit 1')).toEqual([
      { kind: 'exposures' },
    ]);
  });

  it('are imported once when two bring them at once', async () => {
    const company = await fresh();
    const folder = folderOf(company);
    const reports = await Promise.all([importFolder(company, folder), importFolder(company, folder)]);
    const kept = reports.flatMap(({ files }) => files.filter(({ importId }) => importId !== null));
    expect(kept.map(({ file: name }) => name).sort()).toEqual(Object.keys(FILES).sort());
    for (const fact of ['contact', 'exposure', 'revenue'])
      expect(await company.rows(`select count(*)::int as rows from ${fact}`)).toEqual([{ rows: ROWS }]);
  });

  it('keep other imports away until the last of them has ended, even when who held the lock for them is gone', async () => {
    const company = await fresh();
    const said: string[] = [];
    let endHolder!: () => void;
    let endFile!: () => void;
    let held!: (numbers: string[]) => void;
    const numbers = new Promise<string[]>((resolve) => (held = resolve));
    const holder = company.db.books(async (tx) => {
      held(await holdImports(tx, 2));
      await new Promise<void>((resolve) => (endHolder = resolve));
    });
    const [first, second] = await numbers;
    expect(BigInt(second!)).toBe(BigInt(first!) + 1n);
    const joined = new Promise<void>((resolve) => {
      void company.db.books(async (tx) => {
        await joinImports(tx, first!);
        resolve();
        await new Promise<void>((end) => (endFile = end));
        said.push('file');
      });
    });
    await joined;
    const other = company.db.books(async (tx) => {
      await lockImports(tx);
      said.push('other');
    });
    endHolder();
    await holder;
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(said).toEqual([]);
    endFile();
    await other;
    expect(said).toEqual(['file', 'other']);
  });

  it('are whole or absent, in their order, when the process is killed', async () => {
    const [company, unharmed] = [await fresh(), await fresh()];
    const scratch = join(company.folder, 'scratch');
    mkdirSync(scratch);
    const large = mkdtempSync(join(company.folder, 'large-'));
    const rows = 60_000;
    contactsFile({ folder: large }, 'contacts', rows);
    for (const [name, text] of [
      ['exposures.csv', file('exposure_id,customer_id,decision_code,occurred_at,amount', (i) => `L${i},K${i},FEE,${dayOf(i % ROWS)}T09:00:00Z,1.00`, rows)], // prettier-ignore
      ['revenue.csv', file('event_id,customer_id,occurred_at,kind,amount,currency', (i) => `L${i},K${i},${dayOf(i % ROWS)}T12:00:00Z,purchase,1.00,EUR`, rows)], // prettier-ignore
    ] as const)
      writeFileSync(join(large, name), text);
    const run = async (of: ImportingCompany, afterMs: number): Promise<number> => {
      const ran = await killedAfter(importFolderInChild(of, large, { road, scratch }), afterMs);
      expect(readdirSync(scratch)).toEqual([]);
      return ran;
    };
    const whole = await run(unharmed, 600_000);
    for (const share of [0.2, 0.6, 0.75, 0.9, 0.97]) {
      await run(company, share * whole);
      const quiet = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
      for (let wait = 0; wait < 100 && (await company.rows(quiet)).length > 0; wait++)
        await new Promise((resolve) => setTimeout(resolve, 100));
      const [kept] = await company.rows<Record<'contacts' | 'exposures' | 'revenue' | 'imports', number>>(
        `select (select count(*)::int from contact) as contacts, (select count(*)::int from exposure) as exposures,
           (select count(*)::int from revenue) as revenue,
           (select count(*)::int from import where kind in ('contacts', 'exposures', 'revenue')) as imports`,
      );
      const shares = [kept!.contacts, kept!.exposures, kept!.revenue].map((count) => count / rows);
      expect([[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 1, 1]]).toContainEqual(shares); // prettier-ignore
      expect(kept!.imports).toBe(shares.reduce((sum, one) => sum + one, 0));
    }
    expect(await run(company, 600_000)).toBeGreaterThan(0);
    expect(await company.rows('select count(*)::int as rows from revenue')).toEqual([{ rows }]);
    expect(await company.rollupDifferences()).toEqual([]);
    expect(await company.packDifferences()).toEqual([]);
  }, 120_000);
});
