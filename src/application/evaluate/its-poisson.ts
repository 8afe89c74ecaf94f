import { Refusal } from '../../domain/errors.ts';
import { chiSquareUpper, fUpper } from '../../domain/causality/distributions.ts';
import { bartlettSum, sandwich } from '../../domain/causality/least-squares.ts';
import type { Square } from '../../domain/causality/linear-algebra.ts';
import { type PoissonFit, poissonLogLikelihood, quasiPoisson } from '../../domain/causality/quasi-poisson.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { TERMS_SHAPE, completeRows, pick, termsOf } from './model-terms.ts';
import { effectPositions, intervalQuantile, partPredictor, printCoefficients, printDelta } from './regression.ts';
import {
  ALSO_SHAPE,
  type IntervalOptions,
  SpecTable,
  TABLE_SHAPE,
  flag,
  intervalOptions,
  named,
  oneOf,
  onlyKeys,
  record,
  text,
  texts,
  optionalNumber,
  withAliases,
} from './spec-table.ts';
import { EXPRESSION_HELP } from './expression.ts';

const MODEL_KEYS = [
  'response',
  'exposure',
  'offset',
  'terms',
  'intercept',
  'dispersion',
  'lag',
  'effect',
  'interval',
  'columns',
  'where',
];

/** A fitted model of the spec, kept for comparisons. */
interface Fitted {
  readonly fit: PoissonFit;
  readonly terms: number;
  readonly scale: number;
}

function fitModel(result: Result, prefix: string, model: Spec, base: SpecTable): Fitted {
  onlyKeys(model, [...MODEL_KEYS, 'data', 'models', 'compare', 'also'], `model ${prefix}`);
  const table = base.refined({ columns: model['columns'] ?? {}, ...(model['where'] ? { where: model['where'] } : {}) });
  const response = table.numbers(text(model['response'], 'response'));
  const terms = termsOf(table, model['terms'], flag(model['intercept'], 'intercept', true));
  const offset =
    model['exposure'] !== undefined
      ? table.numbers(`log(${text(model['exposure'], 'exposure')})`)
      : model['offset'] !== undefined
        ? table.numbers(text(model['offset'], 'offset'))
        : new Float64Array(response.length);
  const rows = completeRows(response.length, [response, offset, ...terms.columns]);
  const y = pick(response, rows);
  const columns = terms.columns.map((column) => pick(column, rows));
  const fit = quasiPoisson(y, columns, { offset: pick(offset, rows), names: terms.names });
  const quasi = oneOf(model['dispersion'], 'dispersion', ['poisson', 'quasi'] as const, 'quasi') === 'quasi';
  const scale = quasi ? fit.dispersion : 1;
  const lag = optionalNumber(model['lag'], 'lag');
  const covariance = lag === undefined ? scaled(fit.unscaled, scale) : robust(y, columns, fit, lag);
  const degreesOfFreedom = quasi || lag !== undefined ? fit.degreesOfFreedom : Infinity;
  const interval = intervalOptions(model['interval'], 'z');
  printCoefficients(
    result,
    prefix,
    { names: terms.names, values: fit.coefficients, covariance, degreesOfFreedom },
    interval,
  );
  const quantile = intervalQuantile(interval, degreesOfFreedom);
  terms.names.forEach((name, j) => {
    if (name !== 'intercept')
      printRatio(result, `${prefix}RR.${name}`, fit.coefficients[j]!, covariance[j]![j]!, quantile);
  });
  result[`${prefix}dispersion`] = fit.dispersion;
  result[`${prefix}deviance`] = fit.deviance;
  result[`${prefix}logLik`] = poissonLogLikelihood(y, fit.fitted);
  result[`${prefix}aic`] = 2 * columns.length - 2 * poissonLogLikelihood(y, fit.fitted);
  result[`${prefix}n`] = y.length;
  result[`${prefix}df`] = fit.degreesOfFreedom;
  const effect = effectPositions(texts(model['effect'], 'effect'), terms.names, true);
  if (effect.length > 0) {
    const first = effect[0]!;
    printRatio(result, `${prefix}RR`, fit.coefficients[first]!, covariance[first]![first]!, quantile);
    printExcess(result, prefix, y, columns, fit, covariance, effect, interval, degreesOfFreedom);
  }
  return { fit, terms: columns.length, scale };
}

/** Σ (μ − μ without the effect's terms) over the rows that these terms touch, by the delta method. */
function printExcess(
  result: Result,
  prefix: string,
  y: Float64Array,
  columns: readonly Float64Array[],
  fit: PoissonFit,
  covariance: Square,
  effect: readonly number[],
  interval: IntervalOptions,
  degreesOfFreedom: number,
): void {
  const part = partPredictor(columns, fit.coefficients, effect);
  const touched = y.map((_, t) => (effect.some((j) => columns[j]![t] !== 0) ? 1 : 0));
  let excess = 0;
  let expected = 0;
  let actual = 0;
  const gradient = new Float64Array(columns.length);
  for (let t = 0; t < y.length; t++) {
    if (!touched[t]) continue;
    const mean = fit.fitted[t]!;
    const without = mean * Math.exp(-part[t]!);
    excess += mean - without;
    expected += without;
    actual += y[t]!;
    for (let j = 0; j < columns.length; j++) {
      gradient[j]! += columns[j]![t]! * (effect.includes(j) ? mean : mean - without);
    }
  }
  printDelta(result, `${prefix}excess`, excess, gradient, covariance, intervalQuantile(interval, degreesOfFreedom));
  result[`${prefix}actual`] = actual;
  result[`${prefix}expected`] = expected;
  result[`${prefix}excess.percent`] = (100 * excess) / expected;
}

function printRatio(result: Result, key: string, coefficient: number, variance: number, quantile: number): void {
  const error = Math.sqrt(variance);
  result[key] = Math.exp(coefficient);
  result[`${key}.lo`] = Math.exp(coefficient - quantile * error);
  result[`${key}.hi`] = Math.exp(coefficient + quantile * error);
}

function robust(y: Float64Array, columns: readonly Float64Array[], fit: PoissonFit, lag: number): Square {
  const scores = columns.map((column) => column.map((x, t) => x * (y[t]! - fit.fitted[t]!)));
  return sandwich(fit.unscaled, bartlettSum(scores, lag), fit.rows / fit.degreesOfFreedom);
}

function scaled(matrix: Square, factor: number): Square {
  return matrix.map((row) => row.map((value) => value * factor));
}

/** Analysis of deviance of two nested models: F with the larger one's dispersion, and the likelihood-ratio χ². */
function compare(result: Result, prefix: string, one: Fitted, two: Fitted): void {
  const [small, large] = one.terms <= two.terms ? [one, two] : [two, one];
  const added = large.terms - small.terms;
  if (added === 0 || small.fit.rows !== large.fit.rows) {
    throw new Refusal('bad_spec', 'only nested models of the same rows can be compared');
  }
  const drop = small.fit.deviance - large.fit.deviance;
  const f = drop / added / large.fit.dispersion;
  result[`${prefix}deviance`] = drop;
  result[`${prefix}df`] = added;
  result[`${prefix}F`] = f;
  result[`${prefix}p`] = fUpper(f, added, large.fit.degreesOfFreedom);
  result[`${prefix}chisq.p`] = chiSquareUpper(drop / large.scale, added);
}

export const method: EvaluateMethod = {
  name: 'its_poisson',
  about: 'interrupted time series: (quasi-)Poisson regression with offset, seasons, step and slope',
  shape: [
    TABLE_SHAPE,
    'response*        column or expression of the counts',
    'exposure         column whose log is the offset (or offset: an expression that is added as it is)',
    `terms*           ${TERMS_SHAPE}`,
    'intercept        default true',
    'dispersion       quasi (default; errors × √φ, t for p) | poisson (errors at φ = 1, z for p)',
    'lag              Newey–West errors with so many lags instead (n/(n−k))',
    'effect           term or terms of the intervention: prints RR, RR.lo, RR.hi of the first, and excess counts with interval',
    'interval         { level: 0.95, by: "z" | "t" }; default z',
    'models           { name: {any of the keys above} }: several models; what stands outside is their default; keys get "name."',
    'compare          { name: [model, model] }: nested models, prints name.F, name.p (F by the larger dispersion), name.chisq.p',
    ALSO_SHAPE,
    `expressions:     ${EXPRESSION_HELP}`,
    'prints per term  TERM, se.TERM, TERM.t, TERM.p, TERM.lo, TERM.hi, RR.TERM(.lo, .hi); dispersion, deviance, logLik, aic, n, df',
  ].join('\n'),
  example: {
    data: {
      month: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18],
      contacts: [51, 47, 55, 60, 52, 49, 58, 56, 61, 54, 59, 63, 82, 79, 85, 90, 78, 88],
      customers: [100, 101, 103, 104, 106, 107, 109, 110, 112, 113, 115, 116, 118, 119, 121, 122, 124, 125],
    },
    response: 'contacts',
    exposure: 'customers',
    terms: ['month', { fee: 'step(month, 13)' }],
    effect: 'fee',
    models: {
      m1: { dispersion: 'poisson' },
      m2: {},
      m3: { terms: ['month', { fee: 'step(month, 13)' }, { slope: 'slope(month, 13)' }] },
    },
    compare: { anova: ['m2', 'm3'] },
  },
  run(spec, folder): Result {
    onlyKeys(spec, ['data', ...MODEL_KEYS, 'models', 'compare', 'also']);
    const table = SpecTable.of(spec, folder);
    const { columns: _, where: __, models, ...defaults } = spec;
    const result: Result = {};
    const fitted = new Map<string, Fitted>();
    for (const [prefix, model] of models === undefined ? named({ '': {} }, 'models') : named(models, 'models')) {
      fitted.set(prefix, fitModel(result, prefix, { ...defaults, ...model }, table));
    }
    for (const [name, pair] of Object.entries(record(spec['compare'] ?? {}, 'compare'))) {
      const [one, two] = texts(pair, `compare.${name}`).map((model) => fitted.get(model === '' ? '' : `${model}.`));
      if (!one || !two) throw new Refusal('bad_spec', `compare.${name} must name two of the models`);
      compare(result, `${name}.`, one, two);
    }
    return withAliases(result, spec);
  },
};
