import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import { figure, isObject } from './exact.ts';
import type { Result, ResultValue, Spec } from './method.ts';
import { onlyKeys, withAliases } from './spec-table.ts';

/** Keys that a spec may carry anywhere for its reader. */
const REMARKS = ['note', 'source'];

/** How a spec holds cases: part of the shape of every method that takes several. */
export const CASES_SHAPE = `
Several cases: an object name → case, or a list of cases, at any depth; keys then begin with NAME. or NAME[0]. and a
single value that stands beside cases holds for each of them. also: {"new key": "printed key"} gives a figure one more name.
`.trim();

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
export function casesOf(spec: Spec, asCase: (node: unknown) => Spec | undefined, wanted: string): Case[] {
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
  const { also: _, ...own } = spec;
  return walk(isObject(spec) ? own : spec, '', {});
}

/** @throws Refusal bad_spec naming the keys that the method does not know, and those that it does */
export function refuseUnknownKeys(spec: Spec, known: readonly string[]): void {
  onlyKeys(spec, [...known, ...REMARKS], 'the case');
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

/** Flat result: the figures of every case under its name, and under the further names that the spec gives them. */
export function printed(
  spec: Spec,
  asCase: (node: unknown) => Spec | undefined,
  wanted: string,
  figures: (spec: Spec) => Iterable<Figure>,
): Result {
  const result: Result = {};
  for (const { name, spec: one } of casesOf(spec, asCase, wanted)) {
    for (const [key, value] of inCase(name, () => [...figures(one)])) {
      result[keyOf(name, key)] = value instanceof Fraction ? figure(value) : value;
    }
  }
  return withAliases(result, spec);
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
