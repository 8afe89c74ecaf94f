import fc from 'fast-check';
import { solveExactly } from '../../../src/domain/costing/linear-system.ts';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { RUNS } from '../arbitraries.ts';

const entry = fc
  .tuple(fc.bigInt({ min: -9n, max: 9n }), fc.bigInt({ min: 1n, max: 7n }))
  .map(([n, d]) => Fraction.of(n, d));
const systems = fc.integer({ min: 1, max: 5 }).chain((size) => {
  const row = fc.array(entry, { minLength: size, maxLength: size });
  return fc.tuple(fc.array(row, { minLength: size, maxLength: size }), row);
});

describe('solveExactly', () => {
  it('gives what satisfies every equation, exactly, or says that the system is singular', () => {
    fc.assert(
      fc.property(systems, ([a, b]) => {
        const solved = solveExactly(
          a,
          b.map((value) => [value]),
        );
        if (solved === undefined) return;
        a.forEach((row, i) => {
          const left = sumFractions(row.map((factor, j) => factor.times(solved[j]![0]!)));
          expect(left.equals(b[i]!)).toBe(true);
        });
      }),
      RUNS,
    );
  });

  it('finds a pivot below a zero, and sees dependent rows', () => {
    const [zero, one, two] = [0n, 1n, 2n].map((n) => Fraction.of(n)) as [Fraction, Fraction, Fraction];
    expect(
      solveExactly(
        [
          [zero, one],
          [two, one],
        ],
        [[one], [two]],
      ),
    ).toEqual([[Fraction.of(1n, 2n)], [one]]);
    expect(
      solveExactly(
        [
          [one, two],
          [one, two],
        ],
        [[one], [one]],
      ),
    ).toBeUndefined();
    expect(solveExactly([], [])).toEqual([]);
  });
});
