import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { contactsFile, importInChild, killedAfter, type Road } from './import-child.ts';
import { ImportingCompany } from './importing.ts';

const FULL = process.env['ANSWERABLE_FULL'] !== undefined;
const ROWS = FULL ? 1_000_000 : 100_000;
const KILLS = FULL ? 20 : 6;
const SEED = Number(process.env['ANSWERABLE_SEED'] ?? Date.now() % 1_000_000);

describe(`kill -9 (ANSWERABLE_SEED=${SEED})`, () => {
  const generator = xoroshiro128plus(SEED);
  let company: ImportingCompany;
  beforeAll(async () => {
    company = await ImportingCompany.make();
  });
  afterAll(() => company.close());

  /** Runs the import and kills it after a while; gives how long it ran. */
  async function importAndKill(file: string, road: Road, afterMs: number): Promise<number> {
    const scratch = join(company.folder, 'scratch');
    mkdirSync(scratch, { recursive: true });
    const ran = await killedAfter(importInChild(company, file, { road, scratch }), afterMs);
    expect(readdirSync(scratch)).toEqual([]);
    return ran;
  }

  const fileOf = (prefix: string): string => contactsFile(company, prefix, ROWS);

  it(`leaves all or nothing at ${KILLS} random moments, and the repeat succeeds`, async () => {
    const whole = {
      straight: await importAndKill(fileOf('whole-a'), 'straight', 600_000),
      held: await importAndKill(fileOf('whole-b'), 'held', 600_000),
      staged: await importAndKill(fileOf('whole-c'), 'staged', 600_000),
    };
    const moments: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const prefix = `kill-${kill}`;
      const file = fileOf(prefix);
      const road = (['straight', 'held', 'staged'] as const)[kill % 3]!;
      const at = uniformFloat64(generator) * 1.2 * whole[road];
      await importAndKill(file, road, at);
      const kept = async (): Promise<unknown> =>
        await company.rows(`select (select count(*)::int from contact where contact_id like '${prefix}-%') as contacts,
          (select count(*)::int from import where file_name = '${prefix}.csv') as imports,
          (select count(distinct k.import_id)::int from fact_key_hash k join import i using (import_id) where i.file_name = '${prefix}.csv') as keys,
          (select coalesce(sum(p.facts), 0)::int from retention_pack p join import i using (import_id) where i.file_name = '${prefix}.csv') as packed`);
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
      moments.push(`${road}, ${Math.round(at)} ms: ${after!.contacts}`);
      expect([
        { contacts: 0, imports: 0, keys: 0, packed: 0 },
        { contacts: ROWS, imports: 1, keys: 1, packed: ROWS },
      ]).toContainEqual(after);
      const again = await company.imports.importFile(company.finance, 'contacts', file, { directFrom: 0 });
      expect(again.already !== undefined ? after!.contacts : again.new).toBe(ROWS);
      expect(await kept()).toEqual([{ contacts: ROWS, imports: 1, keys: 1, packed: ROWS }]);
    }
    expect(await company.rollupDifferences()).toEqual([]);
    expect(await company.packDifferences()).toEqual([]);
    expect(moments).toHaveLength(KILLS);
    process.stderr.write(`ANSWERABLE_SEED=${SEED}, ${ROWS} rows, killed at: ${moments.join('; ')}\n`);
  }, 3_600_000);
});
