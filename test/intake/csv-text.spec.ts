import fc from 'fast-check';
import { csvLine, defused, undefused } from '../../src/intake/csv-text.ts';

describe('text for spreadsheets', () => {
  it.each(['=1+1', '+SUM(A1)', '@cmd', '\tx', '-2+3', "-x'"])('defuses %s', (text) => {
    expect(defused(text)).toBe(`'${text}`);
  });
  it.each(['-12.50', '0', 'plain', "it's", ''])('leaves "%s"', (text) => {
    expect(defused(text)).toBe(text);
  });
  it('gives back every text', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '1', '.', 'a'), maxLength: 6 });
    fc.assert(
      fc.property(text, (t) => expect(undefused(defused(t))).toBe(t)),
      { numRuns: 2000 },
    );
  });
  it('quotes what needs quotes', () => {
    expect(csvLine(['a', 'b,c', 'd"e', 'f\ng'])).toBe('a,"b,c","d""e","f\ng"\r\n');
  });
});
