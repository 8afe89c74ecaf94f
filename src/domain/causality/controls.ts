import { type Column, dot, orthonormal } from './linear-algebra.ts';
import {
  type SeriesFit,
  fitSeries,
  longRunDispersion,
  noiseOf,
  pearsonResiduals,
  workingColumns,
} from './series-fit.ts';
import type { CountSeries } from './series-design.ts';

/** A series that the decision cannot touch. */
export interface ControlSeries {
  readonly name: string;
  readonly counts: ArrayLike<number>;
}

export interface ChosenControl {
  readonly name: string;
  readonly column: Column;
  /** share of the pre-period deviance left by trend, weekday and season that this control explains */
  readonly explains: number;
  readonly reason: string;
}

const MOST_CONTROLS = 3;

/** log of the control's level: the centred mean of a week of days, so that a control's own scatter is not taken for signal. */
export function controlColumn(series: CountSeries, control: ControlSeries): Column {
  const rows = series.days.length;
  const reach = series.every === 'day' ? 3 : 0;
  const column = Float64Array.from({ length: rows }, (_, t) => {
    let sum = 0;
    let count = 0;
    for (let s = Math.max(0, t - reach); s <= Math.min(rows - 1, t + reach); s++) {
      sum += control.counts[s]!;
      count++;
    }
    return Math.log(Math.max(sum, 0.5) / count);
  });
  const mean = column.reduce((total, value) => total + value, 0) / rows;
  return column.map((value) => value - mean);
}

/**
 * `base` is a fit of the rows before the decision, from row `first` of the series on.
 *
 * Forward choice by fit before the decision: the candidate that explains most of what trend, weekday, season and the
 * controls so far leave, as long as its gain (deviance ÷ long-run dispersion) passes max(ln n, 2 ln m) for n rows and m
 * candidates, so that among many candidates none is taken by chance. At most three.
 */
export function chooseControls(
  series: CountSeries,
  base: SeriesFit,
  first: number,
  candidates: readonly ControlSeries[],
): ChosenControl[] {
  if (candidates.length === 0) return [];
  const rows = base.weights.length;
  const pool = candidates.map((control) => ({ name: control.name, column: controlColumn(series, control) }));
  const chosen: ChosenControl[] = [];
  let fitted = base;
  const without = fitted.fit.deviance;
  while (chosen.length < MOST_CONTROLS && pool.length > 0) {
    const noise = noiseOf(fitted);
    const threshold = Math.max(Math.log(rows), 2 * Math.log(candidates.length)) * longRunDispersion(noise);
    const { best, gain } = bestCandidate(fitted, first, pool);
    if (best < 0 || gain < threshold) break;
    const [taken] = pool.splice(best, 1);
    const columns = [...fitted.columns, taken!.column.subarray(first, first + rows)];
    const next = fitSeries(base.series, columns, base.weights, Float64Array.from([...fitted.penalty, 0]));
    const explains = (fitted.fit.deviance - next.fit.deviance) / without;
    fitted = next;
    chosen.push({
      ...taken!,
      explains,
      reason:
        `${chosen.length === 0 ? 'best' : 'next best'} of ${pool.length + 1} candidates before the decision: explains ` +
        `${(100 * explains).toFixed(1)}% of what trend, weekday and season leave (gain ${(gain / threshold).toFixed(1)} × the threshold)`,
    });
  }
  return chosen;
}

/** Score gain of each candidate: (x̃'r)² ÷ x̃'Wx̃, x̃ = the candidate less what the present terms explain of it. */
function bestCandidate(
  fitted: SeriesFit,
  first: number,
  pool: readonly { column: Column }[],
): { best: number; gain: number } {
  const { root, columns } = workingColumns(fitted);
  const { q } = orthonormal(columns);
  const residuals = pearsonResiduals(fitted);
  let best = -1;
  let gain = 0;
  pool.forEach(({ column }, i) => {
    const rest = root.map((weight, t) => weight * column[first + t]!);
    const length = dot(rest, rest);
    for (const basis of q) {
      const share = dot(basis, rest);
      for (let t = 0; t < rest.length; t++) rest[t]! -= share * basis[t]!;
    }
    const left = dot(rest, rest);
    if (!(left > 1e-6 * length)) return;
    const value = dot(rest, residuals) ** 2 / left;
    if (value > gain) [best, gain] = [i, value];
  });
  return { best, gain };
}
