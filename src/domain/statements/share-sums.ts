import { Fraction } from '../fraction.ts';

/** Sums what shares of counts come to: counts by share as integers, of which fractions are formed once. */
export class ShareSums {
  private readonly counts = new Map<string, { readonly share: Fraction; count: bigint }>();

  add(share: Fraction, count: bigint): void {
    const key = share.toString();
    const known = this.counts.get(key);
    if (known) known.count += count;
    else this.counts.set(key, { share, count });
  }

  total(): Fraction {
    let sum = Fraction.ZERO;
    for (const { share, count } of this.counts.values()) sum = sum.plus(share.times(count));
    return sum;
  }
}
