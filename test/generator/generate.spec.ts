import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '../../src/generator/generate.ts';
import type { FileCount } from '../../src/generator/csv-file.ts';
import { sum } from './company.ts';
import { generateInChild } from './in-child.ts';

const folders: string[] = [];
const folder = (): string => {
  folders.push(mkdtempSync(join(tmpdir(), 'generate-')));
  return folders.at(-1)!;
};
afterAll(() => folders.forEach((path) => rmSync(path, { recursive: true })));
const hashes = (files: readonly FileCount[]) => Object.fromEntries(files.map(({ name, sha256 }) => [name, sha256]));

describe('generate', () => {
  it('gives the same bytes for the same seed, in any time zone and language, and others for another', async () => {
    const here = await generate({ folder: folder(), contacts: 1500, seed: 7 });
    const there = generateInChild(
      { folder: folder(), contacts: 1500, seed: 7 },
      { TZ: 'Pacific/Auckland', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    );
    const elsewhere = generateInChild({ folder: folder(), contacts: 1500, seed: 7 }, { TZ: 'America/St_Johns' });
    expect(hashes(there.files)).toEqual(hashes(here.files));
    expect(hashes(elsewhere.files)).toEqual(hashes(here.files));
    const other = await generate({ folder: folder(), contacts: 1500, seed: 8 });
    const changed = other.files
      .filter(({ name, sha256 }) => hashes(here.files)[name] !== sha256)
      .map(({ name }) => name);
    expect(changed).toEqual(expect.arrayContaining(['contacts.csv', 'customers.csv', 'ledger.csv', 'revenue.csv']));
  });

  it('writes what it says it wrote, and nothing else', async () => {
    const { files, folder: path } = await generate({ folder: folder(), contacts: 1000, seed: 1 });
    expect(readdirSync(path).sort()).toEqual([...files.map(({ name }) => name), 'truth.json'].sort());
    for (const { name, bytes, sha256 } of files) {
      const content = readFileSync(join(path, name));
      expect([name, content.length]).toEqual([name, bytes]);
      expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
    }
    expect(files.find(({ name }) => name === 'contacts.csv')!.rows).toBe(1000);
  });

  it('takes the place of an earlier generation, but of nothing else', async () => {
    const path = folder();
    const first = await generate({ folder: path, contacts: 1000, seed: 1 });
    const again = await generate({ folder: path, contacts: 1000, seed: 2 });
    expect(hashes(again.files)['contacts.csv']).not.toBe(hashes(first.files)['contacts.csv']);
    writeFileSync(join(path, 'mine.txt'), 'mine');
    await expect(generate({ folder: path, contacts: 1000, seed: 3 })).rejects.toMatchObject({
      code: 'folder_not_empty',
    });
    expect(readdirSync(path)).toContain('mine.txt');
    const foreign = folder();
    writeFileSync(join(foreign, 'contacts.csv'), 'somebody else wrote this');
    await expect(generate({ folder: foreign, contacts: 1000, seed: 3 })).rejects.toMatchObject({
      code: 'folder_not_empty',
    });
    expect(readFileSync(join(foreign, 'contacts.csv'), 'utf8')).toBe('somebody else wrote this');
  });

  it('leaves nothing behind when it fails', async () => {
    const path = folder();
    const failing = generate({
      folder: path,
      contacts: 1000,
      seed: 1,
      onProgress: () => {
        throw new Error('interrupted');
      },
    });
    await expect(failing).rejects.toThrow('interrupted');
    expect(readdirSync(path)).toEqual([]);
  });

  it.each([
    [{ contacts: 999 }, 'contacts'],
    [{ contacts: 1000.5 }, 'contacts'],
    [{ seed: -1 }, 'seed'],
    [{ months: 1 }, 'months'],
    [{ lift: Number.NaN }, 'lift'],
    [{ exposures: 5_000_000 }, 'exposures'],
  ])('refuses %p by name', async (wrong, name) => {
    const path = join(folder(), 'new');
    await expect(generate({ folder: path, contacts: 1000, seed: 1, ...wrong })).rejects.toMatchObject({
      code: 'bad_option',
      message: expect.stringContaining(`--${name}`) as string,
    });
    if (existsSync(path)) expect(readdirSync(path)).toEqual([]);
  });

  it('comes near the asked numbers of exposures and revenue events', async () => {
    const rowsOf = (files: readonly FileCount[], name: string) => files.find((file) => file.name === name)!.rows!;
    const { files } = await generate({
      folder: folder(),
      contacts: 10_000,
      seed: 5,
      exposures: 3000,
      revenueEvents: 20_000,
    });
    expect(Math.abs(rowsOf(files, 'exposures.csv') / 3000 - 1)).toBeLessThan(0.1);
    expect(Math.abs(rowsOf(files, 'revenue.csv') / 20_000 - 1)).toBeLessThan(0.1);
    expect(rowsOf(files, 'contacts.csv')).toBe(10_000);
  });

  it('tells how far it is', async () => {
    const seen: number[] = [];
    await generate({ folder: folder(), contacts: 1000, seed: 1, onProgress: (done, total) => seen.push(done / total) });
    expect(seen.every((share, i) => i === 0 || share >= seen[i - 1]!)).toBe(true);
    expect(seen.at(-1)).toBe(1);
  });

  it('needs no more memory for 300,000 contacts than for 1,000', () => {
    const small = generateInChild({ folder: folder(), contacts: 1000, seed: 1 });
    const large = generateInChild({ folder: folder(), contacts: 300_000, seed: 1 });
    expect(large.peakMegabytes - small.peakMegabytes).toBeLessThan(80);
    expect(large.peakMegabytes).toBeLessThan(300);
    expect(sum(large.files.map(({ rows = 0 }) => rows))).toBeGreaterThan(1_000_000);
  }, 240_000);
});
