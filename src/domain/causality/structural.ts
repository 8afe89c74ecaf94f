import { Refusal } from '../errors.ts';
import {
  type Column,
  type Square,
  cholesky,
  choleskyInverse,
  choleskyLogDeterminant,
  choleskySolve,
  quadraticForm,
  square,
} from './linear-algebra.ts';
import { minimum } from './nelder-mead.ts';

/**
 * Structural time series y = level + slope + season + Xβ + irregular (Harvey 1989). Initial states and β are diffuse;
 * the likelihood is de Jong's (1991) augmented Kalman filter: filter y and every diffuse direction from a zero start,
 * then least squares on the prediction errors.
 */
export interface StructuralModel {
  /** `fixed` has variance zero */
  readonly level: 'stochastic' | 'fixed';
  readonly slope?: 'none' | 'fixed' | 'stochastic' | undefined;
  /** dummy seasonal of so many periods */
  readonly season?: { readonly periods: number; readonly kind: 'fixed' | 'stochastic' } | undefined;
  /** false: no irregular term */
  readonly irregular?: boolean | undefined;
}

export interface StructuralFit {
  readonly model: StructuralModel;
  /** variances by component, those that are estimated or zero */
  readonly variances: Readonly<Record<ComponentName, number>>;
  /** coefficients of the regressors and their covariance */
  readonly coefficients: Float64Array;
  readonly covariance: Square;
  /** diffuse log-likelihood, (n − d) log 2π convention (KFAS, statsmodels); add −d/2 log 2π for Durbin & Koopman's print */
  readonly logLikelihood: number;
  readonly diffuse: number;
  readonly observed: number;
}

export type ComponentName = 'level' | 'slope' | 'season' | 'irregular';

export interface Forecast {
  /** one per period after the fit */
  readonly mean: Float64Array;
  readonly standardError: Float64Array;
  /** running sums and their standard errors, with the full covariance of the path */
  readonly cumulative: Float64Array;
  readonly cumulativeError: Float64Array;
}

interface Filtered {
  readonly logLikelihood: number;
  readonly delta: Float64Array;
  readonly deltaCovariance: Square;
  readonly state: State;
  /** ML estimate of a common scale when all variances are relative to it */
  readonly scale: number;
  readonly observed: number;
}

interface State {
  mean: Float64Array;
  covariance: Square;
  /** one per diffuse direction: how the state mean moves with δ */
  directions: Float64Array[];
}

/**
 * Fits by maximum (diffuse) likelihood on `y`; NaN are missing. One variance is concentrated out, the others are
 * searched on the log scale. @throws Refusal not_identified, too_few_rows
 */
export function fitStructural(
  y: ArrayLike<number>,
  regressors: readonly Column[],
  model: StructuralModel,
): StructuralFit {
  const free = freeComponents(model);
  if (free.length === 0) throw new Refusal('bad_spec', 'a structural model needs at least one random component');
  const [reference, ...searched] = free as [ComponentName, ...ComponentName[]];
  const relative = (x: readonly number[]): Record<ComponentName, number> => {
    const variances = { level: 0, slope: 0, season: 0, irregular: 0 };
    variances[reference] = 1;
    searched.forEach((name, i) => (variances[name] = Math.exp(Math.min(60, Math.max(-60, x[i]!)))));
    return variances;
  };
  const starts = [0, -3, -7].map((value) => searched.map(() => value));
  let best = minimum((x) => -filter(y, regressors, model, relative(x)).logLikelihood, starts[0]!, { step: 1 });
  for (const start of starts.slice(1)) {
    const found = minimum((x) => -filter(y, regressors, model, relative(x)).logLikelihood, start, { step: 1 });
    if (found.value < best.value) best = found;
  }
  const shape = relative(best.x);
  const filtered = filter(y, regressors, model, shape);
  const variances = { ...shape };
  for (const name of free) variances[name] *= filtered.scale;
  const offset = stateSize(model);
  const indices = regressors.map((_, j) => offset + j);
  return {
    model,
    variances,
    coefficients: Float64Array.from(indices, (i) => filtered.delta[i]!),
    covariance: indices.map((i) =>
      Float64Array.from(indices, (j) => filtered.deltaCovariance[i]![j]! * filtered.scale),
    ),
    logLikelihood: filtered.logLikelihood,
    diffuse: filtered.delta.length,
    observed: filtered.observed,
  };
}

/** What the fitted model expects of the periods after `y`, given their regressors. */
export function forecast(
  fit: StructuralFit,
  y: ArrayLike<number>,
  regressors: readonly Column[],
  futureRegressors: readonly Column[],
  periods: number,
): Forecast {
  const { model, variances } = fit;
  const { state, delta, deltaCovariance } = filter(y, regressors, model, variances, true);
  const size = stateSize(model);
  // One more state sums the signal, so that the error of the sum carries the covariance of the whole path.
  const path: State = {
    mean: Float64Array.from([...state.mean, 0]),
    covariance: [...state.covariance.map((row) => Float64Array.from([...row, 0])), new Float64Array(size + 1)],
    directions: state.directions.map((direction) => Float64Array.from([...direction, 0])),
  };
  const result: Forecast = {
    mean: new Float64Array(periods),
    standardError: new Float64Array(periods),
    cumulative: new Float64Array(periods),
    cumulativeError: new Float64Array(periods),
  };
  const observation = observationVector(model);
  for (let h = 0; h < periods; h++) {
    const effects = path.directions.map(
      (direction, i) => signal(observation, direction) + regressor(i - size, futureRegressors, h),
    );
    let mean = signal(observation, path.mean);
    effects.forEach((effect, i) => (mean += effect * delta[i]!));
    const variance =
      stateVariance(observation, path.covariance) + variances.irregular + quadraticForm(effects, deltaCovariance);
    result.mean[h] = mean;
    result.standardError[h] = Math.sqrt(variance);
    advance(path, model, variances, observation, effects);
    let cumulative = path.mean[size]!;
    path.directions.forEach((direction, i) => (cumulative += direction[size]! * delta[i]!));
    const directions = path.directions.map((direction) => direction[size]!);
    result.cumulative[h] = cumulative;
    result.cumulativeError[h] = Math.sqrt(path.covariance[size]![size]! + quadraticForm(directions, deltaCovariance));
  }
  return result;
}

function regressor(index: number, columns: readonly Column[], t: number): number {
  return index >= 0 ? columns[index]![t]! : 0;
}

function freeComponents(model: StructuralModel): ComponentName[] {
  const free: ComponentName[] = [];
  if (model.irregular !== false) free.push('irregular');
  if (model.level === 'stochastic') free.push('level');
  if (model.slope === 'stochastic') free.push('slope');
  if (model.season?.kind === 'stochastic') free.push('season');
  return free;
}

function stateSize(model: StructuralModel): number {
  return 1 + (hasSlope(model) ? 1 : 0) + (model.season ? model.season.periods - 1 : 0);
}

function hasSlope(model: StructuralModel): boolean {
  return model.slope === 'fixed' || model.slope === 'stochastic';
}

function observationVector(model: StructuralModel): Float64Array {
  const z = new Float64Array(stateSize(model));
  z[0] = 1;
  if (model.season) z[hasSlope(model) ? 2 : 1] = 1;
  return z;
}

function signal(observation: Float64Array, state: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < observation.length; i++) if (observation[i] !== 0) sum += state[i]!;
  return sum;
}

function stateVariance(observation: Float64Array, covariance: Square): number {
  let sum = 0;
  for (let i = 0; i < observation.length; i++) {
    if (observation[i] === 0) continue;
    for (let j = 0; j < observation.length; j++) if (observation[j] !== 0) sum += covariance[i]![j]!;
  }
  return sum;
}

/** T x for the model's transition: level += slope; the new season is minus the sum of the last ones. */
function transition(model: StructuralModel, x: Float64Array): void {
  if (hasSlope(model)) x[0]! += x[1]!;
  if (!model.season) return;
  const first = hasSlope(model) ? 2 : 1;
  const last = first + model.season.periods - 2;
  let sum = 0;
  for (let i = first; i <= last; i++) sum += x[i]!;
  for (let i = last; i > first; i--) x[i] = x[i - 1]!;
  x[first] = -sum;
}

function transitionCovariance(model: StructuralModel, covariance: Square): void {
  const size = covariance.length;
  for (const row of covariance) transition(model, row); // P T'
  const column = new Float64Array(size);
  for (let j = 0; j < size; j++) {
    for (let i = 0; i < size; i++) column[i] = covariance[i]![j]!;
    transition(model, column); // T (P T')
    for (let i = 0; i < size; i++) covariance[i]![j] = column[i]!;
  }
}

function addNoise(
  model: StructuralModel,
  variances: Readonly<Record<ComponentName, number>>,
  covariance: Square,
): void {
  covariance[0]![0]! += variances.level;
  if (hasSlope(model)) covariance[1]![1]! += variances.slope;
  if (model.season) {
    const first = hasSlope(model) ? 2 : 1;
    covariance[first]![first]! += variances.season;
  }
}

/** One period on: the sum state takes the signal (and the irregular), then the model's own transition. */
function advance(
  path: State,
  model: StructuralModel,
  variances: Readonly<Record<ComponentName, number>>,
  observation: Float64Array,
  effects: readonly number[],
): void {
  const size = observation.length;
  const withSum = (x: Float64Array): void => {
    x[size]! += signal(observation, x);
    transition(model, x);
  };
  withSum(path.mean);
  path.directions.forEach((direction, i) => {
    direction[size]! += effects[i]!;
    transition(model, direction);
  });
  for (const row of path.covariance) withSum(row);
  const column = new Float64Array(size + 1);
  for (let j = 0; j <= size; j++) {
    for (let i = 0; i <= size; i++) column[i] = path.covariance[i]![j]!;
    withSum(column);
    for (let i = 0; i <= size; i++) path.covariance[i]![j] = column[i]!;
  }
  path.covariance[size]![size]! += variances.irregular;
  addNoise(model, variances, path.covariance);
}

function filter(
  y: ArrayLike<number>,
  regressors: readonly Column[],
  model: StructuralModel,
  variances: Readonly<Record<ComponentName, number>>,
  known = false,
): Filtered {
  const size = stateSize(model);
  const count = size + regressors.length;
  const observation = observationVector(model);
  const mean = new Float64Array(size);
  const covariance = square(size);
  const directions = Array.from({ length: count }, (_, i) => {
    const direction = new Float64Array(size);
    if (i < size) direction[i] = 1;
    return direction;
  });
  const sums = square(count);
  const loads = new Float64Array(count);
  const effects = new Float64Array(count);
  const gain = new Float64Array(size);
  let squares = 0;
  let logVariance = 0;
  let observed = 0;
  for (let t = 0; t < y.length; t++) {
    const value = y[t]!;
    if (!Number.isNaN(value)) {
      const error = value - signal(observation, mean);
      for (let i = 0; i < count; i++)
        effects[i] = signal(observation, directions[i]!) + regressor(i - size, regressors, t);
      const variance = stateVariance(observation, covariance) + variances.irregular;
      // A variance of exactly zero (no irregular at the start) observes the state without error.
      const f = variance > 0 ? variance : 1e-12;
      for (let i = 0; i < size; i++) gain[i] = signal(observation, covariance[i]!) / f;
      for (let i = 0; i < size; i++) mean[i]! += gain[i]! * error;
      for (let i = 0; i < count; i++) {
        const direction = directions[i]!;
        for (let j = 0; j < size; j++) direction[j]! -= gain[j]! * effects[i]!;
        loads[i]! += (effects[i]! * error) / f;
        for (let j = 0; j <= i; j++) sums[i]![j]! += (effects[i]! * effects[j]!) / f;
      }
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) covariance[i]![j]! -= gain[i]! * gain[j]! * f;
      }
      squares += (error * error) / f;
      logVariance += Math.log(f);
      observed++;
    }
    transition(model, mean);
    for (const direction of directions) transition(model, direction);
    transitionCovariance(model, covariance);
    addNoise(model, variances, covariance);
  }
  for (let i = 0; i < count; i++) for (let j = 0; j < i; j++) sums[j]![i] = sums[i]![j]!;
  const degrees = observed - count;
  if (degrees < 1) throw new Refusal('too_few_rows', `${observed} observations cannot start ${count} states`);
  const factor = cholesky(sums);
  if (!factor) throw new Refusal('not_identified', 'the regressors cannot be told apart from each other or the level');
  const delta = choleskySolve(factor, loads);
  let rest = squares;
  for (let i = 0; i < count; i++) rest -= delta[i]! * loads[i]!;
  const scale = known ? 1 : rest / degrees;
  const logLikelihood =
    -0.5 * (degrees * Math.log(2 * Math.PI * scale) + logVariance + choleskyLogDeterminant(factor) + rest / scale);
  return {
    logLikelihood,
    delta,
    deltaCovariance: choleskyInverse(factor),
    state: { mean, covariance, directions },
    scale,
    observed,
  };
}
