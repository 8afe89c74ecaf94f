import fc from 'fast-check';
import { Fraction, scaledText, sumFractions } from '../../src/domain/fraction.ts';
import { RUNS, fractions } from './arbitraries.ts';

describe('Fraction', () => {
  it('keeps the laws of a field', () => {
    fc.assert(
      fc.property(fractions, fractions, fractions, (a, b, c) => {
        expect(a.plus(b).equals(b.plus(a))).toBe(true);
        expect(
          a
            .plus(b)
            .plus(c)
            .equals(a.plus(b.plus(c))),
        ).toBe(true);
        expect(a.times(b.plus(c)).equals(a.times(b).plus(a.times(c)))).toBe(true);
        expect(a.minus(a).isZero).toBe(true);
        if (!b.isZero) expect(a.over(b).times(b).equals(a)).toBe(true);
        expect(a.compare(b)).toBe(a.minus(b).sign);
      }),
      RUNS,
    );
  });

  it('stands in lowest terms with a positive denominator', () => {
    expect(Fraction.of(6n, -4n)).toMatchObject({ numerator: -3n, denominator: 2n });
    expect(Fraction.of(0n, -7n)).toMatchObject({ numerator: 0n, denominator: 1n });
    expect(() => Fraction.of(1n, 0n)).toThrow(RangeError);
    expect(() => Fraction.ONE.over(Fraction.ZERO)).toThrow(RangeError);
  });

  it.each([
    ['0.0135', 27n, 2000n],
    ['-12.50', -25n, 2n],
    ['1/6', 1n, 6n],
    ['-4/6', -2n, 3n],
    ['0', 0n, 1n],
  ])('reads %s', (text, numerator, denominator) => {
    expect(Fraction.parse(text)).toMatchObject({ numerator, denominator });
  });

  it.each(['', '1e3', '1,5', ' 1', '.5', '1/0', '1/-2', 'NaN', '+1', '1.'])('does not read "%s"', (text) => {
    expect(() => Fraction.parse(text)).toThrow(RangeError);
  });

  it('rounds a half away from zero, once, and truncates toward zero', () => {
    const half = Fraction.of(5n, 2n);
    expect([half.rounded(), half.negated().rounded()]).toEqual([3n, -3n]);
    expect([half.truncated(), half.negated().truncated()]).toEqual([2n, -2n]);
    fc.assert(
      fc.property(fractions, (a) => {
        expect(a.negated().rounded()).toBe(-a.rounded());
        const distance = a.minus(Fraction.of(a.rounded()));
        expect(distance.compare(Fraction.of(1n, 2n))).toBeLessThanOrEqual(0);
        expect(distance.compare(Fraction.of(-1n, 2n))).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('prints decimal text that reads back, without trailing zeros', () => {
    expect(Fraction.of(1n, 3n).toText(4)).toBe('0.3333');
    expect(Fraction.of(-2n, 3n).toText(4)).toBe('-0.6667');
    expect(
      [Fraction.of(100n), Fraction.of(21n, 20n), Fraction.ZERO, Fraction.of(10n, 4n)].map((f) => f.toText()),
    ).toEqual(['100', '1.05', '0', '2.5']);
    expect(Fraction.of(100n).toText(0)).toBe('100');
    expect(Fraction.of(-1n, 1000n).toText(2)).toBe('0');
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }),
        fc.integer({ min: 0, max: 20 }),
        (n, decimals) => {
          const value = Fraction.of(n, 10n ** BigInt(decimals));
          expect(Fraction.parse(value.toText()).equals(value)).toBe(true);
          expect(Fraction.parse(scaledText(n, decimals)).equals(value)).toBe(true);
        },
      ),
      RUNS,
    );
  });

  it('shows 60 digits as a decimal', () => {
    expect(Fraction.of(1n, 3n).toDecimal().toFixed()).toBe(`0.${'3'.repeat(60)}`);
  });

  it('sums nothing to zero', () => {
    expect(sumFractions([]).isZero).toBe(true);
  });
});
