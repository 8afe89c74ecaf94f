import { Refusal } from './errors.ts';

/** A calendar month in the company's time zone, as text `YYYY-MM`. Text order is time order. */
export type Period = string & { readonly __brand: 'Period' };
/** A local day, as text `YYYY-MM-DD`. Text order is time order. */
export type LocalDate = string;

export function isPeriod(text: string): text is Period {
  return /^[12]\d{3}-(0[1-9]|1[0-2])$/.test(text);
}

/** @throws Refusal bad_period */
export function period(text: string): Period {
  if (!isPeriod(text)) throw new Refusal('bad_period', `"${text}" is not a period; a period is a month like 2026-05`);
  return text;
}

export function addMonths(p: Period, months: number): Period {
  const index = Number(p.slice(0, 4)) * 12 + Number(p.slice(5)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}` as Period;
}

export function periodOf(date: LocalDate): Period {
  return date.slice(0, 7) as Period;
}

export function firstDay(p: Period): LocalDate {
  return `${p}-01`;
}

export function lastDay(p: Period): LocalDate {
  return addDays(firstDay(addMonths(p, 1)), -1);
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Days from a to b; negative when b lies before a. */
export function daysBetween(a: LocalDate, b: LocalDate): number {
  return Math.round((Date.parse(`${b}T00:00:00Z`) - Date.parse(`${a}T00:00:00Z`)) / 86_400_000);
}

/** True for a day that the Gregorian calendar has. */
export function isLocalDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && addDays(text, 0) === text;
}

/** All periods from a to b, both included. */
export function periodsBetween(from: Period, to: Period): Period[] {
  const periods: Period[] = [];
  for (let p = from; p <= to; p = addMonths(p, 1)) periods.push(p);
  return periods;
}

/** The day that lies so many working days after another: Monday to Friday without the holidays. */
export function addWorkingDays(date: LocalDate, days: number, holidays: ReadonlySet<LocalDate>): LocalDate {
  let day = date;
  for (let left = days; left > 0;) {
    day = addDays(day, 1);
    const weekday = new Date(Date.parse(`${day}T00:00:00Z`)).getUTCDay();
    if (weekday !== 0 && weekday !== 6 && !holidays.has(day)) left--;
  }
  return day;
}
