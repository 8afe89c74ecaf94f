import { InvalidInput } from '../domain/errors.ts';
import { minorDigits } from '../domain/money.ts';
import type { BinaryRows } from './binary-rows.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { CustomerHash } from './customer-hash.ts';
import { FastTimestamp } from './fast-timestamp.ts';
import type { Column } from './kinds/kind.ts';
import { masked } from './masking.ts';
import type { CheckedRow } from './row-check.ts';
import type { Zone } from './timestamps.ts';

/** The row of a span batch that is being encoded. */
export interface Place {
  bytes: Buffer;
  starts: Int32Array;
  ends: Int32Array;
  /** index of the row's first field in starts and ends */
  base: number;
}

/**
 * One column of a fact on its way into COPY. `fast` reads the field's bytes and writes the value, or gives false for
 * whatever it does not know for certain; then the row is checked as text (row-check.ts) and `slow` writes what came out.
 */
export interface FactColumn {
  fast(): boolean;
  slow(row: CheckedRow): void;
  /** remembers the good value of a row that went the slow way */
  learn?(row: CheckedRow): void;
}

export interface FactContext {
  readonly place: Place;
  readonly out: BinaryRows;
  readonly zone: Zone;
  readonly currency: string;
  readonly pseudonymise: boolean;
  readonly file: string;
}

/** Texts of a dimension beyond which a column is taken for an id by mistake; it bounds the memory. */
const MOST_VALUES = 100_000;

/** Values met before, by the bytes of their field. */
export class Seen<T> {
  private readonly texts = new ByteDictionary();
  private readonly values: T[] = [];

  constructor(
    private readonly column: string,
    private readonly file: string,
  ) {}

  /** 0 for a text that was not met, else a number for `at`. */
  find(bytes: Uint8Array, start: number, end: number): number {
    return this.texts.find(bytes, start, end);
  }

  at(id: number): T {
    return this.values[id]!;
  }

  learn(text: string, value: T): void {
    if (this.texts.size >= MOST_VALUES) {
      const message = `the column has more than ${MOST_VALUES} different values: it looks like an id, not like a ${this.column}`;
      const remedy = 'Leave the column out, or map a coarser one.';
      throw new InvalidInput([{ file: this.file, column: this.column, code: 'too_many_values', message, remedy }]);
    }
    this.values[this.texts.add(text)] = value;
  }
}

/** An id of visible ASCII, at most 200 characters; anything else goes the slow way. */
function isPlainId(b: Uint8Array, s: number, e: number): boolean {
  if (e - s > 200 || b[s] === 0x20 || b[e - 1] === 0x20) return false;
  for (let i = s; i < e; i++) if (b[i]! < 0x20 || b[i]! > 0x7e) return false;
  return true;
}

export function idColumn({ place, out }: FactContext, at: number, c: number, required: boolean): FactColumn {
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (s === e) {
        if (!required) out.putNull();
        return !required;
      }
      if (!isPlainId(place.bytes, s, e)) return false;
      out.putBytes(place.bytes, s, e);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
  };
}

/** A customer's id and, beside it, the key by which facts of a customer meet. */
export function customerColumn(context: FactContext, at: number, c: number, required: boolean): FactColumn {
  const { place, out, pseudonymise } = context;
  const hash = new CustomerHash();
  const longHash = (id: string): void => {
    const bytes = Buffer.from(id);
    hash.ofAny(bytes);
    out.putWords(hash.high, hash.low);
  };
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (s === e) {
        if (required) return false;
        out.putNull();
        out.putNull();
        return true;
      }
      if (pseudonymise || e - s > CustomerHash.LONGEST || !isPlainId(place.bytes, s, e)) return false;
      out.putBytes(place.bytes, s, e);
      hash.of(place.bytes, s, e);
      out.putWords(hash.high, hash.low);
      return true;
    },
    slow(row) {
      const id = row.values[c]!;
      putText(out, id);
      if (id === null) out.putNull();
      else longHash(id);
    },
  };
}

export function labelColumn({ place, out }: FactContext, at: number, c: number): FactColumn {
  return {
    fast() {
      const { bytes } = place;
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (e - s > 300) return false;
      for (let i = s; i < e; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false;
      if (s === e) out.putNull();
      else out.putBytes(bytes, s, e);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
  };
}

/** A column of few values (codes that must exist, enums): a text that was good once is good again. */
export function knownTextColumn(context: FactContext, column: Column, at: number, c: number): FactColumn {
  const { place, out, file } = context;
  const seen = new Seen<Buffer>(column.name, file);
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (s === e) {
        if (column.required !== true) out.putNull();
        return column.required !== true;
      }
      const id = seen.find(place.bytes, s, e);
      if (id === 0) return false;
      const value = seen.at(id);
      out.putBytes(value, 0, value.length);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
    learn(row) {
      const text = row.source.fields[at] ?? '';
      if (text !== '') seen.learn(text, Buffer.from(row.values[c]!));
    },
  };
}

export function booleanColumn({ place, out }: FactContext, at: number, c: number): FactColumn {
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const length = place.ends[place.base + at]! - s;
      if (length === 0) out.putNull();
      else if (length === 4 && place.bytes.readInt32BE(s) === 0x74727565) out.putBoolean(true);
      else if (length === 5 && place.bytes.readInt32BE(s) === 0x66616c73 && place.bytes[s + 4] === 0x65)
        out.putBoolean(false);
      else return false;
      return true;
    },
    slow(row) {
      const value = row.values[c]!;
      if (value === null) out.putNull();
      else out.putBoolean(value === 'true');
    },
  };
}

/** Whole seconds; `taken` is the value for the control total, NaN for none. */
export function secondsColumn(
  { place, out }: FactContext,
  at: number,
  c: number,
  required: boolean,
): FactColumn & { taken: number } {
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
      if (e - s > 9) return false;
      let value = 0;
      for (let i = s; i < e; i++) {
        const digit = bytes[i]! - 48;
        if (digit < 0 || digit > 9) return false;
        value = value * 10 + digit;
      }
      this.taken = value;
      out.putInt4(value);
      return true;
    },
    slow(row) {
      const value = row.values[c]!;
      this.taken = value === null ? NaN : Number(value);
      if (value === null) out.putNull();
      else out.putInt4(Number(value));
    },
  };
}

/** An instant and, beside it, its local day. */
export function instantColumn({ place, out, zone }: FactContext, at: number): FactColumn & { day: number } {
  const reader = new FastTimestamp(zone);
  const EPOCH_DAY = 10_957; // 2000-01-01, where PostgreSQL starts to count
  return {
    day: 0,
    fast() {
      if (!reader.read(place.bytes, place.starts[place.base + at]!, place.ends[place.base + at]!)) return false;
      this.day = reader.day;
      out.putInt8(reader.micros);
      out.putInt4(reader.day - EPOCH_DAY);
      return true;
    },
    slow(row) {
      const { micros, day } = row.instant!;
      this.day = day;
      out.putInt8(Number(micros - 946_684_800_000_000n));
      out.putInt4(day - EPOCH_DAY);
    },
  };
}

export function maskedTextColumn({ place, out }: FactContext, at: number, c: number): FactColumn {
  return {
    fast() {
      const { bytes } = place;
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      for (let i = s; i < e; i++) {
        const byte = bytes[i]!;
        if (byte === 0x40 || (byte >= 0x30 && byte <= 0x39)) {
          out.putText(masked(bytes.toString('utf8', s, e)));
          return true;
        }
      }
      if (s === e) out.putNull();
      else out.putBytes(bytes, s, e);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
  };
}

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

export function putText(out: BinaryRows, text: string | null): void {
  if (text === null) out.putNull();
  else out.putText(text);
}
