import { solveExactly } from '../../domain/costing/linear-system.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import { exact } from './exact.ts';

/** Sign, coefficient (0.3, .3 or 1/6) and name; a number alone or a name alone will do. */
const TERM = /\s*([+-]?)\s*(?:(\d*\.?\d+)(?:\/(\d+))?\s*\*?\s*([A-Za-z_]\w*)?|([A-Za-z_]\w*))/y;

/**
 * Solves linear equations as textbooks print them, "Y = 7260 + 0.3Z; Z = 4000 + 0.2Y", exactly.
 * @returns value by name, in the order of the left-hand sides
 * @throws Refusal bad_spec when they are not such equations, or have no single solution
 */
export function solvedEquations(equations: unknown): Map<string, Fraction> {
  const texts = (Array.isArray(equations) ? equations : String(equations).split(';')).map((text) =>
    String(text).trim(),
  );
  const rows = texts.filter((text) => text !== '').map(equation);
  const names = rows.map(({ name }) => name);
  const stranger = rows.flatMap(({ terms }) => [...terms.keys()]).find((name) => !names.includes(name));
  if (stranger !== undefined || new Set(names).size !== names.length) {
    throw new Refusal(
      'bad_spec',
      `"equations" need one equation for each name; look at "${stranger ?? names.join(', ')}"`,
    );
  }
  const solved = solveExactly(
    rows.map(({ name, terms }) =>
      names.map((other) => (other === name ? Fraction.ONE : Fraction.ZERO).minus(terms.get(other) ?? Fraction.ZERO)),
    ),
    rows.map(({ constant }) => [constant]),
  );
  if (!solved) throw new Refusal('bad_spec', '"equations" have no single solution');
  return new Map(names.map((name, i) => [name, solved[i]![0]!]));
}

/** One equation NAME = constant and terms in other names. */
function equation(text: string): { name: string; constant: Fraction; terms: Map<string, Fraction> } {
  const [name = '', right = '', ...more] = text.split('=').map((side) => side.trim());
  const terms = new Map<string, Fraction>();
  let constant = Fraction.ZERO;
  TERM.lastIndex = 0;
  while (TERM.lastIndex < right.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(right);
    if (!match || (at > 0 && match[1] === '')) throw notAnEquation(text);
    const [, sign, number = '1', divisor = '1', named, alone] = match;
    const value = exact(`${number.replace(/^\./, '0.')}/${divisor}`, text).times(sign === '-' ? -1n : 1n);
    const other = named ?? alone;
    if (other === undefined) constant = constant.plus(value);
    else terms.set(other, (terms.get(other) ?? Fraction.ZERO).plus(value));
  }
  if (!/^[A-Za-z_]\w*$/.test(name) || right === '' || more.length > 0) throw notAnEquation(text);
  return { name, constant, terms };
}

function notAnEquation(text: string): Refusal {
  return new Refusal('bad_spec', `"${text}" is not an equation like Y = 7260 + 0.3Z`);
}
