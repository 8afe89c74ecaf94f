import { Fraction, sumFractions } from '../fraction.ts';

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
  const rates = ratesOfSets(factors, rate);
  return Array.from({ length: factors }, (_, factor) =>
    weightedOverOthers(factors, factor, (others) => rates[others | (1 << factor)]!.minus(rates[others]!)),
  );
}

/**
 * Rates standardised for all factors but one, among any number of populations: what each would have with its own factor
 * and the others averaged. A factor's effect between two populations is the difference of their standardised rates; the
 * effects of a pair sum to the difference of its rates, and effects of A–B and B–C sum to those of A–C (Das Gupta 1993,
 * ch. 6: pairwise standardisation, made consistent).
 * @param rate the rate with factor i of population `taken[i]`
 * @returns [factor][population]
 * @throws RangeError for more than 16 factors
 */
export function standardisedRates(
  factors: number,
  populations: number,
  rate: (taken: readonly number[]) => Fraction,
): Fraction[][] {
  const all = Array.from({ length: populations }, (_, population) => population);
  const pairwise = all.map((a) =>
    all.map((b) => (a < b ? pairRates(factors, (set) => rate(set.map((s) => (s ? b : a)))) : [])),
  );
  const n = BigInt(populations);
  return Array.from({ length: factors }, (_, factor) => {
    const against = (a: number, b: number) => (a < b ? pairwise[a]![b]![factor]![0] : pairwise[b]![a]![factor]![1]);
    return all.map((own) => {
      const others = all.filter((other) => other !== own);
      const mean = sumFractions(others.map((other) => against(own, other))).over(n - 1n);
      const consistency = others.map((other) =>
        sumFractions(others.filter((third) => third !== other).map((third) => against(other, third))).minus(
          against(other, own).times(n - 2n),
        ),
      );
      return mean.plus(sumFractions(consistency).over(n * (n - 1n)));
    });
  });
}

/** Per factor: the standardised rate of the first and of the second population of a pair. */
function pairRates(factors: number, rate: (second: readonly boolean[]) => Fraction): [Fraction, Fraction][] {
  const rates = ratesOfSets(factors, rate);
  return Array.from({ length: factors }, (_, factor) => [
    weightedOverOthers(factors, factor, (others) => rates[others]!),
    weightedOverOthers(factors, factor, (others) => rates[others | (1 << factor)]!),
  ]);
}

/** Effects of the factors of a product, e.g. contacts × seconds per contact × cost per second. */
export function productEffects(first: readonly Fraction[], second: readonly Fraction[]): Fraction[] {
  // In integers, each factor over its common denominator: a bridge does this for thousands of groups.
  const denominators = first.map((value, i) => {
    const other = second[i]!.denominator;
    return value.denominator * Fraction.of(other, value.denominator).numerator;
  });
  const inIntegers = (values: readonly Fraction[]) => values.map((value, i) => value.times(denominators[i]!));
  const [ones, twos] = [inIntegers(first), inIntegers(second)];
  const effects = factorEffects(first.length, (taken) =>
    taken.reduce((product, isSecond, i) => product.times((isSecond ? twos : ones)[i]!), Fraction.ONE),
  );
  const denominator = denominators.reduce((product, one) => product * one, 1n);
  return effects.map((effect) => effect.over(denominator));
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

/** The rate for every set of factors taken from the second population. */
function ratesOfSets(factors: number, rate: (second: readonly boolean[]) => Fraction): Fraction[] {
  if (factors > MOST_FACTORS) throw new RangeError(`${factors} factors; at most ${MOST_FACTORS} can be decomposed`);
  return Array.from({ length: 1 << factors }, (_, set) => rate(bits(set, factors)));
}
