import { Refusal } from '../../domain/errors.ts';
import {
  type Panel,
  type PanelEffect,
  type Predictor,
  deviation,
  panelDifference,
  placeboEffects,
  predictorWeights,
  searchImportance,
  syntheticControl,
  syntheticDifference,
} from '../../domain/causality/synthetic-control.ts';
import { normalQuantile } from '../../domain/causality/distributions.ts';
import { EXPRESSION_HELP } from './expression.ts';
import { type EvaluateMethod, type Result, type Spec, numberOf } from './method.ts';
import { byNumberThenText } from './model-terms.ts';
import {
  ALSO_SHAPE,
  SpecTable,
  TABLE_SHAPE,
  flag,
  intervalOptions,
  oneOf,
  onlyKeys,
  optionalNumber,
  record,
  text,
  texts,
  withAliases,
} from './spec-table.ts';

const KEYS = [
  'data',
  'columns',
  'where',
  'unit',
  'time',
  'outcome',
  'treated',
  'from',
  'donors',
  'exclude',
  'estimators',
  'predictors',
  'weights',
  'importance',
  'fit',
  'placebo',
  'interval',
  'also',
];

interface PanelData extends Panel {
  readonly units: readonly string[];
  readonly treated: readonly string[];
  readonly periods: readonly string[];
}

/** Units × periods; donors come first. @throws Refusal when a unit lacks a period */
function panelOf(table: SpecTable, spec: Spec): PanelData {
  const unit = table.texts(text(spec['unit'], 'unit'));
  const time = table.texts(text(spec['time'], 'time'));
  const outcome = table.numbers(text(spec['outcome'], 'outcome'));
  const treated = texts(spec['treated'], 'treated');
  const excluded = texts(spec['exclude'], 'exclude');
  const all = [...new Set(unit)];
  const missing = treated.filter((name) => !all.includes(name));
  if (treated.length === 0 || missing.length > 0)
    throw new Refusal('bad_spec', `"treated": no unit is named ${missing.join(', ') || '…'}`);
  const chosen = spec['donors'] === undefined ? all : texts(spec['donors'], 'donors');
  const donors = chosen.filter((name) => !treated.includes(name) && !excluded.includes(name));
  const periods = [...new Set(time)].sort(byNumberThenText);
  const position = new Map(periods.map((period, t) => [period, t]));
  const units = [...donors, ...treated];
  const outcomes = units.map(() => new Float64Array(periods.length).fill(NaN));
  const index = new Map(units.map((name, i) => [name, i]));
  unit.forEach((name, row) => {
    const i = index.get(name);
    if (i !== undefined) outcomes[i]![position.get(time[row]!)!] = outcome[row]!;
  });
  outcomes.forEach((values, i) => {
    const gap = values.findIndex((value) => Number.isNaN(value));
    if (gap >= 0)
      throw new Refusal('bad_spec', `unit ${units[i]} has no outcome in ${periods[gap]}: exclude it or the period`);
  });
  const before = periods.indexOf(text(spec['from'], 'from'));
  if (before < 1) throw new Refusal('bad_spec', `"from" must be a period after the first: ${periods.join(', ')}`);
  return { units: donors, treated, periods, outcomes, controls: donors.length, before };
}

/** Mean of a column over stated periods, per unit; missing cells are left out. */
function predictorsOf(table: SpecTable, spec: Spec, panel: PanelData): Predictor[] {
  const items = spec['predictors'];
  if (!Array.isArray(items)) throw new Refusal('bad_spec', 'adh needs "predictors", a list');
  const unit = table.texts(text(spec['unit'], 'unit'));
  const time = table.texts(text(spec['time'], 'time'));
  return (items as unknown[]).map((item, k) => {
    const part = record(item, `predictors[${k}]`);
    onlyKeys(part, ['name', 'column', 'from', 'to', 'at'], `predictors[${k}]`);
    const values = table.numbers(text(part['column'], 'column'));
    const at = texts(part['at'], 'at');
    const [first, last] = [part['from'] ?? panel.periods[0]!, part['to'] ?? panel.periods[panel.before - 1]!];
    const counts = (period: string): boolean =>
      at.length > 0
        ? at.includes(period)
        : byNumberThenText(period, text(first, 'from')) >= 0 && byNumberThenText(period, text(last, 'to')) <= 0;
    const mean = (name: string): number => {
      const cells = unit.flatMap((one, row) =>
        one === name && counts(time[row]!) && !Number.isNaN(values[row]!) ? [values[row]!] : [],
      );
      return cells.reduce((sum, value) => sum + value, 0) / cells.length;
    };
    const controls = panel.units.map(mean);
    const treated = panel.treated.map(mean).reduce((sum, value) => sum + value, 0) / panel.treated.length;
    const name = part['name'] === undefined ? text(part['column'], 'column') : text(part['name'], 'name');
    if ([...controls, treated].some((value) => Number.isNaN(value))) {
      throw new Refusal('bad_spec', `predictor ${name}: some unit has no value in the stated periods`);
    }
    return { name, controls, treated };
  });
}

function classic(result: Result, table: SpecTable, spec: Spec, panel: PanelData): void {
  const predictors =
    spec['predictors'] === undefined && spec['weights'] !== undefined ? [] : predictorsOf(table, spec, panel);
  const treated = panel.periods.map(
    (_, t) => panel.outcomes.slice(panel.controls).reduce((sum, values) => sum + values[t]!, 0) / panel.treated.length,
  );
  const weights = weightsOf(result, spec, panel, predictors, treated);
  panel.units.forEach((name, i) => (result[`W.${name}`] = weights[i]!));
  for (const predictor of predictors) {
    result[`treated.${predictor.name}`] = predictor.treated;
    result[`synth.${predictor.name}`] = weights.reduce((sum, weight, i) => sum + weight * predictor.controls[i]!, 0);
    result[`donors.${predictor.name}`] =
      Array.from(predictor.controls).reduce((sum, value) => sum + value, 0) / panel.controls;
  }
  const gaps = treated.map(
    (value, t) => value - weights.reduce((sum, weight, i) => sum + weight * panel.outcomes[i]![t]!, 0),
  );
  printGaps(result, '', panel, gaps);
}

function weightsOf(
  result: Result,
  spec: Spec,
  panel: PanelData,
  predictors: readonly Predictor[],
  treated: readonly number[],
): number[] {
  if (spec['weights'] !== undefined) {
    const given = record(spec['weights'], 'weights');
    const unknown = Object.keys(given).filter((name) => !panel.units.includes(name));
    if (unknown.length > 0) throw new Refusal('bad_spec', `"weights": no donor is named ${unknown.join(', ')}`);
    return panel.units.map((name) => numberOf(given[name] ?? 0, `weights.${name}`));
  }
  if (spec['importance'] !== undefined) {
    const given = record(spec['importance'], 'importance');
    const importance = predictors.map(({ name }) => numberOf(given[name] ?? 0, `importance.${name}`));
    return [...predictorWeights(predictors, importance)];
  }
  const fit = record(spec['fit'] ?? {}, 'fit');
  const inFit = panel.periods.flatMap((period, t) =>
    t < panel.before &&
    byNumberThenText(period, text(fit['from'] ?? panel.periods[0]!, 'fit.from')) >= 0 &&
    byNumberThenText(period, text(fit['to'] ?? panel.periods[panel.before - 1]!, 'fit.to')) <= 0
      ? [t]
      : [],
  );
  const found = searchImportance(predictors, panel.outcomes.slice(0, panel.controls), treated, inFit);
  predictors.forEach(({ name }, k) => (result[`V.${name}`] = found.importance[k]!));
  return [...found.weights];
}

function printGaps(result: Result, prefix: string, panel: PanelData, gaps: ArrayLike<number>): void {
  let before = 0;
  let after = 0;
  panel.periods.forEach((period, t) => {
    result[`${prefix}gap${period}`] = gaps[t]!;
    if (t < panel.before) before += gaps[t]! ** 2 / panel.before;
    else after += gaps[t]! / (panel.periods.length - panel.before);
  });
  result[`${prefix}gap.mean.${panel.periods[panel.before]}_${panel.periods.at(-1)}`] = after;
  result[`${prefix}rmspe.before`] = Math.sqrt(before);
}

const ESTIMATORS = { did: panelDifference, sc: syntheticControl, sdid: syntheticDifference } as const;

function estimate(result: Result, name: keyof typeof ESTIMATORS, spec: Spec, panel: PanelData): void {
  const estimator = ESTIMATORS[name];
  const found = estimator(panel);
  result[name] = found.effect;
  if (name !== 'did') {
    const prefix = name === 'sc' ? '' : `${name}.`;
    panel.units.forEach((unit, i) => (result[`${prefix}w.${unit}`] = found.weights[i]!));
    printGaps(result, `${name}.`, panel, found.gaps);
  }
  if (name === 'sdid')
    panel.periods.slice(0, panel.before).forEach((p, t) => (result[`sdid.lambda.${p}`] = found.periodWeights[t]!));
  if (flag(spec['placebo'], 'placebo', false)) printPlacebos(result, name, spec, panel, found, estimator);
}

/** se, interval, rank and p among the controls treated instead (one placebo a control unit; one treated unit). */
function printPlacebos(
  result: Result,
  name: string,
  spec: Spec,
  panel: PanelData,
  found: PanelEffect,
  estimator: (panel: Panel) => PanelEffect,
): void {
  if (panel.treated.length > 1) throw new Refusal('bad_spec', '"placebo" needs a single treated unit');
  const placebos = placeboEffects(panel, estimator);
  // The authors' convention: root mean squared deviation over the placebos (n, not n − 1).
  const error = deviation([...placebos]) * Math.sqrt((placebos.length - 1) / placebos.length);
  const z = normalQuantile(0.5 + intervalOptions(spec['interval'], 'z').level / 2);
  result[`${name}.se`] = error;
  result[`${name}.lo`] = found.effect - z * error;
  result[`${name}.hi`] = found.effect + z * error;
  const rank = 1 + placebos.filter((effect) => Math.abs(effect) >= Math.abs(found.effect)).length;
  result[`${name}.placebo.rank`] = rank;
  result[`${name}.placebo.count`] = placebos.length;
  result[`${name}.placebo.p`] = rank / (placebos.length + 1);
}

export const method: EvaluateMethod = {
  name: 'synthetic_control',
  about:
    'panels: synthetic control, synthetic difference-in-differences, panel DiD, and the classic form with predictors',
  shape: [
    TABLE_SHAPE,
    'unit*            column of the units',
    'time*            column of the periods',
    'outcome*         column or expression',
    'treated*         name of the treated unit, or a list',
    'from*            first treated period',
    'donors, exclude  the donor pool (default: all others), units to leave out',
    'estimators       any of did, sc (outcomes only, simplex weights, no intercept), sdid, adh (predictors); default did, sc, sdid',
    'predictors       adh: [{ name, column*, from, to | at: period or list }], means over the stated periods',
    'weights          adh: given weights {unit: weight}; the table of predictors and gaps is then arithmetic',
    'importance       adh: given V {predictor: importance}; absent: searched so that outcomes before fit best',
    'fit              adh: { from, to } periods of the fit in that search',
    'placebo          true: every donor treated in turn: NAME.se, NAME.lo, NAME.hi, NAME.placebo.rank, .count, .p (one treated unit)',
    'interval         { level: 0.95 }',
    ALSO_SHAPE,
    `expressions:     ${EXPRESSION_HELP}`,
    'prints           did; sc, w.UNIT, sc.gapPERIOD; sdid, sdid.w.UNIT, sdid.lambda.PERIOD; adh: W.UNIT, V.PREDICTOR, treated.P, synth.P, donors.P, gapPERIOD, gap.mean.FROM_TO, rmspe.before',
  ].join('\n'),
  example: {
    data: {
      region: ['N', 'N', 'N', 'N', 'S', 'S', 'S', 'S', 'E', 'E', 'E', 'E'],
      month: [1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4],
      contacts: [10, 12, 11, 15, 8, 9, 9, 10, 13, 15, 14, 15],
    },
    unit: 'region',
    time: 'month',
    outcome: 'contacts',
    treated: 'N',
    from: 4,
    placebo: true,
  },
  run(spec, folder): Result {
    onlyKeys(spec, KEYS);
    const table = SpecTable.of(spec, folder);
    const panel = panelOf(table, spec);
    const asked = texts(spec['estimators'] ?? ['did', 'sc', 'sdid'], 'estimators');
    const result: Result = {};
    for (const item of asked) {
      const name = oneOf(item, 'estimators', ['did', 'sc', 'sdid', 'adh'] as const, 'sc');
      if (name === 'adh') classic(result, table, spec, panel);
      else estimate(result, name, spec, panel);
    }
    result['units'] = panel.outcomes.length;
    result['periods.before'] = optionalNumber(panel.before, 'from') ?? 0;
    return withAliases(result, spec);
  },
};
