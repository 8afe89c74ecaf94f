import type { BinaryRows } from './binary-rows.ts';
import { CustomerHash } from './customer-hash.ts';
import { dayAt, FastTimestamp } from './fast-timestamp.ts';
import type { Column } from './kinds/kind.ts';
import { masked } from './masking.ts';
import { Seen } from './seen-values.ts';
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

/** A customer's id and, beside it, the key by which facts of a customer meet; `key` is that of the row encoded last. */
export interface CustomerColumn extends FactColumn {
  readonly key: { readonly high: number; readonly low: number };
}

export function customerColumn(context: FactContext, at: number, c: number, required: boolean): CustomerColumn {
  const { place, out, pseudonymise } = context;
  const hash = new CustomerHash();
  const longHash = (id: string): void => {
    const bytes = Buffer.from(id);
    hash.ofAny(bytes);
    out.putWords(hash.high, hash.low);
  };
  return {
    key: hash,
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

/** A column of few values; `value` is that of the row encoded last, the empty text for none. */
export interface KnownTextColumn extends FactColumn {
  value: string;
}

/** Codes that must exist, enums: a text that was good once is good again. */
export function knownTextColumn(context: FactContext, column: Column, at: number, c: number): KnownTextColumn {
  const { place, out, file } = context;
  const seen = new Seen<{ readonly text: string; readonly bytes: Buffer }>(column.name, file);
  return {
    value: '',
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      this.value = '';
      if (s === e) {
        if (column.required !== true) out.putNull();
        return column.required !== true;
      }
      const id = seen.find(place.bytes, s, e);
      if (id === 0) return false;
      const { text, bytes } = seen.at(id);
      this.value = text;
      out.putBytes(bytes, 0, bytes.length);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
    learn(row) {
      const text = row.source.fields[at] ?? '';
      const value = row.values[c]!;
      if (text !== '') seen.learn(text, { text: value, bytes: Buffer.from(value) });
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

/** A day, as days since 1970-01-01; NaN for none. */
export interface DateColumn extends FactColumn {
  day: number;
}

/** @param earlier a day of the row that must not lie after this one */
export function dateColumn(
  { place, out }: FactContext,
  at: number,
  c: number,
  required: boolean,
  earlier: DateColumn | undefined,
): DateColumn {
  return {
    day: NaN,
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      this.day = NaN;
      if (s === e) {
        if (!required) out.putNull();
        return !required;
      }
      if (e - s !== 10) return false;
      this.day = dayAt(place.bytes, s);
      if (this.day !== this.day || (earlier !== undefined && earlier.day > this.day)) return false;
      out.putDay(this.day);
      return true;
    },
    slow(row) {
      const value = row.values[c]!;
      this.day = value === null ? NaN : Date.parse(`${value}T00:00:00Z`) / 86_400_000;
      if (value === null) out.putNull();
      else out.putDay(this.day);
    },
  };
}

/** An instant and, beside it, its local day. */
export function instantColumn({ place, out, zone }: FactContext, at: number): FactColumn & { day: number } {
  const reader = new FastTimestamp(zone);
  return {
    day: 0,
    fast() {
      if (!reader.read(place.bytes, place.starts[place.base + at]!, place.ends[place.base + at]!)) return false;
      this.day = reader.day;
      out.putInt8(reader.micros);
      out.putDay(reader.day);
      return true;
    },
    slow(row) {
      const { micros, day } = row.instant!;
      this.day = day;
      out.putInt8(Number(micros - 946_684_800_000_000n));
      out.putDay(day);
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

export function putText(out: BinaryRows, text: string | null): void {
  if (text === null) out.putNull();
  else out.putText(text);
}
