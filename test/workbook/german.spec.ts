import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../src/package-root.ts';
import { readTemplate } from '../../src/workbook/plan/template.ts';
import { masterOf, withPacks, withValue, written } from './books.ts';
import { partsOf, sheetsOf, type SheetsRead } from './cells.ts';

const labelsOf = (language: string): Record<string, string> =>
  JSON.parse(
    readFileSync(join(packageRoot, 'templates', 'workbook', 'v1', `labels.${language}.json`), 'utf8'),
  ) as Record<string, string>;

const english = labelsOf('en');
const german = labelsOf('de');
const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([found]) => found).sort();

describe('the German labels', () => {
  it('say everything that the English ones say, in the same order and with the same placeholders', () => {
    expect(Object.keys(german)).toEqual(Object.keys(english));
    for (const [key, text] of Object.entries(english)) {
      expect([key, placeholders(german[key]!)]).toEqual([key, placeholders(text)]);
      expect([key, german[key] === '']).toEqual([key, text === '']);
    }
  });

  it('name sheets as spreadsheets take them, each once where the English ones do', () => {
    const { label } = readTemplate('de');
    const keys = Object.keys(english).filter((key) => key.startsWith('sheet.'));
    const names = keys.map((key) => label(key, { unit: '' }));
    for (const name of names) expect(name).toMatch(/^[^[\]:*?/\\']{1,31}$/);
    const distinct = (labels: Record<string, string>) => new Set(keys.map((key) => labels[key]!.toLowerCase())).size;
    expect(distinct(german)).toBe(distinct(english));
  });

  it('head columns in words that are no longer than the column is wide', () => {
    const { sheets, label } = readTemplate('de');
    const cut = Object.entries(sheets).flatMap(([sheet, { columns }]) =>
      columns.flatMap(({ key, width }) => {
        const words = `${sheet}.column.${key}` in german ? label(`${sheet}.column.${key}`) : '';
        return words.split(' ').some((word) => word.length > width) ? [`${sheet}.${key} ${words}`] : [];
      }),
    );
    expect(cut).toEqual([]);
  });

  it.each([
    ['summary', 'unit', /^summary\.\w+$/],
    ['service', 'item', /^service\.(?:kind\.|unplaced|total)/],
    ['rates', 'item', /^rates\.\w+$/],
    ['value', 'item', /^value\.(?:effect|service)\./],
    ['audit', 'item', /^audit\.coverage\./],
    ['statement', 'line', /^decision\.none$/],
    ['decisions', 'title', /^decision\.none$/],
    ['decisions', 'kind', /^decision\.kind\./],
    ['decisions', 'reading', /^decisions\.(?:pays|costs)$/],
  ])('fit before the figures of %s, column %s', (sheet, column, keys) => {
    const { width } = readTemplate('de').sheets[sheet]!.columns.find(({ key }) => key === column)!;
    const prose = /\.(?:title|purpose|sign|about|key)$/;
    const cut = Object.entries(german).filter(
      ([key, { length }]) => keys.test(key) && !prose.test(key) && length > width,
    );
    expect(cut).toEqual([]);
  });

  it('fit where a spreadsheet limits a text: prompts and errors of cells, and lists without a comma', () => {
    for (const [key, text] of Object.entries(german)) {
      if (/\.(prompt|error)$/.test(key)) expect([key, text.length <= 225]).toEqual([key, true]);
    }
    expect(german['acceptance.yes']).not.toContain(',');
    expect(german['acceptance.no']).not.toContain(',');
  });
});

describe('the German workbook', () => {
  const both = async (model: Parameters<typeof written>[0]): Promise<SheetsRead[]> => {
    const files = [await written(model, 'en'), await written(model, 'de')];
    return files.map(({ content }) => sheetsOf(partsOf(content)));
  };

  it('has the English formulas, with German sheet names throughout, and the same figures', async () => {
    const master = withValue(masterOf());
    const models = [...withPacks(master)].slice(0, 2);
    for (const [name, model] of models) {
      const [inEnglish, inGerman] = await both(model);
      const tabs = [...inEnglish!.keys()];
      const names = [...inGerman!.keys()];
      expect([name, names.length]).toEqual([name, tabs.length]);
      const translated = (formula: string) =>
        formula.replace(/'((?:[^']|'')+)'!/g, (whole, tab: string) => {
          const at = tabs.indexOf(tab);
          expect([whole, at]).not.toEqual([whole, -1]);
          return `'${names[at]!}'!`;
        });
      for (const [at, cells] of [...inEnglish!.values()].entries()) {
        const others = inGerman!.get(names[at]!)!;
        for (const [cell, { formula, value }] of cells) {
          const other = others.get(cell);
          const place = `${name} ${names[at]!}!${cell}`;
          if (typeof value === 'number') expect([place, other?.value]).toEqual([place, value]);
          if (formula === undefined) expect([place, other?.formula]).toEqual([place, undefined]);
          else expect([place, other?.formula]).toEqual([place, translated(formula)]);
        }
      }
    }
  }, 120_000);

  it('says nothing in English that has German words', async () => {
    const words = new Set(Object.values(german));
    // single words in lower case are also codes of the data, which no language changes
    const left = new Set(Object.values(english).filter((text) => !words.has(text) && !/^\{?[a-z]+\}?$/.test(text)));
    const [, inGerman] = await both(withValue(masterOf()));
    const found = [...inGerman!].flatMap(([sheet, cells]) =>
      [...cells].flatMap(([cell, { value }]) =>
        typeof value === 'string' && left.has(value) ? [`${sheet}!${cell} ${value}`] : [],
      ),
    );
    expect(found).toEqual([]);
  }, 120_000);
});
