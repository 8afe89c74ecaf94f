import { Refusal } from '../errors.ts';

/** Outcomes of the same units before and after, side by side; NaN where a unit was not seen. */
export interface WaveGroup {
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

export interface MeanEstimate {
  readonly mean: number;
  readonly standardError: number;
  readonly count: number;
}

export interface GroupChange {
  readonly before: MeanEstimate;
  readonly after: MeanEstimate;
  /** after − before; its error takes the covariance of units that were seen twice into account */
  readonly change: MeanEstimate;
}

export interface DoubleDifference {
  readonly treated: GroupChange;
  readonly comparison: GroupChange;
  readonly effect: number;
  readonly standardError: number;
  /** Welch–Satterthwaite */
  readonly degreesOfFreedom: number;
}

/**
 * Difference of mean changes (Card & Krueger 1994, table 3). `balanced`: only units seen in both waves, so that the
 * change is one of units and its error the unit-clustered one; otherwise all that was seen in each wave.
 * @throws Refusal too_few_rows below two units in a cell
 */
export function doubleDifference(treated: WaveGroup, comparison: WaveGroup, balanced: boolean): DoubleDifference {
  const a = groupChange(treated, balanced);
  const b = groupChange(comparison, balanced);
  const va = a.change.standardError ** 2;
  const vb = b.change.standardError ** 2;
  return {
    treated: a,
    comparison: b,
    effect: a.change.mean - b.change.mean,
    standardError: Math.sqrt(va + vb),
    degreesOfFreedom: (va + vb) ** 2 / (va ** 2 / (a.change.count - 1) + vb ** 2 / (b.change.count - 1)),
  };
}

export function groupChange(group: WaveGroup, balanced: boolean): GroupChange {
  const pairs: [number, number][] = [];
  const before: number[] = [];
  const after: number[] = [];
  for (let i = 0; i < group.before.length; i++) {
    const first = group.before[i]!;
    const second = group.after[i]!;
    if (!Number.isNaN(first) && !Number.isNaN(second)) pairs.push([first, second]);
    if (!Number.isNaN(first)) before.push(first);
    if (!Number.isNaN(second)) after.push(second);
  }
  if (balanced) {
    return {
      before: meanEstimate(pairs.map(([first]) => first)),
      after: meanEstimate(pairs.map(([, second]) => second)),
      change: meanEstimate(pairs.map(([first, second]) => second - first)),
    };
  }
  const one = meanEstimate(before);
  const two = meanEstimate(after);
  const variance =
    one.standardError ** 2 + two.standardError ** 2 - (2 * pairs.length * covariance(pairs)) / (one.count * two.count);
  return {
    before: one,
    after: two,
    change: {
      mean: two.mean - one.mean,
      standardError: Math.sqrt(Math.max(0, variance)),
      count: Math.min(one.count, two.count),
    },
  };
}

export function meanEstimate(values: readonly number[]): MeanEstimate {
  if (values.length < 2) throw new Refusal('too_few_rows', 'a mean with its error needs at least two values');
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, standardError: Math.sqrt(variance / values.length), count: values.length };
}

function covariance(pairs: readonly [number, number][]): number {
  if (pairs.length < 2) return 0;
  const a = pairs.reduce((sum, [first]) => sum + first, 0) / pairs.length;
  const b = pairs.reduce((sum, [, second]) => sum + second, 0) / pairs.length;
  return pairs.reduce((sum, [first, second]) => sum + (first - a) * (second - b), 0) / (pairs.length - 1);
}
