import fc from 'fast-check';
import { CodeBook, codeFault, editDistance } from '../../src/intake/codes.ts';

describe('codes', () => {
  it.each(['A', 'billing.fee.late', 'FEE-LATE', 'Größe 1', '客服', '6010', 'a b', 'x'.repeat(64)])(
    '%s is one',
    (code) => {
      expect(codeFault(code)).toBeUndefined();
    },
  );
  it.each([
    ['65 characters', 'x'.repeat(65), 'at most 64'],
    ['a separator', 'A|B', 'none of | * ? ~'],
    ['a wildcard', 'billing.*', 'none of | * ? ~'],
    ['a blank at the end', 'A ', 'no blank at its ends'],
    ['a no-break space', 'A\u00a0B', 'plain space'],
    ['a line end', 'A\nB', 'printable'],
    ['a zero-width space', 'A\u200bB', 'printable'],
    ['text turned round', 'A\u202eB', 'printable'],
    ['a decomposed letter', 'Gro\u0308ße', 'normal form C'],
    ['nothing', '', 'printable'],
  ])('%s is none', (_, code, why) => {
    expect(codeFault(code)).toContain(why);
  });

  it('suggests the nearest known code, and a twin in other case first', () => {
    const book = new CodeBook('reason', ['billing.fee', 'billing.dispute', 'app.login']);
    expect(book.nearest('biling.fee')).toBe('billing.fee');
    expect(book.nearest('BILLING.FEE')).toBe('billing.fee');
    expect(book.twin('Billing.Fee')).toBe('billing.fee');
    expect(book.twin('billing.fee')).toBeUndefined();
    expect(book.nearest('something else')).toBeUndefined();
  });

  it('measures edits like the plain recursion', () => {
    const plain = (a: string, b: string): number =>
      a === '' || b === ''
        ? a.length + b.length
        : Math.min(
            plain(a.slice(1), b) + 1,
            plain(a, b.slice(1)) + 1,
            plain(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
          );
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 5 });
    fc.assert(
      fc.property(word, word, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
        expect(editDistance(a, b, limit)).toBe(Math.min(plain(a, b), limit + 1));
      }),
      { numRuns: 1000 },
    );
  });
});
