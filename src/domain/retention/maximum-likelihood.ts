import type { Square } from '../causality/linear-algebra.ts';
import { cholesky, choleskyInverse, choleskySolve, dot, quadraticForm, square } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';

const STEP = 1e-4;
/** Wider for second derivatives, whose differences lose twice the digits. */
const CURVATURE_STEP = 1e-3;
/** A step multiplies no parameter by more than e². */
const LONGEST_STEP = 2;
const MOST_STEPS = 200;
/** A parameter so many powers of e away from its start is on its way to 0 or infinity. */
const AT_THE_EDGE = 12;
/** Prior of fits that serve a forecast: parameters within e^±6 of the start are as good as free. */
export const FORECAST_SPREAD = 3;

export interface Maximum {
  readonly parameters: number[];
  readonly logLikelihood: number;
  /** covariance of the logarithms of the parameters: the inverse of the observed information */
  readonly covariance: Square;
}

/**
 * Positive parameters of largest log-likelihood: damped Newton steps on the logarithms of the parameters (so that they
 * stay positive), derivatives by central differences. Deterministic: the same data give the same digits.
 * @param spread of a weak normal prior on the logarithms around the start; absent: none. It decides nothing that the data
 * tell, and keeps finite what they do not (customers who do not differ have no distribution of differences)
 * @throws Refusal not_estimable when the likelihood keeps rising toward an edge
 */
export function maximise(
  logLikelihood: (parameters: readonly number[]) => number,
  start: readonly number[],
  spread = Infinity,
): Maximum {
  const origin = start.map(Math.log);
  const at = (logs: readonly number[]): number =>
    logLikelihood(logs.map(Math.exp)) - logs.reduce((sum, log, i) => sum + ((log - origin[i]!) / spread) ** 2 / 2, 0);
  let logs: readonly number[] = origin;
  let current = at(logs);
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, curvature } = derivatives(at, logs, current);
    const newton = ascent(gradient, curvature);
    const gain = dot(gradient, newton.move) / 2;
    if (newton.exact && gain < 1e-9 + 1e-14 * Math.abs(current)) {
      if (logs.some((log, i) => Math.abs(log - origin[i]!) > AT_THE_EDGE)) break;
      return maximumAt(logs, current, curvature);
    }
    let share = Math.min(1, LONGEST_STEP / Math.max(...newton.move.map(Math.abs)));
    let next = logs.map((log, i) => log + share * newton.move[i]!);
    let reached = at(next);
    for (; !(reached > current) && share > 1e-9; reached = at(next)) {
      share /= 2;
      next = logs.map((log, i) => log + share * newton.move[i]!);
    }
    // No step climbs: the top is reached to the last digit, or there is none.
    if (!(reached > current)) return gain < 1e-4 ? maximumAt(logs, current, curvature) : fail();
    logs = next;
    current = reached;
  }
  return fail();
}

/** Newton's direction; where the likelihood is not concave, bent toward the gradient until it climbs. */
function ascent(gradient: Float64Array, curvature: Square): { move: Float64Array; exact: boolean } {
  for (let damping = 0; ; damping = Math.max(1e-3, damping * 10)) {
    const damped = curvature.map((row, i) =>
      row.map((value, j) => (i === j ? value + damping * (1 + Math.abs(value)) : value)),
    );
    const factor = cholesky(damped);
    if (factor !== undefined) return { move: choleskySolve(factor, gradient), exact: damping === 0 };
  }
}

function maximumAt(logs: readonly number[], logLikelihood: number, curvature: Square): Maximum {
  const factor = cholesky(curvature);
  if (factor === undefined) return fail();
  return { parameters: logs.map(Math.exp), logLikelihood, covariance: choleskyInverse(factor) };
}

function fail(): never {
  throw new Refusal(
    'not_estimable',
    'the likelihood has no maximum: the data are too few or too uniform for this model',
  );
}

/** Standard error of a figure made of the parameters, by the delta method (derivatives by central differences). */
export function deltaError(of: (parameters: readonly number[]) => number, { parameters, covariance }: Maximum): number {
  const slope = parameters.map((value, i) => {
    const at = (by: number): number => of(parameters.map((own, j) => (i === j ? value * Math.exp(by) : own)));
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  });
  return Math.sqrt(quadraticForm(slope, covariance));
}

/** Gradient and negative Hessian by central differences. */
function derivatives(
  at: (logs: readonly number[]) => number,
  logs: readonly number[],
  current: number,
): { gradient: Float64Array; curvature: Square } {
  const n = logs.length;
  const shifted = (...moves: [number, number][]): number => {
    const point = [...logs];
    for (const [i, by] of moves) point[i]! += by;
    return at(point);
  };
  const gradient = Float64Array.from(logs, (_, i) => (shifted([i, STEP]) - shifted([i, -STEP])) / (2 * STEP));
  const curvature = square(n);
  const h = CURVATURE_STEP;
  for (let i = 0; i < n; i++) {
    curvature[i]![i] = -(shifted([i, h]) - 2 * current + shifted([i, -h])) / h ** 2;
    for (let j = 0; j < i; j++) {
      const along = shifted([i, h], [j, h]) + shifted([i, -h], [j, -h]);
      const across = shifted([i, h], [j, -h]) + shifted([i, -h], [j, h]);
      curvature[i]![j] = curvature[j]![i] = -(along - across) / (4 * h ** 2);
    }
  }
  return { gradient, curvature };
}
