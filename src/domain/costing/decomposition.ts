import { Fraction } from '../fraction.ts';

/** 2^n rates are computed; beyond this many factors the answer would not come while one waits. */
export const MOST_FACTORS = 16;

/**
 * Why a rate differs between two populations: one effect per factor, free of any order of replacement, summing exactly
 * to the difference. For products this is Das Gupta (1993, US Census P23-186); for any rate function it is the Shapley
 * value of its factors, which Das Gupta's effects equal.
 * @param rate the rate when factor i is taken from the second population where `second[i]`, from the first elsewhere
 * @returns effects in the order of the factors; second − first
 * @throws RangeError for more than 16 factors
 */
export function factorEffects(factors: number, rate: (second: readonly boolean[]) => Fraction): Fraction[] {
  const rates = Array.from({ length: 1 << checked(factors) }, (_, taken) => rate(bits(taken, factors)));
  return Array.from({ length: factors }, (_, factor) =>
    weightedOverOthers(factors, factor, (others) => rates[others | (1 << factor)]!.minus(rates[others]!)),
  );
}

/**
 * The rate standardised for all factors but one: what it would be with that factor of one population and the others
 * averaged over both. The difference of the two standardised rates is the factor's effect.
 * @returns per factor: the standardised rate of the first and of the second population
 */
export function standardisedRates(
  factors: number,
  rate: (second: readonly boolean[]) => Fraction,
): [Fraction, Fraction][] {
  const rates = Array.from({ length: 1 << checked(factors) }, (_, taken) => rate(bits(taken, factors)));
  return Array.from({ length: factors }, (_, factor): [Fraction, Fraction] => [
    weightedOverOthers(factors, factor, (others) => rates[others]!),
    weightedOverOthers(factors, factor, (others) => rates[others | (1 << factor)]!),
  ]);
}

/** Effects of the factors of a product, e.g. contacts × seconds per contact × cost per second. */
export function productEffects(first: readonly Fraction[], second: readonly Fraction[]): Fraction[] {
  return factorEffects(first.length, (taken) =>
    taken.reduce((product, isSecond, i) => product.times((isSecond ? second : first)[i]!), Fraction.ONE),
  );
}

/** Mean over the subsets of the other factors, each size of subset weighing the same: |S|! (n − 1 − |S|)! ÷ n!. */
function weightedOverOthers(factors: number, factor: number, value: (others: number) => Fraction): Fraction {
  const bySize = Array.from({ length: factors }, () => Fraction.ZERO);
  for (let others = 0; others < 1 << factors; others++) {
    if (others & (1 << factor)) continue;
    const size = bits(others, factors).filter(Boolean).length;
    bySize[size] = bySize[size]!.plus(value(others));
  }
  let total = Fraction.ZERO;
  let subsets = 1n; // binomial (n − 1 over size)
  bySize.forEach((sum, size) => {
    total = total.plus(sum.over(subsets));
    subsets = (subsets * BigInt(factors - 1 - size)) / BigInt(size + 1);
  });
  return total.over(BigInt(factors));
}

function bits(set: number, length: number): boolean[] {
  return Array.from({ length }, (_, i) => (set & (1 << i)) !== 0);
}

function checked(factors: number): number {
  if (factors > MOST_FACTORS) throw new RangeError(`${factors} factors; at most ${MOST_FACTORS} can be decomposed`);
  return factors;
}
