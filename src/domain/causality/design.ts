import type { Column } from './linear-algebra.ts';

/** Columns of a time-series design. Positions count in rows unless a time axis is given. */

/** sin and cos of 2π·h·x/period for h = 1 … pairs, in that order. */
export function seasonalPairs(x: ArrayLike<number>, period: number, pairs: number): Column[] {
  return Array.from({ length: 2 * pairs }, (_, i) => {
    const frequency = (2 * Math.PI * (Math.floor(i / 2) + 1)) / period;
    return Float64Array.from(x, (value) => (i % 2 === 0 ? Math.sin(frequency * value) : Math.cos(frequency * value)));
  });
}

/** 1 on rows from ≤ t < until, else 0. */
export function stepColumn(rows: number, from: number, until = rows): Column {
  return Float64Array.from({ length: rows }, (_, t) => (t >= from && t < until ? 1 : 0));
}

/** Within from ≤ t < until: −½ … ½, rising evenly; else 0. Centred, so that it does not lean on the step. */
export function slopeColumn(rows: number, from: number, until = rows): Column {
  const length = until - from;
  return Float64Array.from({ length: rows }, (_, t) =>
    t >= from && t < until && length > 1 ? (t - from) / (length - 1) - 0.5 : 0,
  );
}
