import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { packageRoot } from '../../src/package-root.ts';
import type { ImportingCompany } from './importing.ts';
import { importingCompanies } from './importing-companies.ts';

const KINDS = ['purchase', 'renewal', 'expansion', 'contraction', 'cancellation', 'refund', 'fee', 'referral'];
const REVENUE =
  'event_id,customer_id,occurred_at,kind,amount,currency,margin,decision_code,referred_customer_id\n' +
  KINDS.flatMap((kind, k) =>
    ['EUR', 'USD', 'JPY', 'ZWG', ''].map((currency, c) => {
      const sign = kind === 'refund' || kind === 'contraction' ? '-' : '';
      const amount = currency === 'JPY' ? '7' : '90000000000000.10';
      const margin = ['', '-0.05', '', '0', '3.10'][(k + c) % 5]!;
      return `${kind}-${c},K${k}-${c},2026-0${1 + c}-03T23:59:59.999999Z,${kind},${sign}${amount},${currency || 'EUR'},${currency === 'JPY' ? '' : margin},${(k + c) % 7 === 0 ? 'FEE' : ''},${kind === 'referral' ? 'K9' : ''}\n`;
    }),
  ).join('');
const ROADS = { straight: { directFrom: 0 }, held: {}, staged: { heldUpTo: 0 } } as const;

describe('packs of facts', () => {
  const { fresh } = importingCompanies();
  const packed = async (company: ImportingCompany, fact: string): Promise<number> =>
    (await company.rows<{ n: number }>(`select coalesce(sum(facts), 0)::int as n from retention_pack where fact = '${fact}'`))[0]!.n; // prettier-ignore

  it.each(Object.entries(ROADS))(
    'hold revenue of every kind and currency, but no fees, referrals and what carries a decision: %s',
    async (_road, options) => {
      const company = await fresh();
      expect(await company.load('revenue', REVENUE, options)).toMatchObject({ faultCount: 0, new: 40 });
      expect(await company.packDifferences()).toEqual([]);
      expect(await packed(company, 'revenue')).toBe(30 - 4);
      expect(await packed(company, 'referral')).toBe(5);
    },
  );

  it.each(Object.entries(ROADS))('hold hits by decisions of whatever codes: %s', async (_road, options) => {
    const company = await fresh();
    const codes = ['F', 'FE', 'FEE', 'FEES', 'ÄNDERUNG', 'x'.repeat(60)];
    const decisions = codes.map((code) => `${code},${code},fee,2025-01-01\n`).join('');
    await company.load('decisions', `decision_code,title,kind,effective_from\n${decisions}`);
    const rows = codes.map((code, i) => `e${i},K${i},${code},2026-0${1 + i}-03T23:59:59.999999Z\n`).join('');
    const head = 'exposure_id,customer_id,decision_code,occurred_at\n';
    expect(await company.load('exposures', head + rows, options)).toMatchObject({ faultCount: 0, new: 6 });
    expect(await packed(company, 'hit')).toBe(6);
    expect(await company.packDifferences()).toEqual([]);
  });

  it.each(Object.entries(ROADS))(
    'hold contacts with whatever ids and cases, those without a customer apart: %s',
    async (_road, options) => {
      const company = await fresh();
      const ids = ['a', 'ab', 'abc', 'abcd', 'Ärger', '\u{1F600}', 'x'.repeat(200), '\u{1F600}'.repeat(100)];
      const rows = ids.map((id, i) => `${id},2026-01-0${1 + i},voice,app,${['K1', '', 'Grüße'][i % 3]},${i % 2 === 0 ? '' : 60},${ids[(i + 3) % 9] ?? ''}\n`); // prettier-ignore
      const head = 'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,case_id\n';
      expect(await company.load('contacts', head + rows.join(''), options)).toMatchObject({ new: 8 });
      expect([await packed(company, 'contact'), await packed(company, 'unnamed')]).toEqual([5, 3]);
      const nobody = 'contact_id,started_at,channel,reason_code\nn1,2026-01-01,voice,app\nn2,2026-02-01,voice,app\n';
      expect(await company.load('contacts', nobody, options)).toMatchObject({ new: 2 });
      expect([await packed(company, 'contact'), await packed(company, 'unnamed')]).toEqual([5, 5]);
      expect(await company.packDifferences()).toEqual([]);
    },
  );

  it('name cases of any length by the hash that the database makes of them', async () => {
    const company = await fresh();
    const rows = Array.from({ length: 60 }, (_, i) => `c${i},2026-01-05,voice,app,K${i % 7},${'Fälle/0123456789-'.repeat(4).slice(i % 5, 1 + i)}\n`); // prettier-ignore
    await company.load('contacts', `contact_id,started_at,channel,reason_code,customer_id,case_id\n${rows.join('')}`);
    expect(await company.rows('select from contact where case_id is not null')).toHaveLength(60);
    expect(await company.packDifferences()).toEqual([]);
  });

  it('are written while a large file is read, none of them twice', async () => {
    const company = await fresh();
    const rows = Array.from(
      { length: 180_000 },
      (_, i) => `contact-${i},2026-0${1 + Math.floor(i / 60_000)}-05,voice,app,K${i},${i % 500}\n`,
    );
    const head = 'contact_id,started_at,channel,reason_code,customer_id,handle_seconds\n';
    await company.load('contacts', head + rows.join(''), { directFrom: 0 });
    expect(await packed(company, 'contact')).toBe(180_000);
    expect(await company.packDifferences()).toEqual([]);
  }, 120_000);

  it('are made by the migration of what older imports brought', async () => {
    const company = await fresh();
    await company.load('revenue', REVENUE);
    const contacts = (seconds: number): string =>
      'contact_id,started_at,channel,reason_code,customer_id,handle_seconds,case_id\n' +
      Array.from({ length: 50 }, (_, i) => `C${i},2026-0${1 + (i % 3)}-05,voice,app,${i % 5 === 0 ? '' : `K${i}`},${i % 7 === 0 ? seconds : 3},${i % 4 === 0 ? `case ${i}` : ''}\n`).join(''); // prettier-ignore
    await company.load('contacts', contacts(60));
    const { importId } = await company.load('contacts', contacts(90));
    await company.imports.undo(company.finance, importId!);
    const hits = Array.from({ length: 9 }, (_, i) => `e${i},K${i},FEE,2026-0${1 + (i % 3)}-03\n`).join('');
    await company.load('exposures', `exposure_id,customer_id,decision_code,occurred_at\n${hits}`);
    const client = new pg.Client({ connectionString: company.test.adminUrl });
    await client.connect();
    try {
      await client.query('set session_replication_role to replica; delete from retention_pack');
      expect((await company.packDifferences()).length).toBeGreaterThan(60);
      for (const [name, start, end] of [
        ['118-retention-packs.sql', `insert into retention_pack\nselect 'revenue'`],
        ['122-hit-and-referral-packs.sql', '-- What older imports brought'],
        ['123-contacts-rolled-up-from-packs.sql', '-- What older imports brought', '-- A roll-up reads'],
      ] as const) {
        const migration = readFileSync(join(packageRoot, 'migrations', name), 'utf8');
        await client.query(migration.slice(migration.indexOf(start), end && migration.indexOf(end)));
      }
    } finally {
      await client.end();
    }
    expect(await company.packDifferences()).toEqual([]);
  });
});
