import { isDecimalText } from '../domain/decimal.ts';
import { compareKeys } from '../domain/apportionment.ts';
import { amountText } from '../domain/money.ts';

/** Rounds amounts with too many digits so that they sum to the file's total, rounded once half away from zero. */
export class RemainderRounding {
  private exactMinor = 0n;
  private readonly inexact: { readonly text: string; readonly key: string; readonly take: (text: string) => void }[] =
    [];

  constructor(private readonly digits: number) {}

  /** Rows whose amount waits for the file's end. */
  get waiting(): number {
    return this.inexact.length;
  }

  /** True when the amount is exact in the currency's digits and needs no rounding; then it is only counted. */
  countExact(text: string): boolean {
    if (!isDecimalText(text)) return true;
    const [, decimals = ''] = text.split('.');
    if (/[1-9]/.test(decimals.slice(this.digits))) return false;
    this.exactMinor += scaled(text, this.digits);
    return true;
  }

  /** Keeps an inexact amount; `take` receives its rounded text from `settle`. Ties go to the ascending key. */
  wait(text: string, key: string, take: (text: string) => void): void {
    this.inexact.push({ text, key, take });
  }

  /** Rounds what waits; gives the file's exact total and the posted one, as decimal text. */
  settle(): { exact: string; posted: string; rows: number } {
    const scale = Math.max(this.digits + 1, ...this.inexact.map(({ text }) => text.split('.')[1]!.length));
    const unit = 10n ** BigInt(scale - this.digits);
    const claims = this.inexact.map(({ text, key, take }) => {
      const value = scaled(text, scale);
      return { value, minor: value / unit, rest: value % unit, key, take };
    });
    const total = this.exactMinor * unit + claims.reduce((sum, { value }) => sum + value, 0n);
    const posted = ((total < 0n ? -total : total) + unit / 2n) / unit;
    const postedMinor = total < 0n ? -posted : posted;
    let missing = postedMinor - this.exactMinor - claims.reduce((sum, { minor }) => sum + minor, 0n);
    const step = missing < 0n ? -1n : 1n;
    const takers = claims
      .filter(({ rest }) => rest * step > 0n)
      .sort((a, b) => (a.rest === b.rest ? compareKeys(a.key, b.key) : a.rest * step > b.rest * step ? -1 : 1));
    for (const taker of takers) {
      if (missing === 0n) break;
      taker.minor += step;
      missing -= step;
    }
    for (const { minor, take } of claims) take(amountText(minor, this.digits));
    return { exact: amountText(total, scale), posted: amountText(postedMinor, this.digits), rows: claims.length };
  }
}

/** Decimal text times 10^digits; further digits are cut (they are zeros where this is called). */
function scaled(text: string, digits: number): bigint {
  const [units = '0', decimals = ''] = text.replace('-', '').split('.');
  const value = BigInt(units + decimals.slice(0, digits).padEnd(digits, '0'));
  return text.startsWith('-') ? -value : value;
}
