import { Fraction } from '../../domain/fraction.ts';

const LARGEST_EXACT = 2 ** 52;

/** Product of a whole number and a decimal, rounded half away from zero, as PostgreSQL rounds a numeric. */
export class RoundedProduct {
  private readonly factor: Fraction;
  private readonly small: { readonly numerator: number; readonly denominator: number } | undefined;

  /** @param factors decimal texts, multiplied exactly */
  constructor(factors: readonly string[]) {
    this.factor = factors.map((text) => Fraction.parse(text)).reduce((product, factor) => product.times(factor));
    const [n, d] = [Number(this.factor.numerator), Number(this.factor.denominator)];
    if (Math.abs(n) < LARGEST_EXACT && d < LARGEST_EXACT / 2) this.small = { numerator: n, denominator: d };
  }

  /** @param amount whole */
  of(amount: number): number {
    if (this.small !== undefined) {
      const { numerator, denominator } = this.small;
      const twice = 2 * Math.abs(amount * numerator) + denominator;
      // below this, product, quotient times denominator, and rest are whole numbers that a double holds
      if (twice < LARGEST_EXACT) {
        let quotient = Math.floor(twice / (2 * denominator));
        if (quotient * 2 * denominator > twice) quotient--;
        return amount * numerator < 0 ? 0 - quotient : quotient;
      }
    }
    return Number(this.factor.times(BigInt(amount)).rounded());
  }
}
