import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csvTemplate, importLegend, xlsxTemplate } from '../../src/intake/import-template.ts';
import { KINDS } from '../../src/intake/kinds/all.ts';
import type { Column, Kind } from '../../src/intake/kinds/kind.ts';
import { openFile } from '../../src/intake/open-file.ts';
import { checkRows } from './checking.ts';

jest.setTimeout(120_000);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'template-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of a saved template by column, read as an import reads them. */
async function readBack(name: string, content: string | Buffer, sheet?: string): Promise<Record<string, string>[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const source = await openFile(path, { sheet });
  const rows: Record<string, string>[] = [];
  for await (const batch of source.rows) {
    for (const { fields } of batch) rows.push(Object.fromEntries(source.header.map((c, i) => [c, fields[i]!])));
  }
  return rows;
}

/** A number as a spreadsheet keeps it, without zeros at its end; codes and ids as they are. */
const kept = ({ type }: Column, text: string): string =>
  ['amount', 'waived', 'decimal', 'share', 'integer'].includes(type) && text !== '' ? String(Number(text)) : text;

describe.each(KINDS.map((kind): [string, Kind] => [kind.name, kind]))('the template of %s', (name, kind) => {
  const columns = kind.columns.map((column) => column.name);

  it.each(['csv', 'xlsx'] as const)(
    'as %s has every column and an example row that the import takes',
    async (format) => {
      const content = format === 'csv' ? csvTemplate(kind) : await xlsxTemplate(kind);
      const rows = await readBack(`${name}.${format}`, content);
      expect(rows).toHaveLength(1);
      expect(Object.keys(rows[0]!)).toEqual(columns);
      const { checked, faults } = checkRows(kind, rows);
      expect(faults).toEqual([]);
      for (const column of kind.columns) {
        const example = kind.exampleWithout?.includes(column.name) ? '' : column.example;
        const read = rows[0]![column.name]!;
        expect(format === 'csv' ? read : kept(column, read)).toBe(format === 'csv' ? example : kept(column, example));
      }
      expect(checked[0]).toBeDefined();
    },
  );

  it('explains every column: what it holds, in which form, and whether it must be there', () => {
    const legend = importLegend(kind);
    expect(legend.map(({ column }) => column)).toEqual(columns);
    for (const [i, { values = [], required, references }] of kind.columns.entries()) {
      const entry = legend[i]!;
      for (const part of [entry.meaning, entry.form, entry.example]) expect(part).not.toBe('');
      expect(entry.required).toBe(required === true);
      for (const value of values) expect(entry.form).toContain(value);
      if (references !== undefined) expect(entry.form).toContain(references);
    }
  });
});

it('the XLSX is the same bytes each time, whatever the clock and its zone say', async () => {
  const zone = process.env['TZ'];
  const made: Buffer[] = [];
  try {
    for (const [at, tz] of [
      ['2026-03-01T12:00:00Z', 'Pacific/Auckland'],
      ['2031-11-30T23:59:59Z', 'America/Los_Angeles'],
    ] as const) {
      process.env['TZ'] = tz;
      jest.useFakeTimers({ now: new Date(at), doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
      made.push(await xlsxTemplate(KINDS[0]!));
    }
  } finally {
    jest.useRealTimers();
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
  expect(made[0]!.equals(made[1]!)).toBe(true);
});

it('the legend stands on the second sheet of the XLSX', async () => {
  const [kind] = KINDS;
  const path = join(folder, 'legend.xlsx');
  writeFileSync(path, await xlsxTemplate(kind!));
  const source = await openFile(path, { sheet: 'legend' });
  const cells: string[] = [...source.header];
  for await (const batch of source.rows) for (const { fields } of batch) cells.push(...fields);
  for (const { column, meaning, form } of importLegend(kind!)) {
    for (const text of [column, meaning, form]) expect(cells).toContain(text);
  }
});
