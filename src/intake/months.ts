import type { Kind } from './kinds/kind.ts';

/** SQL for the month (YYYY-MM) that a row of the kind's table belongs to; empty text when it belongs to none. */
export function monthOf(kind: Kind, alias: string): string {
  if (kind.columns.some((column) => column.type === 'period')) return `${alias}.period`;
  const day =
    kind.name === 'volumes'
      ? 'volume_date'
      : kind.name === 'contact_segments'
        ? 'started_on'
        : kind.columns.find((column) => column.type === 'timestamp')?.also;
  return day === undefined ? `''` : `to_char(${alias}.${day}, 'YYYY-MM')`;
}
