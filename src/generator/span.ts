import {
  addDays,
  daysBetween,
  firstDay,
  lastDay,
  periodsBetween,
  addMonths,
  type LocalDate,
  type Period,
} from '../domain/period.ts';

/** The local days of the generated months in Europe/Berlin, by the rules of the Union's summer time (directive 2000/84/EC). */
export class Span {
  readonly periods: readonly Period[];
  readonly days: number;
  readonly dates: readonly LocalDate[];
  /** 0 = Monday */
  readonly weekdays: Uint8Array;
  readonly monthOf: Uint16Array;
  readonly dayOfMonth: Uint8Array;
  /** first day number of each month, and the number of days at the end */
  readonly monthStarts: readonly number[];
  readonly holidays: ReadonlyMap<LocalDate, string>;
  /** 0 winter time, 1 summer time, 2 the day it begins, 3 the day it ends */
  private readonly clock: Uint8Array;
  private readonly outside = new Map<number, LocalDate>();

  constructor(endPeriod: Period, months: number) {
    const first = addMonths(endPeriod, 1 - months);
    const start = firstDay(first);
    this.periods = periodsBetween(first, endPeriod);
    this.days = daysBetween(start, lastDay(endPeriod)) + 1;
    const origin = Date.parse(`${start}T00:00:00Z`);
    this.dates = Array.from({ length: this.days }, (_, d) =>
      new Date(origin + d * 86_400_000).toISOString().slice(0, 10),
    );
    this.weekdays = Uint8Array.from(this.dates, (date) => weekday(date));
    this.dayOfMonth = Uint8Array.from(this.dates, (date) => Number(date.slice(8)));
    const monthIndex = new Map(this.periods.map((p, i) => [p as string, i]));
    this.monthOf = Uint16Array.from(this.dates, (date) => monthIndex.get(date.slice(0, 7))!);
    this.monthStarts = [...this.periods.map((p) => this.dayOf(firstDay(p))), this.days];
    const years = [...new Set(this.dates.map((date) => Number(date.slice(0, 4))))];
    this.holidays = new Map(
      years.flatMap((year) => holidaysOf(year)).filter(([date]) => date >= start && date <= this.dates[this.days - 1]!),
    );
    this.clock = Uint8Array.from(this.dates, (date) => {
      const begins = lastSunday(date.slice(0, 4), '03');
      const ends = lastSunday(date.slice(0, 4), '10');
      return date === begins ? 2 : date === ends ? 3 : date > begins && date < ends ? 1 : 0;
    });
  }

  /** Day number of a date; negative before the first day. */
  dayOf(date: LocalDate): number {
    return daysBetween(`${this.periods[0]!}-01`, date);
  }

  /** Date of any day number. */
  dateOf(day: number): LocalDate {
    const inside = this.dates[day];
    if (inside !== undefined) return inside;
    let date = this.outside.get(day);
    if (date === undefined) this.outside.set(day, (date = addDays(this.dates[0]!, day)));
    return date;
  }

  /** The second of the day as a clock on the wall shows it: the hour that the day skips lies one later. */
  onTheWall(day: number, second: number): number {
    return this.clock[day] === 2 && second >= 7200 && second < 10_800 ? second + 3600 : second;
  }

  /** Hours before UTC; of the hour that the day has twice, the first. */
  offsetHours(day: number, second: number): 1 | 2 {
    const clock = this.clock[day]!;
    return clock === 1 || (clock === 2 && second >= 7200) || (clock === 3 && second < 10_800) ? 2 : 1;
  }
}

function weekday(date: LocalDate): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

function lastSunday(year: string, month: '03' | '10'): LocalDate {
  const last = `${year}-${month}-31`;
  return addDays(last, -((weekday(last) + 1) % 7));
}

/** Public holidays of all German states. */
function holidaysOf(year: number): [LocalDate, string][] {
  const easter = easterSunday(year);
  return [
    [`${year}-01-01`, 'New Year'],
    [addDays(easter, -2), 'Good Friday'],
    [addDays(easter, 1), 'Easter Monday'],
    [`${year}-05-01`, 'Labour Day'],
    [addDays(easter, 39), 'Ascension Day'],
    [addDays(easter, 50), 'Whit Monday'],
    [`${year}-10-03`, 'German Unity Day'],
    [`${year}-12-25`, 'Christmas Day'],
    [`${year}-12-26`, 'Boxing Day'],
  ];
}

/** The Gregorian Easter Sunday. "Anonymous" algorithm, Nature 13 (1876) 487, as in Meeus, Astronomical Algorithms, ch. 8. */
function easterSunday(year: number): LocalDate {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const g = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return `${year}-${String(Math.floor(n / 31)).padStart(2, '0')}-${String((n % 31) + 1).padStart(2, '0')}`;
}
