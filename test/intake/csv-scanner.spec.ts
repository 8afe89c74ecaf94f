import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { InvalidInput } from '../../src/domain/errors.ts';
import { readCsv } from '../../src/intake/csv-reader.ts';
import type { RowFault, SpanBatch } from '../../src/intake/rows.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';

async function scan(content: string | Buffer, chunkSize = 65_536, delimiter = ',') {
  const bytes = Buffer.from(content as string);
  const faults: RowFault[] = [];
  async function* chunks() {
    for (let i = 0; i < bytes.length; i += chunkSize)
      yield Promise.resolve(Uint8Array.from(bytes.subarray(i, i + chunkSize)));
  }
  const source = await readCsv(chunks(), { file: 'f.csv', onFault: (f) => faults.push(f), delimiter });
  const rows: string[][] = [];
  const lines: number[] = [];
  for await (const batch of source.rows) {
    for (const row of batch) {
      rows.push([...row.fields]);
      lines.push(row.line);
    }
  }
  return { header: source.header, rows, lines, faults };
}

describe('CSV scanner', () => {
  it.each([
    ['LF', 'a,b\n1,2\n3,4\n'],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n'],
    ['CR', 'a,b\r1,2\r3,4\r'],
    ['no last line end', 'a,b\n1,2\n3,4'],
    ['a byte order mark', '\ufeffa,b\n1,2\n3,4\n'],
    ['blank lines between', 'a,b\n\n1,2\r\n\r\n3,4\n\n'],
    ['quoted fields', '"a","b"\n"1","2"\n3,"4"'],
  ])('reads %s, whatever the chunks', async (_, text) => {
    for (const size of [1, 2, 3, 7, 1000]) {
      const { header, rows, faults } = await scan(text, size);
      expect({ header, rows, faults }).toEqual({
        header: ['a', 'b'],
        rows: [
          ['1', '2'],
          ['3', '4'],
        ],
        faults: [],
      });
    }
  });

  it('keeps delimiters, doubled quotes and line ends inside quotes, and counts physical lines', async () => {
    for (const size of [1, 5, 1000]) {
      const { rows, lines } = await scan('a,b\n"x,""y""\r\nz",2\n"p\rq",4\n5,6\n', size);
      expect(rows).toEqual([
        ['x,"y"\r\nz', '2'],
        ['p\rq', '4'],
        ['5', '6'],
      ]);
      expect(lines).toEqual([2, 4, 6]);
    }
  });

  it.each([
    ['a stray quote', 'a,b\n1,x"y\n', 'stray_quote', 2, 'b'],
    ['text after a closing quote', 'a,b\n1,"x"y\n', 'text_after_quote', 2, 'b'],
    ['an unclosed quote', 'a,b\n1,2\n"x,2\n3,4\n', 'unclosed_quote', 3, 'a'],
    ['a short row', 'a,b\n1,2\n1\n', 'ragged_row', 3, undefined],
    ['a long row', 'a,b\n1,2,3\n', 'ragged_row', 2, undefined],
    ['NUL', 'a,b\n1,x\0y\n', 'nul', 2, 'b'],
    ['invalid UTF-8', Buffer.from([97, 44, 98, 10, 49, 44, 0xff, 10]), 'not_utf8', 2, 'b'],
    ['an overlong form', Buffer.from([97, 44, 98, 10, 0xc0, 0xaf, 44, 50, 10]), 'not_utf8', 2, 'a'],
  ])('names %s by line and column', async (_, content, code, line, column) => {
    const { faults } = await scan(content, 3);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ file: 'f.csv', code, line, ...(column === undefined ? {} : { column }) });
  });

  it('takes the good rows round a bad one', async () => {
    const { rows, faults } = await scan('a,b\n1,2\n1,x"y\n3,4\nno\n5,6\n');
    expect(rows).toEqual([
      ['1', '2'],
      ['3', '4'],
      ['5', '6'],
    ]);
    expect(faults.map((f) => f.line)).toEqual([3, 5]);
  });

  it('refuses an empty file and an endless row', async () => {
    await expect(scan('')).rejects.toThrow(InvalidInput);
    await expect(scan(`a,b\n1,"${'x'.repeat(5_000_000)}`)).rejects.toThrow(/more than 4 MiB/);
  });

  const delimiters = [',', ';', '\t', '|'];
  const field = fc.string({
    unit: fc.constantFrom('a', 'ß', '"', ',', ';', '\t', '|', '\n', '\r', '\r\n', ' ', '😀', '0'),
    maxLength: 6,
  });
  it('gives back any table that was quoted by the rules', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 2, max: 4 })
          .chain((width) =>
            fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
          ),
        fc.constantFrom(...delimiters),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.integer({ min: 1, max: 40 }),
        async (table, delimiter, end, chunk) => {
          const header = table[0]!.map((_, i) => `h${i}`);
          const text = [header, ...table]
            .map((row) => row.map((f) => `"${f.replaceAll('"', '""')}"`).join(delimiter))
            .join(end);
          const { rows, faults } = await scan(text, chunk, delimiter);
          expect(faults).toEqual([]);
          expect(rows).toEqual(table);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('agrees with csv-parse on any bytes: the same rows, or both refuse', async () => {
    const piece = fc.constantFrom('a', 'bc', ',', ',', '"', '""', '\n', '\r\n', ' ', 'é', '1');
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), async (pieces, chunk) => {
        const text = `h1,h2\n${pieces.join('')}`;
        let expected: string[][] | undefined;
        try {
          expected = parse(text, { record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true });
        } catch {
          expected = undefined;
        }
        const { rows, faults } = await scan(text, chunk);
        if (expected === undefined) expect(faults.length).toBeGreaterThan(0);
        else {
          expect(faults).toEqual([]);
          expect([['h1', 'h2'], ...rows]).toEqual(expected);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('CSV scanner over many rows', () => {
  const field = fc.oneof(
    { weight: 8, arbitrary: fc.string({ unit: fc.constantFrom('a', 'é', '😀', '0', ' ', ';'), maxLength: 30 }) },
    { weight: 1, arbitrary: fc.constantFrom('"x,y"', '"two\r\nlines"', '"a ""word"""') },
  );

  it('agrees with csv-parse where common rows stand between quoted and blank ones, whatever ends them', async () => {
    const row = (width: number) => fc.array(field, { minLength: width, maxLength: width });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }).chain((width) => fc.array(row(width), { minLength: 1, maxLength: 60 })),
        fc.array(fc.constantFrom('\n', '\n', '\r\n', '\r\n', '\r', '\n\n'), { minLength: 61, maxLength: 61 }),
        fc.constantFrom(',', '\t', '|'),
        fc.integer({ min: 1, max: 700 }),
        async (table, ends, delimiter, chunk) => {
          const header = table[0]!.map((_, i) => `h${i}`);
          const text = [header, ...table].map((fields, i) => fields.join(delimiter) + ends[i]!).join('');
          const options = { delimiter, record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true };
          const { rows, faults } = await scan(text, chunk, delimiter);
          expect(faults).toEqual([]);
          expect([header, ...rows]).toEqual(parse(text, options));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds every row and its line wherever its pieces end, and a row longer than a piece among them', async () => {
    const wanted = Array.from({ length: 5000 }, (_, i) => [
      `id-${i}`,
      'x'.repeat(i % 83),
      i === 2500 ? 'y'.repeat(70_000) : `${i * 7}`,
    ]);
    for (const end of ['\n', '\r\n']) {
      const text = ['id,text,number', ...wanted.map((fields) => fields.join(','))].join(end);
      for (const chunk of [100_003, 65_536, 4099]) {
        const { rows, lines, faults } = await scan(text, chunk);
        expect(faults).toEqual([]);
        expect(rows).toEqual(wanted);
        expect(lines).toEqual(wanted.map((_, i) => i + 2));
      }
    }
  });

  it('reads two files turn about, each in memory of its own, also after others were read to their end', async () => {
    const begin = async (letter: string) => {
      const text = `h\n${Array.from({ length: 20_000 }, (_, i) => `${letter}${i}`).join('\n')}\n`;
      async function* chunks() {
        yield await Promise.resolve(Buffer.from(text));
      }
      const { spans } = await readCsv(chunks(), { file: letter, onFault: () => undefined });
      return spans![Symbol.asyncIterator]();
    };
    for (let round = 0; round < 3; round++) {
      const files = [await begin('a'), await begin('b')];
      for (let open = true; open;) {
        const read = [];
        for (const file of files) read.push(await file.next());
        open = read.every(({ done }) => done !== true);
        const last = read.map(({ value }) => (open ? lastText(value as SpanBatch) : ''));
        if (open) expect(last).toEqual([expect.stringMatching(/^a\d+$/), expect.stringMatching(/^b\d+$/)]);
      }
    }
  });
});

function lastText({ bytes, starts, ends, count, width }: SpanBatch): string {
  const at = count * width - 1;
  return bytes.toString('utf8', starts[at], ends[at]);
}

describeWithShared('CSV scanner against csv-spectrum', 'hostile/csv-spectrum', () => {
  it.each(readdirSync(sharedPath('hostile/csv-spectrum/csvs')))(
    '%s is read as its JSON, or refused by line',
    async (name) => {
      const expected = JSON.parse(
        readFileSync(sharedPath('hostile/csv-spectrum/json', name.replace('.csv', '.json')), 'utf8'),
      ) as Record<string, string>[];
      const { header, rows, faults } = await scan(readFileSync(sharedPath('hostile/csv-spectrum/csvs', name)), 11);
      if (name === 'location_coordinates.csv') return expect(faults.map((f) => f.line)).toEqual([2]); // it is Latin-1
      expect(faults).toEqual([]);
      expect(rows.map((row) => Object.fromEntries(header.map((h, i) => [h, row[i]])))).toEqual(expected);
    },
  );
});

describeWithShared('CSV scanner against csv-test-data', 'hostile/csv-test-data', () => {
  const folder = sharedPath('hostile/csv-test-data/csv');
  it.each(readdirSync(folder))('%s is read as its clean version, or refused by line', async (name) => {
    const content = readFileSync(join(folder, name));
    let outcome: string[][] | undefined;
    try {
      const { header, rows, faults } = await scan(content, 13);
      if (faults.length === 0) outcome = [[...header], ...rows];
      else expect(faults[0]!.line).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidInput);
    }
    if (name.startsWith('bad-')) return;
    const expected = JSON.parse(
      readFileSync(sharedPath('hostile/csv-test-data/json', name.replace('.csv', '.json')), 'utf8'),
    ) as unknown;
    if (outcome !== undefined) expect(asObjects(expected, outcome)).toEqual(expected);
  });
});

function asObjects(expected: unknown, table: string[][]): unknown {
  const first = (expected as unknown[])[0];
  if (Array.isArray(first)) return table;
  return table.slice(1).map((row) => Object.fromEntries(table[0]!.map((h, i) => [h, row[i]])));
}
