import { normalQuantile } from '../causality/distributions.ts';

/** Two-sided interval of a proportion or of a difference of proportions. */
export interface ProportionInterval {
  readonly point: number;
  readonly low: number;
  readonly high: number;
}

/** Successes out of trials. */
export interface Share {
  readonly successes: number;
  readonly trials: number;
}

/**
 * Wilson score interval (Wilson, JASA 1927; Newcombe, Statistics in Medicine 1998;17:857, method 3; with `continuity`
 * method 4). It stays within 0 and 1 and holds at 0 and at all of few.
 * @throws RangeError for counts that are not 0 ≤ successes ≤ trials, trials > 0
 */
export function wilson({ successes, trials }: Share, level: number, continuity = false): ProportionInterval {
  if (!(trials > 0 && successes >= 0 && successes <= trials)) {
    throw new RangeError(`${successes} of ${trials} is not a proportion`);
  }
  const z = normalQuantile(0.5 + level / 2);
  const p = successes / trials;
  const n = trials;
  const width = 2 * (n + z * z);
  const centre = 2 * n * p + z * z;
  if (!continuity) {
    const margin = z * Math.sqrt(z * z + 4 * n * p * (1 - p));
    return { point: p, low: p === 0 ? 0 : (centre - margin) / width, high: p === 1 ? 1 : (centre + margin) / width };
  }
  const low = centre - 1 - z * Math.sqrt(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1));
  const high = centre + 1 + z * Math.sqrt(z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1));
  return { point: p, low: p === 0 ? 0 : Math.max(0, low / width), high: p === 1 ? 1 : Math.min(1, high / width) };
}

/**
 * Difference of two independent proportions, a − b: Wilson intervals squared and added (Newcombe, Statistics in
 * Medicine 1998;17:873, method 10; with `continuity` method 11).
 */
export function newcombe(a: Share, b: Share, level: number, continuity = false): ProportionInterval {
  const first = wilson(a, level, continuity);
  const second = wilson(b, level, continuity);
  const point = first.point - second.point;
  return {
    point,
    low: point - Math.hypot(first.point - first.low, second.high - second.point),
    high: point + Math.hypot(first.high - first.point, second.point - second.low),
  };
}
