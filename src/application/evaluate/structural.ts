import { Refusal } from '../../domain/errors.ts';
import { studentQuantile } from '../../domain/causality/distributions.ts';
import {
  type StructuralFit,
  type StructuralModel,
  fitStructural,
  forecast,
} from '../../domain/causality/structural.ts';
import { EXPRESSION_HELP } from './expression.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { TERMS_SHAPE, termsOf } from './model-terms.ts';
import { printCoefficients } from './regression.ts';
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
  optionalNumber,
  record,
  text,
  withAliases,
} from './spec-table.ts';

const MODEL_KEYS = [
  'response',
  'terms',
  'from',
  'level',
  'slope',
  'season',
  'irregular',
  'interval',
  'columns',
  'where',
];

function modelOf(spec: Spec): StructuralModel {
  const season = spec['season'] === undefined ? undefined : record(spec['season'], 'season');
  if (season) onlyKeys(season, ['periods', 'kind'], 'season');
  return {
    level: oneOf(spec['level'], 'level', ['stochastic', 'fixed'] as const, 'stochastic'),
    slope: oneOf(spec['slope'], 'slope', ['none', 'fixed', 'stochastic'] as const, 'none'),
    season: season && {
      periods: optionalNumber(season['periods'], 'season.periods') ?? 12,
      kind: oneOf(season['kind'], 'season.kind', ['fixed', 'stochastic'] as const, 'stochastic'),
    },
    irregular: flag(spec['irregular'], 'irregular', true),
  };
}

function run(result: Result, prefix: string, spec: Spec, base: SpecTable): void {
  onlyKeys(spec, [...MODEL_KEYS, 'data', 'models', 'also'], `model ${prefix}`);
  const table = base.refined({ columns: spec['columns'] ?? {}, ...(spec['where'] ? { where: spec['where'] } : {}) });
  const y = table.numbers(text(spec['response'], 'response'));
  const terms = termsOf(table, spec['terms'], false);
  terms.columns.forEach((column, j) => {
    const gap = column.findIndex((value) => Number.isNaN(value));
    if (gap >= 0) throw new Refusal('bad_spec', `term "${terms.names[j]}" is missing in row ${gap + 1}`);
  });
  const after = spec['from'] === undefined ? [] : [...table.numbers(text(spec['from'], 'from'))];
  const split = spec['from'] === undefined ? y.length : after.findIndex((value) => value === 1);
  if (split < 2 || (spec['from'] !== undefined && after.slice(split).some((value) => value !== 1))) {
    throw new Refusal('bad_spec', '"from" must hold for the last rows and for them only, e.g. "t > 70"');
  }
  const before = y.subarray(0, split);
  const past = terms.columns.map((column) => column.subarray(0, split));
  const fit = fitStructural(before, past, modelOf(spec));
  const interval = intervalOptions(spec['interval'], 'z');
  printCoefficients(
    result,
    prefix,
    { names: terms.names, values: fit.coefficients, covariance: fit.covariance, degreesOfFreedom: Infinity },
    interval,
  );
  for (const [name, variance] of Object.entries(fit.variances)) result[`${prefix}var.${name}`] = variance;
  result[`${prefix}logLik`] = fit.logLikelihood;
  result[`${prefix}logLik.all_terms`] = fit.logLikelihood - (fit.diffuse / 2) * Math.log(2 * Math.PI);
  result[`${prefix}n`] = fit.observed;
  if (split < y.length) {
    printEffect(
      result,
      prefix,
      fit,
      before,
      y.subarray(split),
      past,
      terms.columns.map((column) => column.subarray(split)),
      interval,
    );
  }
}

function printEffect(
  result: Result,
  prefix: string,
  fit: StructuralFit,
  before: Float64Array,
  actual: Float64Array,
  past: readonly Float64Array[],
  future: readonly Float64Array[],
  interval: IntervalOptions,
): void {
  const expected = forecast(fit, before, past, future, actual.length);
  const z = studentQuantile(0.5 + interval.level / 2, Infinity);
  const n = actual.length;
  const total = actual.reduce((sum, value) => sum + value, 0);
  const effect = total - expected.cumulative[n - 1]!;
  const error = expected.cumulativeError[n - 1]!;
  const print = (key: string, value: number, spread: number): void => {
    result[`${prefix}${key}`] = value;
    result[`${prefix}${key}.lo`] = value - z * spread;
    result[`${prefix}${key}.hi`] = value + z * spread;
  };
  result[`${prefix}actual.avg`] = total / n;
  result[`${prefix}actual.cum`] = total;
  print('pred.avg', expected.cumulative[n - 1]! / n, error / n);
  print('pred.cum', expected.cumulative[n - 1]!, error);
  print('effect.avg', effect / n, error / n);
  print('effect.cum', effect, error);
  result[`${prefix}effect.lo`] = result[`${prefix}effect.avg.lo`]!;
  result[`${prefix}effect.hi`] = result[`${prefix}effect.avg.hi`]!;
  print('rel', effect / expected.cumulative[n - 1]!, error / expected.cumulative[n - 1]!);
  result[`${prefix}sd`] = error / n;
  result[`${prefix}pred`] = [...expected.mean];
  result[`${prefix}pred.se`] = [...expected.standardError];
}

export const method: EvaluateMethod = {
  name: 'structural',
  about: 'structural time series: local level, slope, season and regression; effect = actual − forecast',
  shape: [
    TABLE_SHAPE,
    'response*        column or expression (blank cells are missing observations)',
    `terms            regressors; ${TERMS_SHAPE}`,
    'from             expression that holds from the intervention on, e.g. "t > 70"; absent: fit only, no forecast',
    'level            stochastic (default) | fixed',
    'slope            none (default) | fixed | stochastic',
    'season           { periods: 12, kind: "stochastic" | "fixed" } (dummy form)',
    'irregular        default true',
    'interval         { level: 0.95 } (normal)',
    'models           { name: {any of the keys above} }: several models; keys get "name."; the name "" gives none',
    ALSO_SHAPE,
    `expressions:     ${EXPRESSION_HELP}`,
    'prints           actual.avg, actual.cum, pred.avg, pred.cum, effect.avg, effect.cum, rel (.lo, .hi), effect.lo, effect.hi, sd (of effect.avg),',
    '                 per regressor TERM, se.TERM, …; var.level, var.slope, var.season, var.irregular; logLik (diffuse, (n−d) log 2π; logLik.all_terms: n log 2π)',
  ].join('\n'),
  example: {
    data: {
      t: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
      x: [5, 6, 5, 7, 6, 8, 7, 9, 8, 9, 10, 9, 11, 10, 12, 11],
      y: [20.1, 22.2, 19.8, 24.3, 22.1, 26.2, 23.7, 28.1, 26.2, 28.0, 30.3, 28.2, 37.1, 35.0, 39.2, 36.8],
    },
    response: 'y',
    terms: ['x'],
    from: 't > 12',
  },
  run(spec, folder): Result {
    onlyKeys(spec, ['data', ...MODEL_KEYS, 'models', 'also']);
    const table = SpecTable.of(spec, folder);
    const { columns: _, where: __, models, ...defaults } = spec;
    const result: Result = {};
    for (const [prefix, model] of named(models ?? { '': {} }, 'models'))
      run(result, prefix, { ...defaults, ...model }, table);
    return withAliases(result, spec);
  },
};
