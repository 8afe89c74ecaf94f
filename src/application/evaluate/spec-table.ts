import { Refusal } from '../../domain/errors.ts';
import { type Expression, type Row, cell, expression } from './expression.ts';
import { type Result, type Spec, numberOf, tableOf } from './method.ts';

/** A spec's data with its computed columns and filters, read once per model or sample. */
export class SpecTable {
  private constructor(
    readonly rows: readonly Row[],
    readonly columns: readonly string[],
  ) {}

  /** `data`, then `columns` (name → expression) computed in order, then `where`. */
  static of(spec: Spec, folder: string): SpecTable {
    const rows = tableOf(spec['data'], folder);
    if (rows.length === 0) throw new Refusal('bad_spec', '"data" has no rows');
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return new SpecTable(rows, names).refined(spec);
  }

  /** With further `columns` and `where` of a model or sample. */
  refined(spec: Spec): SpecTable {
    let result = new SpecTable(this.rows, this.columns);
    for (const [name, source] of Object.entries(record(spec['columns'] ?? {}, 'columns'))) {
      const compute = result.expression(text(source, `columns.${name}`));
      const rows = result.rows.map((row, i) => ({ ...row, [name]: compute(row, i) }));
      result = new SpecTable(rows, [...new Set([...result.columns, name])]);
    }
    if (spec['where'] !== undefined) {
      const keep = result.expression(text(spec['where'], 'where'));
      result = new SpecTable(
        result.rows.filter((row, i) => Boolean(keep(row, i))),
        result.columns,
      );
      if (result.rows.length === 0) throw new Refusal('bad_spec', `no row satisfies "${text(spec['where'], 'where')}"`);
    }
    return result;
  }

  expression(source: string): Expression {
    return expression(source, this.columns);
  }

  /** Numbers of an expression; missing ones are NaN. @throws Refusal bad_spec on a cell that is text */
  numbers(source: string): Float64Array {
    const compute = this.expression(source);
    return Float64Array.from(this.rows, (row, i) => {
      const value = compute(row, i);
      if (typeof value === 'number') return value;
      throw new Refusal('bad_spec', `row ${i + 1}, "${source}": "${value}" is not a number`);
    });
  }

  /** Cells of a column or expression as text; missing ones are ''. */
  texts(source: string): string[] {
    const compute = this.columns.includes(source) ? (row: Row) => cell(row[source]) : this.expression(source);
    return this.rows.map((row, i) => {
      const value = compute(row, i);
      return Number.isNaN(value) ? '' : String(value);
    });
  }
}

export function record(value: unknown, key: string): Spec {
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as Spec;
  throw new Refusal('bad_spec', `"${key}" must be an object, got ${JSON.stringify(value)}`);
}

export function text(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new Refusal('bad_spec', `"${key}" must be text, got ${JSON.stringify(value)}`);
}

/** A text or a list of texts. */
export function texts(value: unknown, key: string): string[] {
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((item) => text(item, key));
}

export function oneOf<T extends string>(value: unknown, key: string, choices: readonly T[], fallback: T): T {
  if (value === undefined) return fallback;
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new Refusal('bad_spec', `"${key}" must be one of ${choices.join(', ')}, got ${JSON.stringify(value)}`);
  }
  return found;
}

export function flag(value: unknown, key: string, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  if (typeof value === 'boolean') return value;
  throw new Refusal('bad_spec', `"${key}" must be true or false, got ${JSON.stringify(value)}`);
}

export function optionalNumber(value: unknown, key: string): number | undefined {
  return value === undefined ? undefined : numberOf(value, key);
}

/** Refuses keys that nobody reads, so that a misspelt option is not silently ignored. */
export function onlyKeys(spec: Spec, known: readonly string[], where = 'the spec'): void {
  const unknown = Object.keys(spec).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    throw new Refusal('bad_spec', `${where} has unknown keys: ${unknown.join(', ')}; known are ${known.join(', ')}`);
  }
}

/** Named parts of a spec (`models`, `samples`, …): their names prefix the keys; the name "" has no prefix. */
export function named(value: unknown, key: string): [prefix: string, part: Spec][] {
  return Object.entries(record(value, key)).map(([name, part]) => [
    name === '' ? '' : `${name}.`,
    record(part, `${key}.${name}`),
  ]);
}

/** `also`: further names for printed values, e.g. { "did.exact": "did" }. */
export function withAliases(result: Result, spec: Spec): Result {
  for (const [alias, key] of Object.entries(record(spec['also'] ?? {}, 'also'))) {
    const value = result[text(key, `also.${alias}`)];
    if (value === undefined) {
      throw new Refusal(
        'bad_spec',
        `also: there is no value "${text(key, alias)}"; printed are ${Object.keys(result).join(', ')}`,
      );
    }
    result[alias] = value;
  }
  return result;
}

export const ALSO_SHAPE = 'also             further names for printed values: { "new key": "printed key" }';
export const TABLE_SHAPE = [
  'data*            rows [{…}], columns {name: [values]}, or the path of a CSV file beside the spec (, ; or tab)',
  'columns          computed columns {name: expression}, in order',
  'where            expression; only the rows for which it holds',
].join('\n');

/** Interval options of a spec: level (default 0.95), and z or t. */
export interface IntervalOptions {
  readonly level: number;
  readonly by: 'z' | 't';
}

export function intervalOptions(value: unknown, fallback: 'z' | 't'): IntervalOptions {
  const spec = record(value ?? {}, 'interval');
  onlyKeys(spec, ['level', 'by'], 'interval');
  const level = optionalNumber(spec['level'], 'interval.level') ?? 0.95;
  if (!(level > 0 && level < 1)) throw new Refusal('bad_spec', '"interval.level" lies between 0 and 1');
  return { level, by: oneOf(spec['by'], 'interval.by', ['z', 't'], fallback) };
}
