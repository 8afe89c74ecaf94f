import { Fraction } from '../../domain/fraction.ts';
import { amountText } from '../../domain/money.ts';

/** Nearest double of an exact number: what a cell shows; posted amounts stay below 10^13, where their cents are exact. */
export function double(value: Fraction): number {
  return value.isZero ? 0 : Number(value.toDecimal().toString());
}

/** Minor units as the double of the major unit. */
export function majorDouble(minor: bigint, digits: number): number {
  return Number(amountText(minor, digits));
}

/** A fraction rounded half away from zero at so many decimals, as ROUND does. */
export function roundedAt(value: Fraction, decimals: number): Fraction {
  const scale = 10n ** BigInt(decimals);
  return Fraction.of(value.times(scale).rounded(), scale);
}
