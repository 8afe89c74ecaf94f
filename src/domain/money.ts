import { isDecimalText } from './decimal.ts';
import { Fraction, scaledText } from './fraction.ts';

/**
 * Money is an integer number of minor units (cents) of one currency: `bigint`, exact at any size. Text outside.
 * Digits per ISO 4217 (list of active codes of 2026-01-01; funds codes and metals are not money of account).
 */
const TWO_DIGITS =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG';
const ZERO_DIGITS = 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF';
const THREE_DIGITS = 'BHD IQD JOD KWD LYD OMR TND';
const DIGITS = new Map<string, number>([
  ...TWO_DIGITS.split(' ').map((code): [string, number] => [code, 2]),
  ...ZERO_DIGITS.split(' ').map((code): [string, number] => [code, 0]),
  ...THREE_DIGITS.split(' ').map((code): [string, number] => [code, 3]),
]);

/** Minor-unit digits of an ISO 4217 code, or undefined for a currency that does not exist. */
export function minorDigits(currency: string): number | undefined {
  return DIGITS.get(currency);
}

/** Amounts up to 10^15 units are taken; beyond, a typing error is likelier than a budget. */
export const LARGEST_AMOUNT = 10n ** 15n;

export type AmountFault = 'not_decimal' | 'too_many_digits' | 'too_large' | 'unknown_currency';

/** Minor units of amount text, or why it cannot be taken exactly. Never rounds. */
export function parseAmount(text: string, currency: string): { minor: bigint } | { fault: AmountFault } {
  const digits = minorDigits(currency);
  if (digits === undefined) return { fault: 'unknown_currency' };
  if (!isDecimalText(text)) return { fault: 'not_decimal' };
  const point = text.indexOf('.');
  const decimals = point < 0 ? '' : text.slice(point + 1);
  if (decimals.length > digits) return { fault: 'too_many_digits' };
  const minor = BigInt((point < 0 ? text : text.slice(0, point) + decimals) + '0'.repeat(digits - decimals.length));
  const limit = LARGEST_AMOUNT * 10n ** BigInt(digits);
  if (minor > limit || minor < -limit) return { fault: 'too_large' };
  return { minor };
}

/** Amount text with all minor digits, e.g. (-380000n, 2) = "-3800.00". */
export function amountText(minor: bigint, digits: number): string {
  return scaledText(minor, digits);
}

/** Minor units as an exact fraction of the major unit. */
export function majorUnits(minor: bigint, digits: number): Fraction {
  return Fraction.of(minor, 10n ** BigInt(digits));
}

/** A fraction of major units, rounded once to minor units, half away from zero. */
export function roundToMinor(amount: Fraction, digits: number): bigint {
  return amount.times(10n ** BigInt(digits)).rounded();
}
