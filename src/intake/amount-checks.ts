import { minorDigits, parseAmount, type AmountFault } from '../domain/money.ts';
import { currencyFlaw, flaw, notDecimal, type Checked, type Flaw } from './column-checks.ts';

/** Minor units as text. */
export function checkAmount(text: string, currency: string): Checked {
  const amount = parseAmount(text, currency);
  if ('minor' in amount) return amount.minor.toString();
  return AMOUNT_FLAWS[amount.fault](text, currency);
}

const AMOUNT_FLAWS: Record<AmountFault, (text: string, currency: string) => Flaw> = {
  not_decimal: notDecimal,
  too_many_digits: (_, currency) =>
    flaw(
      'too_many_digits',
      `${currency} has ${minorDigits(currency)} digits after the point`,
      'Round the amount at its source; nothing is rounded here.',
    ),
  too_large: () => flaw('too_large', 'the amount is beyond 10^15', 'Check its unit.'),
  unknown_currency: (_, currency) =>
    currencyFlaw(currency) ?? flaw('unknown_currency', 'there is no such currency', ''),
};

/** The waived part of an amount in minor units: `true` is all of it. */
export function checkWaived(text: string, amount: string | null, currency: string): Checked {
  const word = text.toLowerCase();
  if (word === 'false') return '0';
  if (amount === null)
    return flaw('waived_without_amount', 'something is waived, and no amount is billed', 'Fill in amount, gross.');
  if (word === 'true') return amount;
  const waived = checkAmount(text, currency);
  if (typeof waived !== 'string') return waived;
  const [part, all] = [BigInt(waived), BigInt(amount)];
  const inside = all >= 0n ? part >= 0n && part <= all : part <= 0n && part >= all;
  return inside ? waived : flaw('waived_too_much', 'the waived part lies between 0 and the amount', 'Check both.');
}
