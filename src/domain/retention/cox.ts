import { cholesky, choleskyInverse, choleskySolve, square } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import type { Design } from './least-squares.ts';
import { predictions } from './least-squares.ts';

/** Proportional hazards by partial likelihood (Cox 1972), ties after Breslow or Efron. */
export interface CoxFit {
  readonly coefficients: Float64Array;
  readonly standardErrors: Float64Array;
  readonly logLikelihood: number;
  /** partial likelihood without any term */
  readonly nullLogLikelihood: number;
}

/** A hazard ratio of e^20 over a term's span: the likelihood has no maximum, it only flattens. */
const SEPARATED = 20;

export type Ties = 'breslow' | 'efron';

interface Partial {
  readonly value: number;
  readonly gradient: Float64Array;
  readonly information: Float64Array[];
}

/**
 * @param x terms without a constant
 * @throws Refusal not_estimable when a term is a combination of others or tells events apart completely
 */
export function coxRegression(x: Design, time: ArrayLike<number>, event: ArrayLike<number>, ties: Ties): CoxFit {
  const descending = Array.from(time, (_, i) => i).sort((a, b) => time[b]! - time[a]!);
  const likelihood = (beta: Float64Array): Partial => partial(x, time, event, ties, descending, beta);
  let beta: Float64Array = new Float64Array(x.columns.length);
  let current = likelihood(beta);
  const nullLogLikelihood = current.value;
  const spans = x.columns.map((column) => {
    let [low, top] = [Infinity, -Infinity];
    for (const value of column) [low, top] = [Math.min(low, value), Math.max(top, value)];
    return top - low;
  });
  for (let step = 0; step < 50; step++) {
    const factor = cholesky(current.information);
    if (factor === undefined) throw new Refusal('not_estimable', 'the terms of the hazard cannot be told apart');
    const move = choleskySolve(factor, current.gradient);
    let share = 1;
    let next = beta.map((b, j) => b + move[j]!);
    let reached = likelihood(next);
    while (!(reached.value >= current.value - 1e-9) && share > 1e-6) {
      share /= 2;
      next = beta.map((b, j) => b + share * move[j]!);
      reached = likelihood(next);
    }
    const gain = reached.value - current.value;
    beta = next;
    current = reached;
    if (Math.abs(gain) < 1e-12 * (Math.abs(current.value) + 1)) {
      if (beta.some((b, j) => Math.abs(b) * spans[j]! > SEPARATED)) break;
      const inverse = choleskyInverse(cholesky(current.information) ?? factor);
      return {
        coefficients: beta,
        standardErrors: beta.map((_, j) => Math.sqrt(inverse[j]![j]!)),
        logLikelihood: current.value,
        nullLogLikelihood,
      };
    }
  }
  throw new Refusal('not_estimable', 'the partial likelihood has no maximum: a term tells the events apart completely');
}

/** Walks from the last time to the first; the risk set grows by everybody followed that long. */
function partial(
  x: Design,
  time: ArrayLike<number>,
  event: ArrayLike<number>,
  ties: Ties,
  descending: readonly number[],
  beta: Float64Array,
): Partial {
  const p = beta.length;
  const eta = predictions(x, beta);
  const risk = momentsOf(p);
  const gradient = new Float64Array(p);
  const information = square(p);
  let value = 0;
  for (let at = 0; at < descending.length;) {
    const now = time[descending[at]!]!;
    const dead = momentsOf(p);
    let count = 0;
    for (; at < descending.length && time[descending[at]!] === now; at++) {
      const i = descending[at]!;
      add(risk, x, i, Math.exp(eta[i]!));
      if (event[i] !== 1) continue;
      count++;
      add(dead, x, i, Math.exp(eta[i]!));
      value += eta[i]!;
      for (let j = 0; j < p; j++) gradient[j]! += x.columns[j]![i]!;
    }
    for (let k = 0; k < count; k++) {
      const share = ties === 'efron' ? k / count : 0;
      const zero = risk.zero - share * dead.zero;
      const mean = risk.one.map((sum, j) => (sum - share * dead.one[j]!) / zero);
      value -= Math.log(zero);
      for (let a = 0; a < p; a++) {
        gradient[a]! -= mean[a]!;
        for (let b = 0; b < p; b++) {
          information[a]![b]! += (risk.two[a]![b]! - share * dead.two[a]![b]!) / zero - mean[a]! * mean[b]!;
        }
      }
    }
  }
  return { value, gradient, information };
}

/** Σ weight, Σ weight × x and Σ weight × x x' of a set of rows. */
interface Moments {
  zero: number;
  readonly one: Float64Array;
  readonly two: Float64Array[];
}

function momentsOf(p: number): Moments {
  return { zero: 0, one: new Float64Array(p), two: square(p) };
}

function add(moments: Moments, x: Design, row: number, weight: number): void {
  moments.zero += weight;
  for (let a = 0; a < moments.one.length; a++) {
    const value = weight * x.columns[a]![row]!;
    moments.one[a]! += value;
    for (let b = 0; b < moments.one.length; b++) moments.two[a]![b]! += value * x.columns[b]![row]!;
  }
}
