/** Shares of one outcome over its causes in order of time. All shares of a rule sum to 1. */

export function linearShares(touches: number): number[] {
  return new Array<number>(touches).fill(1 / touches);
}

/**
 * Position-based: `first` and `last` get their stated share, the middle ones split the rest. Two touches split
 * in proportion of first to last (0.5 / 0.5 by default), one gets all.
 */
export function positionShares(touches: number, first = 0.4, last = 0.4): number[] {
  if (touches === 1) return [1];
  if (touches === 2) return [first / (first + last), last / (first + last)];
  const middle = (1 - first - last) / (touches - 2);
  return Array.from({ length: touches }, (_, i) => (i === 0 ? first : i === touches - 1 ? last : middle));
}

/** Weights 2^(−age/half-life), normalised; the youngest age is taken as origin so that old paths do not underflow. */
export function decayShares(agesDays: readonly number[], halfLifeDays: number): number[] {
  const youngest = Math.min(...agesDays);
  const weights = agesDays.map((age) => Math.pow(2, -(age - youngest) / halfLifeDays));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
