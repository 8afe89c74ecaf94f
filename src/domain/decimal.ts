import { Decimal as DecimalJs } from 'decimal.js';

/**
 * The one door to decimal.js. 60 significant digits: products of an amount (≤ 10^15 with 4 minor digits), a count
 * (≤ 10^12) and shares of up to 20 digits stay exact; only divisions are cut, at the 60th digit.
 */
export const Decimal = DecimalJs.clone({
  precision: 60,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -70,
  toExpPos: 70,
});
export type Decimal = DecimalJs;

export const ZERO: Decimal = new Decimal(0);
export const ONE: Decimal = new Decimal(1);

const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/** True for plain decimal text: no sign but a leading minus, no exponent, no separators, no blanks, no leading zeros. */
export function isDecimalText(text: string): boolean {
  return PLAIN.test(text);
}

/** Decimal of plain decimal text. @throws RangeError naming the text when it is not plain decimal text */
export function decimal(text: string): Decimal {
  if (!isDecimalText(text)) throw new RangeError(`"${text}" is not a plain decimal number`);
  return new Decimal(text);
}

/** Plain decimal text, never an exponent, never "-0". */
export function decimalText(value: Decimal): string {
  return value.isZero() ? '0' : value.toFixed();
}

export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const value of values) total = total.plus(value);
  return total;
}
