import { KeyNumbers } from '../../src/domain/key-numbers.ts';

describe('numbers of keys', () => {
  it.each([0, 10_000])('begin again once all are forgotten, with room for %s', (expected) => {
    const numbers = new KeyNumbers();
    for (let key = 0; key < 3000; key++) expect(numbers.numberOf(key % 7, key)).toBe(key);
    numbers.clear(expected);
    expect(numbers.count).toBe(0);
    expect(numbers.find(1, 1)).toBe(-1);
    for (let key = 5000; key < 9000; key++) expect(numbers.numberOf(key % 7, key)).toBe(key - 5000);
    expect(numbers.find(5000 % 7, 5000)).toBe(0);
    expect(numbers.taken().count).toBe(4000);
    expect([...numbers.taken().lows.subarray(0, 2)]).toEqual([5000, 5001]);
  });
});
