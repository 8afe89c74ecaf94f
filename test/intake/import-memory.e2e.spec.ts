import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { contactsFile, importInChild } from './import-child.ts';
import { ImportingCompany } from './importing.ts';

/** The bounds of ten million rows, at a million; `answerable bench` measures the ten. */
const GROWTH = 1.3;
const MOST_BYTES = 500e6;

describe('memory of an import', () => {
  it('does not grow with the file: a million rows beside a hundred thousand', async () => {
    const company = await ImportingCompany.make();
    const scratch = join(company.folder, 'scratch');
    mkdirSync(scratch);
    const peakOf = async (rows: number): Promise<number> => {
      const child = importInChild(company, contactsFile(company, `rows-${rows}`, rows), { road: 'straight', scratch });
      let said = '';
      child.stdout.on('data', (text: Buffer) => (said += text.toString()));
      await new Promise((resolve) => child.once('close', resolve));
      return 1024 * Number(/end (\d+)/.exec(said)![1]);
    };
    const [small, large] = [await peakOf(100_000), await peakOf(1_000_000)];
    expect(await company.rows('select count(*)::int as rows from contact')).toEqual([{ rows: 1_100_000 }]);
    await company.close();
    expect(large).toBeLessThan(MOST_BYTES);
    expect([small, large, large / small < GROWTH]).toEqual([small, large, true]);
  }, 240_000);
});
