import { normalCdf } from '../causality/distributions.ts';
import type { Square } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import type { Design } from './least-squares.ts';
import { predictions, weightedLeastSquares } from './least-squares.ts';

/** How a linear predictor becomes a probability. */
export type Link = 'logit' | 'probit';

export interface PropensityFit {
  readonly coefficients: Float64Array;
  /** P(treated | x) of every row */
  readonly probability: Float64Array;
  /** dP/dη of every row: what a change of the linear predictor does to the probability */
  readonly slope: Float64Array;
  /** dlogL/dη of every row; its product with the row's terms is the row's score */
  readonly score: Float64Array;
  /** inverse of the observed information */
  readonly bread: Square;
  readonly logLikelihood: number;
  readonly dropped: readonly string[];
}

const MOST_STEPS = 60;
const CONVERGED = 1e-11;
/** Beyond this predictor a probability is 0 or 1 to double precision: some rows are told apart completely. */
const SEPARATED = 36;

interface RowAt {
  readonly probability: number;
  readonly slope: number;
  readonly score: number;
  /** −d²logL/dη² */
  readonly curvature: number;
  readonly logLikelihood: number;
}

/**
 * Probability of treatment by maximum likelihood: Newton steps on the observed information (for the logit the same as
 * iteratively reweighted least squares), halved while they do not climb.
 * @param treated 0 or 1 a row
 * @throws Refusal no_overlap when everybody or nobody is treated, or the terms tell treated from untreated completely
 */
export function propensity(x: Design, treated: ArrayLike<number>, link: Link = 'logit'): PropensityFit {
  const at = link === 'logit' ? logitAt : probitAt;
  const n = x.rows;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += treated[i]!;
  if (sum === 0 || sum === n) {
    throw new Refusal(
      'no_overlap',
      `${sum === 0 ? 'nobody' : 'everybody'} of ${n} is treated: nothing to compare with`,
    );
  }
  const likelihood = (eta: Float64Array): number =>
    eta.reduce((total, value, i) => total + at(value, treated[i]!).logLikelihood, 0);
  let coefficients = new Float64Array(x.columns.length);
  let eta = predictions(x, coefficients);
  let current = likelihood(eta);
  const curvature = new Float64Array(n);
  const response = new Float64Array(n);
  for (let step = 0; step < MOST_STEPS; step++) {
    for (let i = 0; i < n; i++) {
      const row = at(eta[i]!, treated[i]!);
      curvature[i] = row.curvature;
      response[i] = row.curvature > 0 ? row.score / row.curvature : 0;
    }
    const move = weightedLeastSquares(x, response, curvature).coefficients;
    const shift = predictions(x, move);
    let share = 1;
    let next = eta.map((value, i) => value + shift[i]!);
    let reached = likelihood(next);
    while (!(reached >= current - 1e-9 * Math.abs(current)) && share > 1e-6) {
      share /= 2;
      next = eta.map((value, i) => value + share * shift[i]!);
      reached = likelihood(next);
    }
    const gain = reached - current;
    coefficients = coefficients.map((value, j) => value + share * move[j]!);
    eta = next;
    current = reached;
    if (step > 0 && Math.abs(gain) <= CONVERGED * (Math.abs(current) + 1)) {
      return fitAt(x, treated, at, coefficients);
    }
  }
  throw separated();
}

function fitAt(
  x: Design,
  treated: ArrayLike<number>,
  at: (eta: number, treated: number) => RowAt,
  coefficients: Float64Array,
): PropensityFit {
  const eta = predictions(x, coefficients);
  if (eta.every((value) => Math.abs(value) > SEPARATED)) throw separated();
  const rows = Array.from(eta, (value, i) => at(value, treated[i]!));
  const score = Float64Array.from(rows, (row) => row.score);
  const curvature = Float64Array.from(rows, (row) => row.curvature);
  const { bread, dropped } = weightedLeastSquares(x, score, curvature);
  return {
    coefficients,
    probability: Float64Array.from(rows, (row) => row.probability),
    slope: Float64Array.from(rows, (row) => row.slope),
    score,
    bread,
    logLikelihood: rows.reduce((sum, row) => sum + row.logLikelihood, 0),
    dropped,
  };
}

function separated(): Refusal {
  return new Refusal('no_overlap', 'the terms tell treated from untreated completely: nobody comparable is left');
}

function logitAt(eta: number, treated: number): RowAt {
  const tail = Math.exp(-Math.abs(eta));
  const probability = eta >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
  const slope = tail / (1 + tail) ** 2;
  const logLikelihood = -Math.log1p(tail) - (treated === 1 ? Math.max(0, -eta) : Math.max(0, eta));
  return { probability, slope, score: treated - probability, curvature: slope, logLikelihood };
}

function probitAt(eta: number, treated: number): RowAt {
  const signed = treated === 1 ? eta : -eta;
  const density = Math.exp(-0.5 * eta * eta) / Math.sqrt(2 * Math.PI);
  const own = Math.max(normalCdf(signed), 1e-300);
  const mills = density / own;
  return {
    probability: normalCdf(eta),
    slope: density,
    score: treated === 1 ? mills : -mills,
    curvature: mills * (mills + signed),
    logLikelihood: Math.log(own),
  };
}
