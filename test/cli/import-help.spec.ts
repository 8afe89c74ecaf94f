import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { importHelp, importTemplate } from '../../src/cli/commands/import-help.ts';
import { csvTemplate } from '../../src/intake/import-template.ts';
import { kindNamed } from '../../src/intake/kinds/all.ts';

describe('import --template', () => {
  const folder = mkdtempSync(join(tmpdir(), 'template-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('prints CSV, or writes the file that --out names, in the format asked for', async () => {
    const csv = csvTemplate(kindNamed('fx'));
    expect((await importTemplate('fx', {})).text).toBe(csv);
    const out = join(folder, 'fx.csv');
    expect((await importTemplate('fx', { out })).text).toBe(out);
    expect(readFileSync(out, 'utf8')).toBe(csv);
    const book = join(folder, 'fx.xlsx');
    await importTemplate('fx', { format: 'xlsx', out: book });
    expect(readFileSync(book).subarray(0, 2).toString('latin1')).toBe('PK');
  });

  it('refuses XLSX without a file, and a kind that it does not know', async () => {
    await expect(importTemplate('fx', { format: 'xlsx' })).rejects.toThrow('--out FILE');
    await expect(importTemplate('rates', {})).rejects.toThrow(/rates/);
  });
});

it('import --help KIND names form and example of every column', async () => {
  const { text } = await importHelp(new Command(), 'decisions');
  for (const part of ['kind*', 'one of fee, price, policy', 'billing.fee.* | billing.dispute']) {
    expect(text).toContain(part);
  }
});
