import { EPOCH_SECONDS } from '../persistence/epoch.ts';
import { viewOf, type BinaryRows } from './binary-rows.ts';
import { CustomerHash } from './customer-hash.ts';
import { dayAt, FastTimestamp } from './fast-timestamp.ts';
import type { Column } from './kinds/kind.ts';
import { masked } from './masking.ts';
import { Seen } from './seen-values.ts';
import type { CheckedRow } from './row-check.ts';
import type { SpanBatch } from './rows.ts';
import type { Zone } from './timestamps.ts';

const EPOCH_MICROS = BigInt(EPOCH_SECONDS) * 1_000_000n;

/** The row of a span batch that is being encoded. */
export interface Place {
  bytes: Buffer;
  /** the same bytes, for reading words */
  view: DataView;
  starts: Int32Array;
  ends: Int32Array;
  /** number of the row in its batch */
  row: number;
  /** index of the row's first field in starts and ends */
  base: number;
}

/**
 * One column of a fact on its way into COPY. `fast` reads the field's bytes and writes the value, or gives false for
 * whatever it does not know for certain; then the row is checked as text (row-check.ts) and `slow` writes what came out.
 */
export interface FactColumn {
  /** hears of each batch before its first row */
  readonly begin?: (batch: SpanBatch) => void;
  /** a function of its own, not a method: a row calls those of all its columns, and then each costs a call and no look-up */
  readonly fast: () => boolean;
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

/** Puts an id of visible ASCII, at most 200 characters; false for anything else, which goes the slow way. */
function putPlainId({ bytes, view }: Place, out: BinaryRows, s: number, e: number): boolean {
  return e - s <= 200 && bytes[s] !== 0x20 && bytes[e - 1] !== 0x20 && out.putVisible(view, s, e);
}

export function idColumn({ place, out }: FactContext, at: number, c: number, required: boolean): FactColumn {
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (s !== e) return putPlainId(place, out, s, e);
      if (!required) out.putNull();
      return !required;
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
  let keys = new Int32Array(0);
  const key = { high: 0, low: 0 };
  const putKey = (high: number, low: number): void => {
    key.high = high;
    key.low = low;
    out.putWords(high, low);
  };
  return {
    key,
    begin(batch) {
      if (keys.length < batch.count * 2) keys = new Int32Array(batch.count * 3);
      if (!pseudonymise) hash.ofColumn(batch, place.view, at, keys);
    },
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (s === e) {
        if (required) return false;
        out.putNull();
        out.putNull();
        return true;
      }
      if (pseudonymise || e - s > CustomerHash.LONGEST || !putPlainId(place, out, s, e)) return false;
      putKey(keys[place.row * 2]!, keys[place.row * 2 + 1]!);
      return true;
    },
    slow(row) {
      const id = row.values[c]!;
      putText(out, id);
      if (id === null) {
        out.putNull();
        return;
      }
      hash.ofAny(Buffer.from(id));
      putKey(hash.high, hash.low);
    },
  };
}

export function labelColumn({ place, out }: FactContext, at: number, c: number): FactColumn {
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      if (s !== e) return e - s <= 300 && out.putVisible(place.view, s, e);
      out.putNull();
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
  };
}

/** A column of few values. */
export interface KnownTextColumn extends FactColumn {
  /** what `mark` said of the value of the row encoded last, 0 for none */
  readonly marked: () => number;
}

/** Codes that must exist, enums: a text that was good once is good again. */
export function knownTextColumn(
  context: FactContext,
  column: Column,
  at: number,
  c: number,
  mark: (value: string) => number,
): KnownTextColumn {
  const { place, out, file } = context;
  const required = column.required === true;
  const seen = new Seen<{ readonly bytes: DataView; readonly mark: number }>(column.name, file);
  let marked = 0;
  return {
    marked: () => marked,
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      marked = 0;
      if (s === e) {
        if (!required) out.putNull();
        return !required;
      }
      const id = seen.find(place.view, s, e);
      if (id === 0) return false;
      const value = seen.at(id);
      marked = value.mark;
      out.putBytes(value.bytes, 0, value.bytes.byteLength);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
    learn(row) {
      const text = row.source.fields[at] ?? '';
      const value = row.values[c]!;
      if (text !== '') seen.learn(text, { bytes: viewOf(Buffer.from(value)), mark: mark(value) });
    },
  };
}

export function booleanColumn({ place, out }: FactContext, at: number, c: number): FactColumn {
  return {
    fast() {
      const s = place.starts[place.base + at]!;
      const length = place.ends[place.base + at]! - s;
      if (length === 0) out.putNull();
      else if (length === 4 && place.view.getInt32(s) === 0x74727565) out.putBoolean(true);
      else if (length === 5 && place.view.getInt32(s) === 0x66616c73 && place.bytes[s + 4] === 0x65)
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
): FactColumn & { readonly taken: number } {
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
      if (e - s > 9) return false;
      let value = 0;
      for (let i = s; i < e; i++) {
        const digit = bytes[i]! - 48;
        if (digit < 0 || digit > 9) return false;
        value = value * 10 + digit;
      }
      column.taken = value;
      out.putInt4(value);
      return true;
    },
    slow(row: CheckedRow) {
      const value = row.values[c]!;
      column.taken = value === null ? NaN : Number(value);
      if (value === null) out.putNull();
      else out.putInt4(Number(value));
    },
  };
  return column;
}

/** A day, as days since 1970-01-01; NaN for none. */
export interface DateColumn extends FactColumn {
  readonly day: number;
}

/** @param earlier a day of the row that must not lie after this one */
export function dateColumn(
  { place, out }: FactContext,
  at: number,
  c: number,
  required: boolean,
  earlier: DateColumn | undefined,
): DateColumn {
  const column = {
    day: NaN,
    fast() {
      const s = place.starts[place.base + at]!;
      const e = place.ends[place.base + at]!;
      column.day = NaN;
      if (s === e) {
        if (!required) out.putNull();
        return !required;
      }
      if (e - s !== 10) return false;
      const day = dayAt(place.view, s);
      if (day !== day || (earlier !== undefined && earlier.day > day)) return false;
      column.day = day;
      out.putDay(day);
      return true;
    },
    slow(row: CheckedRow) {
      const value = row.values[c]!;
      column.day = value === null ? NaN : Date.parse(`${value}T00:00:00Z`) / 86_400_000;
      if (value === null) out.putNull();
      else out.putDay(column.day);
    },
  };
  return column;
}

/** An instant and, beside it, its local day. */
export function instantColumn({ place, out, zone }: FactContext, at: number): FactColumn & { readonly day: number } {
  const reader = new FastTimestamp(zone);
  const column = {
    day: 0,
    fast() {
      if (!reader.read(place.view, place.starts[place.base + at]!, place.ends[place.base + at]!)) return false;
      column.day = reader.day;
      out.putInt8(reader.micros);
      out.putDay(reader.day);
      return true;
    },
    slow(row: CheckedRow) {
      const { micros, day } = row.instant!;
      column.day = day;
      out.putInt8(Number(micros - EPOCH_MICROS));
      out.putDay(day);
    },
  };
  return column;
}

export function maskedTextColumn({ place, out }: FactContext, at: number, c: number): FactColumn {
  return {
    fast() {
      const { bytes, view } = place;
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
      else out.putBytes(view, s, e);
      return true;
    },
    slow: (row) => putText(out, row.values[c]!),
  };
}

export function putText(out: BinaryRows, text: string | null): void {
  if (text === null) out.putNull();
  else out.putText(text);
}
