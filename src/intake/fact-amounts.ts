import { minorDigits } from '../domain/money.ts';
import { viewOf } from './binary-rows.ts';
import { putText, type FactColumn, type FactContext } from './fact-columns.ts';
import type { CheckedRow } from './row-check.ts';

/** An amount in minor units of the row's currency; `taken` is the value for the control total, NaN for none. */
export interface AmountColumn extends FactColumn {
  readonly taken: number;
}

/** @param digits minor digits of the row's currency, -1 when it is not known for certain */
export function amountColumn(
  { place, out }: FactContext,
  at: number,
  c: number,
  required: boolean,
  digits: () => number,
): AmountColumn {
  const column = {
    taken: NaN,
    fast() {
      const { bytes } = place;
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      column.taken = NaN;
      if (s === e) {
        if (!required) out.putNull();
        return !required;
      }
      const places = digits();
      if (places < 0) return false;
      const negative = bytes[s] === 45;
      let i = negative ? s + 1 : s;
      const whole = i;
      let value = 0;
      for (; i < e && bytes[i]! >= 48 && bytes[i]! <= 57; i++) value = value * 10 + bytes[i]! - 48;
      const length = i - whole;
      if (length === 0 || length > 12 || (length > 1 && bytes[whole] === 48)) return false;
      let decimals = 0;
      if (i < e) {
        if (bytes[i] !== 46 || i + 1 === e) return false;
        for (i++; i < e && bytes[i]! >= 48 && bytes[i]! <= 57; i++, decimals++) value = value * 10 + bytes[i]! - 48;
        if (i < e || decimals > places) return false;
      }
      for (; decimals < places; decimals++) value *= 10;
      column.taken = negative && value !== 0 ? -value : value;
      out.putInt8(column.taken);
      return true;
    },
    slow(row: CheckedRow) {
      const value = row.values[c]!;
      if (value === null) out.putNull();
      else out.putBigInt(BigInt(value));
    },
  };
  return column;
}

/** The waived part: nothing, or an amount between 0 and what is billed; the rest goes the slow way. */
export function waivedColumn(
  context: FactContext,
  at: number,
  c: number,
  amount: AmountColumn | undefined,
  digits: () => number,
): AmountColumn {
  const part = amountColumn(context, at, c, false, digits);
  const { fast } = part;
  return Object.assign(part, {
    fast() {
      if (!fast()) return false;
      const waived = part.taken;
      if (waived !== waived) return true;
      const all = amount?.taken ?? NaN;
      return all === all && (all >= 0 ? waived >= 0 && waived <= all : waived <= 0 && waived >= all);
    },
  });
}

/** The row's currency and its minor digits, from the field or, when that is empty, the company's. */
export class RowCurrency {
  private readonly known = new Map<number, { readonly name: string; readonly digits: number }>();
  /** of the row before: most rows of a file have the same */
  private lastCode = NaN;
  private lastDigits = -1;
  private readonly own: DataView;

  constructor(
    private readonly context: FactContext,
    private readonly at: number,
  ) {
    this.own = viewOf(Buffer.from(context.currency));
  }

  /** Three letters as a number; 0 for the company's currency, -1 for what is not three bytes long. */
  code(): number {
    const { place } = this.context;
    const s = place.starts[place.base + this.at]!;
    const length = place.ends[place.base + this.at]! - s;
    if (length === 0) return 0;
    return length === 3 ? (place.bytes[s]! << 16) | (place.bytes[s + 1]! << 8) | place.bytes[s + 2]! : -1;
  }

  readonly digits = (): number => {
    const code = this.code();
    if (code !== this.lastCode) {
      this.lastCode = code;
      this.lastDigits = code < 0 ? -1 : this.of(code).digits;
    }
    return this.lastDigits;
  };

  name(code: number): string {
    return this.of(code).name;
  }

  private of(code: number): { readonly name: string; readonly digits: number } {
    let found = this.known.get(code);
    if (found === undefined) {
      const name = code === 0 ? this.context.currency : String.fromCharCode(code >> 16, (code >> 8) & 255, code & 255);
      found = { name, digits: minorDigits(name) ?? -1 };
      if (this.known.size < 1000) this.known.set(code, found);
    }
    return found;
  }

  column(required: boolean, c: number): FactColumn {
    const { place, out } = this.context;
    return {
      fast: () => {
        const at = place.base + this.at;
        const given = place.starts[at] !== place.ends[at];
        if ((!given && required) || this.digits() < 0) return false;
        if (given) out.putBytes(place.view, place.starts[at]!, place.ends[at]!);
        else out.putBytes(this.own, 0, this.own.byteLength);
        return true;
      },
      slow: (row) => putText(out, row.values[c]!),
    };
  }
}
