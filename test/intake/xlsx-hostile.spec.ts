import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { InvalidInput } from '../../src/domain/errors.ts';
import { UPLOAD_LIMITS } from '../../src/intake/file-limits.ts';
import { openFile } from '../../src/intake/open-file.ts';
import { readXlsx, type XlsxEvent } from '../../src/intake/xlsx-reader.ts';
import { rowXml, workbookParts, writeXlsx } from '../builders/xlsx.ts';
import { describeWithShared, sharedPath } from '../shared-files.ts';

jest.setTimeout(240_000);

const SECONDS = 2;
const MEGABYTES = 256;
const FULL = process.env['ANSWERABLE_FULL'] === '1';

/** What reading a file ends in, without a thread of its own. */
async function quickOutcome(path: string): Promise<{ code: string; content: string }> {
  const events: XlsxEvent[] = [];
  try {
    const task = { path, file: 'f', sheet: undefined, limits: UPLOAD_LIMITS };
    for await (const event of readXlsx(task)) events.push(event);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { code: error.faults[0]!.code, content: '' };
  }
  return { code: 'read', content: JSON.stringify(events) };
}

/**
 * What opening and reading a file ends in, how long it works (its own CPU seconds, whatever else the machine does), and by
 * how much it raises the memory of the process.
 */
async function outcome(path: string): Promise<{ code: string; rows: number; seconds: number; megabytes: number }> {
  const idle = process.memoryUsage().rss;
  let peak = idle;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
  const started = process.cpuUsage();
  let code = 'read';
  let rows = 0;
  try {
    for await (const batch of (await openFile(path)).rows) rows += batch.length;
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    code = error.faults[0]!.code;
  } finally {
    clearInterval(watch);
  }
  const { user, system } = process.cpuUsage(started);
  return { code, rows, seconds: (user + system) / 1e6, megabytes: (peak - idle) / 1e6 };
}

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'hostile-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describeWithShared('workbooks made to do harm', 'hostile/own-xlsx-bombs', () => {
  it.each([
    ['billion-laughs.xlsx', 'document_type'],
    ['xxe.xlsx', 'document_type'],
    ['bomb-1g-space.xlsx', 'unpacks_too_far'],
    ['size-lie-2g.xlsx', 'unpacks_too_far'],
    ['huge-merge.xlsx', 'merged_cells'],
    ['huge-dim.xlsx', 'too_many_columns'],
  ])('%s is refused at once', async (name, code) => {
    const found = await outcome(sharedPath('hostile', 'own-xlsx-bombs', name));
    expect(found.code).toBe(code);
    expect(found.seconds).toBeLessThan(SECONDS);
    expect(found.megabytes).toBeLessThan(MEGABYTES);
  });

  it('a header called __proto__ is a header like any other', async () => {
    const source = await openFile(sharedPath('hostile', 'own-xlsx-bombs', 'proto.xlsx'));
    expect(source.header).toEqual(['__proto__', 'constructor']);
    expect(Object.prototype).not.toHaveProperty('polluted');
    await source.close!();
  });
});

describeWithShared('XML attacks as parts of a workbook', 'hostile/defusedxml', () => {
  const tests = sharedPath('hostile/defusedxml/xmltestdata');
  const attacks = existsSync(tests) ? readdirSync(tests).filter((name) => /\.(xml|xsl|xsd)$/.test(name)) : ['absent'];
  const places = [
    'xl/workbook.xml',
    'xl/sharedStrings.xml',
    'xl/worksheets/sheet1.xml',
    'xl/styles.xml',
    'xl/_rels/workbook.xml.rels',
    'docProps/app.xml',
  ];
  it.each(attacks)('%s', async (attack) => {
    const bytes = readFileSync(sharedPath('hostile/defusedxml/xmltestdata', attack));
    const harmless = !bytes.includes('<!DOCTYPE');
    for (const place of places.filter((_, i) => FULL || (i + attack.length) % 3 === 0)) {
      const path = join(folder, `${attack}.xlsx`);
      writeXlsx(
        path,
        workbookParts({ rows: rowXml(1, ['a']) + rowXml(2, ['1']), parts: { [place]: new Uint8Array(bytes) } }),
      );
      const found = await outcome(path);
      if (!harmless) expect([place, found.code]).toEqual([place, 'document_type']);
      else expect(['read', 'bad_xlsx', 'empty_file', 'no_such_sheet']).toContain(found.code);
      expect(found.seconds).toBeLessThan(SECONDS);
      expect(found.megabytes).toBeLessThan(MEGABYTES);
    }
  });
});

describe('archives made to do harm', () => {
  const good = workbookParts({ rows: rowXml(1, ['a']) + rowXml(2, ['1']) });
  const named = (name: string, zip: Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, zip);
    return path;
  };

  it.each(['../evil.xml', '/etc/passwd', 'C:/evil.xml', 'xl\\evil.xml', 'xl/../../evil.xml'])(
    'a part called %s is refused',
    async (name) => {
      const found = await quickOutcome(named('traversal.xlsx', zipSync({ ...good, [name]: strToU8('x') })));
      expect(found.code).toBe('bad_xlsx');
    },
  );

  it('a link is refused', async () => {
    const link = zipSync({
      ...good,
      'xl/media/link': [strToU8('/etc/passwd'), { os: 3, attrs: (0o120777 << 16) >>> 0 }],
    });
    expect((await quickOutcome(named('link.xlsx', link))).code).toBe('link_inside');
  });

  it('too many parts, a double part, no workbook, a password are refused', async () => {
    const many = Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`x/${i}.bin`, strToU8('x')]));
    expect((await quickOutcome(named('many.xlsx', zipSync({ ...good, ...many })))).code).toBe('too_many_parts');
    expect((await quickOutcome(named('zip.xlsx', zipSync({ 'a.txt': strToU8('hello') })))).code).toBe('not_xlsx');
    const twice = Buffer.from(zipSync({ ...good, 'xl/workbook.xmX': good['xl/workbook.xml']! }));
    for (let at = twice.indexOf('xl/workbook.xmX'); at >= 0; at = twice.indexOf('xl/workbook.xmX'))
      twice.write('xl/workbook.xml', at);
    expect((await quickOutcome(named('twice.xlsx', twice))).code).toBe('double_part');
    const locked = Buffer.from(zipSync(good));
    for (const signature of ['PK\x03\x04', 'PK\x01\x02']) {
      for (let at = locked.indexOf(signature, 0, 'latin1'); at >= 0; at = locked.indexOf(signature, at + 4, 'latin1')) {
        locked[at + (signature.endsWith('\x04') ? 6 : 8)]! |= 1;
      }
    }
    expect((await quickOutcome(named('locked.xlsx', locked))).code).toBe('password');
  });

  it('a document type is found in any chunk and in other encodings', async () => {
    const hidden = `<?xml version="1.0"?>${' '.repeat(65_530)}<!DOCTYPE x [<!ENTITY a "b">]><sst/>`;
    const at = async (content: string | Uint8Array): Promise<string> =>
      (
        await quickOutcome(
          writeXlsx(
            join(folder, 'doctype.xlsx'),
            workbookParts({ rows: rowXml(1, ['a']), parts: { 'xl/sharedStrings.xml': content } }),
          ),
        )
      ).code;
    expect(await at(hidden)).toBe('document_type');
    expect(await at(new Uint8Array(Buffer.from(`\ufeff${hidden.replaceAll('  ', '')}`, 'utf16le')))).toBe(
      'part_encoding',
    );
    expect(await at('<?xml version="1.0" encoding="utf-7"?><sst/>')).toBe('part_encoding');
  });

  it('damaged, cut and empty archives are refused, whatever byte is wrong', async () => {
    const whole = zipSync(good);
    const codes = new Set<string>();
    for (let cut = 4; cut < whole.length; cut += 97)
      codes.add((await quickOutcome(named('cut.xlsx', whole.subarray(0, cut)))).code);
    expect([...codes]).toEqual(['bad_xlsx']);
    const clean = await quickOutcome(named('clean.xlsx', whole));
    expect(clean.code).toBe('read');
    let read = 0;
    for (let at = 30; at < whole.length; at += FULL ? 1 : 13) {
      const damaged = Uint8Array.from(whole);
      damaged[at]! ^= 1 << (at % 8);
      const found = await quickOutcome(named('damaged.xlsx', damaged));
      if (found.code === 'read') expect([at, found]).toEqual([at, clean]);
      read += Number(found.code === 'read');
    }
    expect(read).toBeGreaterThan(0); // a bit in a time stamp harms nothing
  });
});
