import { IANAZone } from 'luxon';
import { isLocalDate } from '../domain/period.ts';

const DAY_MS = 86_400_000;
const FIRST_DAY = Date.UTC(1970, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(2200, 0, 1) / DAY_MS;
const UNKNOWN = 0x7fffffff;

/**
 * A time zone that answers without Intl per row: its offset is kept per UTC day; a day on which it changes keeps the
 * instant of the change. Offsets in milliseconds, east positive.
 */
export class Zone {
  private readonly zone: IANAZone;
  private readonly dayOffsets = new Int32Array(LAST_DAY - FIRST_DAY + 2).fill(UNKNOWN);
  private readonly changes = new Map<number, { at: number; before: number; after: number }>();

  /** @throws RangeError for a name that is no IANA time zone */
  constructor(readonly name: string) {
    if (!IANAZone.isValidZone(name)) throw new RangeError(`"${name}" is not an IANA time zone`);
    this.zone = IANAZone.create(name);
  }

  /** Offset at an instant, in milliseconds. */
  offsetAt(ms: number): number {
    const day = Math.floor(ms / DAY_MS);
    const offset = this.dayOffset(day);
    const change = this.changes.get(day);
    return change === undefined ? offset : ms < change.at ? change.before : change.after;
  }

  private dayOffset(day: number): number {
    const at = day - FIRST_DAY;
    let offset = this.dayOffsets[at] ?? UNKNOWN;
    if (offset !== UNKNOWN) return offset;
    const start = day * DAY_MS;
    offset = this.slowOffset(start);
    const after = this.slowOffset(start + DAY_MS);
    if (after !== offset) {
      let low = start;
      let high = start + DAY_MS;
      while (high - low > 1000) {
        const middle = Math.floor((low + high) / 2000) * 1000;
        if (this.slowOffset(middle) === offset) low = middle;
        else high = middle;
      }
      this.changes.set(day, { at: high, before: offset, after });
    }
    if (at >= 0 && at < this.dayOffsets.length) this.dayOffsets[at] = offset;
    return offset;
  }

  private slowOffset(ms: number): number {
    return Math.round(this.zone.offset(ms) * 60_000);
  }

  /** Offset for every local time of a day, or NaN when it changes on that day or beside it. */
  plainOffset(day: number): number {
    const offset = this.dayOffset(day);
    const plain =
      offset === this.dayOffset(day - 1) && offset === this.dayOffset(day + 1) && !this.changes.has(day - 1);
    return plain && !this.changes.has(day) && !this.changes.has(day + 1) ? offset : NaN;
  }

  /** Days since 1970-01-01 of the local day of an instant. */
  localDay(ms: number): number {
    return Math.floor((ms + this.offsetAt(ms)) / DAY_MS);
  }

  /** Instants that show this local time: none in a gap, two in a double hour, in time order. */
  instantsOf(localMs: number): readonly number[] {
    const early = this.offsetAt(localMs - DAY_MS);
    const late = this.offsetAt(localMs + DAY_MS);
    const first = localMs - Math.max(early, late);
    const second = localMs - Math.min(early, late);
    const found: number[] = [];
    if (first + this.offsetAt(first) === localMs) found.push(first);
    if (second !== first && second + this.offsetAt(second) === localMs) found.push(second);
    return found;
  }
}

const zones = new Map<string, Zone>();

/** The zone of this name, one for all files: its offsets are found once, and they do not change. @throws RangeError as Zone */
export function zoneNamed(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) zones.set(name, (zone = new Zone(name)));
  return zone;
}

/** Text `YYYY-MM-DD` of days since 1970-01-01. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Days since 1970-01-01 of text `YYYY-MM-DD`. */
export function dayNumber(date: string): number {
  return Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
}

export interface Instant {
  /** microseconds since 1970-01-01 UTC */
  readonly micros: bigint;
  /** days since 1970-01-01 in the company's zone */
  readonly day: number;
  /** the text had no time of day / stands for two instants, the first was taken */
  readonly note?: 'date_only' | 'double_local_time';
}
export type TimestampFault =
  'not_timestamp' | 'no_such_day' | 'no_such_time' | 'too_fine' | 'out_of_range' | 'local_gap';

const SHAPE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * An ISO 8601 timestamp. Without an offset it is a time of the company's zone: in a gap it is refused, in a double hour
 * the first of the two is taken and noted. A date alone is the start of that local day, and noted.
 */
export function readTimestamp(text: string, zone: Zone): Instant | { fault: TimestampFault } {
  const parts = SHAPE.exec(text);
  if (parts === null) return { fault: 'not_timestamp' };
  const [, date, hour = '00', minute = '00', second = '00', fraction = '', offset] = parts;
  if (!isLocalDate(date!)) return { fault: 'no_such_day' };
  if (hour > '23' || minute > '59' || second > '59') return { fault: 'no_such_time' };
  if (date! < '1990-01-01' || date! > '2100-12-31') return { fault: 'out_of_range' };
  const fine = fraction.padEnd(9, '0');
  if (!fine.endsWith('000')) return { fault: 'too_fine' };
  const within = BigInt(fine.slice(0, 6));
  const clock = Date.parse(`${date}T${hour}:${minute}:${second}Z`);
  const at = (ms: number): Instant => ({ micros: BigInt(ms) * 1000n + within, day: zone.localDay(ms) });
  if (offset !== undefined) {
    const shift = offsetMs(offset);
    return shift === undefined ? { fault: 'no_such_time' } : at(clock - shift);
  }
  if (parts[2] === undefined) return { ...at(startOfDay(clock, zone)), note: 'date_only' };
  const found = zone.instantsOf(clock);
  if (found.length === 0) return { fault: 'local_gap' };
  return found.length === 1 ? at(found[0]!) : { ...at(found[0]!), note: 'double_local_time' };
}

function offsetMs(text: string): number | undefined {
  if (text === 'Z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = text.length > 3 ? Number(text.slice(-2)) : 0;
  if (hours > 18 || minutes > 59) return undefined;
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** First instant of a local day, also where midnight falls into a gap. */
function startOfDay(localMidnight: number, zone: Zone): number {
  const exact = zone.instantsOf(localMidnight)[0];
  if (exact !== undefined) return exact;
  for (let minutes = 15; ; minutes += 15) {
    const found = zone.instantsOf(localMidnight + minutes * 60_000)[0];
    if (found !== undefined) return found;
  }
}
