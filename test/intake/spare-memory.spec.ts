import { BinaryRows } from '../../src/intake/binary-rows.ts';
import { giveMemoryBack, takeMemory } from '../../src/intake/spare-memory.ts';

describe('spare memory', () => {
  it('comes again once it was given back, to one at a time', () => {
    const first = takeMemory(3_000_000);
    giveMemoryBack(first);
    const again = takeMemory(2_000_000);
    expect(again).toBe(first);
    expect(takeMemory(2_000_000)).not.toBe(first);
    giveMemoryBack(again);
    expect(takeMemory(500_000)).not.toBe(first); // far too large for it
    expect(takeMemory(2_000_000)).toBe(first);
  });

  it('is not kept without bound', () => {
    const large = Array.from({ length: 4 }, () => takeMemory(4 * 1024 * 1024));
    for (const memory of large) giveMemoryBack(memory);
    const again = large.map(() => takeMemory(4 * 1024 * 1024));
    expect(large.filter((memory) => again.includes(memory)).length).toBeLessThanOrEqual(2);
  });

  it('keeps rows that grow, and rows of others, as they are', () => {
    const texts = Array.from({ length: 40 }, (_, i) => String(i).repeat(20_000));
    const encoded = (rows: BinaryRows): string => {
      for (const text of texts) rows.putText(text);
      return rows.bytes.toString('latin1', 0, rows.length);
    };
    const expected = encoded(new BinaryRows());
    const [one, other] = [new BinaryRows(), new BinaryRows()];
    expect(encoded(one)).toBe(expected);
    expect(encoded(other)).toBe(expected);
    expect(one.bytes.toString('latin1', 0, one.length)).toBe(expected);
    one.release();
    expect(encoded(new BinaryRows())).toBe(expected);
    expect(other.bytes.toString('latin1', 0, other.length)).toBe(expected);
  });
});
