import { Refusal } from '../errors.ts';
import { simplexLeastSquares, simplexQuadratic } from './simplex-least-squares.ts';
import { square } from './linear-algebra.ts';
import { type Minimum, minimum } from './nelder-mead.ts';

/**
 * A balanced panel: outcomes[unit][period]. The first `controls` units are never treated, the rest are treated from
 * period index `before` on.
 */
export interface Panel {
  readonly outcomes: readonly ArrayLike<number>[];
  readonly controls: number;
  readonly before: number;
}

export interface PanelEffect {
  /** mean effect on the treated over the periods after */
  readonly effect: number;
  /** weight of each control unit, Σ = 1 */
  readonly weights: Float64Array;
  /** weight of each period before, Σ = 1 */
  readonly periodWeights: Float64Array;
  /** treated mean − weighted controls, per period (without intercept) */
  readonly gaps: Float64Array;
}

/** Arkhangelsky et al. 2021, eq. 1: the weighted double difference. */
function doubleDifference(panel: Panel, weights: Float64Array, periodWeights: Float64Array): PanelEffect {
  const periods = panel.outcomes[0]!.length;
  const treated = treatedMean(panel);
  const gaps = Float64Array.from({ length: periods }, (_, t) => {
    let counterfactual = 0;
    for (let i = 0; i < panel.controls; i++) counterfactual += weights[i]! * panel.outcomes[i]![t]!;
    return treated[t]! - counterfactual;
  });
  let after = 0;
  let before = 0;
  for (let t = panel.before; t < periods; t++) after += gaps[t]! / (periods - panel.before);
  for (let t = 0; t < panel.before; t++) before += periodWeights[t]! * gaps[t]!;
  return { effect: after - before, weights, periodWeights, gaps };
}

/** Equal weights on control units and on periods before. */
export function panelDifference(panel: Panel): PanelEffect {
  demandPanel(panel);
  const weights = new Float64Array(panel.controls).fill(1 / panel.controls);
  return doubleDifference(panel, weights, new Float64Array(panel.before).fill(1 / panel.before));
}

/** Synthetic control on outcomes only: simplex weights, no intercept; the effect is the mean gap after. */
export function syntheticControl(panel: Panel): PanelEffect {
  demandPanel(panel);
  const weights = simplexLeastSquares(
    panel.outcomes.slice(0, panel.controls).map((unit) => head(unit, panel.before)),
    head(treatedMean(panel), panel.before),
  );
  return doubleDifference(panel, weights, new Float64Array(panel.before));
}

/**
 * Synthetic difference-in-differences (Arkhangelsky et al. 2021): unit weights with intercept and ridge ζ²T0,
 * ζ = (N1·T1)^¼ σ, time weights with intercept (ridge 1e-6 σ as the authors' package), σ = sd of the controls' first
 * differences before.
 */
export function syntheticDifference(panel: Panel): PanelEffect {
  demandPanel(panel);
  const periods = panel.outcomes[0]!.length;
  const treatedUnits = panel.outcomes.length - panel.controls;
  const sigma = firstDifferenceDeviation(panel);
  const zeta = Math.pow(treatedUnits * (periods - panel.before), 0.25) * sigma;
  const controls = panel.outcomes.slice(0, panel.controls);
  const weights = simplexLeastSquares(
    controls.map((unit) => head(unit, panel.before)),
    head(treatedMean(panel), panel.before),
    { ridge: zeta * zeta * panel.before, intercept: true },
  );
  const meanAfter = Float64Array.from(controls, (unit) => meanOf(Float64Array.from(unit).subarray(panel.before)));
  const byPeriod = Array.from({ length: panel.before }, (_, t) => Float64Array.from(controls, (unit) => unit[t]!));
  const periodWeights = simplexLeastSquares(byPeriod, meanAfter, {
    ridge: (1e-6 * sigma) ** 2 * panel.controls,
    intercept: true,
  });
  return doubleDifference(panel, weights, periodWeights);
}

/**
 * Placebo standard error (Arkhangelsky et al. 2021, algorithm 4): the spread of the effects that each control unit
 * shows when it is treated instead (every one once, where the authors draw at random). Needs more controls than treated.
 */
export function placeboEffects(panel: Panel, estimator: (panel: Panel) => PanelEffect): Float64Array {
  const controls = panel.outcomes.slice(0, panel.controls);
  return Float64Array.from(controls, (unit, i) => {
    const others = controls.filter((_, j) => j !== i);
    return estimator({ outcomes: [...others, unit], controls: others.length, before: panel.before }).effect;
  });
}

/** One predictor of a classic synthetic control, over controls and treated, scaled by its standard deviation. */
export interface Predictor {
  readonly name: string;
  readonly controls: ArrayLike<number>;
  readonly treated: number;
}

/** Weights of the controls that bring the predictors closest, each with importance v (Abadie & Gardeazabal 2003). */
export function predictorWeights(predictors: readonly Predictor[], importance: ArrayLike<number>): Float64Array {
  const units = predictors[0]?.controls.length ?? 0;
  const gram = square(units);
  const linear = new Float64Array(units);
  predictors.forEach((predictor, k) => {
    const scale = deviation([...Array.from(predictor.controls), predictor.treated]) || 1;
    const v = importance[k]! / (scale * scale);
    for (let i = 0; i < units; i++) {
      const left = v * predictor.controls[i]!;
      linear[i]! += left * predictor.treated;
      for (let j = 0; j < units; j++) gram[i]![j]! += left * predictor.controls[j]!;
    }
  });
  return simplexQuadratic(gram, linear);
}

export interface ClassicControl {
  readonly weights: Float64Array;
  readonly importance: Float64Array;
}

/**
 * Abadie, Diamond & Hainmueller 2010: importances V chosen so that the weights follow the treated unit's outcome best
 * over the fit periods. The search is over a bumpy surface, from several stated starts; it finds a good V, not the only one.
 */
export function searchImportance(
  predictors: readonly Predictor[],
  outcomes: readonly ArrayLike<number>[],
  treated: ArrayLike<number>,
  fit: readonly number[],
): ClassicControl {
  const error = (importance: Float64Array): number => {
    const weights = predictorWeights(predictors, importance);
    let sum = 0;
    for (const t of fit) {
      let counterfactual = 0;
      for (let i = 0; i < weights.length; i++) counterfactual += weights[i]! * outcomes[i]![t]!;
      sum += (treated[t]! - counterfactual) ** 2;
    }
    return sum / fit.length;
  };
  const starts = [predictors.map(() => 0), ...predictors.map((_, k) => predictors.map((__, j) => (j === k ? 3 : 0)))];
  let best: Minimum | undefined;
  for (const start of starts) {
    const found = minimum((x) => error(softmax(x)), start, {
      step: 1,
      tolerance: 1e-9,
      steps: 150 * predictors.length,
    });
    if (!best || found.value < best.value) best = found;
  }
  const importance = softmax(best!.x);
  return { importance, weights: predictorWeights(predictors, importance) };
}

function softmax(x: readonly number[]): Float64Array {
  const top = Math.max(...x);
  const raw = Float64Array.from(x, (value) => Math.exp(value - top));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
}

function demandPanel(panel: Panel): void {
  const periods = panel.outcomes[0]?.length ?? 0;
  if (panel.controls < 1) throw new Refusal('no_controls', 'a panel needs at least one unit that is never treated');
  if (panel.outcomes.length <= panel.controls) throw new Refusal('no_treated', 'a panel needs a treated unit');
  if (panel.before < 1 || panel.before >= periods) {
    throw new Refusal('no_period', 'a panel needs periods before and after the treatment');
  }
}

export function treatedMean(panel: Panel): Float64Array {
  const treated = panel.outcomes.slice(panel.controls);
  return Float64Array.from({ length: treated[0]!.length }, (_, t) => meanOf(treated.map((unit) => unit[t]!)));
}

function firstDifferenceDeviation(panel: Panel): number {
  const differences: number[] = [];
  for (const unit of panel.outcomes.slice(0, panel.controls)) {
    for (let t = 1; t < panel.before; t++) differences.push(unit[t]! - unit[t - 1]!);
  }
  return deviation(differences);
}

function head(values: ArrayLike<number>, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, t) => values[t]!);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** sample standard deviation (n − 1) */
export function deviation(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
