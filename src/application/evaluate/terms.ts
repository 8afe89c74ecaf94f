import { Refusal } from '../../domain/errors.ts';
import type { Design } from '../../domain/retention/least-squares.ts';
import { design } from '../../domain/retention/least-squares.ts';
import { numbers } from './method.ts';
import type { Row } from './sample.ts';
import { cellText, requireColumn, sameValue } from './sample.ts';

/**
 * Model terms as text, in the manner of formulas: `age`, `age^2`, `married*age` (the product alone), `log(x)`,
 * `sqrt(x)`, `factor(region)` (a column a level but the first), `re74==0`, `age>=30` (1 where true). A constant stands
 * in every model; `1` may be written and changes nothing.
 */
export const TERMS =
  'terms: x, x^2, x*y (product), log(x), sqrt(x), factor(x), x==0, x>=30; the constant is always there';

const ATOM =
  /^(?:(factor|log|sqrt)\(([^()]+)\)|([^\s^*()=<>!]+)(?:\^(\d+(?:\.\d+)?))?|([^\s^*()=<>!]+)\s*(==|!=|>=|<=|>|<)\s*(\S+))$/;

type Columns = Map<string, ArrayLike<number>>;

/** The design of the terms over the rows. @throws Refusal bad_spec naming the term */
export function designOf(rows: readonly Row[], terms: readonly string[]): Design {
  const columns: Columns = new Map();
  for (const term of terms) {
    if (term.trim() === '1') continue;
    for (const [name, values] of termColumns(rows, term)) columns.set(name, values);
  }
  return design(columns, rows.length);
}

/** True when a term is made of the column. */
export function mentions(term: string, column: string): boolean {
  return factorsOf(term).some((factor) => {
    const atom = ATOM.exec(factor);
    return (atom?.[2] ?? atom?.[3] ?? atom?.[5])?.trim() === column;
  });
}

function factorsOf(term: string): string[] {
  return term
    .split(/[*:]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** A product of factors; each factor may be several columns (a factor's levels), and the product pairs them all. */
function termColumns(rows: readonly Row[], term: string): Columns {
  let product: Columns | undefined;
  for (const part of factorsOf(term)) {
    const own = atomColumns(rows, part, term);
    if (product === undefined) {
      product = own;
      continue;
    }
    const crossed: Columns = new Map();
    for (const [left, a] of product) {
      for (const [right, b] of own)
        crossed.set(
          `${left}*${right}`,
          Float64Array.from(a, (value, i) => value * b[i]!),
        );
    }
    product = crossed;
  }
  if (product === undefined) throw new Refusal('bad_spec', `"${term}" is not a term; ${TERMS}`);
  return product;
}

function atomColumns(rows: readonly Row[], part: string, term: string): Columns {
  const atom = ATOM.exec(part);
  if (!atom) throw new Refusal('bad_spec', `"${part}" in "${term}" is not a term; ${TERMS}`);
  const column = (atom[2] ?? atom[3] ?? atom[5])!.trim();
  requireColumn(rows, column);
  if (atom[1] === 'factor') return levels(rows, column);
  if (atom[6] !== undefined) return new Map([[part, comparison(rows, column, atom[6], atom[7]!)]]);
  const values = numbers(rows, column);
  if (atom[1] === 'log') return new Map([[part, values.map(Math.log)]]);
  if (atom[1] === 'sqrt') return new Map([[part, values.map(Math.sqrt)]]);
  const power = atom[4] === undefined ? 1 : Number(atom[4]);
  return new Map([[part, power === 1 ? values : values.map((value) => value ** power)]]);
}

function levels(rows: readonly Row[], column: string): Columns {
  const texts = rows.map((row) => cellText(row[column]));
  const numeric = texts.every((text) => text !== '' && Number.isFinite(Number(text)));
  const found = [...new Set(texts)].sort((a, b) => (numeric ? Number(a) - Number(b) : a < b ? -1 : 1));
  return new Map(
    found.slice(1).map((level) => [`${column}=${level}`, texts.map((text) => (text === level ? 1 : 0))] as const),
  );
}

function comparison(rows: readonly Row[], column: string, operator: string, right: string): number[] {
  const wanted = right.replace(/^["']|["']$/g, '');
  if (operator === '==') return rows.map((row) => (sameValue(row[column], wanted) ? 1 : 0));
  if (operator === '!=') return rows.map((row) => (sameValue(row[column], wanted) ? 0 : 1));
  const bound = Number(wanted);
  if (!Number.isFinite(bound)) throw new Refusal('bad_spec', `"${column}${operator}${right}" needs a number`);
  return numbers(rows, column).map((value) => {
    const holds =
      operator === '>='
        ? value >= bound
        : operator === '<='
          ? value <= bound
          : operator === '>'
            ? value > bound
            : value < bound;
    return holds ? 1 : 0;
  });
}
