import { besideEachOther } from '../../src/application/beside-each-other.ts';

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('two deeds of one transaction', () => {
  let told: string[];
  const deed =
    (name: string, fails = false) =>
    async (): Promise<string> => {
      told.push(`${name} begins`);
      await soon();
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  const freed =
    (name: string, fails = false) =>
    async (free: () => void): Promise<string> => {
      told.push(`${name} begins`);
      await soon();
      free();
      await soon();
      await soon();
      await soon();
      told.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    };
  beforeEach(() => (told = []));

  it('come one after the other where the first needs the database', async () => {
    await expect(besideEachOther(deed('one'), deed('two'))).resolves.toEqual(['one', 'two']);
    expect(told).toEqual(['one begins', 'one ends', 'two begins', 'two ends']);
  });

  it('come beside each other from where it does not', async () => {
    await expect(besideEachOther(freed('one'), deed('two'))).resolves.toEqual(['one', 'two']);
    expect(told).toEqual(['one begins', 'two begins', 'two ends', 'one ends']);
  });

  it('leave the second out where the first failed before', async () => {
    await expect(besideEachOther(deed('one', true), deed('two'))).rejects.toThrow('one');
    expect(told).toEqual(['one begins', 'one ends']);
  });

  it('both end before either is said to have failed, the first one first', async () => {
    await expect(besideEachOther(freed('one'), deed('two', true))).rejects.toThrow('two');
    expect(told.at(-1)).toBe('one ends');
    await expect(besideEachOther(freed('one', true), deed('two', true))).rejects.toThrow('one');
    expect(told.filter((line) => line.endsWith('ends'))).toHaveLength(4);
  });
});
