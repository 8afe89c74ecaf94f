import { scaledText } from '../domain/fraction.ts';

/** Decimal text of cents that may be fractions, in euros with so many decimals (at least 2), rounded once. */
export function euros(cents: number, decimals = 2): string {
  let unit = 1;
  for (let i = 2; i < decimals; i++) unit *= 10;
  return scaledText(BigInt(Math.round(cents * unit)), decimals);
}
