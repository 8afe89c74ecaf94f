import { Decimal, isDecimalText } from '../../domain/decimal.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Result, ResultValue, Spec } from './method.ts';

/** Keys that a spec may carry anywhere for its reader. */
const REMARKS = ['note', 'source'];

/** A number of a spec as it is written: a JSON number, decimal text, or a quotient like "1/6". @throws Refusal bad_spec */
export function exact(value: unknown, key: string): Fraction {
  if (typeof value === 'number' && Number.isFinite(value)) {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new Refusal('bad_spec', `"${key}" is beyond what a JSON number holds exactly: write it as text`);
    }
    const text = String(value);
    return Fraction.parse(isDecimalText(text) ? text : new Decimal(text).toFixed());
  }
  const quotient = typeof value === 'string' ? value.trim().split('/') : [];
  if (quotient.length >= 1 && quotient.length <= 2 && quotient.every((part) => isDecimalText(part.trim()))) {
    const [numerator, denominator] = quotient.map((part) => Fraction.parse(part.trim()));
    if (denominator === undefined) return numerator!;
    if (!denominator.isZero) return numerator!.over(denominator);
  }
  throw new Refusal('bad_spec', `"${key}" must be a number, got ${JSON.stringify(value)}`);
}

/** An object of numbers of a spec, in its order. */
export function exactMap(value: unknown, key: string): Map<string, Fraction> {
  return new Map(entriesOf(value, key).map(([name, number]) => [name, exact(number, `${key}.${name}`)]));
}

/** Entries of an object of a spec. @throws Refusal bad_spec */
export function entriesOf(value: unknown, key: string): [string, unknown][] {
  if (isObject(value)) return Object.entries(value);
  throw new Refusal('bad_spec', `"${key}" must be an object, got ${JSON.stringify(value) ?? 'nothing'}`);
}

export function textOf(value: unknown, key: string): string {
  if (typeof value === 'string') return value;
  throw new Refusal('bad_spec', `"${key}" must be a name, got ${JSON.stringify(value)}`);
}

export function textList(value: unknown, key: string): string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new Refusal('bad_spec', `"${key}" must be a list of names, got ${JSON.stringify(value) ?? 'nothing'}`);
}

export function isObject(value: unknown): value is Spec {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a result prints: the nearest number, or decimal text where a number would not hold the integer part exactly. */
export function figure(value: Fraction): number | string {
  const whole = value.truncated();
  const isSafe = whole <= BigInt(Number.MAX_SAFE_INTEGER) && whole >= -BigInt(Number.MAX_SAFE_INTEGER);
  return isSafe ? Number(value.toDecimal().toFixed()) : value.toText();
}

/** How many decimals amounts are posted in; whole units when the spec does not say. @throws Refusal bad_spec */
export function decimalsOf(spec: Spec): number {
  const decimals = spec['decimals'] ?? 0;
  if (typeof decimals === 'number' && Number.isInteger(decimals) && decimals >= 0 && decimals <= 12) return decimals;
  throw new Refusal('bad_spec', `"decimals" must be a whole number from 0 to 12, got ${JSON.stringify(decimals)}`);
}

/** One case of a spec and the name under which its results stand ("" for a spec that is one case). */
export interface Case {
  readonly name: string;
  readonly spec: Spec;
}

/**
 * The cases of a spec: itself, or the cases that lie in it by name or in a list, at any depth; "a.b[0]" names one. A
 * single value that stands beside cases holds for all of them.
 * @param asCase the case that a node is, or undefined when it may hold cases
 * @throws Refusal bad_spec when something is neither a case nor holds cases
 */
export function casesOf(spec: unknown, asCase: (node: unknown) => Spec | undefined, wanted: string): Case[] {
  const walk = (node: unknown, name: string, common: Spec): Case[] => {
    const one = asCase(node);
    if (one) return [{ name, spec: { ...common, ...one } }];
    if (Array.isArray(node)) return node.flatMap((item, i) => walk(item, `${name}[${i}]`, common));
    if (isObject(node)) {
      const entries = Object.entries(node).filter(([key]) => !REMARKS.includes(key));
      const single = entries.filter(([, value]) => typeof value !== 'object' || value === null);
      const nested = entries.filter(([, value]) => typeof value === 'object' && value !== null);
      const inherited = { ...common, ...Object.fromEntries(single) };
      if (nested.length > 0) return nested.flatMap(([key, value]) => walk(value, keyOf(name, key), inherited));
    }
    throw new Refusal('bad_spec', `${name === '' ? 'the spec' : `"${name}"`} holds no ${wanted}`);
  };
  return walk(spec, '', {});
}

/** @throws Refusal bad_spec naming the first key that the method does not know, and those that it does */
export function refuseUnknownKeys(spec: Spec, known: readonly string[]): void {
  const unknown = Object.keys(spec).find((key) => !known.includes(key) && !REMARKS.includes(key));
  if (unknown === undefined) return;
  throw new Refusal('bad_spec', `unknown key "${unknown}"; known are ${known.join(', ')}`);
}

/** @throws Refusal bad_spec when the key is absent */
export function needed(spec: Spec, key: string): unknown {
  if (spec[key] !== undefined) return spec[key];
  throw new Refusal('bad_spec', `"${key}" is needed`);
}

/** Path of a key inside a case: "a" and "b" give "a.b". */
export function keyOf(name: string, key: string): string {
  return name === '' ? key : `${name}.${key}`;
}

/** Tells cases by a key that every case of the method has. */
export function markedBy(...marks: string[]): (node: unknown) => Spec | undefined {
  return (node) => (isObject(node) && marks.some((mark) => node[mark] !== undefined) ? node : undefined);
}

/** One result, before it is printed: an exact number, or what needs no printing. */
export type Figure = readonly [key: string, value: Fraction | ResultValue];

/** Flat result: the figures of every case under its name. */
export function printed(cases: readonly Case[], figures: (spec: Spec) => Iterable<Figure>): Result {
  const result: Result = {};
  for (const { name, spec } of cases) {
    for (const [key, value] of inCase(name, () => [...figures(spec)])) {
      result[keyOf(name, key)] = value instanceof Fraction ? figure(value) : value;
    }
  }
  return result;
}

/** What a case gives; a refusal names the case, and what cannot be computed (a division by zero) is refused. */
export function inCase<T>(name: string, deed: () => T): T {
  try {
    return deed();
  } catch (error) {
    const place = name === '' ? '' : `"${name}": `;
    if (error instanceof Refusal) {
      throw new Refusal(error.code, place + error.message, {
        kind: error.kind,
        next: error.next,
        details: error.details,
      });
    }
    if (error instanceof RangeError) throw new Refusal('bad_spec', place + error.message);
    throw error;
  }
}
