import type { Column } from './linear-algebra.ts';
import { type Noise, correlatedVariance } from './residual-correlation.ts';
import { type Influence, type SeriesFit, fitSeries, longRunDispersion } from './series-fit.ts';
import { type CountSeries, DAYS_A_YEAR } from './series-design.ts';

/**
 * How strong the yearly season is cannot be read from a year or two beside a trend: a season of 3% taken for growth
 * makes a lift of 6%. So no number of harmonics is chosen: the first harmonics have a prior size (standard deviation on
 * the log scale, falling with the harmonic's number), and fits over a grid of sizes, none among them, are averaged by how likely each
 * makes the series.
 */
export const SEASON_SIZES = [0, 0.03, 0.06, 0.12, 0.24];
/** Sizes less likely than this are left out where only the picture or the placebos are at stake. */
export const NEGLIGIBLE_WEIGHT = 0.02;

export function harmonicPairs(series: CountSeries, rowsBefore: number): number {
  return rowsBefore * (series.every === 'week' ? 7 : 1) < 2 * DAYS_A_YEAR - 7 ? 1 : 3;
}

export interface SeasonFit {
  readonly size: number;
  readonly weight: number;
  readonly fitted: SeriesFit;
}

/** A design whose harmonics are marked: number of the harmonic per column, 0 for all others. */
export interface SeasonalDesign {
  readonly columns: readonly Column[];
  readonly harmonics: readonly number[];
}

export function penaltyOf({ harmonics }: SeasonalDesign, size: number, dispersion: number): Float64Array {
  return Float64Array.from(harmonics, (h) => (h === 0 ? 0 : dispersion * (h / Math.max(size, 1e-4)) ** 2));
}

/** One fit per size, with weights ∝ marginal likelihood (Laplace) at the long-run dispersion. */
export function seasonFits(
  series: CountSeries,
  design: SeasonalDesign,
  weights: Column,
  noise: Noise,
  start: ArrayLike<number>,
): SeasonFit[] {
  const dispersion = longRunDispersion(noise);
  let from = start;
  const fits = [...SEASON_SIZES].reverse().map((size) => {
    const penalty = penaltyOf(design, size, dispersion);
    const fitted = fitSeries(series, design.columns, weights, penalty, from);
    from = fitted.fit.coefficients;
    let logPrior = 0;
    for (const value of penalty) if (value > 0) logPrior += Math.log(value);
    const { deviance, penaltySum, logDeterminant } = fitted.fit;
    return { size, fitted, likelihood: -0.5 * ((deviance + penaltySum) / dispersion + logDeterminant - logPrior) };
  });
  const highest = Math.max(...fits.map(({ likelihood }) => likelihood));
  const total = fits.reduce((sum, { likelihood }) => sum + Math.exp(likelihood - highest), 0);
  return fits
    .map(({ size, fitted, likelihood }) => ({ size, fitted, weight: Math.exp(likelihood - highest) / total }))
    .reverse();
}

/**
 * Average over fits. Its variance is that of the average itself under over-dispersion and autocorrelation (the fits
 * share their residuals), plus what the priors hold back, plus the fits' disagreement Σ w (estimate − average)² as far
 * as it exceeds what the residuals alone make them disagree.
 */
export function averagedEstimate(
  parts: readonly (Influence & { readonly weight: number })[],
  noise: Noise,
): { estimate: number; standardError: number } {
  const estimate = parts.reduce((sum, part) => sum + part.weight * part.estimate, 0);
  const residuals = new Float64Array(parts[0]!.residuals.length);
  const scatter = (influence: Column): number => noise.dispersion * correlatedVariance(influence, noise.correlation);
  let held = 0;
  let disagreement = 0;
  for (const part of parts) {
    held += part.weight * longRunDispersion(noise) * part.held;
    disagreement += part.weight * ((part.estimate - estimate) ** 2 - scatter(part.residuals));
    for (let t = 0; t < residuals.length; t++) residuals[t]! += part.weight * part.residuals[t]!;
  }
  const own = scatter(residuals);
  return { estimate, standardError: Math.sqrt(own + held + Math.max(0, disagreement + own)) };
}
