import { stringify } from 'csv-stringify/sync';
import type { Kind } from './kinds/kind.ts';

/** CSV with the header of a kind and one example row; the meaning of each column is in the help and on the page. */
export function importTemplate(kind: Kind): string {
  const header = kind.columns.map((column) => column.name);
  return stringify([header, kind.columns.map((column) => column.example)]);
}
