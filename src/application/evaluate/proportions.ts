import { Refusal } from '../../domain/errors.ts';
import type { ProportionInterval, Share } from '../../domain/quality/proportion.ts';
import { newcombe, wilson } from '../../domain/quality/proportion.ts';
import type { Instrument } from '../../domain/quality/scores.ts';
import { scoreSummary } from '../../domain/quality/scores.ts';
import type { EvaluateMethod, Result, Spec } from './method.ts';
import { numberOf } from './method.ts';
import { isRecord, numberOr, numbersOf } from './sample.ts';

export const method: EvaluateMethod = {
  name: 'proportions',
  about: 'Wilson intervals of proportions, Newcombe intervals of differences, top-box scores',
  shape: `proportions  list of [successes, trials] (or one such pair), or { NAME: [successes, trials] }
differences  list of [[x1, n1], [x2, n2]], or { NAME: … }: p1 - p2
continuity   true: also with continuity correction, keys with cc. before (default true)
level        default 0.95
scores       answers on one instrument, with instrument { scale_min, scale_max, higher_is_better, top_box }
prints       x/n.p, x/n.lo, x/n.hi; x1/n1-x2/n2.diff, .lo, .hi; cc.… the same with continuity correction;
             NAME.lo where named; scores: mean, mean.lo, mean.hi, top, top.lo, top.hi, goodness (0 worst to 1 best)`,
  example: {
    proportions: [
      [81, 263],
      [0, 20],
    ],
    differences: [
      [
        [56, 70],
        [48, 80],
      ],
    ],
  },
  run(spec) {
    const level = numberOr(spec, 'level', 0.95);
    const result: Result = {};
    const print = (name: string, key: string, of: (continuity: boolean) => ProportionInterval): void => {
      for (const continuity of spec['continuity'] === false ? [false] : [false, true]) {
        const prefix = continuity ? 'cc.' : '';
        const { point, low, high } = of(continuity);
        Object.assign(result, { [`${prefix}${name}.${key}`]: point });
        Object.assign(result, { [`${prefix}${name}.lo`]: low, [`${prefix}${name}.hi`]: high });
      }
    };
    for (const [name, value] of named(spec['proportions'])) {
      const share = shareOf(value, 'proportions');
      print(name ?? labelOf(share), 'p', (continuity) => wilson(share, level, continuity));
    }
    for (const [name, value] of named(spec['differences'])) {
      if (!Array.isArray(value) || value.length !== 2)
        throw new Refusal('bad_spec', '"differences" needs [[x1, n1], [x2, n2]]');
      const [a, b] = value.map((pair) => shareOf(pair, 'differences')) as [Share, Share];
      print(name ?? `${labelOf(a)}-${labelOf(b)}`, 'diff', (continuity) => newcombe(a, b, level, continuity));
    }
    if (spec['scores'] !== undefined) Object.assign(result, scored(spec, level));
    return result;
  },
};

/** A pair, a list of them, or an object of named ones. */
function named(value: unknown): [string | undefined, unknown][] {
  if (value === undefined) return [];
  if (isRecord(value)) return Object.entries(value);
  if (!Array.isArray(value)) throw new Refusal('bad_spec', 'proportions are pairs [successes, trials]');
  const isPair = value.length === 2 && !Array.isArray(value[0]);
  return (isPair ? [value] : (value as unknown[])).map((item) => [undefined, item]);
}

function shareOf(value: unknown, key: string): Share {
  const [successes, trials] = numbersOf(value, key);
  if (trials === undefined || !(trials > 0 && successes! >= 0 && successes! <= trials)) {
    throw new Refusal('bad_spec', `"${key}": ${JSON.stringify(value)} is not [successes, trials]`);
  }
  return { successes: successes!, trials };
}

function labelOf({ successes, trials }: Share): string {
  return `${successes}/${trials}`;
}

function scored(spec: Spec, level: number): Result {
  const given = isRecord(spec['instrument']) ? spec['instrument'] : {};
  const instrument: Instrument = {
    code: 'the instrument',
    metric: 'csat',
    scaleMin: numberOf(given['scale_min'], 'instrument.scale_min'),
    scaleMax: numberOf(given['scale_max'], 'instrument.scale_max'),
    higherIsBetter: given['higher_is_better'] !== false,
    topBox: given['top_box'] === undefined ? undefined : numberOf(given['top_box'], 'instrument.top_box'),
  };
  const summary = scoreSummary(instrument, numbersOf(spec['scores'], 'scores'), level);
  const { low, high, point } = summary.top;
  return {
    n: summary.answers,
    mean: summary.mean,
    'mean.lo': summary.meanLow,
    'mean.hi': summary.meanHigh,
    goodness: summary.goodness,
    top: point,
    'top.lo': low,
    'top.hi': high,
  };
}
