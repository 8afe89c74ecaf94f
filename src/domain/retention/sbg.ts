import { Refusal } from '../errors.ts';
import { hypergeometric } from './hypergeometric.ts';
import type { Maximum } from './maximum-likelihood.ts';
import { maximise } from './maximum-likelihood.ts';

/**
 * Shifted beta-geometric retention of contracts (Fader & Hardie, Journal of Interactive Marketing 2007;21:76): each
 * customer renews with a probability of its own, the probabilities are beta distributed over customers.
 */
export interface ShiftedBetaGeometric {
  readonly alpha: number;
  readonly beta: number;
}

export interface SbgFit extends ShiftedBetaGeometric {
  /** for standard errors of what is derived from the parameters (deltaError) */
  readonly maximum: Maximum;
  readonly logLikelihood: number;
}

/** P(lost in period t), t = 1, 2, … */
export function lossProbabilities({ alpha, beta }: ShiftedBetaGeometric, periods: number): number[] {
  const found: number[] = [];
  for (let t = 1; t <= periods; t++) {
    found.push(t === 1 ? alpha / (alpha + beta) : (found[t - 2]! * (beta + t - 2)) / (alpha + beta + t - 1));
  }
  return found;
}

/** S(t): share still there after t renewals; t = 0, 1, 2, … */
export function sbgSurvival({ alpha, beta }: ShiftedBetaGeometric, t: number): number {
  let survival = 1;
  for (let i = 0; i < t; i++) survival *= (beta + i) / (alpha + beta + i);
  return survival;
}

/** r(t) = S(t) ÷ S(t − 1): it rises with t, because the faithful stay. */
export function sbgRetentionRate({ alpha, beta }: ShiftedBetaGeometric, t: number): number {
  return (beta + t - 1) / (alpha + beta + t - 1);
}

/**
 * Customers of cohorts lost per period and left at the end, by maximum likelihood. Cohorts of other lengths add:
 * `lost[t]` customers were lost in period t + 1, `left[t]` were last seen alive after t + 1 renewals.
 * @throws Refusal not_estimable when nobody was lost or nobody was seen to stay
 */
export function fitSbg(lost: readonly number[], left: readonly number[], spread?: number): SbgFit {
  const periods = Math.max(lost.length, left.length);
  const totalLost = lost.reduce((sum, count) => sum + count, 0);
  const stayed = left.reduce((sum, count) => sum + count, 0) + lost.slice(1).reduce((sum, count) => sum + count, 0);
  if (!(totalLost > 0) || !(stayed > 0)) {
    throw new Refusal('not_estimable', 'a retention curve needs customers who left and customers who stayed');
  }
  const logLikelihood = (parameters: readonly number[]): number => {
    const model = { alpha: parameters[0]!, beta: parameters[1]! };
    let sum = 0;
    let survival = 1;
    lossProbabilities(model, periods).forEach((probability, t) => {
      survival *= sbgRetentionRate(model, t + 1);
      if (lost[t]) sum += lost[t] * Math.log(probability);
      if (left[t]) sum += left[t] * Math.log(survival);
    });
    return sum;
  };
  const maximum = maximise(logLikelihood, [1, 1], spread);
  return { alpha: maximum.parameters[0]!, beta: maximum.parameters[1]!, logLikelihood: maximum.logLikelihood, maximum };
}

/** Renewals still expected of a customer who has renewed so often, discounted per period (Fader & Hardie 2010, DERL). */
export function residualLifetime(
  { alpha, beta }: ShiftedBetaGeometric,
  renewals: number,
  discountRate: number,
): number {
  const ahead = (beta + renewals) / (alpha + beta + renewals);
  return ahead * hypergeometric(1, beta + renewals + 1, alpha + beta + renewals + 1, 1 / (1 + discountRate));
}

/** Periods expected of a new customer, the first included, discounted per period (DEL). */
export function expectedLifetime({ alpha, beta }: ShiftedBetaGeometric, discountRate: number): number {
  return hypergeometric(1, beta, alpha + beta, 1 / (1 + discountRate));
}
