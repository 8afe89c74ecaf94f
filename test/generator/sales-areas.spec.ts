import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate, type GenerateResult } from '../../src/generator/generate.ts';
import { countBy, rowsOf } from './company.ts';

describe('a company of more units', () => {
  const folder = mkdtempSync(join(tmpdir(), 'areas-'));
  let made: GenerateResult;
  beforeAll(async () => {
    made = await generate({ folder, contacts: 20_000, seed: 3, months: 14, units: 100 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has as many as asked, below Retail, each with contacts of its own reason', () => {
    const units = rowsOf(folder, 'units');
    expect(units).toHaveLength(100);
    const owned = new Map(rowsOf(folder, 'reasons').map((row) => [row['reason_code']!, row['owner_unit']!]));
    const contacts = rowsOf(folder, 'contacts');
    const called = countBy(contacts, (row) => owned.get(row['reason_code']!) ?? '');
    const areas = units.filter((row) => row['parent_code'] === 'RETAIL').map((row) => row['unit_code']!);
    expect(areas).toHaveLength(93);
    for (const area of areas) expect([area, (called.get(area) ?? 0) > 10]).toEqual([area, true]);
  });

  it('keeps its truth: every reason as often as it says, the rest of the company as it is planted', () => {
    const { contacts, decisions } = made.truth as {
      contacts: { byReason: Record<string, number> };
      decisions: Record<string, { incremental: { total: number } }>;
    };
    const counted = countBy(rowsOf(folder, 'contacts'), (row) => row['reason_code']!);
    expect(Object.fromEntries(counted)).toEqual(contacts.byReason);
    expect(decisions['FEE-LATE']!.incremental.total).toBeGreaterThan(0);
  });
});
