import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportsService, type ImportOptions } from '../../src/application/imports.service.ts';
import type { Actor } from '../../src/domain/roles.ts';
import type { ImportReport } from '../../src/intake/import-report.ts';
import { Database } from '../../src/persistence/database.ts';
import { testDatabase, type TestDatabase } from '../database/test-database.ts';

/** A company in Berlin with some units, reasons and decisions, in a database of its own. */
export class ImportingCompany {
  private files = 0;
  private constructor(
    readonly test: TestDatabase,
    readonly db: Database,
    readonly imports: ImportsService,
    readonly finance: Actor,
    readonly folder: string,
  ) {}

  static async make(company = 'name: Test\ncurrency: EUR\ntime_zone: Europe/Berlin\n'): Promise<ImportingCompany> {
    const test = await testDatabase();
    const db = await Database.connect(test.appUrl);
    const rows = (await db.books((tx) =>
      tx.query(`insert into app_user (login, name, role) values ('finance', 'Finance', 'finance') returning user_id`),
    )) as { user_id: string }[];
    const finance: Actor = {
      userId: Number(rows[0]!.user_id),
      login: 'finance',
      name: 'Finance',
      role: 'finance',
      units: [],
    };
    const folder = mkdtempSync(join(tmpdir(), 'answerable-importing-'));
    const made = new ImportingCompany(test, db, new ImportsService(db), finance, folder);
    await made.imports.importCompany(finance, company);
    await made.load('units', 'unit_code,name,parent_code\nGROUP,Group,\nRETAIL,Retail,GROUP\nCARDS,Cards,GROUP\n');
    await made.load(
      'reasons',
      'reason_code,name,owner_unit,parent_code\nbilling.fee,Fees,,billing\nbilling,Billing,RETAIL,\napp,App,CARDS,\n',
    );
    await made.load(
      'decisions',
      'decision_code,title,kind,effective_from,reasons\nFEE,Late fee,fee,2026-01-01,billing.*\nAPP,App,launch,2026-02-01,app\n',
    );
    return made;
  }

  async close(): Promise<void> {
    await this.db.close();
    await this.test.drop();
    rmSync(this.folder, { recursive: true });
  }

  file(text: string, name = `file-${++this.files}.csv`): string {
    const path = join(this.folder, name);
    writeFileSync(path, text);
    return path;
  }

  async load(kind: string, text: string, options: ImportOptions = {}): Promise<ImportReport> {
    return await this.imports.importFile(this.finance, kind, this.file(text), { errorFolder: this.folder, ...options });
  }

  async rows<T = Record<string, unknown>>(text: string): Promise<T[]> {
    return (await this.db.books((tx) => tx.query(text))) as T[];
  }

  /** Contacts as they stand, by id: the sum of their signed rows. */
  async contacts(): Promise<Record<string, unknown>[]> {
    return await this.rows(
      `select contact_id, started_at::text, started_on, handle_seconds, customer_id, customer_key, resolved, case_id, text, transferred_from,
         channel, reason_code, queue, escalated, transferred, decision_code
       from contact join cell using (cell_no)
       group by contact_id, started_at, started_on, handle_seconds, customer_id, customer_key, resolved, case_id, text, transferred_from,
         channel, reason_code, queue, escalated, transferred, decision_code
       having sum(sign) > 0 order by contact_id collate "C"`,
    );
  }

  /** Rows of the roll-up that differ from the sums of the facts. */
  async rollupDifferences(): Promise<unknown[]> {
    return await this.rows(
      `with facts as (
         select started_on, cell_no, sum(sign) as contacts, coalesce(sum(sign * handle_seconds), 0) as seconds,
           coalesce(sum(sign) filter (where handle_seconds is null), 0) as untimed from contact group by 1, 2),
       sums as (select started_on, cell_no, sum(contacts) as contacts, sum(seconds) as seconds, sum(untimed) as untimed from contact_rollup group by 1, 2)
       select * from facts f full join sums s using (started_on, cell_no)
       where coalesce(f.contacts, 0) <> coalesce(s.contacts, 0) or coalesce(f.seconds, 0) <> coalesce(s.seconds, 0)
         or coalesce(f.untimed, 0) <> coalesce(s.untimed, 0)`,
    );
  }

  /** Facts that are packed otherwise than they stand in their tables, row by row with import and sign. */
  async packDifferences(): Promise<unknown[]> {
    const packs = await this.rows<Pack & { readonly days: string }>(
      `select fact, bucket, import_id::int as "importId", facts, encode(records, 'hex') as records, first_on || ' ' || last_on as days from retention_pack`,
    );
    const packed = packs.flatMap((pack) => {
      const found = recordsOf(pack);
      const days = found.map(({ day }) => new Date(day * 86_400_000).toISOString().slice(0, 10)).sort();
      if (found.length !== pack.facts || `${days[0]} ${days.at(-1)}` !== pack.days) return [`${JSON.stringify(pack)}?`];
      return found.map(({ text }) => text);
    });
    const micros = (column: string): string => `(extract(epoch from ${column}) * 1000000)::bigint - 946684800000000`;
    const stored = await this.rows<{ text: string }>(
      `select concat_ws('|', fact, import_id, key, ${micros('started_at')}, started_on - date '1970-01-01', cell_no,
         import_id * sign, coalesce(handle_seconds, -1), contact_id, hashtextextended(case_id, 0)) as text
       from (
         select case when customer_id is null then 'unnamed' else 'contact' end as fact, case when customer_id is null then 0 else customer_key end as key, c.* from contact c
         union all
         select 'taken', 0, c.* from contact c where sign = -1
       ) contacts
       union all
       select concat_ws('|', 'revenue', import_id, customer_key, ${micros('occurred_at')}, occurred_on - date '1970-01-01',
         kind in ('purchase', 'renewal', 'expansion'), currency, margin_minor is not null, coalesce(margin_minor, amount_minor) * sign)
       from revenue where decision_code is null and kind not in ('fee', 'referral')
       union all
       select concat_ws('|', 'referral', import_id, customer_key, ${micros('occurred_at')}, occurred_on - date '1970-01-01', sign,
         referred_customer_key)
       from revenue where kind = 'referral' and referred_customer_key is not null
       union all
       select concat_ws('|', 'hit', import_id, customer_key, ${micros('occurred_at')}, occurred_on - date '1970-01-01', sign, decision_code)
       from exposure`,
    );
    const left = new Map<string, number>();
    for (const { text } of stored) left.set(text, (left.get(text) ?? 0) + 1);
    for (const text of packed) left.set(text, (left.get(text) ?? 0) - 1);
    return [...left].filter(([, count]) => count !== 0);
  }
}

interface Pack {
  readonly fact: 'contact' | 'unnamed' | 'taken' | 'revenue' | 'referral' | 'hit';
  readonly bucket: number;
  readonly importId: number;
  readonly facts: number;
  readonly records: string;
}

/** The records of a pack, each as a text, as the migration says that they are laid out. */
function recordsOf(pack: Pack): { day: number; text: string }[] {
  const bytes = Buffer.from(pack.records, 'hex');
  const found: { day: number; text: string }[] = [];
  for (let at = 0, size = 0; at < bytes.length; at += size) {
    const word = (place: number): number => bytes.readInt32BE(at + 4 * place);
    const [key, micros] = [bytes.readBigInt64BE(at), bytes.readBigInt64BE(at + 8)];
    const head = [pack.fact, pack.importId, key, micros];
    if (Number(key >> 58n) + 32 !== pack.bucket) found.push({ day: NaN, text: 'in a foreign bucket' });
    const filled = (length: number, from: number): string => {
      size = from + 4 * Math.ceil(length / 4);
      if (bytes.subarray(at + from + length, at + size).some((byte) => byte !== 0)) found.push({ day: NaN, text: 'filled with what is no zero' }); // prettier-ignore
      return bytes.toString('utf8', at + from, at + from + length);
    };
    if (['contact', 'unnamed', 'taken'].includes(pack.fact)) {
      const fields = [...head, word(4), word(5), word(6), word(7), filled(word(8) >> 1, 36)];
      if ((word(8) & 1) === 1) {
        fields.push(bytes.readBigInt64BE(at + size));
        size += 8;
      }
      found.push({ day: word(4), text: fields.join('|') });
    } else if (pack.fact === 'hit') {
      found.push({ day: word(4), text: [...head, word(4), word(5), filled(word(6), 28)].join('|') });
    } else if (pack.fact === 'referral') {
      size = 32;
      found.push({ day: word(4), text: [...head, word(4), word(5), bytes.readBigInt64BE(at + 24)].join('|') });
    } else {
      size = 32;
      const letters = [word(5) >> 11, (word(5) >> 6) & 31, (word(5) >> 1) & 31];
      const currency = String.fromCharCode(...letters.map((letter) => letter + 64));
      const flags = [word(4), word(5)].map((own) => ((own & 1) === 1 ? 't' : 'f'));
      const day = word(4) >> 1;
      found.push({ day, text: [...head, day, flags[0], currency, flags[1], bytes.readBigInt64BE(at + 24)].join('|') });
    }
  }
  return found;
}
