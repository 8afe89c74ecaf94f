import { normalCdf } from '../causality/distributions.ts';
import type { Square } from '../causality/linear-algebra.ts';
import { cholesky, choleskyInverse, choleskySolve, combination } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import type { Design } from './least-squares.ts';
import { scaledTerms } from './scaled-terms.ts';
import type { Equations } from './term-tiles.ts';

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
}

const MOST_STEPS = 60;
const CONVERGED = 1e-11;
/** Beyond this predictor a probability is 0 or 1 to double precision: some rows are told apart completely. */
const SEPARATED = 36;

/** What the likelihood gives at a linear predictor, row by row. */
interface Rows {
  readonly probability: Float64Array;
  readonly slope: Float64Array;
  readonly score: Float64Array;
  /** −d²logL/dη²; of the logit it is the slope */
  readonly curvature: Float64Array;
}

/** Fills some rows, the last not included, at a linear predictor. @returns the log-likelihood of those before and theirs */
type LinkRows = (
  eta: Float64Array,
  treated: ArrayLike<number>,
  rows: Rows,
  from: number,
  to: number,
  before: number,
) => number;

/**
 * Probability of treatment by maximum likelihood: Newton steps on the observed information (for the logit the same as
 * iteratively reweighted least squares), halved while they do not climb. Terms are centred and scaled inside.
 * @param treated 0 or 1 a row
 * @param start coefficients to begin with, e.g. of a fit over more rows
 * @throws Refusal no_overlap when everybody or nobody is treated, or the terms tell treated from untreated completely
 */
export function propensity(
  x: Design,
  treated: ArrayLike<number>,
  link: Link = 'logit',
  start?: Float64Array,
): PropensityFit {
  const n = x.rows;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += treated[i]!;
  if (sum === 0 || sum === n) {
    throw new Refusal(
      'no_overlap',
      `${sum === 0 ? 'nobody' : 'everybody'} of ${n} is treated: nothing to compare with`,
    );
  }
  const fill: LinkRows = link === 'logit' ? logitRows : probitRows;
  const scaled = scaledTerms(x);
  const rows = emptyRows(n, link);
  let coefficients = start ? scaled.from(start) : new Float64Array(scaled.size);
  let [eta, next] = [new Float64Array(n), new Float64Array(n)];
  /** The log-likelihood at eta + z'β, and its equations: eta + z'β stands in `next` then. */
  const at = (by: Float64Array): { reached: number; equations: Equations } => {
    let reached = 0;
    const equations = scaled.equationsAt(by, (shift, from, count, weights, values) => {
      const to = from + count;
      sums(eta, shift, next, from, to);
      reached = fill(next, treated, rows, from, to, reached);
      weights.set(rows.curvature.subarray(from, to));
      values.set(rows.score.subarray(from, to));
    });
    return { reached, equations };
  };
  let { reached: current, equations } = at(coefficients);
  // Other rows may drop other terms: a start that says less than nothing is no start.
  if (start && !(current > -n * Math.LN2)) {
    coefficients = new Float64Array(scaled.size);
    ({ reached: current, equations } = at(coefficients));
  }
  [eta, next] = [next, eta];
  for (let step = 0; step < MOST_STEPS; step++) {
    const factor = cholesky(equations.information);
    if (factor === undefined) throw separated();
    const move = choleskySolve(factor, equations.sums);
    let share = 1;
    let reached: number;
    ({ reached, equations } = at(move));
    const climbs = (): boolean => reached >= current - 1e-9 * Math.abs(current);
    if (!climbs()) {
      const shift = new Float64Array(n);
      scaled.predictor(move, shift);
      while (!climbs() && share > 1e-6) {
        share /= 2;
        reached = fill(stepped(eta, shift, share, next), treated, rows, 0, n, 0);
      }
      equations = scaled.equations(rows.curvature, rows.score);
    }
    const gain = reached - current;
    coefficients = combination([move], [share], move.length, coefficients);
    [eta, next] = [next, eta];
    current = reached;
    if (step > 0 && Math.abs(gain) <= CONVERGED * (Math.abs(current) + 1)) {
      if (eta.every((value) => Math.abs(value) > SEPARATED)) throw separated();
      const last = cholesky(equations.information);
      if (last === undefined) throw separated();
      const { probability, slope, score } = rows;
      return {
        coefficients: scaled.back(coefficients),
        probability,
        slope,
        score,
        bread: scaled.bread(choleskyInverse(last)),
        logLikelihood: current,
      };
    }
  }
  throw separated();
}

/** Writes a number of `own` and one of `others`, which begin at `from`, over those of `to`, up to a place. */
function sums(own: Float64Array, others: Float64Array, to: Float64Array, from: number, end: number): void {
  for (let i = from; i < end; i++) to[i] = own[i]! + others[i - from]!;
}

/** Writes from + share × shift over what `to` held. */
function stepped(from: Float64Array, shift: Float64Array, share: number, to: Float64Array): Float64Array {
  for (let i = 0; i < to.length; i++) to[i] = from[i]! + share * shift[i]!;
  return to;
}

function emptyRows(n: number, link: Link): Rows {
  const slope = new Float64Array(n);
  const curvature = link === 'logit' ? slope : new Float64Array(n);
  return { probability: new Float64Array(n), slope, score: new Float64Array(n), curvature };
}

function separated(): Refusal {
  return new Refusal('no_overlap', 'the terms tell treated from untreated completely: nobody comparable is left');
}

const logitRows: LinkRows = (eta, treated, { probability: probabilities, slope: slopes, score }, from, to, before) => {
  let total = before;
  for (let i = from; i < to; i++) {
    const at = eta[i]!;
    const tail = Math.exp(-Math.abs(at));
    const probability = at >= 0 ? 1 / (1 + tail) : tail / (1 + tail);
    const slope = tail / (1 + tail) ** 2;
    probabilities[i] = probability;
    slopes[i] = slope;
    score[i] = treated[i]! - probability;
    total -= Math.log1p(tail) + (treated[i] === 1 ? Math.max(0, -at) : Math.max(0, at));
  }
  return total;
};

const probitRows: LinkRows = (eta, treated, rows, from, to, before) => {
  let total = before;
  for (let i = from; i < to; i++) {
    const at = eta[i]!;
    const signed = treated[i] === 1 ? at : -at;
    const density = Math.exp(-0.5 * at * at) / Math.sqrt(2 * Math.PI);
    const own = Math.max(normalCdf(signed), 1e-300);
    const mills = density / own;
    rows.probability[i] = normalCdf(at);
    rows.slope[i] = density;
    rows.score[i] = treated[i] === 1 ? mills : -mills;
    rows.curvature[i] = mills * (mills + signed);
    total += Math.log(own);
  }
  return total;
};
