import { Refusal } from '../errors.ts';
import type { WindowEffect } from './comparison-effect.ts';
import type { ControlSeries } from './controls.ts';

/** Groups on either side from which on errors are clustered by group. */
const ENOUGH_GROUPS = 5;
const BLOCK_WEEKS = 4;

/**
 * Difference-in-differences of counts on the log scale: the treated would have moved in proportion to the comparison
 * groups, expected = treated before × comparison after ÷ comparison before. With five groups or more on each side the
 * error is clustered by group (Liang & Zeger), else it is the scatter of the log ratio over blocks of four weeks before.
 * @throws Refusal no_contacts
 */
export function ratioEffect(
  treated: readonly ControlSeries[],
  comparison: readonly ControlSeries[],
  start: number,
  from: number,
  until: number,
): WindowEffect {
  const before = { treated: total(treated, start, from), comparison: total(comparison, start, from) };
  const after = { treated: total(treated, from, until), comparison: total(comparison, from, until) };
  if (Math.min(before.treated, before.comparison, after.comparison) === 0) {
    throw new Refusal('no_contacts', 'a group without contacts before or after cannot be compared');
  }
  const share = before.treated / before.comparison;
  const expected = Float64Array.from(
    { length: until - from },
    (_, i) => share * total(comparison, from + i, from + i + 1),
  );
  const counterfactual = share * after.comparison;
  const clustered = Math.min(treated.length, comparison.length) >= ENOUGH_GROUPS;
  const { variance, degreesOfFreedom } = clustered
    ? clusteredVariance(treated, comparison, start, from, until)
    : blockVariance(treated, comparison, start, from, until);
  return {
    estimate: after.treated - counterfactual,
    // d(T − C·share) on the log scale of the ratio of ratios, at the larger of the two levels
    standardError: Math.sqrt(variance) * Math.max(after.treated, counterfactual),
    degreesOfFreedom,
    expected,
    weights: comparison.map((group) => total([group], start, from) / before.comparison),
    about: `difference-in-differences of ${treated.length} and ${comparison.length} groups, errors clustered by ${clustered ? 'group' : `${BLOCK_WEEKS}-week block`}`,
  };
}

function clusteredVariance(
  treated: readonly ControlSeries[],
  comparison: readonly ControlSeries[],
  start: number,
  from: number,
  until: number,
): { variance: number; degreesOfFreedom: number } {
  const side = (groups: readonly ControlSeries[]): number => {
    const [before, after] = [total(groups, start, from), Math.max(total(groups, from, until), 1)];
    const squares = groups.map(
      (group) => (total([group], from, until) / after - total([group], start, from) / before) ** 2,
    );
    return (groups.length / (groups.length - 1)) * squares.reduce((sum, value) => sum + value, 0);
  };
  return { variance: side(treated) + side(comparison), degreesOfFreedom: treated.length + comparison.length - 2 };
}

function blockVariance(
  treated: readonly ControlSeries[],
  comparison: readonly ControlSeries[],
  start: number,
  from: number,
  until: number,
): { variance: number; degreesOfFreedom: number } {
  const logs: number[] = [];
  for (let block = from - BLOCK_WEEKS; block >= start; block -= BLOCK_WEEKS) {
    const [a, b] = [total(treated, block, block + BLOCK_WEEKS), total(comparison, block, block + BLOCK_WEEKS)];
    logs.push(Math.log((a + 0.5) / (b + 0.5)));
  }
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const scatter = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, logs.length - 1);
  const blocksAfter = (until - from) / BLOCK_WEEKS;
  return { variance: scatter * (1 / logs.length + 1 / blocksAfter), degreesOfFreedom: Math.max(1, logs.length - 1) };
}

function total(groups: readonly ControlSeries[], from: number, until: number): number {
  let sum = 0;
  for (const { counts } of groups) for (let t = from; t < until; t++) sum += counts[t]!;
  return sum;
}
