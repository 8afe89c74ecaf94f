import { type Column, dot } from './linear-algebra.ts';

/** How the residuals of a count series scatter: variance = dispersion × mean, correlation over lags. */
export interface Noise {
  readonly dispersion: number;
  /** autocorrelation at lags 0, 1, 2, … until it is negligible */
  readonly correlation: readonly number[];
  /** order of the autoregression behind it */
  readonly order: number;
  /** long-run variance ÷ variance: what independence would understate a mean's variance by */
  readonly inflation: number;
  readonly degreesOfFreedom: number;
}

const NEGLIGIBLE = 1e-3;
const LONGEST = 120;

/**
 * Over-dispersion and autoregression of Pearson residuals. Residuals of a regression are less correlated than the
 * errors; that bias is taken out to first order through the hat matrix (E Σ e_t e_{t+j} = −σ² Σ H_{t,t+j} for
 * independent errors). The order is Schwarz's choice up to `most`; a correlation that would make the interval narrower
 * than independence is not believed.
 */
export function residualNoise(
  pearson: Column,
  weights: Column,
  /** orthonormal basis of the weighted design */
  basis: readonly Column[],
  most: number,
): Noise {
  const n = weights.reduce((sum, w) => sum + (w > 0 ? 1 : 0), 0);
  const degreesOfFreedom = n - basis.length;
  const dispersion = dot(pearson, pearson) / degreesOfFreedom;
  const covariance = [dispersion];
  for (let lag = 1; lag <= most; lag++) {
    let sum = 0;
    let pairs = 0;
    for (let t = lag; t < pearson.length; t++) {
      sum += pearson[t]! * pearson[t - lag]!;
      if (weights[t]! > 0 && weights[t - lag]! > 0) pairs++;
    }
    let hat = 0;
    for (const column of basis) for (let t = lag; t < column.length; t++) hat += column[t]! * column[t - lag]!;
    covariance.push(pairs > 0 ? (sum + dispersion * hat) / pairs : 0);
  }
  const { coefficients, order } = autoregression(covariance, n);
  const correlation = impliedCorrelation(coefficients);
  const inflation = Math.max(
    1,
    correlation.reduce((sum, value, lag) => sum + (lag === 0 ? value : 2 * value), 0),
  );
  return { dispersion, correlation, order, inflation, degreesOfFreedom };
}

/** Levinson–Durbin with Schwarz's order. */
function autoregression(covariance: readonly number[], n: number): { coefficients: number[]; order: number } {
  let current: number[] = [];
  let error = covariance[0]!;
  let best = { coefficients: current, order: 0, criterion: n * Math.log(error) };
  for (let p = 1; p < covariance.length; p++) {
    let reflection = covariance[p]!;
    for (let j = 1; j < p; j++) reflection -= current[j - 1]! * covariance[p - j]!;
    reflection /= error;
    if (!(Math.abs(reflection) < 0.98)) break;
    const next = current.map((value, j) => value - reflection * current[p - 2 - j]!);
    next.push(reflection);
    current = next;
    error *= 1 - reflection * reflection;
    const criterion = n * Math.log(error) + p * Math.log(n);
    if (criterion < best.criterion) best = { coefficients: current, order: p, criterion };
  }
  return best;
}

/** Autocorrelations of an autoregression, from its impulse response. */
function impliedCorrelation(coefficients: readonly number[]): number[] {
  const p = coefficients.length;
  if (p === 0) return [1];
  const response = [1];
  for (let t = 1; t < 4 * LONGEST; t++) {
    let value = 0;
    for (let j = 1; j <= Math.min(p, t); j++) value += coefficients[j - 1]! * response[t - j]!;
    response.push(value);
  }
  const at = (lag: number): number => {
    let sum = 0;
    for (let t = 0; t + lag < response.length; t++) sum += response[t]! * response[t + lag]!;
    return sum;
  };
  const variance = at(0);
  const correlation = [1];
  for (let lag = 1; lag <= LONGEST; lag++) correlation.push(at(lag) / variance);
  let last = correlation.length - 1;
  while (last > 0 && Math.abs(correlation[last]!) < NEGLIGIBLE) last--;
  return correlation.slice(0, last + 1);
}

/** Var Σ h_t r_t for standardised residuals r with the given correlation; never below Σ h². */
export function correlatedVariance(h: Column, correlation: readonly number[]): number {
  const own = dot(h, h);
  let sum = own;
  for (let lag = 1; lag < correlation.length; lag++) {
    let product = 0;
    for (let t = lag; t < h.length; t++) product += h[t]! * h[t - lag]!;
    sum += 2 * correlation[lag]! * product;
  }
  return Math.max(own, sum);
}
