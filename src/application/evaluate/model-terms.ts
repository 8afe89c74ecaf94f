import { Refusal } from '../../domain/errors.ts';
import { seasonalPairs } from '../../domain/causality/design.ts';
import { type SpecTable, text } from './spec-table.ts';

/** Columns of a design matrix with their names; the intercept comes first. */
export interface Terms {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
}

export const TERMS_SHAPE =
  'terms: a list of expressions or {name: expression}; also fourier(x, period, pairs) → sin1, cos1, …; ' +
  'categories(column) or categories(column, base) → one indicator a value but the base (the first)';

/** Terms of a model. Missing cells are NaN. @throws Refusal bad_spec */
export function termsOf(table: SpecTable, value: unknown, intercept: boolean): Terms {
  const names: string[] = [];
  const columns: Float64Array[] = [];
  const add = (name: string, column: Float64Array): void => {
    if (names.includes(name))
      throw new Refusal('bad_spec', `two terms are named "${name}"; name them {name: expression}`);
    names.push(name);
    columns.push(column);
  };
  if (intercept) add('intercept', new Float64Array(table.rows.length).fill(1));
  for (const [name, source] of namedExpressions(value)) {
    const call = /^\s*(fourier|categories)\s*\((.*)\)\s*$/.exec(source);
    const parameters = call?.[2]!.split(',').map((part) => part.trim().replace(/^["'`](.*)["'`]$/, '$1'));
    if (call?.[1] === 'fourier') {
      const [x, period, pairs = '1'] = parameters!;
      if (!x || !(Number(period) > 0) || !(Number(pairs) >= 1)) {
        throw new Refusal('bad_spec', `"${source}" must be fourier(column, period, pairs)`);
      }
      seasonalPairs(table.numbers(x), Number(period), Number(pairs)).forEach((column, i) => {
        add(`${name === source ? '' : name}${i % 2 === 0 ? 'sin' : 'cos'}${Math.floor(i / 2) + 1}`, column);
      });
    } else if (call?.[1] === 'categories') {
      const [column, base] = parameters!;
      const cells = table.texts(column!);
      const values = [...new Set(cells.filter((cell) => cell !== ''))].sort(byNumberThenText);
      const left = base ?? values[0];
      if (!values.includes(left!)) throw new Refusal('bad_spec', `"${source}": no row has the value ${left}`);
      for (const level of values.filter((one) => one !== left)) {
        add(
          `${name === source ? column! : name}.${level}`,
          Float64Array.from(cells, (cell) => (cell === '' ? NaN : cell === level ? 1 : 0)),
        );
      }
    } else add(name, table.numbers(source));
  }
  return { names, columns };
}

function namedExpressions(value: unknown): [name: string, source: string][] {
  if (value === undefined) return [];
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.flatMap((item): [string, string][] => {
    if (typeof item === 'string') return [[item, item]];
    if (item !== null && typeof item === 'object') {
      return Object.entries(item).map(([name, source]) => [name, text(source, name)]);
    }
    throw new Refusal('bad_spec', `a term must be an expression or {name: expression}, got ${JSON.stringify(item)}`);
  });
}

/** Positions of rows in which nothing is missing. */
export function completeRows(length: number, columns: readonly ArrayLike<number>[]): number[] {
  const rows: number[] = [];
  for (let t = 0; t < length; t++) if (columns.every((column) => !Number.isNaN(column[t]!))) rows.push(t);
  return rows;
}

export function pick(column: ArrayLike<number>, rows: readonly number[]): Float64Array {
  return Float64Array.from(rows, (t) => column[t]!);
}

export function byNumberThenText(a: string, b: string): number {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference)) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
}
