import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginsEarly, goSideBySide, folderSteps, readsNothingOf, takesLong } from '../../src/intake/import-folder.ts';
import { kindNamed } from '../../src/intake/kinds/all.ts';

const kinds = (names: string) => names.split(' ').map((name) => kindNamed(name));

describe('what an import reads of other files', () => {
  it('is what their kinds define, what is looked at between rows, and all of its own kind', () => {
    const early = (kind: string, others: string, createReasons = false): boolean =>
      readsNothingOf(kindNamed(kind), kinds(others), createReasons);
    expect(early('contacts', 'customers volumes calendar')).toBe(true);
    expect(early('exposures', 'contacts contact_segments')).toBe(true);
    expect(early('revenue', 'contacts contact_segments exposures', true)).toBe(true);
    expect(early('contacts', 'reasons')).toBe(false);
    expect(early('exposures', 'decisions contacts')).toBe(false);
    expect(early('revenue', 'revenue')).toBe(false);
    expect(early('contact_segments', 'contacts')).toBe(false);
    expect(early('contact_segments', 'customers')).toBe(false);
    expect(early('surveys', 'revenue')).toBe(false);
  });
});

describe('files that are imported side by side', () => {
  const folder = mkdtempSync(join(tmpdir(), 'answerable-folder-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reach from the first that takes long to the last that begins early', () => {
    for (const name of ['company.yaml', 'units.csv', 'ledger.csv', 'customers.csv', 'calendar.csv'])
      writeFileSync(join(folder, name), '');
    for (const name of ['contacts.csv', 'contact_segments.csv', 'exposures.csv', 'surveys.csv'])
      writeFileSync(join(folder, name), 'much');
    const beside = (directFrom: number, folderName = folder): string[] => {
      const { steps } = folderSteps(folderName);
      return goSideBySide(
        steps,
        (file) => takesLong(file, folderName, directFrom),
        (file, before) => beginsEarly(file, before, {}),
      ).map(({ file }) => file);
    };
    expect(beside(1)).toEqual(['contacts.csv', 'contact_segments.csv', 'exposures.csv']);
    expect(beside(0)).toEqual([
      ...['customers.csv', 'calendar.csv', 'contacts.csv', 'contact_segments.csv', 'exposures.csv'],
    ]);
    expect(beside(5)).toEqual(['contacts.csv', 'contact_segments.csv', 'exposures.csv']); // facts, whatever their size
    rmSync(join(folder, 'exposures.csv'));
    expect(beside(5)).toEqual([]);
  });
});
