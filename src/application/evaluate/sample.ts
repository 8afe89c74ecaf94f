import { Refusal } from '../../domain/errors.ts';
import type { Spec } from './method.ts';
import { numberOf, tableOf } from './method.ts';

export type Row = Record<string, unknown>;

/**
 * Rows a spec names: `data` as in every method, or a list of parts put under each other, where a part is a path or
 * `{ data, where, set }`. `where` keeps rows whose column has the value (or one of the values).
 */
export function sampleOf(spec: Spec, folder: string): Row[] {
  return kept(partsOf(spec['data'], folder), spec['where']);
}

function partsOf(data: unknown, folder: string): Row[] {
  const isPart = (item: unknown): boolean => typeof item === 'string' || (isRecord(item) && 'data' in item);
  if (Array.isArray(data) && data.length > 0 && data.every(isPart)) {
    return data.flatMap((part: unknown) => {
      if (typeof part === 'string') return tableOf(part, folder);
      const { data: inner, where, set } = part as Row;
      return kept(tableOf(inner, folder), where).map((row) => ({ ...row, ...(set as Row | undefined) }));
    });
  }
  return tableOf(data, folder);
}

function kept(rows: Row[], where: unknown): Row[] {
  if (where === undefined) return rows;
  if (!isRecord(where)) throw new Refusal('bad_spec', '"where" must be an object: column → value or list of values');
  return rows.filter((row) =>
    Object.entries(where).every(([column, wanted]) =>
      (Array.isArray(wanted) ? wanted : [wanted]).some((value) => sameValue(row[column], value)),
    ),
  );
}

/** "1", "1.0" and 1 are the same; texts are compared as they are. */
export function sameValue(a: unknown, b: unknown): boolean {
  const left = cellText(a);
  const right = cellText(b);
  return left === right || (left !== '' && right !== '' && Number(left) === Number(right));
}

export function cellText(value: unknown): string {
  return typeof value === 'string'
    ? value.trim()
    : value === null || value === undefined
      ? ''
      : String(value as number);
}

export function isRecord(value: unknown): value is Row {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A required text of a spec. @throws Refusal bad_spec */
export function textOf(spec: Spec, key: string): string {
  const value = spec[key];
  if (typeof value === 'string' && value !== '') return value;
  throw new Refusal('bad_spec', `"${key}" must be text, got ${JSON.stringify(value)}`);
}

/** A number of a spec, or the value to use when the key is absent. */
export function numberOr(spec: Spec, key: string, absent: number): number {
  return spec[key] === undefined ? absent : numberOf(spec[key], key);
}

/** A list of texts; one text is a list of one. */
export function textsOf(value: unknown, key: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === 'string' || typeof item === 'number')) return list.map(String);
  throw new Refusal('bad_spec', `"${key}" must be a list of texts, got ${JSON.stringify(value)}`);
}

/** A list of numbers (fractions as text are taken); one number is a list of one. */
export function numbersOf(value: unknown, key: string): number[] {
  return (Array.isArray(value) ? value : [value]).map((item) => numberOf(item, key));
}

/** A column that must be there. @throws Refusal bad_spec naming the columns that are */
export function requireColumn(rows: readonly Row[], column: string): void {
  if (rows.length === 0) throw new Refusal('bad_spec', 'the data have no rows');
  if (!(column in rows[0]!)) {
    throw new Refusal('bad_spec', `there is no column "${column}"; there are ${Object.keys(rows[0]!).join(', ')}`);
  }
}
