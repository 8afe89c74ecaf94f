import { Refusal } from '../errors.ts';
import {
  type Column,
  type Orthonormal,
  type Square,
  backSubstitute,
  cholesky,
  choleskyInverse,
  choleskySolve,
  combination,
  crossProduct,
  dot,
  untangle,
} from './linear-algebra.ts';
import { logGamma } from './distributions.ts';
import { identified } from './least-squares.ts';

export interface PoissonFit {
  readonly coefficients: Float64Array;
  /** fitted means μ */
  readonly fitted: Float64Array;
  /** (X'WX)⁻¹ with W = μ: the covariance when the dispersion is 1 */
  readonly unscaled: Square;
  /** Σ (y−μ)²/μ ÷ (n−k): the quasi-Poisson dispersion φ */
  readonly dispersion: number;
  readonly deviance: number;
  readonly rows: number;
  readonly degreesOfFreedom: number;
  readonly iterations: number;
}

export interface PoissonOptions {
  /** log of the exposure, added to the linear predictor */
  readonly offset?: ArrayLike<number> | undefined;
  /** prior weights, e.g. 0 for a day that is left out */
  readonly weights?: ArrayLike<number> | undefined;
  /** linear predictor to start from (a warm start) */
  readonly start?: ArrayLike<number> | undefined;
  /** relative change of the deviance at which to stop */
  readonly tolerance?: number | undefined;
  /** the design's orthonormal form, where the caller has it already */
  readonly form?: Orthonormal | undefined;
  readonly names?: readonly string[] | undefined;
}

const MOST_STEPS = 60;

/**
 * Log-linear Poisson regression by iteratively reweighted least squares (McCullagh & Nelder 1989), on the orthonormal
 * form of the design and to full convergence: R's default (1e-8) stops a step early and its standard errors are off in
 * the sixth digit. @throws Refusal not_identified, no_convergence, too_few_rows
 */
export function quasiPoisson(
  y: ArrayLike<number>,
  columns: readonly Column[],
  options: PoissonOptions = {},
): PoissonFit {
  const rows = y.length;
  const { weights, offset, tolerance = 1e-15 } = options;
  const { q, r } = options.form ?? identified(columns, rows, options.names);
  let eta = startingPredictor(y, options);
  let mean = eta.map(Math.exp);
  let deviance = poissonDeviance(y, mean, weights);
  let loads: Float64Array | undefined;
  let factor: Square | undefined;
  let settled = 0;
  let iteration = 0;
  while (settled < 2 && iteration < MOST_STEPS) {
    iteration++;
    const w = weights ? mean.map((m, t) => m * weights[t]!) : mean;
    factor = cholesky(crossProduct(q, w));
    if (!factor) throw new Refusal('not_identified', 'the terms cannot be told apart on these counts');
    // Working response less offset, times weight: w (η − offset) + (y − μ).
    const working = Float64Array.from(
      eta,
      (value, t) => w[t]! * (value - (offset?.[t] ?? 0)) + (weights?.[t] ?? 1) * (y[t]! - mean[t]!),
    );
    let next = choleskySolve(
      factor,
      Float64Array.from(q, (basis) => dot(basis, working)),
    );
    let nextEta = combination(q, next, rows, offset);
    let nextMean = nextEta.map(Math.exp);
    let nextDeviance = poissonDeviance(y, nextMean, weights);
    for (let halving = 0; loads && halving < 20 && !(nextDeviance <= deviance * (1 + 1e-8) + 1e-8); halving++) {
      const before = loads;
      next = next.map((value, j) => (value + before[j]!) / 2);
      nextEta = combination(q, next, rows, offset);
      nextMean = nextEta.map(Math.exp);
      nextDeviance = poissonDeviance(y, nextMean, weights);
    }
    // The deviance is flat at its minimum: two quiet steps in a row bring the coefficients to full precision, too.
    settled = Math.abs(nextDeviance - deviance) <= tolerance * (Math.abs(nextDeviance) + 0.1) * 10 ? settled + 1 : 0;
    [loads, eta, mean, deviance] = [next, nextEta, nextMean, nextDeviance];
    if (tolerance > 1e-12 && settled > 0) break;
  }
  if (!loads || !factor || !Number.isFinite(deviance) || settled === 0) {
    throw new Refusal('no_convergence', 'the Poisson regression does not settle on these counts');
  }
  const w = weights ? mean.map((m, t) => m * weights[t]!) : mean;
  const last = cholesky(crossProduct(q, w)) ?? factor;
  const used = weights ? Array.from(weights as ArrayLike<number>).filter((weight) => weight > 0).length : rows;
  const degreesOfFreedom = used - columns.length;
  let pearson = 0;
  for (let t = 0; t < rows; t++) pearson += ((weights?.[t] ?? 1) * (y[t]! - mean[t]!) ** 2) / mean[t]!;
  return {
    coefficients: backSubstitute(r, loads),
    fitted: mean,
    unscaled: untangle(r, choleskyInverse(last)),
    dispersion: pearson / degreesOfFreedom,
    deviance,
    rows: used,
    degreesOfFreedom,
    iterations: iteration,
  };
}

function startingPredictor(y: ArrayLike<number>, { start, offset, weights }: PoissonOptions): Float64Array {
  if (start) return Float64Array.from(start);
  if (!weights) return Float64Array.from(y, (value) => Math.log(value + 0.1));
  let count = 0;
  let exposure = 0;
  for (let t = 0; t < y.length; t++) {
    count += weights[t]! * y[t]!;
    exposure += weights[t]! * Math.exp(offset?.[t] ?? 0);
  }
  const level = Math.log((count + 0.1) / exposure);
  return Float64Array.from(y, (value, t) => (weights[t]! > 0 ? Math.log(value + 0.1) : level + (offset?.[t] ?? 0)));
}

/** 2 Σ w (y ln(y/μ) − (y − μ)) */
export function poissonDeviance(y: ArrayLike<number>, mean: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < y.length; t++) {
    const count = y[t]!;
    const part = (count > 0 ? count * Math.log(count / mean[t]!) : 0) - (count - mean[t]!);
    sum += (weights?.[t] ?? 1) * part;
  }
  return 2 * sum;
}

/** Poisson log-likelihood (for AIC and likelihood-ratio tests; it has no meaning for quasi-Poisson). */
export function poissonLogLikelihood(y: ArrayLike<number>, mean: ArrayLike<number>): number {
  let sum = 0;
  for (let t = 0; t < y.length; t++) sum += y[t]! * Math.log(mean[t]!) - mean[t]! - logGamma(y[t]! + 1);
  return sum;
}
