import fc from 'fast-check';
import { CodeMaker, makeCode } from '../../src/intake/code-making.ts';
import { codeFault } from '../../src/intake/codes.ts';

describe('making codes', () => {
  it('cleans words and joins them', () => {
    expect(makeCode(['Fee problem', 'Managing an account'], '.', 64)).toEqual({
      code: 'fee-problem.managing-an-account',
      shortened: false,
    });
    expect(makeCode(["Didn't get it", 'Café  (old)'], '.', 64).code).toBe('didnt-get-it.cafe-old');
  });

  it('cuts what is too long and ends it in a hash of the whole', () => {
    const a = makeCode(
      ['Problem with a purchase shown on your statement', 'Credit card company is slow', 'A'],
      '.',
      64,
    );
    const b = makeCode(
      ['Problem with a purchase shown on your statement', 'Credit card company is slow', 'B'],
      '.',
      64,
    );
    expect(a.shortened && b.shortened).toBe(true);
    expect(a.code.length).toBeLessThanOrEqual(64);
    expect(a.code).not.toBe(b.code);
    expect(a.code.slice(0, 40)).toBe(b.code.slice(0, 40));
  });

  it('always makes codes that are codes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 16, max: 64 }),
        (words, most) => {
          const { code } = makeCode(words, '.', most);
          expect(codeFault(code)).toBeUndefined();
          expect(code.length).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('never cuts a character in half, and composes letters', () => {
    expect(makeCode(['𐒰'.repeat(20)], '.', 16).code).toMatch(/^(𐓘){4}\.[0-9a-f]{6}$/u);
    expect(makeCode(['한국어'], '.', 64).code).toBe('한국어');
  });

  it('refuses two different words for one code, and takes the same words in other spelling', () => {
    const maker = new CodeMaker('.', 64);
    expect(maker.make(['Late fee'])).toEqual({ code: 'late-fee' });
    expect(maker.make(['late  FEE'])).toEqual({ code: 'late-fee' });
    expect(maker.make(['Late/fee'])).toEqual({ taken: 'Late fee' });
    expect(maker.made).toEqual({ codes: 1, shortened: 0 });
  });
});
