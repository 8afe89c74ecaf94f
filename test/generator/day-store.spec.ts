import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DayStore } from '../../src/generator/day-store.ts';

describe('records by day', () => {
  const folder = mkdtempSync(join(tmpdir(), 'day-store-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('come out in the order in which they were put in, from memory and from the file', () => {
    const path = join(folder, 'records');
    const store = new DayStore(path, 3, 2, 4);
    for (let i = 0; i < 50; i++) {
      const day = i % 7 === 0 ? 2 : 0;
      const block = store.block(day);
      const at = store.slot(day);
      block[at] = i;
      block[at + 1] = -1 - i;
    }
    const of = (day: number) => {
      const { words, records } = store.take(day, 1);
      expect(words).toHaveLength((records + 1) * 2);
      return Array.from({ length: records }, (_, i) => [words[2 * i], words[2 * i + 1]]);
    };
    const numbers = Array.from({ length: 50 }, (_, i) => i);
    expect(of(0)).toEqual(numbers.filter((i) => i % 7 !== 0).map((i) => [i, -1 - i]));
    expect(of(1)).toEqual([]);
    expect(of(2)).toEqual(numbers.filter((i) => i % 7 === 0).map((i) => [i, -1 - i]));
    expect(of(0)).toEqual([]);
    expect(existsSync(path)).toBe(true);
    store.remove();
    expect(existsSync(path)).toBe(false);
  });
});
