import { Decimal, isDecimalText } from '../../domain/decimal.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import type { Spec } from './method.ts';
import { record } from './spec-table.ts';

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
  return Object.entries(record(value, key));
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

/** @throws Refusal bad_spec when the key is absent */
export function needed(spec: Spec, key: string): unknown {
  if (spec[key] !== undefined) return spec[key];
  throw new Refusal('bad_spec', `"${key}" is needed`);
}
