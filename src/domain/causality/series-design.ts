import type { Column } from './linear-algebra.ts';
import { seasonalPairs, slopeColumn, stepColumn } from './design.ts';

/** A series of counts on consecutive local days or weeks. Day numbers count from 1970-01-01. */
export interface CountSeries {
  readonly every: 'day' | 'week';
  /** first day of each row */
  readonly days: readonly number[];
  readonly counts: ArrayLike<number>;
  /** log of the exposure (customers, bills, orders); absent: none */
  readonly offset?: ArrayLike<number> | undefined;
}

/** Something dated that may lift or lower the series from a row on (until a row, exclusive). */
export interface Disturbance {
  readonly name: string;
  readonly from: number;
  readonly until: number;
}

/** Rows from ≤ t < until of a series. */
export function sliceOf(series: CountSeries, from: number, until: number): CountSeries {
  return {
    every: series.every,
    days: series.days.slice(from, until),
    counts: Array.prototype.slice.call(series.counts, from, until) as number[],
    offset: series.offset && (Array.prototype.slice.call(series.offset, from, until) as number[]),
  };
}

/** Day number of an ISO date. @throws RangeError when it is not a date */
export function dayNumber(date: string): number {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : NaN;
  if (Number.isNaN(time)) throw new RangeError(`"${date}" is not a date like 2026-03-01`);
  return time / 86_400_000;
}

export function isoDate(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

export const DAYS_A_YEAR = 365.25;

export interface BaseTerms {
  readonly names: string[];
  readonly columns: Column[];
  /** number of the yearly harmonic, 0 for all other columns */
  readonly harmonics: number[];
}

/** What stands beside a decision in the design. Rows of events and controls are rows of the whole series. */
export interface Surroundings {
  readonly pairs: number;
  readonly holidays: ReadonlySet<number>;
  readonly events: readonly Disturbance[];
  readonly controls: readonly { readonly name: string; readonly column: Column }[];
}

/**
 * What a series does without any decision, on rows from ≤ t < until: level, trend (per year, log scale), weekday, yearly
 * harmonics, holidays, other registered events (a step each) and controls.
 */
export function baseTerms(series: CountSeries, from: number, until: number, parts: Surroundings): BaseTerms {
  const days = series.days.slice(from, until);
  const rows = days.length;
  const middle = series.every === 'week' ? 3 : 0;
  const names: string[] = ['level', 'trend'];
  const centre = (days[0]! + days[rows - 1]!) / 2;
  const columns: Column[] = [
    new Float64Array(rows).fill(1),
    Float64Array.from(days, (day) => (day - centre) / DAYS_A_YEAR),
  ];
  const harmonics = [0, 0];
  const add = (name: string, column: Column, harmonic = 0): void => {
    // A term that never varies in these rows (no holiday yet, an event outside) would only repeat the level.
    if (column.every((value) => value === column[0])) return;
    names.push(name);
    columns.push(column);
    harmonics.push(harmonic);
  };
  if (series.every === 'day') {
    for (let weekday = 1; weekday < 7; weekday++) {
      add(
        `weekday ${weekday}`,
        Float64Array.from(days, (day) => ((day + 3) % 7 === weekday ? 1 : 0)),
      );
    }
  }
  seasonalPairs(
    days.map((day) => day + middle),
    DAYS_A_YEAR,
    parts.pairs,
  ).forEach((column, i) => {
    const harmonic = Math.floor(i / 2) + 1;
    add(`${i % 2 === 0 ? 'sin' : 'cos'} ${harmonic} a year`, column, harmonic);
  });
  const length = series.every === 'week' ? 7 : 1;
  add(
    'holidays',
    Float64Array.from(days, (day) => {
      let count = 0;
      for (let d = 0; d < length; d++) if (parts.holidays.has(day + d)) count++;
      return count;
    }),
  );
  for (const event of parts.events) add(`event ${event.name}`, stepColumn(rows, event.from - from, event.until - from));
  for (const control of parts.controls) add(`control ${control.name}`, control.column.subarray(from, until));
  return { names, columns, harmonics };
}

/**
 * Step and centred slope of a decision within its rows; below three rows the slope has nothing to hold on to, and
 * `withSlope` is false for decisions that are estimated together, whose slopes could not be told apart.
 */
export function effectTerms(
  rows: number,
  { from, until }: { readonly from: number; readonly until: number },
  withSlope = true,
): Column[] {
  const end = Math.min(until, rows);
  const step = stepColumn(rows, from, end);
  return withSlope && end - from >= 3 ? [step, slopeColumn(rows, from, end)] : [step];
}

/** Rows of weekdays that never see a contact (closed days): they carry no information on a log scale. */
export function openRows(series: CountSeries): Float64Array {
  const total = new Float64Array(7);
  const weight = new Float64Array(series.days.length).fill(1);
  if (series.every === 'week') return weight;
  series.days.forEach((day, t) => (total[(day + 3) % 7]! += series.counts[t]!));
  return weight.map((_, t) => (total[(series.days[t]! + 3) % 7]! > 0 ? 1 : 0));
}
