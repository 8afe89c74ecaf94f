import { normalQuantile } from '../causality/distributions.ts';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Half width of a two-sided interval in standard errors: 1.645 for a level of 0.90, 1.960 for 0.95. */
export function criticalValue(level: number): number {
  return normalQuantile(0.5 + level / 2);
}

export function normalInterval(point: number, standardError: number, level: number): Interval {
  const margin = criticalValue(level) * standardError;
  return { low: point - margin, high: point + margin };
}
