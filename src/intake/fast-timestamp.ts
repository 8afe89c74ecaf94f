import { EPOCH_SECONDS } from '../persistence/epoch.ts';
import type { Zone } from './timestamps.ts';

const DAY_MS = 86_400_000;
const PG_EPOCH_MS = EPOCH_SECONDS * 1000;
const FIRST_DAY = Date.UTC(1990, 0, 1) / DAY_MS;
const LAST_DAY = Date.UTC(2100, 11, 31) / DAY_MS;
const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads the common ISO 8601 forms from bytes. It never says no: `read` gives false for whatever readTimestamp should
 * judge. Held against readTimestamp by a test.
 */
export class FastTimestamp {
  /** microseconds since 2000-01-01 UTC */
  micros = 0;
  /** local day, days since 1970-01-01 */
  day = 0;

  /** words of the date read last, as they overlap, and its day; files go from day to day */
  private date0 = 0;
  private date4 = 0;
  private date6 = 0;
  private dateDay = NaN;
  /** instants of the local day found last when all of it has one offset, in milliseconds */
  private dayFrom = 0;
  private dayTo = 0;
  private dayWithin = 0;

  constructor(private readonly zone: Zone) {}

  read(b: DataView, s: number, e: number): boolean {
    if (e - s < 19 || b.getUint8(s + 13) !== 58 || b.getUint8(s + 16) !== 58) return false;
    const between = b.getUint8(s + 10);
    if (between !== 84 && between !== 32) return false;
    const day = this.dateAt(b, s);
    const hour = two(b, s + 11);
    const minute = two(b, s + 14);
    const second = two(b, s + 17);
    if (!(day >= FIRST_DAY && day <= LAST_DAY && hour <= 23 && minute <= 59 && second <= 59)) return false;
    let at = s + 19;
    let fraction = 0;
    if (at < e && b.getUint8(at) === 46) {
      let digits = 0;
      for (at++; at < e && digits < 6; at++, digits++) {
        const digit = b.getUint8(at) - 48;
        if (digit < 0 || digit > 9) break;
        fraction = fraction * 10 + digit;
      }
      if (digits === 0) return false;
      for (; digits < 6; digits++) fraction *= 10;
    }
    const local = day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000;
    let shift = 0;
    if (at === e) {
      shift = this.zone.plainOffset(day);
      if (shift !== shift) return false;
      this.day = day;
      this.micros = (local - shift - PG_EPOCH_MS) * 1000 + fraction;
      return true;
    }
    const sign = b.getUint8(at);
    if (sign !== 90 || at + 1 !== e) {
      if ((sign !== 43 && sign !== 45) || at + 6 !== e || b.getUint8(at + 3) !== 58) return false;
      const hours = two(b, at + 1);
      const minutes = two(b, at + 4);
      if (!(hours <= 18 && minutes <= 59)) return false;
      shift = (sign === 45 ? -1 : 1) * (hours * 60 + minutes) * 60_000;
    }
    const ms = local - shift;
    this.day = this.localDay(ms);
    this.micros = (ms - PG_EPOCH_MS) * 1000 + fraction;
    return true;
  }

  private dateAt(b: DataView, s: number): number {
    const date0 = b.getInt32(s);
    const date4 = b.getInt32(s + 4);
    const date6 = b.getInt32(s + 6);
    if (date0 !== this.date0 || date4 !== this.date4 || date6 !== this.date6) {
      this.date0 = date0;
      this.date4 = date4;
      this.date6 = date6;
      this.dateDay = dayAt(b, s);
    }
    return this.dateDay;
  }

  private localDay(ms: number): number {
    if (ms >= this.dayFrom && ms < this.dayTo) return this.dayWithin;
    const day = this.zone.localDay(ms);
    const offset = this.zone.plainOffset(day);
    if (offset === offset) {
      this.dayWithin = day;
      this.dayFrom = day * DAY_MS - offset;
      this.dayTo = this.dayFrom + DAY_MS;
    }
    return day;
  }
}

/** The day written YYYY-MM-DD at `s`, since 1970-01-01; NaN for whatever isLocalDate should judge, and before 1900. */
export function dayAt(b: DataView, s: number): number {
  if (b.getUint8(s + 4) !== 45 || b.getUint8(s + 7) !== 45) return NaN;
  const year = two(b, s) * 100 + two(b, s + 2);
  const month = two(b, s + 5);
  const date = two(b, s + 8);
  if (!(year >= 1900 && month >= 1 && month <= 12 && date >= 1)) return NaN;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return date <= MONTH_DAYS[month]! + (leap ? 1 : 0) ? dayOf(year, month, date) : NaN;
}

/** Value of two digits, NaN when they are none. */
function two(b: DataView, at: number): number {
  const tens = b.getUint8(at) - 48;
  const ones = b.getUint8(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

/** Days since 1970-01-01 of a Gregorian date (Hinnant, days_from_civil). */
function dayOf(year: number, month: number, date: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}
