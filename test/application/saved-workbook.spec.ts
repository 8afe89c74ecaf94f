import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSavedWorkbook } from '../../src/application/saved-workbook.ts';
import { resultHash } from '../../src/workbook/result.ts';
import { masterOf, withPacks, writtenTo } from '../workbook/books.ts';
import { changedFile } from '../workbook/cells.ts';
import { Referees } from '../workbook/referees.ts';

describe('a saved copy of a workbook', () => {
  const referees = new Referees();
  const models = new Map([...withPacks(masterOf({ reasons: 8 }))].slice(0, 2));
  let files: string[];

  beforeAll(async () => {
    files = await writtenTo(referees.folder, models);
  }, 120_000);
  afterAll(() => referees.end());

  it.each(['as it was written', 'libreOffice', 'gnumeric'] as const)(
    'still has its result hash: %s',
    async (program) => {
      const copies = program === 'as it was written' ? files : referees[program](files);
      for (const [i, model] of [...models.values()].entries()) {
        const { posted, stated } = await readSavedWorkbook(copies[i]!);
        expect(stated).toBe(model.resultHash);
        expect(resultHash(posted)).toBe(stated);
      }
    },
    300_000,
  );

  it('has another hash when one posted figure is another', async () => {
    const path = join(referees.folder, 'changed.xlsx');
    writeFileSync(path, changedFile(files[1]!, [['Lines', 'L9', 0.01]]));
    const { posted, stated } = await readSavedWorkbook(path);
    expect(posted.lines[2]![1]).toBe('0.01');
    expect(resultHash(posted)).not.toBe(stated);
  });
});
