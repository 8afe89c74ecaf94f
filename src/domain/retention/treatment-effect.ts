import { columnOf } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import type { Design, Solver } from './least-squares.ts';
import { leastSquaresSolver, matrixTimes, predictions, weightedTerms } from './least-squares.ts';
import type { Link, PropensityFit } from './propensity.ts';
import { propensity } from './propensity.ts';

/**
 * What treatment changed, from observed data: mean outcome had everybody (or those who were treated) been treated and
 * not. Every estimator also gives its influence on the result, row by row, so that one sum serves every standard error:
 * jointly with the fitted models (M-estimation, Stefanski & Boos 2002; Stata teffects), models taken as known, and
 * clustered by customer.
 * Sources: Hernán & Robins, What If (2020) 12–13; Bang & Robins, Biometrics 2005; Wooldridge, JoE 2007 (IPWRA).
 */
export type Estimator = 'ht' | 'ipw' | 'ra' | 'aipw' | 'ipwra';
/** Average over everybody (`ate`) or over those who were treated (`att`). */
export type Target = 'ate' | 'att';

export interface TreatmentSample {
  readonly outcome: ArrayLike<number>;
  /** 0 or 1 a row */
  readonly treated: ArrayLike<number>;
  /** terms of the probability of treatment; for `ra` not used */
  readonly treatmentTerms: Design;
  /** terms of the outcome models, one model per arm; for `ht` and `ipw` not used */
  readonly outcomeTerms: Design;
}

export interface ArmMean {
  readonly mean: number;
  /** change of the mean by each row, fitted models included: Σ is 0, Σ of squares the variance */
  readonly influence: Float64Array;
  /** the same with the fitted models taken as known */
  readonly direct: Float64Array;
}

export interface Effect {
  readonly untreated: ArmMean;
  readonly treated: ArmMean;
  /** treated − untreated */
  readonly effect: ArmMean;
}

export interface EffectOptions {
  readonly target?: Target;
  readonly link?: Link;
  /** an earlier fit over the same rows (all of them, or what trimming left) */
  readonly fitted?: PropensityFit;
  /** outcome model of the untreated over the same rows and terms, for many outcomes of one sample */
  readonly untreatedModel?: Solver;
}

/** One arm as an estimator sees it. */
interface Arm {
  readonly sample: TreatmentSample;
  /** 1 for rows of the arm */
  readonly inArm: Float64Array;
  /** 1 for rows that the mean is taken over */
  readonly member: Float64Array;
  readonly size: number;
  readonly fitted: PropensityFit | undefined;
  /** weight of a row of the arm toward the target, and its change with the linear predictor of the propensity */
  readonly weight: Float64Array;
  readonly change: Float64Array;
}

/** @throws Refusal no_overlap when an arm is empty or the propensity tells the arms apart */
export function treatmentEffect(sample: TreatmentSample, estimator: Estimator, options: EffectOptions = {}): Effect {
  const { target = 'ate', link = 'logit' } = options;
  const fitted =
    estimator === 'ra' ? undefined : (options.fitted ?? propensity(sample.treatmentTerms, sample.treated, link));
  const mean = (side: 0 | 1): ArmMean => {
    const arm = armOf(sample, side, target, fitted);
    // The treated as they are: nothing is modelled where the target is the treated themselves.
    if (target === 'att' && side === 1) return plainMean(arm);
    const solver = side === 0 && estimator !== 'ipwra' ? options.untreatedModel : undefined;
    return estimator === 'ht' || estimator === 'ipw'
      ? weightedMean(arm, estimator)
      : modelledMean(arm, estimator, solver);
  };
  const untreated = mean(0);
  const treated = mean(1);
  return { untreated, treated, effect: difference(treated, untreated) };
}

export function difference(treated: ArmMean, untreated: ArmMean): ArmMean {
  return {
    mean: treated.mean - untreated.mean,
    influence: treated.influence.map((value, i) => value - untreated.influence[i]!),
    direct: treated.direct.map((value, i) => value - untreated.direct[i]!),
  };
}

/** Weights: inverse probabilities of the arm (ate), or the treated as they are and the untreated by their odds (att). */
function armOf(sample: TreatmentSample, side: 0 | 1, target: Target, fitted: PropensityFit | undefined): Arm {
  const { treated } = sample;
  const inArm = columnOf(treated.length, (i) => (treated[i] === side ? 1 : 0));
  if (!inArm.includes(1)) {
    throw new Refusal('no_overlap', `nobody is ${side === 1 ? 'treated' : 'untreated'}: nothing to compare with`);
  }
  const member = columnOf(treated.length, (i) => (target === 'ate' ? 1 : treated[i]!));
  const size = member.reduce((sum, value) => sum + value, 0);
  const weight = new Float64Array(inArm.length);
  const change = new Float64Array(inArm.length);
  for (let i = 0; i < inArm.length && fitted !== undefined; i++) {
    if (inArm[i] === 0) continue;
    const p = fitted.probability[i]!;
    const own = side === 1 ? p : 1 - p;
    if (target === 'ate') {
      weight[i] = 1 / own;
      change[i] = ((side === 1 ? -1 : 1) * fitted.slope[i]!) / own ** 2;
    } else if (side === 1) {
      weight[i] = 1;
    } else {
      weight[i] = p / own;
      change[i] = fitted.slope[i]! / own ** 2;
    }
  }
  return { sample, inArm, member, size, fitted, weight, change };
}

function plainMean({ sample, inArm, size }: Arm): ArmMean {
  const y = sample.outcome;
  const mean = inArm.reduce((sum, flag, i) => sum + flag * y[i]!, 0) / size;
  const influence = inArm.map((flag, i) => (flag * (y[i]! - mean)) / size);
  return { mean, influence, direct: influence };
}

/** Mean of the arm's outcomes by weight: over the target's size (Horvitz–Thompson) or over Σ weights (Hájek). */
function weightedMean(arm: Arm, estimator: 'ht' | 'ipw'): ArmMean {
  const { sample, weight, change, member } = arm;
  const y = sample.outcome;
  const over = estimator === 'ht' ? arm.size : weight.reduce((sum, value) => sum + value, 0);
  const mean = weight.reduce((sum, value, i) => sum + value * y[i]!, 0) / over;
  const centred = (i: number): number => (estimator === 'ht' ? y[i]! : y[i]! - mean);
  const direct = weight.map((w, i) => (w * centred(i) - (estimator === 'ht' ? member[i]! * mean : 0)) / over);
  const steer = change.map((value, i) => (value * centred(i)) / over);
  return { mean, direct, influence: withPropensity(direct, arm, steer) };
}

/** Mean of the arm's outcome model over the target, for `aipw` plus the weighted mean of what the model missed. */
function modelledMean(arm: Arm, estimator: 'ra' | 'aipw' | 'ipwra', known?: Solver): ArmMean {
  const { sample, inArm, member, size, weight, change } = arm;
  const { outcome: y, outcomeTerms: x } = sample;
  const modelWeight = estimator === 'ipwra' ? weight : inArm;
  const model = known ?? leastSquaresSolver(x, modelWeight);
  const predicted = predictions(x, model.coefficients(y));
  const rest = predicted.map((value, i) => y[i]! - value);
  const corrected = estimator === 'aipw' ? weight : new Float64Array(rest.length);
  const total = predicted.reduce((sum, value, i) => sum + member[i]! * value + corrected[i]! * rest[i]!, 0);
  const mean = total / size;
  const direct = predicted.map((value, i) => (member[i]! * (value - mean) + corrected[i]! * rest[i]!) / size);
  // What a row moves through the outcome model: its residual times the mean's slope in the coefficients.
  const slope = weightedTerms(
    x,
    member.map((value, i) => value - corrected[i]!),
  );
  const reach = predictions(x, matrixTimes(model.bread, slope));
  const influence = direct.map((value, i) => value + (modelWeight[i]! * rest[i]! * reach[i]!) / size);
  if (estimator === 'ra') return { mean, direct, influence };
  // What the propensity moves: the correction itself (aipw), or the weights of the outcome model (ipwra).
  const through = estimator === 'aipw' ? undefined : reach;
  const steer = change.map((value, i) => (value * rest[i]! * (through?.[i] ?? 1)) / size);
  return { mean, direct, influence: withPropensity(influence, arm, steer) };
}

/** Adds what each row moves through the fitted propensity: its score times the mean's slope in the coefficients. */
function withPropensity(influence: Float64Array, arm: Arm, steer: Float64Array): Float64Array {
  const { fitted, sample } = arm;
  if (fitted === undefined) return influence;
  const slope = weightedTerms(sample.treatmentTerms, steer);
  const reach = predictions(sample.treatmentTerms, matrixTimes(fitted.bread, slope));
  return influence.map((value, i) => value + fitted.score[i]! * reach[i]!);
}

/**
 * Standard error from influences: √Σ over clusters of (Σ influences)². Without clusters each row is its own.
 * No small-sample factor: as Stata's teffects.
 */
export function standardError(influence: ArrayLike<number>, cluster?: ArrayLike<number | string>): number {
  if (cluster === undefined) {
    let sum = 0;
    for (let i = 0; i < influence.length; i++) sum += influence[i]! ** 2;
    return Math.sqrt(sum);
  }
  const sums = new Map<number | string, number>();
  for (let i = 0; i < influence.length;) {
    const own = cluster[i]!;
    let sum = sums.get(own) ?? 0;
    for (; i < influence.length && cluster[i] === own; i++) sum += influence[i]!;
    sums.set(own, sum);
  }
  let sum = 0;
  for (const value of sums.values()) sum += value ** 2;
  return Math.sqrt(sum);
}

/**
 * G-formula with one pooled model: predicts every row as treated and as untreated by the same coefficients.
 * @param observed terms as they are; `asTreated`, `asUntreated` the same terms with the treatment set
 * @param member 1 for rows that the means are taken over
 */
export function standardizedEffect(
  outcome: ArrayLike<number>,
  observed: Design,
  asTreated: Design,
  asUntreated: Design,
  member: Float64Array,
): Effect {
  const model = leastSquaresSolver(observed);
  const coefficients = model.coefficients(outcome);
  const fitted = predictions(observed, coefficients);
  const size = member.reduce((sum, value) => sum + value, 0);
  const arm = (x: Design): ArmMean => {
    const predicted = predictions(x, coefficients);
    const mean = predicted.reduce((sum, value, i) => sum + member[i]! * value, 0) / size;
    const direct = predicted.map((value, i) => (member[i]! * (value - mean)) / size);
    const reach = predictions(observed, matrixTimes(model.bread, weightedTerms(x, member)));
    const influence = direct.map((value, i) => value + ((outcome[i]! - fitted[i]!) * reach[i]!) / size);
    return { mean, direct, influence };
  };
  const untreated = arm(asUntreated);
  const treated = arm(asTreated);
  return { untreated, treated, effect: difference(treated, untreated) };
}
