import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UPLOAD_LIMITS } from '../../src/intake/file-limits.ts';
import { openFile, type OpenOptions } from '../../src/intake/open-file.ts';
import type { RowFault, RowSource } from '../../src/intake/rows.ts';

async function* streamOf(bytes: Buffer, chunk = 7): AsyncGenerator<Buffer> {
  for (let i = 0; i < bytes.length; i += chunk) yield await Promise.resolve(bytes.subarray(i, i + chunk));
}

async function all(source: RowSource): Promise<string[][]> {
  const rows: string[][] = [];
  for await (const batch of source.rows) for (const { fields } of batch) rows.push([...fields]);
  return rows;
}

async function read(bytes: Buffer | string, options: OpenOptions = {}) {
  const source = await openFile(streamOf(Buffer.from(bytes)), { file: 'f', ...options });
  return { about: source.about, header: source.header, rows: await all(source) };
}

describe('opening a file', () => {
  it.each([
    [',', 'a,b,c\n1,"x;y",3\n'],
    [';', 'a;b;c\n1;2,5;3\n'],
    ['\t', 'a\tb\tc\n1\tx, y\t3\n'],
    ['|', 'a|b|c\n1|x;y|3\n'],
  ])('tells the delimiter %j and says so', async (delimiter, text) => {
    const { about, header, rows } = await read(text);
    expect(about).toEqual({ format: 'csv', delimiter, encoding: 'utf-8' });
    expect(header).toEqual(['a', 'b', 'c']);
    expect(rows[0]).toHaveLength(3);
  });

  it('is not misled by decimal commas, quoted line ends and one-column files', async () => {
    expect((await read('amount;note\n1,5;"a\n,,,;b"\n2,5;c\n')).rows).toEqual([
      ['1,5', 'a\n,,,;b'],
      ['2,5', 'c'],
    ]);
    expect((await read('only\nx\ny')).rows).toEqual([['x'], ['y']]);
  });

  it('takes the delimiter and encoding that a person names', async () => {
    const { about, rows } = await read(Buffer.from('a,b;c\n\xe9,1;2\n', 'latin1'), {
      delimiter: ';',
      encoding: 'windows-1252',
    });
    expect(about).toMatchObject({ delimiter: ';', encoding: 'windows-1252' });
    expect(rows).toEqual([['é,1', '2']]);
  });

  it('reads UTF-16 with semicolons, as Excel saves "Unicode text"', async () => {
    const bytes = Buffer.from('\ufeffname;n\nJosé;1\n', 'utf16le');
    expect(await read(bytes)).toEqual({
      about: { format: 'csv', delimiter: ';', encoding: 'utf-16le' },
      header: ['name', 'n'],
      rows: [['José', '1']],
    });
  });

  it('unpacks gzip, also of several members, and counts packed bytes', async () => {
    const packed = Buffer.concat([gzipSync('a,b\n1,2\n'), gzipSync('3,4\n')]);
    const source = await openFile(streamOf(packed), { file: 'f.gz' });
    expect(await all(source)).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    expect(source.about.compressed).toBe(true);
    expect(source.bytesRead!()).toBe(packed.length);
  });

  it('refuses a gzip bomb by ratio and by size, a cut one and a damaged one', async () => {
    const bomb = gzipSync(
      Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(64 * 1024 * 1024, `${'x'.repeat(100_000)},y\n`)]),
    );
    await expect(read(bomb)).rejects.toMatchObject({ faults: [{ code: 'unpacks_too_far' }] });
    const long = gzipSync('a,b\n' + Array.from({ length: 5000 }, (_, i) => `${i},${i * 7919}\n`).join(''));
    const limits = { ...UPLOAD_LIMITS, gzipBytes: 10_000 };
    await expect(read(long, { limits })).rejects.toMatchObject({ faults: [{ code: 'unpacks_too_far' }] });
    await expect(read(long.subarray(0, -100))).rejects.toMatchObject({
      faults: [{ code: 'damaged_gzip', message: 'the compressed file ends too early' }],
    });
    const damaged = Buffer.from(long);
    damaged.fill(0, 200, 260);
    await expect(read(damaged)).rejects.toMatchObject({ faults: [{ code: 'damaged_gzip' }] });
  });

  it.each([
    ['d0cf11e0a1b11ae10000', 'old Excel workbook'],
    ['255044462d312e37', 'PDF'],
    ['5041523100', 'Parquet'],
    ['28b52ffd00', 'Zstandard'],
  ])('names other formats: %s', async (hex, what) => {
    await expect(read(Buffer.from(hex, 'hex'))).rejects.toThrow(what);
  });

  it('refuses a gzip inside a gzip, an empty file, a folder and a missing file by name', async () => {
    await expect(read(gzipSync(gzipSync('a,b\n')))).rejects.toThrow('gzip file inside a gzip file');
    await expect(read('')).rejects.toMatchObject({ faults: [{ code: 'empty_file' }] });
    await expect(openFile(tmpdir())).rejects.toThrow('this is a folder');
    await expect(openFile(join(tmpdir(), 'absent.csv'))).rejects.toThrow('there is no such file');
  });

  it('gives row faults to the sink with their line, or throws the first', async () => {
    const text = 'a,b\n1,2\n3\n4,5\n';
    const faults: RowFault[] = [];
    expect((await read(text, { onFault: (fault) => faults.push(fault) })).rows).toEqual([
      ['1', '2'],
      ['4', '5'],
    ]);
    expect(faults).toMatchObject([{ line: 3, code: 'ragged_row' }]);
    await expect(read(text)).rejects.toMatchObject({ faults: [{ line: 3 }] });
  });

  it('reads from a path and leaves no open file behind when closed early', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'open-'));
    const path = join(folder, 'x.csv');
    writeFileSync(path, 'a,b\n' + '1,2\n'.repeat(100_000));
    let rows = 0;
    for await (const batch of (await openFile(path)).rows) {
      rows += batch.length;
      if (rows > 10) break;
    }
    expect(rows).toBeGreaterThan(10);
    rmSync(folder, { recursive: true });
  });
});
