import { Refusal } from '../../domain/errors.ts';
import { coxRegression } from '../../domain/retention/cox.ts';
import type { Followed, SurvivalScale, SurvivalStep } from '../../domain/retention/kaplan-meier.ts';
import {
  kaplanMeier,
  restrictedMean,
  stepAt,
  survivalAt,
  survivalError,
  survivalInterval,
  survivalQuantile,
} from '../../domain/retention/kaplan-meier.ts';
import type { LogRankWeight } from '../../domain/retention/log-rank.ts';
import { logRank } from '../../domain/retention/log-rank.ts';
import { design } from '../../domain/retention/least-squares.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numbers } from './method.ts';
import type { Row } from './sample.ts';
import { cellText, isRecord, numberOr, numbersOf, sameValue, sampleOf, textOf, textsOf } from './sample.ts';
import { TERMS, designOf } from './terms.ts';

interface Group {
  readonly label: string;
  readonly rows: Row[];
}

export const method: EvaluateMethod = {
  name: 'kaplan_meier',
  about: 'survival with Greenwood errors, log-rank tests and proportional hazards',
  shape: `data*      rows, an object of columns, a CSV path, or a list of parts (as in ipw); where keeps rows
time*      column: followed until
event*     column: event seen (event_value, default 1), anything else is censored
entry      column: under observation since (default 0)
group      column of groups; groups { value: label } names and orders them (default: as they appear)
curve      label of the group whose curve is printed without suffix (default: the first)
horizons   times at which the curve is printed, beside every event time
quantiles  list of p: first time with S <= 1 - p (quantile.P; the median is always printed)
rmst       list of horizons: restricted mean survival time (rmst.H, se.rmst.H)
interval   log-log (default), log or plain; level (default 0.95)
weights    list of logrank (default), wilcoxon, tarone, peto, "fh(p,q)"
strata     columns: groups are compared within strata
cox        { terms, ties }: proportional hazards on terms (${TERMS}); with groups and without terms,
           one coefficient a group against the first; ties: list of breslow and efron (default both); false: none
prints     S<t>, se.S<t>, lo.S<t>, hi.S<t>, risk.<t> of the curve; with groups also with .LABEL behind;
           median[.LABEL], n[.LABEL], events[.LABEL]; logrank, logrank.df, logrank.p, obs.LABEL, exp.LABEL;
           cox.TIES.beta and .se (with several coefficients .beta.TERM), .hr, .ll`,
  example: {
    data: { months: [6, 6, 6, 7, 10, 1, 8, 2, 3, 4], left: [1, 1, 0, 1, 0, 1, 1, 1, 1, 0], plan: [...'aaaaabbbbb'] },
    time: 'months',
    event: 'left',
    group: 'plan',
    horizons: [6, 9],
  },
  run(spec, folder) {
    const rows = sampleOf(spec, folder);
    const groups = groupsOf(spec, rows);
    const result: Result = {};
    const shown = spec['curve'] === undefined ? groups[0]!.label : textOf(spec, 'curve');
    for (const { label, rows: own } of groups) {
      const printed = curveKeys(spec, kaplanMeier(followed(spec, own)));
      for (const [key, value] of Object.entries(printed)) {
        if (label === shown) result[key] = value;
        if (groups.length > 1) result[`${key}.${label}`] = value;
      }
    }
    if (groups.length > 1) Object.assign(result, compared(spec, groups));
    Object.assign(result, hazards(spec, groups));
    return result;
  },
};

function groupsOf(spec: Spec, rows: Row[]): Group[] {
  if (rows.length === 0) throw new Refusal('bad_spec', 'the data have no rows');
  if (spec['group'] === undefined) return [{ label: 'all', rows }];
  const column = textOf(spec, 'group');
  const named = spec['groups'];
  const values = isRecord(named) ? Object.keys(named) : [...new Set(rows.map((row) => cellText(row[column])))];
  return values.map((value) => ({
    label: isRecord(named) ? String(named[value] as string) : value,
    rows: rows.filter((row) => sameValue(row[column], value)),
  }));
}

function followed(spec: Spec, rows: readonly Row[]): Followed {
  const event = textOf(spec, 'event');
  return {
    time: numbers(rows, textOf(spec, 'time')),
    event: rows.map((row) => (sameValue(row[event], spec['event_value'] ?? 1) ? 1 : 0)),
    entry: spec['entry'] === undefined ? undefined : numbers(rows, textOf(spec, 'entry')),
  };
}

function curveKeys(spec: Spec, curve: readonly SurvivalStep[]): Result {
  const level = numberOr(spec, 'level', 0.95);
  const scale = (spec['interval'] ?? 'log-log') as SurvivalScale;
  const horizons = spec['horizons'] === undefined ? [] : numbersOf(spec['horizons'], 'horizons');
  const eventTimes = curve.filter(({ events }) => events > 0).map(({ time }) => time);
  const result: Result = {};
  for (const time of new Set([...eventTimes, ...horizons])) {
    const { low, high } = survivalInterval(curve, time, level, scale);
    result[`S${time}`] = survivalAt(curve, time);
    result[`se.S${time}`] = survivalError(curve, time);
    result[`lo.S${time}`] = low;
    result[`hi.S${time}`] = high;
    const step = stepAt(curve, time);
    if (step?.time === time) result[`risk.${time}`] = step.atRisk;
  }
  result['median'] = survivalQuantile(curve) ?? null;
  for (const p of spec['quantiles'] === undefined ? [] : numbersOf(spec['quantiles'], 'quantiles')) {
    result[`quantile.${p}`] = survivalQuantile(curve, p) ?? null;
  }
  for (const horizon of spec['rmst'] === undefined ? [] : numbersOf(spec['rmst'], 'rmst')) {
    const { mean, standardError } = restrictedMean(curve, horizon);
    result[`rmst.${horizon}`] = mean;
    result[`se.rmst.${horizon}`] = standardError;
  }
  result['n'] = curve.reduce((sum, step) => sum + step.events + step.censored, 0);
  result['events'] = curve.reduce((sum, step) => sum + step.events, 0);
  return result;
}

function compared(spec: Spec, groups: readonly Group[]): Result {
  const rows = groups.flatMap((group) => group.rows);
  const { time, event } = followed(spec, rows);
  const index = groups.flatMap((group, g) => group.rows.map(() => g));
  const columns = spec['strata'] === undefined ? undefined : textsOf(spec['strata'], 'strata');
  const stratum = columns && rows.map((row) => JSON.stringify(columns.map((column) => cellText(row[column]))));
  const result: Result = {};
  const names = spec['weights'] === undefined ? [] : textsOf(spec['weights'], 'weights');
  for (const name of new Set(['logrank', ...names])) {
    const test = logRank(time, event, index, groups.length, { weight: weightOf(name), stratum });
    result[name] = test.statistic;
    result[`${name}.p`] = test.pValue;
    result[`${name}.df`] = test.degreesOfFreedom;
    if (name !== 'logrank') continue;
    groups.forEach(({ label }, g) => {
      result[`obs.${label}`] = test.observed[g]!;
      result[`exp.${label}`] = test.expected[g]!;
    });
  }
  return result;
}

function weightOf(name: string): LogRankWeight {
  if (name === 'logrank' || name === 'wilcoxon' || name === 'tarone' || name === 'peto') return name;
  const powers = /^fh\(\s*([\d.]+)\s*,\s*([\d.]+)\s*\)$/.exec(name);
  if (powers) return { p: Number(powers[1]), q: Number(powers[2]) };
  throw new Refusal('bad_spec', `"weights": there is no weight "${name}"; logrank, wilcoxon, tarone, peto or fh(p,q)`);
}

function hazards(spec: Spec, groups: readonly Group[]): Result {
  const asked = spec['cox'];
  if (asked === false || (asked === undefined && groups.length < 2)) return {};
  const { terms, ties } = (isRecord(asked) ? asked : {}) as { terms?: unknown; ties?: unknown };
  const rows = groups.flatMap((group) => group.rows);
  const { time, event } = followed(spec, rows);
  const x =
    terms === undefined
      ? design(
          new Map(
            groups
              .slice(1)
              .map(({ label }, g) => [
                label,
                groups.flatMap((group, h) => group.rows.map(() => (h === g + 1 ? 1 : 0))),
              ]),
          ),
          rows.length,
          false,
        )
      : withoutConstant(designOf(rows, textsOf(terms, 'cox.terms')));
  const result: Result = {};
  for (const tie of textsOf(ties ?? ['breslow', 'efron'], 'cox.ties')) {
    if (tie !== 'breslow' && tie !== 'efron')
      throw new Refusal('bad_spec', `"cox.ties" is breslow or efron, not ${tie}`);
    const fit =
      asked === undefined ? estimable(() => coxRegression(x, time, event, tie)) : coxRegression(x, time, event, tie);
    if (fit === undefined) continue;
    x.names.forEach((name, j) => {
      const suffix = x.names.length === 1 ? '' : `.${name}`;
      result[`cox.${tie}.beta${suffix}`] = fit.coefficients[j]!;
      result[`cox.${tie}.se${suffix}`] = fit.standardErrors[j]!;
      result[`cox.${tie}.hr${suffix}`] = Math.exp(fit.coefficients[j]!);
    });
    result[`cox.${tie}.ll`] = fit.logLikelihood;
    result[`cox.${tie}.lr`] = 2 * (fit.logLikelihood - fit.nullLogLikelihood);
  }
  return result;
}

function withoutConstant(x: ReturnType<typeof designOf>): ReturnType<typeof designOf> {
  return { rows: x.rows, columns: x.columns.slice(1), names: x.names.slice(1) };
}

/** Hazards that nobody asked for are printed only where they exist. */
function estimable<T>(fit: () => T): T | undefined {
  try {
    return fit();
  } catch (problem) {
    if (problem instanceof Refusal && problem.code === 'not_estimable') return undefined;
    throw problem;
  }
}
