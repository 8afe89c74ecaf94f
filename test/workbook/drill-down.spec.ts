import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { Fraction } from '../../src/domain/fraction.ts';
import { CONTACT_PARTS } from '../../src/domain/statements/cell-facts.ts';
import { close } from '../../src/domain/statements/close.ts';
import type { CellUse } from '../../src/domain/statements/use-sums.ts';
import { DetailParts } from '../../src/workbook/detail-parts.ts';
import { DrillDownSums } from '../../src/workbook/model/drill-down.ts';
import { masterOf, written } from './books.ts';
import { partsOf, sheetsOf } from './cells.ts';
import { companyInputs } from './company.ts';
import { packageFaults } from './package-faults.ts';

/** Every share of every cell of a close, as its observers hear it. */
function usesOf(): CellUse[] {
  const uses: CellUse[] = [];
  close(companyInputs({ reasons: 12 }), (use) => void uses.push(use));
  return uses;
}

const uses = usesOf();
const contactsOf = ({ cell, share }: CellUse): Fraction => Fraction.of(cell.parts, CONTACT_PARTS).times(share);
const allContacts = uses.reduce((sum, use) => sum.plus(contactsOf(use)), Fraction.ZERO);

describe('the drill-down of a workbook', () => {
  it('sums what is alike up to its cap, and gives up one row beyond it', () => {
    const sums = new DrillDownSums();
    uses.forEach(sums.add);
    const { count } = sums.rows()!;
    expect(count).toBeGreaterThan(50);
    const [atCap, beyond] = [new DrillDownSums(count), new DrillDownSums(count - 1)];
    for (const use of uses) {
      atCap.add(use);
      beyond.add(use);
    }
    expect(atCap.rows()!.count).toBe(count);
    expect(beyond.rows()).toBeUndefined();
    const shown = [...atCap.rows()!].reduce((sum, row) => sum + Number(row[11]) * Number(row[12]), 0);
    expect(shown).toBeCloseTo(Number(allContacts.toText(9)), 6);
  });

  it('beyond the cap stands beside the workbook only: no sheet, no check of it, the parts listed', async () => {
    const parts = [1, 2].map((no) => ({
      name: `detail-2026-03-00${no}.csv`,
      rows: 500_000 + no,
      bytes: 1,
      sha256: String(no).repeat(64),
    }));
    const { content } = await written({ ...masterOf(), drillDown: { rows: undefined, count: 0, parts } });
    const file = partsOf(content);
    expect(packageFaults(file)).toEqual([]);
    const sheets = sheetsOf(file);
    expect([...sheets.keys()]).not.toContain('Drill-down');
    const texts = (sheet: string) => [...sheets.get(sheet)!.values()].map(({ value }) => value);
    expect(texts('Checks').filter((text) => String(text).includes('Drill-down'))).toEqual([]);
    for (const { name, rows, sha256 } of parts)
      expect(texts('Audit')).toEqual(expect.arrayContaining([name, rows, sha256]));
  });
});

describe('the full detail beside a workbook', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'answerable-detail-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is as many files as its rows need, listed with rows, bytes and hashes; together they are everything', () => {
    const size = Math.ceil(uses.length / 3) - 1;
    const detail = new DetailParts(folder, 'detail-2026-03', size);
    uses.forEach(detail.add);
    const parts = detail.end();
    expect(parts.map(({ name }) => name)).toEqual([1, 2, 3, 4].map((no) => `detail-2026-03-00${no}.csv`));
    expect(parts.map(({ rows }) => rows)).toEqual([size, size, size, uses.length - 3 * size]);
    const rows = parts.flatMap(({ name, rows: count, bytes, sha256 }) => {
      const content = readFileSync(join(folder, name));
      expect([name, content.length, createHash('sha256').update(content).digest('hex')]).toEqual([name, bytes, sha256]);
      const own = parse(content, { columns: true }) as Record<string, string>[];
      expect([name, own.length]).toEqual([name, count]);
      return own;
    });
    const sum = rows.reduce((all, row) => all + Number(row['contacts']) * Number(row['share']), 0);
    expect(sum).toBeCloseTo(Number(allContacts.toText(9)), 3);
  });

  it('of a period without contacts is no file', () => {
    expect(new DetailParts(folder, 'none').end()).toEqual([]);
  });
});
