import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { SHELL_LIMITS, UPLOAD_LIMITS } from '../../src/intake/file-limits.ts';
import { openFile, type OpenOptions } from '../../src/intake/open-file.ts';
import type { RowFault } from '../../src/intake/rows.ts';
import { plainNumber } from '../../src/intake/xlsx-cells.ts';
import { meaningOf } from '../../src/intake/xlsx-parts.ts';
import { processFolder } from '../../src/process-folder.ts';
import { rowXml, workbookParts, writeXlsx, type RawWorkbook } from '../builders/xlsx.ts';

jest.setTimeout(240_000);

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'xlsx-'))));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
const saved = (workbook: RawWorkbook): string => writeXlsx(join(folder, `w${++files}.xlsx`), workbookParts(workbook));

async function read(path: string, options: OpenOptions = {}) {
  const faults: RowFault[] = [];
  const source = await openFile(path, { onFault: (fault) => faults.push(fault), ...options });
  const rows: { line: number; fields: readonly string[] }[] = [];
  for await (const batch of source.rows) rows.push(...batch);
  return { about: source.about, header: source.header, rows, faults };
}
/** Second row of a sheet whose header is A, B, C …, given the cells of that row. */
async function cells(xml: string, workbook: Partial<RawWorkbook> = {}): Promise<readonly string[]> {
  const count = xml.split('<c ').length - 1;
  const header = rowXml(1, 'ABCDEFGHIJ'.slice(0, count).split(''));
  const { rows, faults } = await read(saved({ ...workbook, rows: `${header}<row r="2">${xml}</row>` }));
  expect(faults).toEqual([]);
  return rows[0]!.fields;
}

describe('XLSX in', () => {
  it('reads strings of every sort: shared, rich, phonetic, inline, formula results, escapes', async () => {
    const strings =
      '<si><t>plain</t></si><si><r><t>ri</t></r><r><rPr><b/></rPr><t xml:space="preserve">ch </t></r></si><si><t>漢字</t><rPh sb="0" eb="1"><t>かんじ</t></rPh></si><si><t>two_x000A_lines &amp; _x005F_x</t></si>';
    const xml =
      '<c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="s"><v>2</v></c><c r="D2" t="s"><v>3</v></c><c r="E2" t="inlineStr"><is><t>in</t></is></c><c r="F2" t="str"><f>A1&amp;B1</f><v>done</v></c>';
    expect(await cells(xml, { strings })).toEqual(['plain', 'rich ', '漢字', 'two\nlines & _x', 'in', 'done']);
  });

  it('keeps numbers as the file writes them, and undoes the artefacts of binary fractions', async () => {
    const xml = [
      '1234.5600000000001',
      '0.30000000000000004',
      '12345678901234567',
      '1.5E-3',
      '1E+15',
      '-0.1',
      '48000',
    ].map((v, i) => `<c r="${'ABCDEFG'[i]}2"><v>${v}</v></c>`);
    expect(await cells(xml.join(''))).toEqual([
      '1234.56',
      '0.3',
      '12345678901234567',
      '0.0015',
      '1000000000000000',
      '-0.1',
      '48000',
    ]);
  });

  it('turns serial dates into ISO text, in both epochs, and leaves times and durations what they are', async () => {
    const formats = [
      'yyyy\\-mm\\-dd;@',
      'd.m.yyyy h:mm',
      'h:mm:ss',
      '[h]:mm',
      '#,##0.00 "days"',
      '[$-409]d\\-mmm\\-yy',
    ];
    const xml =
      '<c r="A2" s="1"><v>42856</v></c><c r="B2" s="2"><v>42856.5</v></c><c r="C2" s="3"><v>0.25</v></c><c r="D2" s="4"><v>1.5</v></c><c r="E2" s="5"><v>42856</v></c><c r="F2" s="6"><v>61</v></c>';
    expect(await cells(xml, { formats })).toEqual([
      '2017-05-01',
      '2017-05-01T12:00:00',
      '06:00:00',
      '36:00:00',
      '42856',
      '1900-03-01',
    ]);
    const old = await cells('<c r="A2" s="1"><v>41394</v></c>', { formats, workbookPr: '<workbookPr date1904="1"/>' });
    expect(old).toEqual(['2017-05-01']);
  });

  it('reads booleans and ISO dates, and cells without a reference', async () => {
    expect(await cells('<c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="d"><v>2026-03-01</v></c>')).toEqual([
      'true',
      'false',
      '2026-03-01',
    ]);
  });

  it('refuses a row with an error cell, a formula without result, or a day that never was, by cell', async () => {
    const rows = `${rowXml(1, ['a', 'b'])}${rowXml(2, ['x', 1])}<row r="3"><c r="A3" t="e"><v>#REF!</v></c><c r="B3"><v>2</v></c></row><row r="4"><c r="A4"><f>1+1</f></c></row><row r="5"><c r="B5" s="1"><v>60</v></c></row>${rowXml(6, ['y', 3])}`;
    const { rows: good, faults } = await read(saved({ rows, formats: ['yyyy-mm-dd'] }));
    expect(good.map((row) => row.line)).toEqual([2, 6]);
    expect(faults).toMatchObject([
      { line: 3, column: 'a', value: '#REF!', code: 'error_cell', message: 'cell A3 holds the error #REF!' },
      { line: 4, column: 'a', code: 'no_result' },
      { line: 5, column: 'b', value: '60', code: 'no_such_day' },
    ]);
  });

  it('refuses merged cells inside the data and takes them outside', async () => {
    const rows = `${rowXml(1, ['a', 'b'])}${rowXml(2, ['x', 1])}${rowXml(3, ['', 2])}`;
    const inside = saved({ rows, after: '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>' });
    await expect(read(inside)).rejects.toMatchObject({
      faults: [{ code: 'merged_cells', message: expect.stringContaining('A2:A3') as string }],
    });
    const outside = saved({ rows, after: '<mergeCells><mergeCell ref="D1:E9"/><mergeCell ref="A9:B9"/></mergeCells>' });
    expect((await read(outside)).rows).toHaveLength(2);
  });

  it('passes over blank rows, fills short ones, refuses values beyond the header', async () => {
    const rows = `<row r="1"/>${rowXml(3, ['a', 'b', 'c'])}<row r="4"><c r="B4" s="0"/></row>${rowXml(5, ['x'])}${rowXml(9, ['1', '2', '3', '4'])}`;
    const { header, rows: good, faults } = await read(saved({ rows }));
    expect(header).toEqual(['a', 'b', 'c']);
    expect(good).toEqual([{ line: 5, fields: ['x', '', ''] }]);
    expect(faults).toMatchObject([{ line: 9, value: '4', code: 'ragged_row' }]);
  });

  it('takes the first sheet or the one named, and lists the names when there is no such one', async () => {
    const path = saved({ rows: rowXml(1, ['a']) + rowXml(2, ['1']), sheets: ['März & Co', 'Other'] });
    expect((await read(path)).about).toEqual({ format: 'xlsx', sheet: 'März & Co' });
    await expect(read(path, { sheet: 'Other' })).rejects.toMatchObject({ faults: [{ code: 'empty_file' }] });
    await expect(read(path, { sheet: 'April' })).rejects.toThrow('Its sheets: "März & Co", "Other"');
  });

  it('reads what exceljs writes, from a path and from a stream, and leaves no temporary file', async () => {
    const workbook = new ExcelJS.Workbook();
    const sheet = workbook.addWorksheet('S');
    sheet.addRow(['id', 'day', 'amount', 'rich', 'sum']);
    for (let i = 1; i <= 2500; i++) {
      sheet.addRow([
        `C-${i}`,
        new Date(Date.UTC(2026, 2, 1 + (i % 28))),
        i / 100,
        { richText: [{ text: 'a' }, { text: 'b', font: { bold: true } }] },
        { formula: `C${i + 1}*2`, result: i / 50 },
      ]);
    }
    const path = join(folder, 'exceljs.xlsx');
    await workbook.xlsx.writeFile(path);
    const fromPath = await read(path);
    expect(fromPath.rows).toHaveLength(2500);
    expect(fromPath.rows[6]).toEqual({ line: 8, fields: ['C-7', '2026-03-08', '0.07', 'ab', '0.14'] });
    const before = readdirSync(processFolder());
    const stream = await openFile(createReadStream(path), { file: 'upload' });
    let rows = 0;
    expect(readdirSync(processFolder())).toHaveLength(before.length + 1);
    for await (const batch of stream.rows) rows += batch.length;
    expect(rows).toBe(2500);
    expect(readdirSync(processFolder())).toEqual(before);
  });

  it('gives what it holds back when it is closed unread', async () => {
    const source = await openFile(saved({ rows: rowXml(1, ['a']) }));
    await source.close!();
    await source.close!();
  });

  it('keeps the limits of time and memory', async () => {
    const long =
      rowXml(1, ['a']) + Array.from({ length: 60_000 }, (_, i) => rowXml(i + 2, [`value ${i * 7919}`])).join('');
    const path = saved({ rows: long });
    const time = read(path, { limits: { ...UPLOAD_LIMITS, xlsxSeconds: 0.05 } });
    await expect(time).rejects.toMatchObject({ faults: [{ code: 'too_slow' }] });
    const strings = Array.from({ length: 400_000 }, (_, i) => `<si><t>${i} ${'x'.repeat(i % 90)}</t></si>`).join('');
    const heavy = saved({ rows: rowXml(1, ['a']), strings });
    const memory = read(heavy, { limits: { ...UPLOAD_LIMITS, xlsxMemoryMiB: 16 } });
    await expect(memory).rejects.toMatchObject({ faults: [{ code: 'too_large_for_memory' }] });
    expect((await read(heavy, { limits: SHELL_LIMITS })).header).toEqual(['a']);
  });
});

describe('numbers of a sheet', () => {
  it.each([
    ['1.50', '1.5'],
    ['123456789012345.67', '123456789012346'],
    ['0.1', '0.1'],
    ['1e-20', '0.00000000000000000001'],
    ['99999999999999999999', '99999999999999999999'],
    ['-0', '0'],
  ])('%s is %s', (text, plain) => expect(plainNumber(text)).toBe(plain));
});

describe('number formats of a sheet', () => {
  it.each([
    ['General', 'number'],
    ['#,##0.00', 'number'],
    ['0.00E+00', 'number'],
    ['"day" 0', 'number'],
    ['[Red]-0;0', 'number'],
    ['_-* #,##0.00 \\d_-', 'number'],
    ['yyyy', 'date'],
    ['mmm-yy', 'date'],
    ['m/d/yy h:mm AM/PM', 'date'],
    ['mm:ss', 'time'],
    ['hh:mm AM/PM', 'time'],
    ['[mm]:ss', 'duration'],
    ['[$-F800]dddd, mmmm dd, yyyy', 'date'],
  ])('%s shows a %s', (format, meaning) => expect(meaningOf(format)).toBe(meaning));
});
