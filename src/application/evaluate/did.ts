import { Refusal } from '../../domain/errors.ts';
import {
  type DoubleDifference,
  type GroupChange,
  doubleDifference,
} from '../../domain/causality/difference-in-differences.ts';
import { studentQuantile, studentTwoSided } from '../../domain/causality/distributions.ts';
import { leastSquares } from '../../domain/causality/least-squares.ts';
import { absorb } from '../../domain/causality/fixed-effects.ts';
import { EXPRESSION_HELP } from './expression.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { TERMS_SHAPE, completeRows, pick, termsOf } from './model-terms.ts';
import { ERRORS_SHAPE, errorOptions, linearCovariance, printCoefficients } from './regression.ts';
import {
  ALSO_SHAPE,
  type IntervalOptions,
  SpecTable,
  TABLE_SHAPE,
  flag,
  intervalOptions,
  named,
  onlyKeys,
  record,
  text,
  texts,
  withAliases,
} from './spec-table.ts';

const SAMPLE_KEYS = [
  'before',
  'after',
  'outcome',
  'unit',
  'post',
  'group',
  'treated',
  'labels',
  'balanced',
  'interval',
  'columns',
  'where',
];
const MODEL_KEYS = [
  'response',
  'terms',
  'intercept',
  'fixed_effects',
  'errors',
  'lag',
  'panel',
  'cluster',
  'small_sample',
  'interval',
  'columns',
  'where',
];

interface Waves {
  readonly group: readonly string[];
  readonly before: Float64Array;
  readonly after: Float64Array;
}

/** One row a unit: two columns of outcomes. */
function wideWaves(table: SpecTable, spec: Spec): Waves {
  return {
    group: table.texts(text(spec['group'], 'group')),
    before: table.numbers(text(spec['before'], 'before')),
    after: table.numbers(text(spec['after'], 'after')),
  };
}

/** One row a unit and period: means per unit of the rows before and of the rows after. */
function longWaves(table: SpecTable, spec: Spec): Waves {
  const outcome = table.numbers(text(spec['outcome'], 'outcome'));
  const post = table.numbers(text(spec['post'], 'post'));
  const group = table.texts(text(spec['group'], 'group'));
  const unit = spec['unit'] === undefined ? group.map((_, t) => String(t)) : table.texts(text(spec['unit'], 'unit'));
  const units = new Map<string, { group: string; sums: [number, number]; counts: [number, number] }>();
  unit.forEach((name, t) => {
    if (Number.isNaN(outcome[t]!) || Number.isNaN(post[t]!)) return;
    const key = `${group[t]}\n${name}`;
    const entry = units.get(key) ?? { group: group[t]!, sums: [0, 0], counts: [0, 0] };
    units.set(key, entry);
    const wave = post[t] ? 1 : 0;
    entry.sums[wave] += outcome[t]!;
    entry.counts[wave]++;
  });
  const all = [...units.values()];
  return {
    group: all.map((entry) => entry.group),
    before: Float64Array.from(all, ({ sums, counts }) => (counts[0] > 0 ? sums[0] / counts[0] : NaN)),
    after: Float64Array.from(all, ({ sums, counts }) => (counts[1] > 0 ? sums[1] / counts[1] : NaN)),
  };
}

function sampleDifference(result: Result, prefix: string, spec: Spec, base: SpecTable): void {
  onlyKeys(spec, [...SAMPLE_KEYS, 'data', 'samples', 'models', 'also'], `sample ${prefix}`);
  const table = base.refined({ columns: spec['columns'] ?? {}, ...(spec['where'] ? { where: spec['where'] } : {}) });
  const waves = spec['before'] === undefined ? longWaves(table, spec) : wideWaves(table, spec);
  const treatedValues = texts(spec['treated'], 'treated');
  const values = [...new Set(waves.group)].filter((value) => value !== '');
  const comparison = values.filter((value) => !treatedValues.includes(value));
  if (treatedValues.length === 0 || comparison.length === 0) {
    throw new Refusal('bad_spec', `"treated" must name some, not all, of the groups ${values.join(', ')}`);
  }
  const labels = record(spec['labels'] ?? {}, 'labels');
  const label = (members: readonly string[]): string =>
    members.map((value) => text(labels[value] ?? value, 'labels')).join('+');
  const side = (members: readonly string[]): { before: number[]; after: number[] } => {
    const rows = waves.group.flatMap((value, t) => (members.includes(value) ? [t] : []));
    return { before: rows.map((t) => waves.before[t]!), after: rows.map((t) => waves.after[t]!) };
  };
  const found = doubleDifference(side(treatedValues), side(comparison), flag(spec['balanced'], 'balanced', false));
  printChange(result, prefix, label(comparison), found.comparison);
  printChange(result, prefix, label(treatedValues), found.treated);
  printDifferences(result, prefix, found, intervalOptions(spec['interval'], 't'));
}

/** before.G, after.G, change.G and, as in the balanced rows of published tables, the change under the group's own name. */
function printChange(result: Result, prefix: string, group: string, change: GroupChange): void {
  for (const [name, { mean, standardError, count }] of Object.entries(change) as [string, GroupChange['before']][]) {
    result[`${prefix}${name}.${group}`] = mean;
    result[`${prefix}se.${name}.${group}`] = standardError;
    result[`${prefix}n.${name}.${group}`] = count;
  }
  result[`${prefix}${group}`] = change.change.mean;
  result[`${prefix}se.${group}`] = change.change.standardError;
}

function printDifferences(result: Result, prefix: string, found: DoubleDifference, interval: IntervalOptions): void {
  const degrees = interval.by === 't' ? found.degreesOfFreedom : Infinity;
  const quantile = studentQuantile(0.5 + interval.level / 2, degrees);
  const gap = (wave: 'before' | 'after'): void => {
    const [a, b] = [found.treated[wave], found.comparison[wave]];
    result[`${prefix}difference.${wave}`] = a.mean - b.mean;
    result[`${prefix}se.difference.${wave}`] = Math.hypot(a.standardError, b.standardError);
  };
  gap('before');
  gap('after');
  // Under "se.", as the table's other errors; a named sample reads se.NAME.did.
  result[`${prefix}did`] = found.effect;
  result[prefix === '' ? 'se.did' : `se.${prefix}did`] = found.standardError;
  result[`${prefix}did.t`] = found.effect / found.standardError;
  result[`${prefix}did.p`] = studentTwoSided(found.effect / found.standardError, degrees);
  result[`${prefix}did.lo`] = found.effect - quantile * found.standardError;
  result[`${prefix}did.hi`] = found.effect + quantile * found.standardError;
  result[`${prefix}did.df`] = found.degreesOfFreedom;
}

function regression(result: Result, prefix: string, spec: Spec, base: SpecTable): void {
  onlyKeys(spec, MODEL_KEYS, `model ${prefix}`);
  const table = base.refined({ columns: spec['columns'] ?? {}, ...(spec['where'] ? { where: spec['where'] } : {}) });
  const effects = texts(spec['fixed_effects'], 'fixed_effects');
  const response = table.numbers(text(spec['response'], 'response'));
  const terms = termsOf(table, spec['terms'], effects.length === 0 && flag(spec['intercept'], 'intercept', true));
  const rows = completeRows(response.length, [response, ...terms.columns]);
  const groups = effects.map((column) => {
    const cells = table.texts(column);
    return rows.map((t) => cells[t]!);
  });
  const raw = [response, ...terms.columns].map((column) => pick(column, rows));
  const { columns: within, levels } = absorb(raw, groups);
  const [y, ...columns] = within as [Float64Array, ...Float64Array[]];
  const plain = leastSquares(y, columns, terms.names);
  const errors = errorOptions(spec, table, rows, 'classical');
  // Effects nested in the clusters cost no degrees of freedom (Cameron & Miller 2015); others do.
  const nested = effects.filter((column) => errors.kind === 'cluster' && column === spec['cluster']).length > 0;
  const absorbed =
    effects.length === 0
      ? 0
      : nested
        ? levels - absorbedBy(groups, effects.indexOf(text(spec['cluster'], 'cluster')))
        : levels;
  const fit = { ...plain, degreesOfFreedom: plain.degreesOfFreedom - absorbed };
  const covariance = linearCovariance(columns, fit, errors);
  const degreesOfFreedom = errors.clusters ? new Set(errors.clusters).size - 1 : fit.degreesOfFreedom;
  const interval = intervalOptions(spec['interval'], 't');
  printCoefficients(
    result,
    prefix,
    { names: terms.names, values: fit.coefficients, covariance, degreesOfFreedom },
    interval,
  );
  result[`${prefix}rmse`] = Math.sqrt(fit.residualSquares / fit.degreesOfFreedom);
  result[`${prefix}n`] = y.length;
  result[`${prefix}df`] = degreesOfFreedom;
  if (errors.clusters) result[`${prefix}clusters`] = new Set(errors.clusters).size;
}

function absorbedBy(groups: readonly (readonly string[])[], index: number): number {
  return new Set(groups[index]!).size;
}

export const method: EvaluateMethod = {
  name: 'did',
  about:
    'difference-in-differences: tables of means by group and wave, and regressions with clusters and fixed effects',
  shape: [
    TABLE_SHAPE,
    'group            column of the groups',
    'treated          value (or values) of the treated group; all others are the comparison',
    'labels           { value: name }: how groups are called in the keys',
    'before, after    wide data: columns or expressions of the outcome before and after, one row a unit',
    'outcome, post    long data: outcome and an expression that holds after; with unit: rows of a unit are averaged per wave',
    'unit             long data: column of the units (clusters)',
    'balanced         true: only units seen in both waves; error of unit changes (= clustered by unit). default false',
    'interval         { level: 0.95, by: "t" | "z" }; t with Welch–Satterthwaite degrees of freedom by default',
    'samples          { name: {any of the keys above} }: several tables; keys get "name."; the name "" gives none',
    'models           { name: { response*, terms*, fixed_effects: [columns], errors, cluster, … } }: regressions; keys get "name."',
    `  terms          ${TERMS_SHAPE}; e.g. "treated * post"`,
    '  ' + ERRORS_SHAPE.replaceAll('\n', '\n  ') + ' (default classical)',
    ALSO_SHAPE,
    `expressions:     ${EXPRESSION_HELP}`,
    'prints           before.G, after.G, change.G, se.before.G …, n.before.G …, G and se.G (the change), difference.before, did, se.did (se.NAME.did), did.t, did.p, did.lo, did.hi;',
    '                 per regression TERM, se.TERM, TERM.t, TERM.p, TERM.lo, TERM.hi, rmse, n, df',
  ].join('\n'),
  example: {
    data: {
      store: ['a', 'b', 'c', 'd', 'e', 'f'],
      state: ['NJ', 'NJ', 'NJ', 'PA', 'PA', 'PA'],
      before: [20, 22, 18.5, 23, 25, 21],
      after: [21, 22.5, 20, 21, 24.5, null],
    },
    group: 'state',
    treated: 'NJ',
    before: 'before',
    after: 'after',
    samples: { '': {}, balanced: { balanced: true } },
    models: { change: { response: 'after - before', terms: [{ NJ: 'state == "NJ"' }], errors: 'hc1' } },
  },
  run(spec, folder): Result {
    onlyKeys(spec, ['data', ...SAMPLE_KEYS, 'samples', 'models', 'also']);
    const table = SpecTable.of(spec, folder);
    const { columns: _, where: __, samples, models, ...defaults } = spec;
    const result: Result = {};
    const tables = samples ?? (spec['group'] === undefined ? {} : { '': {} });
    for (const [prefix, sample] of named(tables, 'samples')) {
      sampleDifference(result, prefix, { ...defaults, ...sample }, table);
    }
    for (const [prefix, model] of named(models ?? {}, 'models')) regression(result, prefix, model, table);
    if (Object.keys(result).length === 0)
      throw new Refusal('bad_spec', 'name a "group" with its outcomes, or "models"');
    return withAliases(result, spec);
  },
};
