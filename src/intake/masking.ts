/**
 * Personal marks in free text are masked before it is stored: e-mail addresses, IBANs, card numbers, phone numbers.
 * Numbers are masked only when their form says what they are (IBAN by its country code and check digits, cards by the
 * Luhn digit), so that order numbers and amounts stay readable.
 */
export function masked(text: string): string {
  if (!/[@\d]/.test(text)) return text;
  return text
    .replace(EMAIL, '[email]')
    .replace(IBAN, (found) => maskedFront(found, isIban, '[iban]'))
    .replace(DIGITS, (found) => maskedFront(found, isCard, '[card]'))
    .replace(PHONE, (found) => (isPhone(found) ? '[phone]' : found));
}

const EMAIL = /[\p{L}\p{N}._%+'-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu;
const IBAN = /\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]{2,4}){2,8}(?:[ -]?[A-Za-z0-9]{1,3})?\b/g;
const DIGITS = /(?<![\d.,])\d(?:[ -]?\d){12,18}(?![\d])/g;
const PHONE = /(?<![\p{L}\d.,:-])(?:\+|00)?\(?\d{1,5}\)?(?:[ /.()-]{0,2}\d{2,5}){1,5}(?![\p{L}\d])/gu;

/** Masks the longest front that is one, up to a blank or dash: the groups after it may belong to something else. */
function maskedFront(found: string, isOne: (text: string) => boolean, mark: string): string {
  for (
    let end = found.length;
    end > 12;
    end = Math.max(found.lastIndexOf(' ', end - 1), found.lastIndexOf('-', end - 1))
  ) {
    if (isOne(found.slice(0, end))) return mark + found.slice(end);
  }
  return found;
}

function isIban(text: string): boolean {
  const plain = text.replaceAll(/[ -]/g, '').toUpperCase();
  if (plain.length < 15 || plain.length > 34) return false;
  let remainder = 0;
  for (const char of plain.slice(4) + plain.slice(0, 4)) {
    const value = parseInt(char, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
}

function isCard(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '');
  if (digits.length < 13) return false;
  let total = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    total += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return total % 10 === 0 && /[1-9]/.test(digits);
}

/** Phone numbers start with +, 00 or a trunk 0, or group 9 to 12 digits; 7 to 15 digits; dates and times are none. */
function isPhone(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').length;
  if (digits < 7 || digits > 15) return false;
  if (/^\d{4}-\d\d-\d\d/.test(text) || /^\d{1,2}[./]\d{1,2}[./]\d{4}$/.test(text)) return false;
  if (/^(?:\+|0|\(0|\(\+)/.test(text)) return true;
  return digits >= 9 && digits <= 12 && /^\(?\d{2,4}\)?(?:[ /.-]\d{2,5}){2,4}$/.test(text);
}
