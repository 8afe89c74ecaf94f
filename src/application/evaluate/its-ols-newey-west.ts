import { leastSquares } from '../../domain/causality/least-squares.ts';
import { fUpper } from '../../domain/causality/distributions.ts';
import { EXPRESSION_HELP } from './expression.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { TERMS_SHAPE, completeRows, pick, termsOf } from './model-terms.ts';
import {
  ERRORS_SHAPE,
  durbinWatson,
  effectPositions,
  errorOptions,
  intervalQuantile,
  linearCovariance,
  partPredictor,
  printCoefficients,
  printDelta,
} from './regression.ts';
import {
  ALSO_SHAPE,
  SpecTable,
  TABLE_SHAPE,
  flag,
  intervalOptions,
  named,
  onlyKeys,
  text,
  texts,
  withAliases,
} from './spec-table.ts';

const MODEL_KEYS = [
  'response',
  'terms',
  'intercept',
  'errors',
  'lag',
  'panel',
  'cluster',
  'small_sample',
  'effect',
  'interval',
  'columns',
  'where',
];

function fitModel(result: Result, prefix: string, model: Spec, base: SpecTable): void {
  onlyKeys(model, [...MODEL_KEYS, 'data', 'models', 'also'], `model ${prefix}`);
  const table = base.refined({ columns: model['columns'] ?? {}, ...(model['where'] ? { where: model['where'] } : {}) });
  const response = table.numbers(text(model['response'], 'response'));
  const terms = termsOf(table, model['terms'], flag(model['intercept'], 'intercept', true));
  const rows = completeRows(response.length, [response, ...terms.columns]);
  const y = pick(response, rows);
  const columns = terms.columns.map((column) => pick(column, rows));
  const fit = leastSquares(y, columns, terms.names);
  const errors = errorOptions(model, table, rows, 'newey_west');
  const covariance = linearCovariance(columns, fit, errors);
  const interval = intervalOptions(model['interval'], 't');
  const degreesOfFreedom = errors.clusters ? new Set(errors.clusters).size - 1 : fit.degreesOfFreedom;
  printCoefficients(
    result,
    prefix,
    { names: terms.names, values: fit.coefficients, covariance, degreesOfFreedom },
    interval,
  );
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  const total = y.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  result[`${prefix}r2`] = 1 - fit.residualSquares / total;
  result[`${prefix}rmse`] = Math.sqrt(fit.residualSquares / fit.degreesOfFreedom);
  result[`${prefix}ssr`] = fit.residualSquares;
  if (columns.length > 1) {
    const f = (total - fit.residualSquares) / (columns.length - 1) / (fit.residualSquares / fit.degreesOfFreedom);
    result[`${prefix}F.classical`] = f;
    result[`${prefix}F.classical.p`] = fUpper(f, columns.length - 1, fit.degreesOfFreedom);
  }
  result[`${prefix}durbin_watson`] = durbinWatson(fit.residuals);
  if (errors.kind === 'newey_west') result[`${prefix}lag`] = errors.lags;
  result[`${prefix}n`] = y.length;
  result[`${prefix}df`] = fit.degreesOfFreedom;
  const effect = effectPositions(texts(model['effect'], 'effect'), terms.names, true);
  if (effect.length === 0) return;
  const part = partPredictor(columns, fit.coefficients, effect);
  const touched = rows.flatMap((_, t) => (effect.some((j) => columns[j]![t] !== 0) ? [t] : []));
  const gradient = Float64Array.from(columns, (column, j) =>
    effect.includes(j) ? touched.reduce((sum, t) => sum + column[t]!, 0) : 0,
  );
  const cumulative = touched.reduce((sum, t) => sum + part[t]!, 0);
  const quantile = intervalQuantile(interval, degreesOfFreedom);
  printDelta(result, `${prefix}effect.cum`, cumulative, gradient, covariance, quantile);
  const average = gradient.map((value) => value / touched.length);
  printDelta(result, `${prefix}effect.avg`, cumulative / touched.length, average, covariance, quantile);
  const last = touched.at(-1)!;
  const atEnd = Float64Array.from(columns, (column, j) => (effect.includes(j) ? column[last]! : 0));
  printDelta(result, `${prefix}effect.last`, part[last]!, atEnd, covariance, quantile);
}

export const method: EvaluateMethod = {
  name: 'its_ols_newey_west',
  about: 'interrupted time series: segmented least squares with Newey–West (or other robust) errors',
  shape: [
    TABLE_SHAPE,
    'response*        column or expression',
    `terms*           ${TERMS_SHAPE}`,
    'intercept        default true',
    ERRORS_SHAPE + '\n                 (default newey_west, lag "auto", small_sample true)',
    'effect           terms of the intervention: prints effect.avg, effect.cum, effect.last (.se, .lo, .hi) over the rows they touch',
    'interval         { level: 0.95, by: "t" | "z" }; default t',
    'models           { name: {any of the keys above} }: several models; what stands outside is their default; keys get "name."',
    ALSO_SHAPE,
    `expressions:     ${EXPRESSION_HELP}`,
    'prints per term  TERM, se.TERM, TERM.t, TERM.p, TERM.lo, TERM.hi; r2, rmse, ssr, durbin_watson, lag, n, df',
  ].join('\n'),
  example: {
    data: {
      week: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
      contacts: [40, 42, 41, 44, 43, 45, 44, 46, 55, 57, 56, 59, 60, 61, 60, 63],
    },
    response: 'contacts',
    terms: ['week', { step: 'step(week, 9)' }, { slope: 'slope(week, 9)' }],
    effect: ['step', 'slope'],
    models: { nw1: { lag: 1 }, nw3: { lag: 3 }, ols: { errors: 'classical' } },
  },
  run(spec, folder): Result {
    onlyKeys(spec, ['data', ...MODEL_KEYS, 'models', 'also']);
    const table = SpecTable.of(spec, folder);
    const { columns: _, where: __, models, ...defaults } = spec;
    const result: Result = {};
    for (const [prefix, model] of named(models ?? { '': {} }, 'models')) {
      fitModel(result, prefix, { ...defaults, ...model }, table);
    }
    return withAliases(result, spec);
  },
};
