import { glossary } from '../../src/web/glossary.ts';

describe('the glossary page', () => {
  const groups = glossary();
  const words = groups.flatMap((group) => group.words);

  it('holds the fields of the domain’s own page, each word once and with its meaning', () => {
    expect(groups.map(({ name }) => name)).toEqual([
      ...['Money and rounding', 'Cost', 'Attribution', 'Effects', 'Statements'],
    ]);
    expect(words.length).toBeGreaterThan(50);
    for (const { terms, meaning } of words) {
      expect([terms, terms.length > 1 && terms.length < 60]).toEqual([terms, true]);
      expect([terms, meaning.length > 5]).toEqual([terms, true]);
      expect(`${terms}${meaning}`).not.toContain('*');
    }
    expect(new Set(words.map(({ terms }) => terms)).size).toBe(words.length);
  });

  it('explains what the pages speak of most', () => {
    const all = words.map(({ terms }) => terms.toLowerCase()).join('; ');
    for (const word of ['unit', 'decision', 'contact', 'cost pool', 'driver', 'unused capacity', 'unattributed'])
      expect(all).toContain(word);
    for (const word of ['withheld', 'parked', 'statement', 'line', 'gross', 'net', 'bridge', 'incremental contacts'])
      expect(all).toContain(word);
  });
});
