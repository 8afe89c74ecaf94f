import fc from 'fast-check';
import { Fraction } from '../../src/domain/fraction.ts';
import { RemainderRounding } from '../../src/intake/largest-remainder.ts';

function rounded(texts: readonly string[], digits = 2): { posted: string[]; total: string; exact: string } {
  const rounding = new RemainderRounding(digits);
  const posted = [...texts];
  texts.forEach((text, i) => {
    if (!rounding.countExact(text)) rounding.wait(text, String(i).padStart(6, '0'), (value) => (posted[i] = value));
  });
  const { exact, posted: total } = rounding.settle();
  return { posted, total, exact };
}

describe('rounding against the total of the file', () => {
  it('gives the missing cents to the largest remainders, ties to the earlier row', () => {
    expect(rounded(['0.333', '0.333', '0.334'])).toEqual({
      posted: ['0.33', '0.33', '0.34'],
      total: '1.00',
      exact: '1.000',
    });
    expect(rounded(['0.005', '0.005'])).toMatchObject({ posted: ['0.01', '0.00'], total: '0.01' });
    expect(rounded(['-0.005', '-0.005'])).toMatchObject({ posted: ['-0.01', '0.00'], total: '-0.01' });
    expect(rounded(['10.00', '-0.005'])).toMatchObject({ posted: ['10.00', '0.00'], total: '10.00' });
  });

  it('sums to the total rounded once, each within one unit', () => {
    const amount = fc.tuple(fc.integer({ min: -50_000, max: 50_000 }), fc.integer({ min: 0, max: 9999 }));
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 60 }), (pairs) => {
        const texts = pairs.map(([units, parts]) => `${units}.${String(parts).padStart(4, '0')}`);
        const { posted, total } = rounded(texts);
        const sum = (values: readonly string[]): Fraction =>
          values.reduce((s, v) => s.plus(Fraction.parse(v)), Fraction.ZERO);
        expect(sum(posted).equals(Fraction.parse(total))).toBe(true);
        const hundred = Fraction.of(100n);
        expect(Fraction.of(sum(texts).times(hundred).rounded(), 100n).equals(Fraction.parse(total))).toBe(true);
        texts.forEach((text, i) => {
          const off = Fraction.parse(posted[i]!).minus(Fraction.parse(text)).times(hundred);
          expect(off.minus(Fraction.of(1n)).sign).toBeLessThanOrEqual(0);
          expect(off.plus(Fraction.of(1n)).sign).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });
});
