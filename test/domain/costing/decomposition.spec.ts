import fc from 'fast-check';
import { factorEffects, productEffects, standardisedRates } from '../../../src/domain/costing/decomposition.ts';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { RUNS, fractions, shuffled } from '../arbitraries.ts';

const pairs = fc.array(fc.tuple(fractions, fractions), { minLength: 1, maxLength: 5 });

function product(values: readonly Fraction[]): Fraction {
  return values.reduce((a, b) => a.times(b), Fraction.ONE);
}

describe('productEffects', () => {
  it('sum to the difference exactly', () => {
    fc.assert(
      fc.property(pairs, (list) => {
        const [first, second] = [list.map(([a]) => a), list.map(([, b]) => b)];
        const difference = product(second).minus(product(first));
        expect(sumFractions(productEffects(first, second)).equals(difference)).toBe(true);
      }),
      RUNS,
    );
  });

  it('belong to the factor, wherever it stands, and turn their sign with the direction', () => {
    const both = pairs.chain((list) => fc.tuple(fc.constant(list), shuffled(list.map((pair, i) => ({ pair, i })))));
    fc.assert(
      fc.property(both, ([list, other]) => {
        const effects = productEffects(
          list.map(([a]) => a),
          list.map(([, b]) => b),
        );
        const moved = productEffects(
          other.map(({ pair }) => pair[0]),
          other.map(({ pair }) => pair[1]),
        );
        const back = productEffects(
          list.map(([, b]) => b),
          list.map(([a]) => a),
        );
        other.forEach(({ i }, place) => expect(moved[place]!.equals(effects[i]!)).toBe(true));
        effects.forEach((effect, i) => expect(back[i]!.equals(effect.negated())).toBe(true));
      }),
      RUNS,
    );
  });

  it('are nothing for a factor that did not change', () => {
    fc.assert(
      fc.property(pairs, fractions, (list, same) => {
        const effects = productEffects([same, ...list.map(([a]) => a)], [same, ...list.map(([, b]) => b)]);
        expect(effects[0]!.isZero).toBe(true);
      }),
      RUNS,
    );
  });

  it('equal the closed form of Das Gupta for three factors', () => {
    const [a, b, c] = [2n, 3n, 5n].map((n) => Fraction.of(n)) as [Fraction, Fraction, Fraction];
    const [x, y, z] = [4n, 7n, 6n].map((n) => Fraction.of(n)) as [Fraction, Fraction, Fraction];
    const same = b.times(c).plus(y.times(z)).over(3n);
    const mixed = b.times(z).plus(y.times(c)).over(6n);
    expect(productEffects([a, b, c], [x, y, z])[0]!.equals(x.minus(a).times(same.plus(mixed)))).toBe(true);
  });
});

describe('factorEffects', () => {
  it('sum exactly for any function of vectors, e.g. N × Σ mix × handle time × rate', () => {
    const vector = fc.array(fractions, { minLength: 3, maxLength: 3 });
    const population = fc.tuple(fractions, vector, vector, vector);
    fc.assert(
      fc.property(population, population, (first, second) => {
        const rate = (taken: readonly boolean[]) => {
          const of = <K extends 0 | 1 | 2 | 3>(i: K) => (taken[i] ? second : first)[i];
          return sumFractions(
            [0, 1, 2].map((cell) => of(0).times(of(1)[cell]!).times(of(2)[cell]!).times(of(3)[cell]!)),
          );
        };
        const difference = rate([true, true, true, true]).minus(rate([false, false, false, false]));
        expect(sumFractions(factorEffects(4, rate)).equals(difference)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses more factors than it can do while one waits', () => {
    expect(() => factorEffects(17, () => Fraction.ZERO)).toThrow('17 factors');
  });
});

describe('standardisedRates', () => {
  const populations = fc.array(fc.array(fractions, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 4 });

  it('differ by effects that sum to the difference of every pair, whichever way round', () => {
    fc.assert(
      fc.property(populations, (list) => {
        const rate = (taken: readonly number[]) =>
          product(taken.map((population, factor) => list[population]![factor]!));
        const rates = standardisedRates(3, list.length, rate);
        list.forEach((values, p) => {
          list.forEach((others, q) => {
            const effects = rates.map((byPopulation) => byPopulation[q]!.minus(byPopulation[p]!));
            expect(sumFractions(effects).equals(product(others).minus(product(values)))).toBe(true);
          });
        });
      }),
      { numRuns: 300 },
    );
  });

  it('are the pairwise ones for two populations', () => {
    const first = [Fraction.of(10930n), Fraction.parse('0.717892')];
    const second = [Fraction.of(16591n), Fraction.parse('0.825974')];
    const rate = (taken: readonly number[]) =>
      product(taken.map((population, i) => (population === 0 ? first : second)[i]!));
    const effects = standardisedRates(2, 2, rate).map(([a, b]) => b!.minus(a!));
    expect(effects).toEqual(productEffects(first, second));
  });
});
