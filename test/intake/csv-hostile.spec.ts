import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { InvalidInput } from '../../src/domain/errors.ts';
import { kindNamed } from '../../src/intake/kinds/all.ts';
import { suggestMapping } from '../../src/intake/mapping-guess.ts';
import { openFile } from '../../src/intake/open-file.ts';
import type { RowFault } from '../../src/intake/rows.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';

interface Reading {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly faults: readonly RowFault[];
}

async function reading(source: string | Buffer): Promise<Reading> {
  const faults: RowFault[] = [];
  async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
    yield await Promise.resolve(bytes);
  }
  try {
    const opened = await openFile(typeof source === 'string' ? source : once(source), {
      onFault: (fault) => faults.push(fault),
    });
    const rows: (readonly string[])[] = [];
    for await (const batch of opened.rows) rows.push(...batch.map((row) => row.fields));
    return { header: opened.header, rows, faults };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { header: [], rows: [], faults: [...faults, ...error.faults] };
  }
}

function names(folder: string): string[] {
  const path = sharedPath('hostile', folder);
  return existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.csv')) : ['absent.csv'];
}

describeWithShared('the CSV acid test', 'hostile/csv-spectrum', () => {
  it.each(names('csv-spectrum/csvs'))(
    '%s is read as the clean version, or refused with its line and column',
    async (name) => {
      const { header, rows, faults } = await reading(sharedPath('hostile/csv-spectrum/csvs', name));
      const clean = JSON.parse(
        readFileSync(sharedPath('hostile/csv-spectrum/json', basename(name, '.csv') + '.json'), 'utf8'),
      ) as Record<string, string> | Record<string, string>[];
      if (name === 'location_coordinates.csv') {
        // A quote inside an unquoted field is not RFC 4180; the file itself is in fact broken UTF-8 art.
        expect(faults).toMatchObject([{ line: 2, column: 'Location Coordinates', code: 'stray_quote' }]);
        return;
      }
      expect(faults).toEqual([]);
      const read = rows.map((fields) => Object.fromEntries(header.map((column, i) => [column, fields[i]])));
      expect(read).toEqual(Array.isArray(clean) ? clean : [clean]);
    },
  );
});

describeWithShared('RFC 4180 cases', 'hostile/csv-test-data', () => {
  const all = names('csv-test-data/csv');
  const good = all.filter((name) => !name.startsWith('bad-') && name !== 'all-empty.csv');
  it.each(good)('%s is read as it should be', async (name) => {
    const { header, rows, faults } = await reading(sharedPath('hostile/csv-test-data/csv', name));
    const clean = JSON.parse(
      readFileSync(sharedPath('hostile/csv-test-data/json', basename(name, '.csv') + '.json'), 'utf8'),
    ) as string[][] | Record<string, string>[];
    expect(faults).toEqual([]);
    const table = [header, ...rows];
    if (name.startsWith('header-'))
      expect(rows.map((row) => Object.fromEntries(header.map((h, i) => [h, row[i]])))).toEqual(clean);
    else expect(table).toEqual(clean);
  });

  it.each([
    ['bad-header-less-fields.csv', { line: 2, code: 'ragged_row' }],
    ['bad-header-more-fields.csv', { line: 2, code: 'ragged_row' }],
    ['bad-header-no-header.csv', { code: 'empty_file' }],
    ['bad-missing-quote.csv', { line: 2, column: 'bar', code: 'unclosed_quote' }],
    ['bad-quotes-with-unescaped-quote.csv', { line: 2, column: 'bar', code: 'text_after_quote' }],
    ['bad-unescaped-quote.csv', { line: 2, column: 'bar', code: 'stray_quote' }],
  ])('%s is refused', async (name, fault) => {
    const { rows, faults } = await reading(sharedPath('hostile/csv-test-data/csv', name));
    expect(rows).toEqual([]);
    expect(faults[0]).toMatchObject(fault);
  });

  it('a wrong header is refused by the columns that are missing', async () => {
    const { header } = await reading(sharedPath('hostile/csv-test-data/csv/bad-header-wrong-header.csv'));
    expect(header).toEqual(['qux', 'quux', 'quuz']);
  });

  it('a file of blank lines has no header', async () => {
    expect(await reading(sharedPath('hostile/csv-test-data/csv/all-empty.csv'))).toMatchObject({
      rows: [],
      faults: [{ code: 'empty_file' }],
    });
  });
});

describeWithShared('formula payloads', 'hostile/csv-injection-payloads', () => {
  it('come through as text, byte for byte, also through a guessed mapping', async () => {
    const payloads = readFileSync(sharedPath('hostile/csv-injection-payloads/Intruder/csv-payload.txt'), 'utf8')
      .split(/\r?\n/)
      .filter(Boolean);
    const text = `contact_id,text\n${payloads.map((payload, i) => `${i},"${payload.replace(/"/g, '""')}"`).join('\n')}\n`;
    const { rows, faults } = await reading(Buffer.from(text));
    expect(faults).toEqual([]);
    expect(rows.map((row) => row[1])).toEqual(payloads);
    async function* once(): AsyncGenerator<Buffer> {
      yield await Promise.resolve(Buffer.from(text));
    }
    const yaml = await suggestMapping(await openFile(once(), { file: 'x.csv' }), kindNamed('contacts'), {
      file: 'x.csv',
    });
    expect(yaml).toContain('text: text');
  });
});

describeWithShared('naughty strings', 'hostile/blns', () => {
  it('come back as they went in, in CSV of any delimiter', async () => {
    const strings = (JSON.parse(readFileSync(sharedPath('hostile/blns/blns.json'), 'utf8')) as string[]).filter(
      (s) => !s.includes('\0'),
    );
    for (const delimiter of [',', ';', '\t', '|']) {
      const quoted = (s: string): string => `"${s.replace(/"/g, '""')}"`;
      const text = `id${delimiter}s\n${strings.map((s, i) => `${i}${delimiter}${quoted(s)}`).join('\n')}\n`;
      const { rows, faults } = await reading(Buffer.from(text));
      expect(faults).toEqual([]);
      expect(rows.map((row) => row[1])).toEqual(strings);
    }
  });
});
