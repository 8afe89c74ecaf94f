import fc from 'fast-check';
import { Fraction } from '../../../src/domain/fraction.ts';
import { RoundedProduct } from '../../../src/persistence/retention/exact-margin.ts';

const decimals = fc
  .tuple(fc.boolean(), fc.bigInt(0n, 10n ** 14n), fc.integer({ min: 0, max: 20 }))
  .map(([negative, digits, places]) => {
    const text = `${digits}`.padStart(places + 1, '0');
    const whole = text.slice(0, text.length - places);
    return `${negative ? '-' : ''}${whole}${places === 0 ? '' : `.${text.slice(-places)}`}`;
  });

describe('an amount times a rate and a factor', () => {
  it('is rounded half away from zero, exactly, at any size', () => {
    const amount = fc.oneof(fc.integer({ min: -5000, max: 5000 }), fc.maxSafeInteger());
    fc.assert(
      fc.property(amount, fc.array(decimals, { minLength: 1, maxLength: 2 }), (minor, factors) => {
        const exact = factors.reduce((product, text) => product.times(Fraction.parse(text)), Fraction.of(minor, 1));
        const reference = exact.rounded();
        fc.pre(reference < 2n ** 53n && reference > -(2n ** 53n));
        expect(new RoundedProduct(factors).of(minor)).toBe(Number(reference));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    [5, ['0.5'], 3],
    [-5, ['0.5'], -3],
    [3, ['0.1666666666666666666'], 0],
    [9, ['0.5', '1.0'], 5],
    [-1, ['0.4'], 0],
    [7_000_000_000_001, ['0.5'], 3_500_000_000_001],
  ])('%d times %j is %d', (amount, factors, product) => expect(new RoundedProduct(factors).of(amount)).toBe(product));
});
