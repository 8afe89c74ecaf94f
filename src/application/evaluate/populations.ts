import { structureFactors } from '../../domain/costing/population-structure.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import { entriesOf, exact, isObject, needed, textList } from './exact.ts';
import { text } from './spec-table.ts';
import type { Value } from './formula.ts';
import { tableOf } from './method.ts';
import type { Spec } from './method.ts';

/** What is compared: populations with the same factors, each a number or a vector over cells. */
export interface Populations {
  readonly names: string[];
  readonly factors: string[];
  /** [population][factor] */
  readonly values: Value[][];
}

/** Populations given as {factor: number or list}, in a list or by name. */
export function namedPopulations(given: unknown, factors: unknown): Populations {
  const entries = Array.isArray(given)
    ? given.map((population, i): [string, unknown] => [String(i + 1), population])
    : entriesOf(given, 'populations');
  if (entries.length < 2) throw new Refusal('bad_spec', 'a decomposition needs two populations or more');
  const wanted = factors === undefined ? Object.keys(objectOf(entries[0]!)) : textList(factors, 'factors');
  const values = entries.map((entry) => {
    const population = objectOf(entry);
    return wanted.map((factor) => valueOf(needed(population, factor), `${entry[0]}.${factor}`));
  });
  return { names: entries.map(([name]) => name), factors: wanted, values };
}

/**
 * Populations as rows of a table: one row per population, or with `by` one per population and cell. A cell that one
 * population does not have counts zero. `structure` names a column of counts; it is taken apart into one factor for
 * each of the `by` columns.
 */
export function tabledPopulations(spec: Spec, folder: string): Populations {
  const rows = tableOf(spec['data'], folder);
  const column = text(needed(spec, 'population'), 'population');
  const by = spec['by'] === undefined ? [] : textList(spec['by'], 'by');
  const columns = spec['factors'] === undefined ? [] : textList(spec['factors'], 'factors');
  const names = [...new Set(rows.map((row) => String(row[column])))];
  if (names.length < 2) throw new Refusal('bad_spec', `column "${column}" must name two populations or more`);
  const cellKey = (row: Spec) => JSON.stringify(by.map((key) => String(row[key])));
  const cells = [...new Set(rows.map(cellKey))];
  const byPlace = new Map(rows.map((row) => [JSON.stringify([String(row[column]), cellKey(row)]), row]));
  if (byPlace.size < rows.length) {
    throw new Refusal('bad_spec', `two rows stand for one population and cell; name what tells them apart in "by"`);
  }
  const read = (name: string, key: string): Fraction[] =>
    cells.map((cell) => {
      const row = byPlace.get(JSON.stringify([name, cell]));
      return row ? exact(row[key], `${name}, ${key}`) : Fraction.ZERO;
    });
  const structure = spec['structure'] === undefined ? undefined : text(spec['structure'], 'structure');
  const values = names.map((name): Value[] => {
    const vectors = columns.map((key) => read(name, key));
    if (by.length === 0) return vectors.map((vector) => vector[0]!);
    return structure === undefined ? vectors : [...structured(cells, read(name, structure)), ...vectors];
  });
  return { names, factors: structure === undefined ? columns : [...by, ...columns], values };
}

function structured(cells: readonly string[], counts: readonly Fraction[]): Fraction[][] {
  const coordinates = cells.map((cell) => JSON.parse(cell) as string[]);
  const doubles = counts.map((count) => Number(count.toDecimal().toFixed()));
  return structureFactors(coordinates, doubles).map((vector) => vector.map((value) => exact(value, 'structure')));
}

function objectOf([name, value]: [string, unknown]): Spec {
  if (isObject(value)) return value;
  throw new Refusal('bad_spec', `population "${name}" must be an object factor → number`);
}

function valueOf(value: unknown, key: string): Value {
  return Array.isArray(value) ? value.map((one, i) => exact(one, `${key}[${i}]`)) : exact(value, key);
}
