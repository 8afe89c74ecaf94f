import { flagsOf } from '../causality/linear-algebra.ts';
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

/** What a sample is before anybody looks at an outcome. */
export type Setting = Omit<TreatmentSample, 'outcome'>;

/** One arm as an estimator sees it. */
interface Arm {
  readonly setting: Setting;
  /** 1 for rows of the arm */
  readonly inArm: Uint8Array;
  /** 1 for rows that the mean is taken over */
  readonly member: Uint8Array;
  readonly size: number;
  readonly fitted: FittedScore | undefined;
  /** weight of a row of the arm toward the target, and its change with the linear predictor of the propensity */
  readonly weight: Float64Array;
  readonly change: Float64Array;
}

/** Of a fit what every outcome needs: the rest is let go once the arms have their weights. */
type FittedScore = Pick<PropensityFit, 'score' | 'bread'>;

type MeanOf = (outcome: ArrayLike<number>) => ArmMean;

/** @throws Refusal no_overlap when an arm is empty or the propensity tells the arms apart */
export function treatmentEffect(sample: TreatmentSample, estimator: Estimator, options: EffectOptions = {}): Effect {
  return effectOfOutcome(sample, estimator, options)(sample.outcome);
}

/** The same for any outcome over the rows: what does not depend on it is done once. */
export function effectOfOutcome(
  setting: Setting,
  estimator: Estimator,
  options: EffectOptions = {},
): (outcome: ArrayLike<number>) => Effect {
  const means = meansOf(setting, estimator, options);
  return (outcome) => {
    const [untreated, treated] = [means[0](outcome), means[1](outcome)];
    return { untreated, treated, effect: difference(treated, untreated) };
  };
}

function meansOf(
  setting: Setting,
  estimator: Estimator,
  options: EffectOptions,
): readonly [untreated: MeanOf, treated: MeanOf] {
  const { target = 'ate', link = 'logit' } = options;
  const fitted =
    estimator === 'ra' ? undefined : (options.fitted ?? propensity(setting.treatmentTerms, setting.treated, link));
  const mean = (side: 0 | 1): MeanOf => {
    // The treated as they are: nothing is modelled where the target is the treated themselves.
    if (target === 'att' && side === 1) return plainMean(setting);
    const arm = armOf(setting, side, target, fitted);
    if (estimator === 'ht' || estimator === 'ipw') return (outcome) => weightedMean(arm, estimator, outcome);
    const solver = side === 0 && estimator !== 'ipwra' ? options.untreatedModel : undefined;
    return modelledMean(arm, estimator, solver);
  };
  return [mean(0), mean(1)];
}

export function difference(treated: ArmMean, untreated: ArmMean): ArmMean {
  const less = (a: Float64Array, b: Float64Array): Float64Array => {
    const column = new Float64Array(a.length);
    for (let i = 0; i < column.length; i++) column[i] = a[i]! - b[i]!;
    return column;
  };
  return {
    mean: treated.mean - untreated.mean,
    influence: less(treated.influence, untreated.influence),
    get direct() {
      return less(treated.direct, untreated.direct);
    },
  };
}

/** 1 for rows of the arm. */
function armRows({ treated }: Setting, side: 0 | 1): Uint8Array {
  const inArm = new Uint8Array(treated.length);
  for (let i = 0; i < inArm.length; i++) if (treated[i] === side) inArm[i] = 1;
  if (!inArm.includes(1)) {
    throw new Refusal('no_overlap', `nobody is ${side === 1 ? 'treated' : 'untreated'}: nothing to compare with`);
  }
  return inArm;
}

/** Weights: inverse probabilities of the arm (ate), or of the untreated their odds (att). */
function armOf(setting: Setting, side: 0 | 1, target: Target, fitted: PropensityFit | undefined): Arm {
  const { treated } = setting;
  const inArm = armRows(setting, side);
  const member = flagsOf(treated.length, (i) => (target === 'ate' ? 1 : treated[i]!));
  const size = sumOf(member);
  const weight = new Float64Array(inArm.length);
  const change = new Float64Array(inArm.length);
  for (let i = 0; i < inArm.length && fitted !== undefined; i++) {
    if (inArm[i] === 0) continue;
    const p = fitted.probability[i]!;
    const own = side === 1 ? p : 1 - p;
    weight[i] = target === 'ate' ? 1 / own : p / own;
    change[i] = ((target === 'ate' && side === 1 ? -1 : 1) * fitted.slope[i]!) / own ** 2;
  }
  const score = fitted && { score: fitted.score, bread: fitted.bread };
  return { setting, inArm, member, size, fitted: score, weight, change };
}

/** Of the treated. */
function plainMean(setting: Setting): MeanOf {
  const inArm = armRows(setting, 1);
  const size = sumOf(inArm);
  return (y) => {
    let sum = 0;
    for (let i = 0; i < inArm.length; i++) sum += inArm[i]! * y[i]!;
    const mean = sum / size;
    const influence = new Float64Array(inArm.length);
    for (let i = 0; i < influence.length; i++) influence[i] = (inArm[i]! * (y[i]! - mean)) / size;
    return { mean, influence, direct: influence };
  };
}

function sumOf(flags: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < flags.length; i++) sum += flags[i]!;
  return sum;
}

/** Mean of the arm's outcomes by weight: over the target's size (Horvitz–Thompson) or over Σ weights (Hájek). */
function weightedMean(arm: Arm, estimator: 'ht' | 'ipw', y: ArrayLike<number>): ArmMean {
  const { weight, change, member } = arm;
  const over = estimator === 'ht' ? arm.size : weight.reduce((sum, value) => sum + value, 0);
  const mean = weight.reduce((sum, value, i) => sum + value * y[i]!, 0) / over;
  const centred = (i: number): number => (estimator === 'ht' ? y[i]! : y[i]! - mean);
  const direct = weight.map((w, i) => (w * centred(i) - (estimator === 'ht' ? member[i]! * mean : 0)) / over);
  const influence = Float64Array.from(direct);
  const steer = change.map((value, i) => (value * centred(i)) / over);
  if (arm.fitted !== undefined) addPropensity(influence, arm.fitted, arm.setting, steer);
  return { mean, direct, influence };
}

/** Mean of the arm's outcome model over the target, for `aipw` plus the weighted mean of what the model missed. */
function modelledMean(arm: Arm, estimator: 'ra' | 'aipw' | 'ipwra', known?: Solver): MeanOf {
  const { setting, inArm, member, size, fitted, weight, change } = arm;
  const { outcomeTerms: x } = setting;
  const rows = inArm.length;
  const modelWeight = estimator === 'ipwra' ? weight : inArm;
  const model = known ?? leastSquaresSolver(x, modelWeight);
  const corrected = estimator === 'aipw' ? weight : new Float64Array(rows);
  // What a row moves through the outcome model: its residual times the mean's slope in the coefficients.
  const slope = new Float64Array(rows);
  for (let i = 0; i < rows; i++) slope[i] = member[i]! - corrected[i]!;
  const reach = predictions(x, matrixTimes(model.bread, weightedTerms(x, slope)), slope); // takes its place
  return (y) => {
    const coefficients = model.coefficients(y);
    const predicted = predictions(x, coefficients);
    const rest = new Float64Array(rows);
    let total = 0;
    for (let i = 0; i < rows; i++) {
      rest[i] = y[i]! - predicted[i]!;
      total = total + member[i]! * predicted[i]! + corrected[i]! * rest[i]!;
    }
    const mean = total / size;
    const directOf = (i: number, own: number): number =>
      (member[i]! * (own - mean) + corrected[i]! * (y[i]! - own)) / size;
    const influence = predicted; // takes its place
    for (let i = 0; i < rows; i++) {
      influence[i] = directOf(i, predicted[i]!) + (modelWeight[i]! * rest[i]! * reach[i]!) / size;
    }
    if (fitted !== undefined) {
      // What the propensity moves: the correction itself (aipw), or the weights of the outcome model (ipwra).
      const by = estimator === 'aipw' ? undefined : reach;
      for (let i = 0; i < rows; i++) rest[i] = (change[i]! * rest[i]! * (by ? by[i]! : 1)) / size;
      addPropensity(influence, fitted, setting, rest);
    }
    return {
      mean,
      influence,
      get direct() {
        return predictions(x, coefficients).map((own, i) => directOf(i, own));
      },
    };
  };
}

/**
 * Adds what each row moves through the fitted propensity: its score times the mean's slope in the coefficients.
 * @param steer written over
 */
function addPropensity(
  influence: Float64Array,
  fitted: FittedScore,
  { treatmentTerms: x }: Setting,
  steer: Float64Array,
): void {
  const reach = predictions(x, matrixTimes(fitted.bread, weightedTerms(x, steer)), steer);
  for (let i = 0; i < influence.length; i++) influence[i]! += fitted.score[i]! * reach[i]!;
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
  // Rows of one cluster are together as a rule: nothing is looked up while the clusters ascend.
  let [squares, from] = [0, 0];
  for (let before: number | undefined; from < influence.length;) {
    const own = cluster[from]!;
    if (typeof own !== 'number' || (before !== undefined && own <= before)) return errorOfAny(influence, cluster);
    before = own;
    let sum = 0;
    for (; from < influence.length && cluster[from] === own; from++) sum += influence[from]!;
    squares += sum ** 2;
  }
  return Math.sqrt(squares);
}

function errorOfAny(influence: ArrayLike<number>, cluster: ArrayLike<number | string>): number {
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
