import { chiSquareUpper } from '../causality/distributions.ts';
import { cholesky, choleskySolve, dot, square } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';

/**
 * Tests whether groups share one survival curve: Σ over event times of observed − expected, with the hypergeometric
 * variance (Mantel 1966; weights after Gehan, Tarone–Ware, Peto–Peto, Fleming–Harrington: Klein & Moeschberger ch. 7).
 */
export type LogRankWeight = 'logrank' | 'wilcoxon' | 'tarone' | 'peto' | { readonly p: number; readonly q: number };

export interface LogRank {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** per group, in the order given; unweighted */
  readonly observed: readonly number[];
  readonly expected: readonly number[];
}

/**
 * @param group index into `groups` groups, one a row
 * @param stratum rows of one stratum are compared only with each other
 * @throws Refusal not_estimable when there are no events or only one group
 */
export function logRank(
  time: ArrayLike<number>,
  event: ArrayLike<number>,
  group: ArrayLike<number>,
  groups: number,
  options: { weight?: LogRankWeight; stratum?: ArrayLike<string> | undefined } = {},
): LogRank {
  const { weight = 'logrank', stratum } = options;
  const observed = new Array<number>(groups).fill(0);
  const expected = new Array<number>(groups).fill(0);
  const gap = new Float64Array(groups);
  const variance = square(groups);
  const strata = new Map<string, number[]>();
  for (let i = 0; i < time.length; i++) {
    const key = stratum?.[i] ?? '';
    const rows = strata.get(key);
    if (rows) rows.push(i);
    else strata.set(key, [i]);
  }
  for (const rows of strata.values()) {
    rows.sort((a, b) => time[a]! - time[b]!);
    const risk = new Array<number>(groups).fill(0);
    for (const i of rows) risk[group[i]!]!++;
    let survival = 1;
    let smoothed = 1;
    for (let at = 0; at < rows.length;) {
      const now = time[rows[at]!]!;
      const died = new Array<number>(groups).fill(0);
      const left = new Array<number>(groups).fill(0);
      for (; at < rows.length && time[rows[at]!] === now; at++) {
        left[group[rows[at]!]!]!++;
        if (event[rows[at]!] === 1) died[group[rows[at]!]!]!++;
      }
      const n = risk.reduce((sum, count) => sum + count, 0);
      const d = died.reduce((sum, count) => sum + count, 0);
      if (d > 0) {
        smoothed *= 1 - d / (n + 1);
        const w = weightOf(weight, n, survival, smoothed);
        const spread = n > 1 ? (d * (n - d)) / (n - 1) : 0;
        for (let g = 0; g < groups; g++) {
          const share = risk[g]! / n;
          observed[g]! += died[g]!;
          expected[g]! += d * share;
          gap[g]! += w * (died[g]! - d * share);
          for (let h = 0; h < groups; h++) {
            variance[g]![h]! += w * w * spread * share * ((g === h ? 1 : 0) - risk[h]! / n);
          }
        }
        survival *= 1 - d / n;
      }
      for (let g = 0; g < groups; g++) risk[g]! -= left[g]!;
    }
  }
  const degreesOfFreedom = groups - 1;
  const factor = cholesky(variance.slice(1).map((row) => row.slice(1)));
  if (degreesOfFreedom < 1 || factor === undefined) {
    throw new Refusal('not_estimable', 'groups can be compared only where two of them are at risk while events happen');
  }
  const statistic = dot(gap.slice(1), choleskySolve(factor, gap.slice(1)));
  return {
    statistic,
    degreesOfFreedom,
    pValue: chiSquareUpper(statistic, degreesOfFreedom),
    observed,
    expected,
  };
}

/** @param survival pooled S just before the time; `smoothed` the Peto–Peto estimate at it */
function weightOf(weight: LogRankWeight, atRisk: number, survival: number, smoothed: number): number {
  if (typeof weight === 'object') return survival ** weight.p * (1 - survival) ** weight.q;
  switch (weight) {
    case 'logrank':
      return 1;
    case 'wilcoxon':
      return atRisk;
    case 'tarone':
      return Math.sqrt(atRisk);
    case 'peto':
      return smoothed;
  }
}
