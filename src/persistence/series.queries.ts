import type { LocalDate, Period } from '../domain/period.ts';
import type { Tx } from './database.ts';
import { sql } from './sql.ts';

/** Typed callers of the SQL behind the daily series that decisions are held against. */
export interface CellTotal {
  readonly cell_no: number;
  readonly contacts: string;
  readonly first_day: LocalDate;
}

export async function seriesCells(tx: Tx, until: LocalDate, mark: string): Promise<CellTotal[]> {
  return (await tx.query(sql('series-cells'), [until, mark])) as CellTotal[];
}

/** Contacts of groups of cells: one array of days for each group, zero where nothing came. A cell may be in several. */
export async function seriesDays(
  tx: Tx,
  groups: readonly (readonly number[])[],
  days: readonly LocalDate[],
  mark: string,
): Promise<Float64Array[]> {
  const rows = (await tx.query(sql('series-days'), [
    groups.flat(),
    groups.flatMap((cells, group) => cells.map(() => group)),
    days[0],
    days.at(-1),
    mark,
  ])) as { day: LocalDate; group_no: number; contacts: string }[];
  const place = new Map(days.map((day, i) => [day, i]));
  const series = groups.map(() => new Float64Array(days.length));
  for (const row of rows) series[row.group_no]![place.get(row.day)!] = Number(row.contacts);
  return series;
}

export async function holidayList(tx: Tx, mark: string): Promise<LocalDate[]> {
  return ((await tx.query(sql('holiday-list'), [mark])) as { day: LocalDate }[]).map(({ day }) => day);
}

/** In ascending order of days. */
export async function volumeDays(
  tx: Tx,
  measure: string,
  population: string,
  mark: string,
): Promise<{ day: LocalDate; value: string }[]> {
  return (await tx.query(sql('volume-days'), [measure, population, mark])) as { day: LocalDate; value: string }[];
}

export async function runsUntil(tx: Tx, period: Period): Promise<string[]> {
  return ((await tx.query(sql('runs-until'), [period])) as { run_id: string }[]).map((row) => row.run_id);
}
