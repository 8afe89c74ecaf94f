import { minorDigits } from '../domain/money.ts';
import { putText, type FactColumn, type FactContext } from './fact-columns.ts';

/** An amount in minor units of the row's currency; `taken` is the value for the control total, NaN for none. */
export interface AmountColumn extends FactColumn {
  taken: number | bigint;
}

/** @param digits minor digits of the row's currency, -1 when it is not known for certain */
export function amountColumn(
  { place, out }: FactContext,
  at: number,
  c: number,
  required: boolean,
  digits: () => number,
): AmountColumn {
  return {
    taken: NaN,
    fast() {
      const { bytes } = place;
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      this.taken = NaN;
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
      this.taken = negative && value !== 0 ? -value : value;
      out.putInt8(this.taken);
      return true;
    },
    slow(row) {
      const value = row.values[c]!;
      this.taken = value === null ? NaN : BigInt(value);
      if (value === null) out.putNull();
      else out.putBigInt(BigInt(value));
    },
  };
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
  const start = context.out;
  return {
    get taken() {
      return part.taken;
    },
    set taken(value) {
      part.taken = value;
    },
    fast() {
      const before = start.length;
      if (!part.fast()) return false;
      const waived = part.taken as number;
      if (waived !== waived) return true;
      const all = (amount?.taken ?? NaN) as number;
      if (all === all && (all >= 0 ? waived >= 0 && waived <= all : waived <= 0 && waived >= all)) return true;
      start.length = before;
      return false;
    },
    slow: (row) => part.slow(row),
  };
}

/** The row's currency and its minor digits, from the field or, when that is empty, the company's. */
export class RowCurrency {
  private readonly digitsOf = new Map<number, number>();
  private readonly names = new Map<number, string>();

  constructor(
    private readonly context: FactContext,
    private readonly at: number,
  ) {}

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
    let digits = this.digitsOf.get(code);
    if (digits === undefined) {
      digits = code < 0 ? -1 : (minorDigits(this.name(code)) ?? -1);
      if (this.digitsOf.size < 1000) this.digitsOf.set(code, digits);
    }
    return digits;
  };

  name(code: number): string {
    if (code === 0) return this.context.currency;
    let name = this.names.get(code);
    if (name === undefined) {
      name = String.fromCharCode(code >> 16, (code >> 8) & 255, code & 255);
      if (this.names.size < 1000) this.names.set(code, name);
    }
    return name;
  }

  column(required: boolean, c: number): FactColumn {
    const { place, out } = this.context;
    return {
      fast: () => {
        const code = this.code();
        if ((code === 0 && required) || this.digits() < 0) return false;
        if (code === 0) out.putText(this.context.currency);
        else out.putBytes(place.bytes, place.starts[place.base + this.at]!, place.ends[place.base + this.at]!);
        return true;
      },
      slow: (row) => putText(out, row.values[c]!),
    };
  }
}
