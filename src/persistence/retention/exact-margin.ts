const LARGEST_EXACT = 2 ** 52;

/** Product of a whole number and a decimal, rounded half away from zero, as PostgreSQL rounds a numeric. */
export class RoundedProduct {
  private readonly numerator: bigint;
  private readonly denominator: bigint;
  private readonly small: { readonly numerator: number; readonly denominator: number } | undefined;

  /** @param factors decimal texts, multiplied exactly */
  constructor(factors: readonly string[]) {
    let [numerator, denominator] = [1n, 1n];
    for (const text of factors) {
      const [whole, decimals = ''] = text.split('.') as [string, string?];
      numerator *= BigInt(whole + decimals);
      denominator *= 10n ** BigInt(decimals.length);
    }
    [this.numerator, this.denominator] = [numerator, denominator];
    const [n, d] = [Number(numerator), Number(denominator)];
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
    const product = BigInt(amount) * this.numerator;
    const magnitude = product < 0n ? -product : product;
    const rounded = Number((2n * magnitude + this.denominator) / (2n * this.denominator));
    return product < 0n ? 0 - rounded : rounded;
  }
}
