import { Fraction, FractionSum, nearest, sumFractions } from './fraction.ts';

/**
 * Apportionment by largest remainder (Hamilton): the one rounding point of the product (method 1).
 * Shares sum to the total exactly, each lies within one minor unit of its quota, and equal inputs give equal outputs
 * whatever their order: ties go to the ascending key.
 */
export interface Claim {
  readonly key: string;
  readonly quota: Fraction;
}

/**
 * Quotas are taken at six decimals of the major unit, rounded half away from zero as a workbook's ROUND(quota, 6): then
 * its doubles give the cents to the same lines. Cut off instead, every exact half cent would hang on a double's last
 * bit; and a double a hair below a whole cent would be a cent less.
 */
const COMPARED_DECIMALS = 6;

/**
 * Apportions a total in minor units over quotas (in minor units, exact, of any sign) that sum to it.
 * Quotas are truncated toward zero; missing units > 0 go to positive quotas with the largest fractions, missing
 * units < 0 are taken from the negative ones; a negative total mirrors a positive one.
 * @param digits minor-unit digits of the currency, to find the sixth decimal of the major unit
 * @returns minor units in the order of the claims
 * @throws RangeError when the quotas do not sum to the total
 */
export function apportionQuotas(total: bigint, claims: readonly Claim[], digits: number): bigint[] {
  const quotas = sumFractions(claims.map(({ quota }) => quota));
  if (!quotas.equals(Fraction.of(total))) throw new RangeError(`quotas sum to ${quotas.toString()}, not to ${total}`);
  return rounded(
    total,
    claims.map(({ key, quota: { numerator, denominator } }) => ({ key, numerator, denominator })),
    digits,
  );
}

/** A claim whose quota is a quotient, in lowest terms or not, with a positive denominator. */
interface Quotient {
  readonly key: string;
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** Whole units of quotas that sum to the total. */
function rounded(total: bigint, claims: readonly Quotient[], digits: number): bigint[] {
  const scale = 10n ** BigInt(Math.max(0, COMPARED_DECIMALS - digits));
  const compared = claims.map(({ numerator, denominator }) => nearest(numerator * scale, denominator));
  // Thousands of quotas just below a whole unit can round to more units than there are: then they are cut off.
  return (
    handOut(
      total,
      claims,
      compared,
      compared.map((quota) => quota / scale),
      scale,
    ) ??
    handOut(
      total,
      claims,
      compared,
      claims.map(({ numerator, denominator }) => numerator / denominator),
      scale,
    )!
  );
}

/** Whole units and the missing ones, or undefined when more are missing than there are takers of that sign. */
function handOut(
  total: bigint,
  claims: readonly Quotient[],
  compared: readonly bigint[],
  wholes: readonly bigint[],
  scale: bigint,
): bigint[] | undefined {
  let missing = wholes.reduce((rest, whole) => rest - whole, total);
  const posted = [...wholes];
  if (missing === 0n) return posted;
  const step = missing < 0n ? -1n : 1n;
  const takers = claims
    .map(({ key, numerator }, index) => ({
      key,
      index,
      rest: (compared[index]! - wholes[index]! * scale) * step,
      isTaker: numerator * step > 0n,
    }))
    .filter(({ isTaker }) => isTaker)
    .sort((a, b) => (a.rest === b.rest ? compareKeys(a.key, b.key) : a.rest > b.rest ? -1 : 1));
  if (missing * step > BigInt(takers.length)) return undefined;
  for (let i = 0; missing !== 0n; i++) {
    posted[takers[i]!.index]! += step;
    missing -= step;
  }
  return posted;
}

/**
 * Apportions a total in minor units in proportion to non-negative weights.
 * @returns minor units in the order of the weights, or undefined when all weights are zero: the caller states who then
 * takes the amount (the pool's zero-driver target); it never goes away
 * @throws RangeError for a negative weight
 */
export function apportion(
  total: bigint,
  weights: readonly { readonly key: string; readonly weight: Fraction | bigint }[],
  digits: number,
): bigint[] | undefined {
  const exact = weights.map(({ key, weight }) => {
    const { numerator, denominator } = typeof weight === 'bigint' ? { numerator: weight, denominator: 1n } : weight;
    if (numerator < 0n) throw new RangeError(`the weight of ${key} is negative`);
    return { key, numerator, denominator };
  });
  const sum = new FractionSum();
  for (const { numerator, denominator } of exact) sum.add(numerator, denominator);
  const { numerator: whole, denominator: parts } = sum.total();
  if (whole === 0n) return undefined;
  // total × weight ÷ sum: of thousands of quotas none has to be in lowest terms to be rounded
  const [above, below] = [total * parts, whole];
  return rounded(
    total,
    exact.map(({ key, numerator, denominator }) => ({
      key,
      numerator: numerator * above,
      denominator: denominator * below,
    })),
    digits,
  );
}

/** Ascending order of keys by UTF-16 code units: the same on every machine and in every locale. */
export function compareKeys(a: string, b: string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
