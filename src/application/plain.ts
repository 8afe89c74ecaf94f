import { Fraction } from '../domain/fraction.ts';

/** JSON values only: fractions and big integers as text, maps as sorted entries. */
export function plain(value: unknown): unknown {
  if (value instanceof Fraction || typeof value === 'bigint') return value.toString();
  if (value instanceof Map)
    return [...value].map(([key, item]) => [String(key), plain(item)]).sort(([a], [b]) => (a! < b! ? -1 : 1));
  if (Array.isArray(value)) return value.map(plain);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  }
  return value ?? null;
}
