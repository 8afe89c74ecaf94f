import type { Square } from '../causality/linear-algebra.ts';
import { cholesky, choleskyInverse, choleskySolve, quadraticForm, square } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';

const STEP = 1e-4;
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
  let logs = origin;
  let current = at(logs);
  let damping = 1e-3;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { gradient, curvature } = derivatives(at, logs, current);
    const largest = Math.max(...gradient.map(Math.abs));
    if (largest < 1e-9 * (1 + Math.abs(current)) && damping <= 1e-6) {
      if (logs.some((log, i) => Math.abs(log - origin[i]!) > AT_THE_EDGE)) break;
      return maximumAt(logs, current, curvature);
    }
    let moved = false;
    for (let attempt = 0; attempt < 40 && !moved; attempt++) {
      const damped = curvature.map((row, i) =>
        row.map((value, j) => value + (i === j ? damping * (1 + Math.abs(value)) : 0)),
      );
      const factor = cholesky(damped);
      const move = factor && choleskySolve(factor, gradient);
      if (move && Math.max(...move.map(Math.abs)) < 5) {
        const next = logs.map((log, i) => log + move[i]!);
        const reached = at(next);
        if (reached >= current - 1e-12 * Math.abs(current)) {
          logs = next;
          current = reached;
          moved = true;
        }
      }
      damping = moved ? damping / 10 : damping * 10;
    }
    if (!moved || damping > 1e12) {
      if (largest < 1e-5 * (1 + Math.abs(current))) return maximumAt(logs, current, curvature);
      break;
    }
  }
  throw flat();
}

function maximumAt(logs: readonly number[], logLikelihood: number, curvature: Square): Maximum {
  const factor = cholesky(curvature);
  if (factor === undefined) throw flat();
  return { parameters: logs.map(Math.exp), logLikelihood, covariance: choleskyInverse(factor) };
}

function flat(): Refusal {
  return new Refusal(
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
): { gradient: number[]; curvature: Square } {
  const n = logs.length;
  const shifted = (...moves: [number, number][]): number => {
    const point = [...logs];
    for (const [i, by] of moves) point[i]! += by;
    return at(point);
  };
  const gradient: number[] = [];
  const curvature = square(n);
  for (let i = 0; i < n; i++) {
    const [up, down] = [shifted([i, STEP]), shifted([i, -STEP])];
    gradient.push((up - down) / (2 * STEP));
    curvature[i]![i] = -(up - 2 * current + down) / STEP ** 2;
    for (let j = 0; j < i; j++) {
      const mixed =
        shifted([i, STEP], [j, STEP]) -
        shifted([i, STEP], [j, -STEP]) -
        shifted([i, -STEP], [j, STEP]) +
        shifted([i, -STEP], [j, -STEP]);
      curvature[i]![j] = curvature[j]![i] = -mixed / (4 * STEP ** 2);
    }
  }
  return { gradient, curvature };
}
