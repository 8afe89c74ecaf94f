import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import threads, { Worker } from 'node:worker_threads';
import pg from 'pg';
import type { FolderOptions, ImportProgress } from '../../src/application/imports.service.ts';
import { ImportsService } from '../../src/application/imports.service.ts';
import { importInThread } from '../../src/application/import-in-thread.ts';
import { inputOpener } from '../../src/application/input-opener.ts';
import { InvalidInput, Refusal } from '../../src/domain/errors.ts';
import { lockAuditHead } from '../../src/persistence/audit.queries.ts';
import { Database } from '../../src/persistence/database.ts';
import { holdImports } from '../../src/persistence/imports.queries.ts';
import { ImportingCompany } from './importing.ts';

const ROWS = 20_000;
const file = (header: string, row: (i: number) => string, rows = ROWS): string =>
  `${header}\n${Array.from({ length: rows }, (_, i) => `${row(i)}\n`).join('')}`;
const dayOf = (i: number): string => `2026-01-${String(1 + (i % 28)).padStart(2, '0')}`;
const CONTACTS = file(
  'contact_id,started_at,channel,reason_code,customer_id,handle_seconds',
  (i) => `C${i},${dayOf(i)}T10:00:00Z,voice,billing,K${i % 900},${i % 500}`,
);
const EXPOSURES = file(
  'exposure_id,customer_id,decision_code,occurred_at,amount',
  (i) => `X${i},K${i % 900},FEE,${dayOf(i)}T09:00:00Z,8.50`,
);
const REVENUE = file(
  'event_id,customer_id,occurred_at,kind,amount,currency',
  (i) => `R${i},K${i % 900},${dayOf(i)}T12:00:00Z,purchase,${i % 90}.25,EUR`,
);
const FILES = { 'contacts.csv': CONTACTS, 'exposures.csv': EXPOSURES, 'revenue.csv': REVENUE };
const HASHED = 'name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\npseudonymise: true\n';

describe('files of a folder in threads', () => {
  const companies: ImportingCompany[] = [];
  const databases: Database[] = [];
  const RealWorker = Worker;
  const begun = jest.spyOn(threads, 'Worker').mockImplementation((...of) => new RealWorker(...of));
  beforeEach(() => begun.mockClear());
  afterAll(async () => {
    for (const db of databases) await db.close();
    for (const company of companies) await company.close();
    begun.mockRestore();
  });

  const fresh = async (yaml?: string): Promise<ImportingCompany> => {
    companies.push(await ImportingCompany.make(yaml));
    return companies.at(-1)!;
  };
  const folderOf = (company: ImportingCompany, files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(company.folder, 'folder-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  };
  /** Imports the files as a program with so many threads does. */
  const imported = async (
    company: ImportingCompany,
    files: Readonly<Record<string, string>>,
    { count = 2, ...options }: FolderOptions & { count?: number } = {},
  ) => {
    const db = await Database.connect(company.test.appUrl, { threads: count });
    databases.push(db);
    const given = { directFrom: 0, threadFrom: 0, errorFolder: company.folder, ...options };
    return await new ImportsService(db).importFolder(company.finance, folderOf(company, files), given);
  };
  const worker = (nth = 0): Worker => begun.mock.results[nth]!.value as Worker;
  const counts = async (company: ImportingCompany): Promise<unknown> =>
    (
      await company.rows(
        `select (select count(*)::int from contact) as contacts, (select count(*)::int from exposure) as exposures,
           (select count(*)::int from revenue) as revenue, (select count(*)::int from import where kind in ('contacts', 'exposures', 'revenue')) as imports`,
      )
    )[0];
  const NOTHING = { contacts: 0, exposures: 0, revenue: 0, imports: 0 };

  it('is what large ones are beside one that is read here, and only those', async () => {
    const used = async (files: Readonly<Record<string, string>>, options = {}): Promise<number> => {
      begun.mockClear();
      const { stoppedAt } = await imported(await fresh(), files, options);
      expect(stoppedAt).toBeUndefined();
      return begun.mock.calls.length;
    };
    expect(await used(FILES)).toBeGreaterThan(0);
    expect(await used(FILES, { count: 1 })).toBe(0);
    expect(await used(FILES, { ...inputOpener('shell') })).toBeGreaterThan(0);
    expect(await used(FILES, { open: inputOpener('shell').open })).toBe(0); // what it does cannot be told to a thread
    expect(await used({ 'revenue.csv': REVENUE })).toBe(0);
    expect(await used(FILES, { threadFrom: REVENUE.length })).toBe(0); // the other is small
    expect(await used(FILES, { threadFrom: undefined })).toBe(0);
  });

  it('hashes customers by the same key, and makes the reasons that it may', async () => {
    const [beside, alone] = [await fresh(HASHED), await fresh(HASHED)];
    const files = {
      ...FILES,
      'contacts.csv': CONTACTS.replaceAll(',K7,', ',NEW,').replace(',billing,', ',unheard.of,'),
    };
    const options = { pseudonymKey: 'k'.repeat(32), createReasons: true };
    const reports = [await imported(beside, files, options), await imported(alone, files, { ...options, count: 1 })];
    expect(begun).toHaveBeenCalled();
    expect(reports[0]).toEqual(reports[1]);
    for (const table of ['contact', 'exposure', 'revenue', 'cell', 'reason', 'retention_pack']) {
      const hash = `select count(*)::int as rows, sum(hashtextextended(t::text, 0))::text as hash from ${table} t`;
      expect([table, await beside.rows(hash)]).toEqual([table, await alone.rows(hash)]);
    }
  });

  it('says how far each is, one after another', async () => {
    const heard: ImportProgress[] = [];
    await imported(await fresh(), FILES, { onProgress: (progress) => heard.push(progress) });
    expect(begun).toHaveBeenCalled();
    const files = heard.map(({ file: name }) => name);
    expect(files.filter((name, at) => name !== files[at - 1])).toEqual([...new Set(files)]);
    expect(files[0]).toBe('contacts.csv');
    for (const { kind, bytes, bytesTotal } of heard) {
      expect(bytesTotal).toBe(FILES[`${kind}.csv` as keyof typeof FILES].length);
      expect(bytes).toBeLessThanOrEqual(bytesTotal);
    }
  });

  it('is stopped by what hears of its progress', async () => {
    const company = await fresh();
    const [path, kind] = [company.file(REVENUE), 'revenue'];
    const heard: ImportProgress[] = [];
    const onProgress = (progress: ImportProgress): void => {
      heard.push(progress);
      throw new Error('enough of it');
    };
    await company.db.books(async (tx) => {
      const [importId] = (await holdImports(tx, 1)) as [string];
      const turn = (): Promise<void> => Promise.resolve();
      const place = { importId, begun: () => undefined, turn, turnBy: turn, first: () => true };
      const task = {
        url: company.test.appUrl,
        actor: company.finance,
        kind,
        path,
        importId,
        options: { directFrom: 0 },
      };
      await expect(importInThread(task, place, onProgress)).rejects.toThrow('enough of it');
    });
    expect(heard[0]).toMatchObject({ kind, bytesTotal: REVENUE.length });
    expect(await counts(company)).toEqual(NOTHING);
  });

  it('refuses in the same words, and with what errors hold', async () => {
    const company = await fresh();
    const unreadable = { ...FILES, 'exposures.csv': 'exposure_id,nonsense\n1,2\n' };
    const said = async (count: number): Promise<unknown> =>
      await imported(company, unreadable, { count }).catch((error: unknown) => error);
    const [beside, alone] = [(await said(2)) as InvalidInput, (await said(1)) as InvalidInput];
    expect(begun).toHaveBeenCalled();
    expect([beside, alone].map((error) => error instanceof InvalidInput)).toEqual([true, true]);
    expect([beside.message, beside.faults, beside.count]).toEqual([alone.message, alone.faults, alone.count]);
    const keyless = await imported(await fresh(HASHED), FILES, { pseudonymKey: undefined }).catch(
      (error: unknown) => error,
    );
    expect(keyless).toBeInstanceOf(Refusal);
    const bad = { ...FILES, 'exposures.csv': EXPOSURES.replace(',FEE,', ',nothing,') };
    const lost = await imported(company, bad, { errorFolder: join(company.folder, 'absent') }).catch(
      (error: unknown) => error,
    );
    expect(lost).toMatchObject({ code: 'ENOENT' });
  });

  it('leaves nothing of a file whose thread or connection ends before it is done, and the next import takes all', async () => {
    const company = await fresh();
    const ended = imported(company, FILES);
    while (begun.mock.results.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    worker().on('message', (message: { is: string }) => {
      if (message.is === 'begun') void worker().terminate();
    });
    await expect(ended).rejects.toThrow('the thread that imported exposures.csv ended without a word');
    expect(await counts(company)).toEqual({ contacts: ROWS, exposures: 0, revenue: 0, imports: 1 });

    const more = { 'contacts.csv': CONTACTS.replaceAll('\nC', '\nD'), 'exposures.csv': EXPOSURES };
    let cut: Promise<unknown> | undefined;
    await company.db.books(async (tx) => {
      await lockAuditHead(tx); // which the contacts wait for in the end, and the exposures for them
      cut = imported(company, more);
      void cut.catch(() => undefined);
      const waiting = `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event = 'advisory' and query like '%lock_timeout%'`;
      const admin = new pg.Client({ connectionString: company.test.adminUrl });
      await admin.connect();
      while ((await admin.query(waiting)).rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await admin.end();
    });
    await expect(cut).rejects.toMatchObject({ code: '57P01' });
    expect(await counts(company)).toEqual({ contacts: 2 * ROWS, exposures: 0, revenue: 0, imports: 2 });

    const { files } = await imported(company, FILES);
    expect(files.map(({ file: name, new: rows }) => [name, rows])).toEqual([
      ['contacts.csv', 0],
      ['exposures.csv', ROWS],
      ['revenue.csv', ROWS],
    ]);
  });
});
