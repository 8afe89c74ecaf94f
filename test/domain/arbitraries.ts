import fc from 'fast-check';
import { Fraction } from '../../src/domain/fraction.ts';

/** Laws run at least so often. */
export const RUNS = { numRuns: 1000 };

export const amounts = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });

/** Fractions with denominators as they come from shares, seconds and splits. */
export const fractions = fc
  .tuple(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), fc.bigInt({ min: 1n, max: 720_720n }))
  .map(([numerator, denominator]) => Fraction.of(numerator, denominator));

export const positiveFractions = fc
  .tuple(fc.bigInt({ min: 1n, max: 1_000_000n }), fc.bigInt({ min: 1n, max: 1000n }))
  .map(([numerator, denominator]) => Fraction.of(numerator, denominator));

/** Weights under different keys, at least one of them above zero. */
export const weights = fc
  .uniqueArray(
    fc.record({
      key: fc.string({ minLength: 1, maxLength: 6 }),
      weight: fc.oneof(
        fc.constant(Fraction.ZERO),
        positiveFractions,
        fc.bigInt({ min: 0n, max: 10n ** 12n }).map((n) => Fraction.of(n)),
      ),
    }),
    { selector: ({ key }) => key, minLength: 1, maxLength: 12 },
  )
  .filter((list) => list.some(({ weight }) => !weight.isZero));

/** The same list in some other order. */
export function shuffled<T>(list: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
}
