import { apportionQuotas } from '../../domain/apportionment.ts';
import { capacityCostRate, practicalSeconds, usage } from '../../domain/costing/capacity.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction, sumFractions } from '../../domain/fraction.ts';
import { CASES_SHAPE, keyOf, markedBy, printed, refuseUnknownKeys } from './cases.ts';
import type { Figure } from './cases.ts';
import { decimalsOf, entriesOf, exact, exactMap, isObject, needed } from './exact.ts';
import { activitiesOf, transactionTimes } from './time-equation.ts';
import type { EvaluateMethod, Spec } from './method.ts';

const UNITS = {
  seconds: { rate: 'ccr_per_s', seconds: 1n },
  minutes: { rate: 'ccr_per_min', seconds: 60n },
  hours: { rate: 'ccr_per_h', seconds: 3600n },
} as const;
type Unit = keyof typeof UNITS;

const KEYS = [
  ...['cost', 'practical_capacity', 'theoretical_capacity', 'practical_share'],
  ...['fte', 'paid_hours', 'shrinkage', 'occupancy', 'minutes', 'hours', 'seconds'],
  ...['qty', 'transactions', 'survey_pct', 'variants', 'decimals'],
];

export const method: EvaluateMethod = {
  name: 'tdabc',
  about: 'time-driven activity-based costing: capacity cost rate, used and unused capacity (Kaplan & Anderson 2004)',
  shape: `
cost*                 cost of the capacity supplied
practical_capacity*   practical capacity in the unit of the times; or theoretical_capacity and practical_share (0.8);
                      or fte, paid_hours, shrinkage, occupancy (shares of one)
minutes*              activity → unit time; or a time equation {"base": 8, "DRIVER": time per unit of the driver}
                      (also: hours, or seconds; the key names the unit of capacity, times and results)
qty                   activity → quantity; for a time equation {"count": 100, "DRIVER": total of the driver}
transactions          name → {"activity": …, "DRIVER": its value in this transaction}: time and cost of one
survey_pct            activity → share of the cost by employees' survey: conventional rates beside the time-driven ones
variants              name → the keys above that differ; results stand under the name, and those of the first also
                      without a name when the spec itself has no quantities
decimals              cost.* posted in so many decimals by largest remainder, so that they sum to the cost (default: exact)
${CASES_SHAPE}
Results: ccr_per_min (ccr_per_h, ccr_per_s), rate.ACTIVITY (cost of one),
minutes.ACTIVITY, minutes.used, minutes.unused, cost.ACTIVITY, cost.used, cost.unused, used_share, abc_rate.ACTIVITY,
abc_cost.ACTIVITY, transaction.NAME.minutes, transaction.NAME.cost. Over-use shows negative unused capacity, and
over_capacity.minutes and over_capacity.rate, the rate that a close charges then (cost ÷ used).`.trim(),
  example: {
    cost: 560000,
    practical_capacity: 700000,
    minutes: { orders: 8, inquiries: 44, credit: 50 },
    qty: { orders: 49000, inquiries: 1400, credit: 2500 },
    survey_pct: { orders: 0.7, inquiries: 0.1, credit: 0.2 },
  },
  run: (spec) => printed(spec, markedBy('cost'), 'cost of capacity ("cost")', withVariants),
};

function* withVariants(spec: Spec): Iterable<Figure> {
  const { variants, ...base } = spec;
  const named = variants === undefined ? [] : entriesOf(variants, 'variants');
  const asSpec = ([name, variant]: [string, unknown]): Spec => {
    if (isObject(variant)) return { ...base, ...variant };
    throw new Refusal('bad_spec', `variant "${name}" must be an object`);
  };
  yield* figures(named[0] && base['qty'] === undefined ? asSpec(named[0]) : base);
  for (const variant of named) {
    for (const [key, value] of figures(asSpec(variant))) yield [keyOf(variant[0], key), value];
  }
}

function* figures(spec: Spec): Iterable<Figure> {
  refuseUnknownKeys(spec, KEYS);
  const unit = unitOf(spec);
  const cost = exact(spec['cost'], 'cost');
  const practical = practicalCapacity(spec, unit);
  if (practical.sign <= 0) throw new Refusal('bad_spec', 'the practical capacity must be above zero');
  const rate = capacityCostRate({ cost, practical });
  yield [UNITS[unit].rate, rate];

  const activities = activitiesOf(spec[unit], spec['qty'], unit);
  for (const { name, unitTime } of activities) if (unitTime) yield [`rate.${name}`, unitTime.times(rate)];
  if (spec['qty'] !== undefined) {
    const used = sumFractions(activities.map(({ time }) => time));
    const unused = practical.minus(used);
    for (const { name, time } of activities) yield [`${unit}.${name}`, time];
    yield [`${unit}.used`, used];
    yield [`${unit}.unused`, unused];
    yield* costFigures(spec, cost, rate, [...activities, { name: 'unused', time: unused }]);
    yield ['used_share', used.over(practical)];
    const over = usage({ cost, practical, used });
    if (!over.overCapacity.isZero) {
      yield [`over_capacity.${unit}`, over.overCapacity];
      yield ['over_capacity.rate', over.rate];
    }
  }
  for (const { name, time } of transactionTimes(spec['transactions'], spec[unit], unit)) {
    yield [`transaction.${name}.${unit}`, time];
    yield [`transaction.${name}.cost`, time.times(rate)];
  }
  if (spec['survey_pct'] !== undefined) {
    for (const [name, share] of exactMap(spec['survey_pct'], 'survey_pct')) {
      const count = activities.find((activity) => activity.name === name)?.count;
      yield [`abc_cost.${name}`, share.times(cost)];
      if (count && !count.isZero) yield [`abc_rate.${name}`, share.times(cost).over(count)];
    }
  }
}

/** Cost of each activity and of the unused capacity; posted in minor units when the spec asks for decimals. */
function* costFigures(spec: Spec, cost: Fraction, rate: Fraction, parts: { name: string; time: Fraction }[]) {
  let amounts = parts.map(({ time }) => time.times(rate));
  if (spec['decimals'] !== undefined) {
    const decimals = decimalsOf(spec);
    const scale = 10n ** BigInt(decimals);
    const total = cost.times(scale);
    if (total.denominator !== 1n) throw new Refusal('bad_spec', `the cost has more than ${decimals} decimals`);
    const claims = parts.map(({ name }, i) => ({ key: name, quota: amounts[i]!.times(scale) }));
    amounts = apportionQuotas(total.numerator, claims, decimals).map((minor) => Fraction.of(minor, scale));
  }
  for (const [i, { name }] of parts.entries()) if (name !== 'unused') yield [`cost.${name}`, amounts[i]!] as const;
  const unused = amounts[amounts.length - 1]!;
  yield ['cost.used', cost.minus(unused)] as const;
  yield ['cost.unused', unused] as const;
}

function unitOf(spec: Spec): Unit {
  const units = (Object.keys(UNITS) as Unit[]).filter((unit) => spec[unit] !== undefined);
  if (units.length === 1) return units[0]!;
  throw new Refusal('bad_spec', 'give the unit times under one of "minutes", "hours", "seconds"');
}

function practicalCapacity(spec: Spec, unit: Unit): Fraction {
  if (spec['practical_capacity'] !== undefined) return exact(spec['practical_capacity'], 'practical_capacity');
  if (spec['theoretical_capacity'] !== undefined) {
    const share = exact(needed(spec, 'practical_share'), 'practical_share');
    return exact(spec['theoretical_capacity'], 'theoretical_capacity').times(share);
  }
  const staffing = (key: string) => exact(needed(spec, key), key);
  if (spec['fte'] === undefined) needed(spec, 'practical_capacity');
  const capacity = {
    fte: staffing('fte'),
    paidHours: staffing('paid_hours'),
    shrinkage: staffing('shrinkage'),
    occupancy: staffing('occupancy'),
  };
  return practicalSeconds(capacity).over(UNITS[unit].seconds);
}
