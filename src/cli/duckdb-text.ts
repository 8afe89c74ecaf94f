import type { LocalDate } from '../domain/period.ts';

/** Literals of DuckDB's SQL. */
export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
export const texts = (values: readonly string[]): string => `[${values.map(text).join(', ')}]`;
export const date = (day: LocalDate): string => `date '${day}'`;
