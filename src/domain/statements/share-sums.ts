import { Fraction } from '../fraction.ts';

/** Sums what shares of counts come to: counts by share as integers, of which fractions are formed once. */
export class ShareSums {
  private readonly counts = new Map<string, { readonly share: Fraction; count: bigint }>();
  /** most often the next one, too */
  private last: { readonly share: Fraction; count: bigint } | undefined;

  add(share: Fraction, count: bigint): void {
    if (!this.last?.share.equals(share)) {
      const key = share.toString();
      this.last = this.counts.get(key) ?? { share, count: 0n };
      this.counts.set(key, this.last);
    }
    this.last.count += count;
  }

  total(): Fraction {
    let sum = Fraction.ZERO;
    for (const { share, count } of this.counts.values()) sum = sum.plus(share.times(count));
    return sum;
  }
}
