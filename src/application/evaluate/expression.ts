import { Refusal } from '../../domain/errors.ts';

/**
 * Small arithmetic over the columns of a table, for spec files: `(time - 36) * smokban`, `log(stdpop)`,
 * `STATUS2 == 2 ? 0 : FTE2`, `step(date, "2021-02-01")`. A blank, NA or . cell is missing; what is computed from a
 * missing value is missing. Nothing but columns, literals and the functions below can be named.
 */
export type Row = Readonly<Record<string, unknown>>;
export type Value = number | string;
export type Expression = (row: Row, index: number) => Value;

export const EXPRESSION_HELP =
  'columns, numbers, "text", + - * / ^ %, == != < <= > >=, && || !, a ? b : c, log exp sqrt abs floor min max, ' +
  'step(x, from) = 1 from there on, slope(x, from) = how far beyond, row = 1, 2, …; odd column names in `backticks`';

const FUNCTIONS: Readonly<Record<string, (...values: Value[]) => number>> = {
  log: (x) => Math.log(asNumber(x)),
  exp: (x) => Math.exp(asNumber(x)),
  sqrt: (x) => Math.sqrt(asNumber(x)),
  abs: (x) => Math.abs(asNumber(x)),
  floor: (x) => Math.floor(asNumber(x)),
  min: (...values) => Math.min(...values.map(asNumber)),
  max: (...values) => Math.max(...values.map(asNumber)),
  step: (x, from) => truth(compare(x, from) >= 0, x, from),
  slope: (x, from) => (Number.isNaN(asNumber(x)) ? NaN : Math.max(0, asNumber(x) - asNumber(from))),
};

const TOKEN =
  /\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|"([^"]*)"|'([^']*)'|`([^`]+)`|([A-Za-z_][\w.]*)|(==|!=|<=|>=|&&|\|\||[-+*/^%<>!?:(),]))/y;

interface Token {
  readonly kind: 'number' | 'text' | 'name' | 'sign' | 'end';
  readonly text: string;
}

/** @throws Refusal bad_spec naming the expression and what is wrong with it */
export function expression(source: string, columns?: readonly string[]): Expression {
  const tokens = tokensOf(source);
  let at = 0;
  const fail = (why: string): never => {
    throw new Refusal('bad_spec', `expression "${source}": ${why}`);
  };
  const peek = (): Token => tokens[at]!;
  const accept = (...signs: string[]): string | undefined =>
    peek().kind === 'sign' && signs.includes(peek().text) ? tokens[at++]!.text : undefined;
  const demand = (sign: string): void => {
    if (!accept(sign)) fail(`expected ${sign} before ${peek().text === '' ? 'the end' : `"${peek().text}"`}`);
  };

  const ternary = (): Expression => {
    const condition = level(0);
    if (!accept('?')) return condition;
    const yes = ternary();
    demand(':');
    const no = ternary();
    return (row, i) => {
      const value = asNumber(condition(row, i));
      return Number.isNaN(value) ? NaN : value ? yes(row, i) : no(row, i);
    };
  };
  const level = (depth: number): Expression => {
    const signs = LEVELS[depth];
    if (!signs) return power();
    let left = level(depth + 1);
    for (let sign = accept(...signs); sign; sign = accept(...signs)) {
      const a = left;
      const b = level(depth + 1);
      const operate = OPERATORS[sign]!;
      left = (row, i) => operate(a(row, i), b(row, i));
    }
    return left;
  };
  const power = (): Expression => {
    if (accept('-')) {
      const operand = power();
      return (row, i) => -asNumber(operand(row, i));
    }
    if (accept('!')) {
      const operand = power();
      return (row, i) => OPERATORS['==']!(operand(row, i), 0);
    }
    const base = primary();
    if (!accept('^')) return base;
    const exponent = power();
    return (row, i) => asNumber(base(row, i)) ** asNumber(exponent(row, i));
  };
  const primary = (): Expression => {
    const token = peek();
    at++;
    if (token.kind === 'number') {
      const value = Number(token.text);
      return () => value;
    }
    if (token.kind === 'text') return () => token.text;
    if (token.kind === 'name') return accept('(') ? call(token.text) : column(token.text);
    if (token.text === '(') {
      const inner = ternary();
      demand(')');
      return inner;
    }
    return fail(token.kind === 'end' ? 'it ends too early' : `"${token.text}" is not expected there`);
  };
  const call = (name: string): Expression => {
    const f = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name]! : undefined;
    if (!f) return fail(`there is no function ${name}; there are ${Object.keys(FUNCTIONS).join(', ')}`);
    const parameters = [ternary()];
    while (accept(',')) parameters.push(ternary());
    demand(')');
    return (row, i) => f(...parameters.map((parameter) => parameter(row, i)));
  };
  const column = (name: string): Expression => {
    if (columns && !columns.includes(name)) {
      if (name === 'row') return (_, i) => i + 1;
      return fail(`there is no column "${name}"; there are ${columns.join(', ')}`);
    }
    return (row) => cell(row[name]);
  };

  const result = ternary();
  if (peek().kind !== 'end') fail(`"${peek().text}" is not expected there`);
  return result;
}

/** A cell as number where it is one, NaN where it is missing, else its text. */
export function cell(value: unknown): Value {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  const text = typeof value === 'string' ? value.trim() : '';
  if (text === '' || text === 'NA' || text === '.' || text === 'NaN') return NaN;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

const LEVELS = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];

const OPERATORS: Readonly<Record<string, (a: Value, b: Value) => number>> = {
  '||': (a, b) => (asNumber(a) || asNumber(b) ? 1 : 0),
  '&&': (a, b) => (asNumber(a) && asNumber(b) ? 1 : 0),
  '==': (a, b) => truth(a === b || String(a) === String(b), a, b),
  '!=': (a, b) => truth(String(a) !== String(b), a, b),
  '<': (a, b) => truth(compare(a, b) < 0, a, b),
  '<=': (a, b) => truth(compare(a, b) <= 0, a, b),
  '>': (a, b) => truth(compare(a, b) > 0, a, b),
  '>=': (a, b) => truth(compare(a, b) >= 0, a, b),
  '+': (a, b) => asNumber(a) + asNumber(b),
  '-': (a, b) => asNumber(a) - asNumber(b),
  '*': (a, b) => asNumber(a) * asNumber(b),
  '/': (a, b) => asNumber(a) / asNumber(b),
  '%': (a, b) => asNumber(a) % asNumber(b),
};

function truth(holds: boolean, ...operands: Value[]): number {
  return operands.some((value) => Number.isNaN(value)) ? NaN : holds ? 1 : 0;
}

/** Numbers by size, texts (ISO dates among them) by their characters. */
function compare(a: Value | undefined, b: Value | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function asNumber(value: Value | undefined): number {
  return typeof value === 'number' ? value : NaN;
}

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw new Refusal('bad_spec', `expression "${source}": cannot read "${source.slice(from).trim()}"`);
    const [, number, double, single, quoted, name, sign] = match;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (double !== undefined || single !== undefined) tokens.push({ kind: 'text', text: (double ?? single)! });
    else if (quoted !== undefined || name !== undefined) tokens.push({ kind: 'name', text: (quoted ?? name)! });
    else tokens.push({ kind: 'sign', text: sign! });
  }
  tokens.push({ kind: 'end', text: '' });
  return tokens;
}
