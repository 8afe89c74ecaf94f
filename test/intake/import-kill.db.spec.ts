import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageRoot } from '../../src/package-root.ts';
import { ImportingCompany } from './importing.ts';

const ROWS = process.env['ANSWERABLE_FULL'] === undefined ? 10_000 : 1_000_000;
const KILLS = process.env['ANSWERABLE_FULL'] === undefined ? 6 : 20;

/** The import of one file in a process of its own. */
const CHILD = `
const { Database } = await import(process.env.DIST + '/persistence/database.js');
const { ImportsService } = await import(process.env.DIST + '/application/imports.service.js');
const db = await Database.connect(process.env.URL);
const actor = { userId: null, login: 'finance', name: 'Finance', role: 'finance', units: [] };
process.stdout.write('begin');
await new ImportsService(db).importFile(actor, 'contacts', process.env.FILE, { directFrom: Number(process.env.DIRECT) });
process.stdout.write('end');
await db.close();
`;

describe('kill -9', () => {
  let company: ImportingCompany;
  beforeAll(async () => {
    company = await ImportingCompany.make();
  });
  afterAll(() => company.close());

  /** Runs the import and kills it after a while; gives how long it ran. */
  async function importAndKill(file: string, direct: boolean, afterMs: number): Promise<number> {
    const scratch = join(company.folder, 'scratch');
    mkdirSync(scratch, { recursive: true });
    const env = {
      ...process.env,
      URL: company.test.appUrl,
      DIST: pathToFileURL(join(packageRoot, 'dist')).href,
      FILE: file,
      DIRECT: direct ? '0' : 'Infinity',
      TMPDIR: scratch,
    };
    const child = spawn(process.execPath, ['--input-type=module', '-e', CHILD], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let begin = 0;
    let ran = 0;
    let timer: NodeJS.Timeout | undefined;
    child.stdout.on('data', (said: Buffer) => {
      if (said.toString().includes('begin')) {
        begin = Date.now();
        timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
      }
      if (said.toString().includes('end')) ran = Date.now() - begin;
    });
    await new Promise((resolve) => child.on('exit', resolve));
    clearTimeout(timer);
    expect(readdirSync(scratch)).toEqual([]);
    return ran;
  }

  const fileOf = (prefix: string): string => {
    const lines = Array.from({ length: ROWS }, (_, i) => {
      const at = new Date(Date.UTC(2026, 0, 1) + i * 5 * 60_000 * (10_000 / ROWS)).toISOString();
      return `${prefix}-${i},${at},voice,billing.fee,K${i % 977},${i % 600},q${i % 5}`;
    });
    return company.file(
      `contact_id,started_at,channel,reason_code,customer_id,handle_seconds,queue\n${lines.join('\n')}\n`,
      `${prefix}.csv`,
    );
  };

  it(`leaves all or nothing at ${KILLS} random moments, and the repeat succeeds`, async () => {
    const whole = {
      straight: await importAndKill(fileOf('whole-a'), true, 600_000),
      staged: await importAndKill(fileOf('whole-b'), false, 600_000),
    };
    const moments: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const prefix = `kill-${kill}`;
      const file = fileOf(prefix);
      const direct = kill % 2 === 0;
      const at = Math.random() * 1.2 * (direct ? whole.straight : whole.staged);
      await importAndKill(file, direct, at);
      const kept = async (): Promise<unknown> =>
        await company.rows(`select (select count(*)::int from contact where contact_id like '${prefix}-%') as contacts,
          (select count(*)::int from import where file_name = '${prefix}.csv') as imports,
          (select count(distinct k.import_id)::int from fact_key_hash k join import i using (import_id) where i.file_name = '${prefix}.csv') as keys`);
      // the server may still be ending what its dead client began
      for (
        let wait = 0;
        wait < 100 &&
        (
          await company.rows(
            `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
          )
        ).length > 0;
        wait++
      )
        await new Promise((resolve) => setTimeout(resolve, 100));
      const [after] = (await kept()) as { contacts: number }[];
      moments.push(`${Math.round(at)} ms: ${after!.contacts}`);
      expect([
        { contacts: 0, imports: 0, keys: 0 },
        { contacts: ROWS, imports: 1, keys: 1 },
      ]).toContainEqual(after);
      const again = await company.imports.importFile(company.finance, 'contacts', file, { directFrom: 0 });
      expect(again.already !== undefined ? after!.contacts : again.new).toBe(ROWS);
      expect(await kept()).toEqual([{ contacts: ROWS, imports: 1, keys: 1 }]);
    }
    expect(await company.rollupDifferences()).toEqual([]);
    expect(moments).toHaveLength(KILLS);
  }, 600_000);
});
