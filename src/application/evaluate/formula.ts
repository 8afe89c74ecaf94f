import { Refusal } from '../../domain/errors.ts';
import { Fraction, sumFractions } from '../../domain/fraction.ts';
import { exact } from './exact.ts';

/** A number, or a vector with one number per cell. */
export type Value = Fraction | readonly Fraction[];
export type Scope = ReadonlyMap<string, Value>;
type Term = (scope: Scope) => Value;

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][\w.]*)|([-+*/^()]))/y;
const FUNCTIONS = new Map<string, (value: Value) => Value>([
  ['sum', (value) => (value instanceof Fraction ? value : sumFractions(value))],
  ['exp', (value) => elementwise(value, value, (x) => irrational(Math.exp(double(x))))],
  ['log', (value) => elementwise(value, value, (x) => irrational(Math.log(double(x))))],
  ['sqrt', (value) => elementwise(value, value, (x) => irrational(Math.sqrt(double(x))))],
]);

/**
 * A rate function as text: + − * / ^, parentheses, sum() over a vector, exp(), log(), sqrt(). Vectors go cell by cell.
 * Exact, but for roots, exponentials and logarithms.
 * @throws Refusal bad_spec when it cannot be read
 */
export function formula(text: string): Term {
  const tokens = tokensOf(text);
  let at = 0;
  const take = (...symbols: string[]): string | undefined =>
    symbols.includes(tokens[at] ?? '') ? tokens[at++] : undefined;

  const sums = (): Term => {
    let left = products();
    for (let symbol = take('+', '-'); symbol; symbol = take('+', '-')) {
      left = binary(left, products(), symbol === '+' ? (a, b) => a.plus(b) : (a, b) => a.minus(b));
    }
    return left;
  };
  const products = (): Term => {
    let left = signed();
    for (let symbol = take('*', '/'); symbol; symbol = take('*', '/')) {
      left = binary(left, signed(), symbol === '*' ? (a, b) => a.times(b) : (a, b) => a.over(b));
    }
    return left;
  };
  const signed = (): Term => {
    if (!take('-')) return powers();
    const term = signed();
    return binary(term, term, (a) => a.negated());
  };
  const powers = (): Term => {
    const base = atom();
    return take('^') ? binary(base, signed(), power) : base;
  };
  const atom = (): Term => {
    if (take('(')) return closed(sums());
    const token = tokens[at++];
    if (token === undefined || /^[-+*/^)]$/.test(token)) throw unreadable(text);
    if (/^\d/.test(token)) {
      const number = Fraction.parse(token);
      return () => number;
    }
    const apply = FUNCTIONS.get(token);
    if (apply && take('(')) {
      const inner = closed(sums());
      return (scope) => apply(inner(scope));
    }
    return (scope) => {
      const value = scope.get(token);
      if (value === undefined) throw new Refusal('bad_spec', `"${token}" in the rate "${text}" is no factor`);
      return value;
    };
  };
  const closed = (term: Term): Term => {
    if (!take(')')) throw unreadable(text);
    return term;
  };

  const whole = sums();
  if (at < tokens.length) throw unreadable(text);
  return whole;
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text);
    if (!match) throw unreadable(text);
    tokens.push((match[1] ?? match[2] ?? match[3])!);
  }
  return tokens;
}

function binary(left: Term, right: Term, operation: (a: Fraction, b: Fraction) => Fraction): Term {
  return (scope) => elementwise(left(scope), right(scope), operation);
}

function elementwise(left: Value, right: Value, operation: (a: Fraction, b: Fraction) => Fraction): Value {
  if (left instanceof Fraction && right instanceof Fraction) return operation(left, right);
  const length = (left instanceof Fraction ? (right as readonly Fraction[]) : left).length;
  const at = (value: Value, i: number) => (value instanceof Fraction ? value : value[i]);
  return Array.from({ length }, (_, i) => {
    const [a, b] = [at(left, i), at(right, i)];
    if (!a || !b) throw new Refusal('bad_spec', 'vectors of one rate must have the same length');
    return operation(a, b);
  });
}

function power(base: Fraction, exponent: Fraction): Fraction {
  const whole = exponent.truncated();
  if (exponent.denominator !== 1n || whole > 100n || whole < -100n) {
    return irrational(double(base) ** double(exponent));
  }
  let result = Fraction.ONE;
  for (let i = 0n; i < (whole < 0n ? -whole : whole); i++) result = result.times(base);
  return whole < 0n ? Fraction.ONE.over(result) : result;
}

function double(value: Fraction): number {
  return Number(value.toDecimal().toFixed());
}

function irrational(value: number): Fraction {
  return exact(value, 'rate');
}

function unreadable(text: string): Refusal {
  return new Refusal(
    'bad_spec',
    `the rate "${text}" cannot be read; write it like a * b / (1 + c) or sum(share * rate)`,
  );
}
