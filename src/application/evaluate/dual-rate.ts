import { dualRate, singleRate } from '../../domain/costing/dual-rate.ts';
import { Refusal } from '../../domain/errors.ts';
import type { Fraction } from '../../domain/fraction.ts';
import { sumFractions } from '../../domain/fraction.ts';
import { CASES_SHAPE, keyOf, markedBy, printed, refuseUnknownKeys } from './cases.ts';
import type { Figure } from './cases.ts';
import { exact, exactMap, needed } from './exact.ts';
import type { EvaluateMethod, Spec } from './method.ts';

const KEYS = ['fixed', 'var_rate', 'practical_capacity', 'budget', 'actual', 'unit'];

export const method: EvaluateMethod = {
  name: 'dual_rate',
  about: 'fixed cost by reserved capacity and variable cost by use, beside the single rate (Horngren 14e, ch. 15)',
  shape: `
fixed*               fixed cost of the support department
var_rate*            variable cost per unit of use
budget*              unit → budgeted (reserved) use
actual               unit → actual use (default: as budgeted)
practical_capacity   capacity at which the fixed rate is set; without it only the budget's rates are shown
unit                 name of the unit of use in the keys (default: hours)
${CASES_SHAPE}
Results at practical capacity: fixed_rate_practical, single_rate (fixed + variable),
dual.UNIT (fixed rate × budget + var_rate × actual), dual.unused_fixed (of capacity that nobody reserved), unused_hours,
single.UNIT (single rate × actual), single.unused_fixed (fixed cost that no use paid). The same at the budgeted use under
budget_usage. and at the actual use under actual_usage. (there the fixed cost goes by actual use): fixed_rate,
single_rate, dual.UNIT, dual.unused_fixed, single.UNIT, single.unused_fixed.`.trim(),
  example: {
    fixed: 3000000,
    var_rate: 200,
    practical_capacity: 18750,
    budget: { Micro: 8000, Peripheral: 4000 },
    actual: { Micro: 9000, Peripheral: 3000 },
  },
  run: (spec) => printed(spec, markedBy('fixed'), 'fixed cost ("fixed")', figures),
};

function* figures(spec: Spec): Iterable<Figure> {
  refuseUnknownKeys(spec, KEYS);
  const fixedCost = exact(spec['fixed'], 'fixed');
  const variableRate = exact(needed(spec, 'var_rate'), 'var_rate');
  const budget = exactMap(needed(spec, 'budget'), 'budget');
  const used = spec['actual'] === undefined ? budget : exactMap(spec['actual'], 'actual');
  const terms = { fixedCost, variableRate, used };
  if (spec['practical_capacity'] !== undefined) {
    const capacity = aboveZero(exact(spec['practical_capacity'], 'practical_capacity'), 'practical_capacity');
    const { fixedRate, unusedCapacity } = dualRate({ ...terms, capacity, reserved: budget });
    yield ['fixed_rate_practical', fixedRate];
    yield [`unused_${typeof spec['unit'] === 'string' ? spec['unit'] : 'hours'}`, unusedCapacity];
    yield* bothRates('', { ...terms, capacity, reserved: budget });
  }
  for (const { basis, reserved } of [
    { basis: 'budget', reserved: budget },
    { basis: 'actual', reserved: used },
  ]) {
    const capacity = aboveZero(sumFractions(reserved.values()), basis);
    yield [`${basis}_usage.fixed_rate`, dualRate({ ...terms, capacity, reserved }).fixedRate];
    yield* bothRates(`${basis}_usage`, { ...terms, capacity, reserved });
  }
}

/** Dual and single rate with the fixed rate set at one capacity. */
function* bothRates(name: string, terms: Parameters<typeof dualRate>[0]): Iterable<Figure> {
  const dual = dualRate(terms);
  const single = singleRate(terms);
  yield [keyOf(name, 'single_rate'), single.rate];
  for (const [unit, { fixed, variable }] of dual.charges) yield [keyOf(name, `dual.${unit}`), fixed.plus(variable)];
  yield [keyOf(name, 'dual.unused_fixed'), dual.unusedFixed];
  for (const [unit, charge] of single.charges) yield [keyOf(name, `single.${unit}`), charge];
  yield [keyOf(name, 'single.unused_fixed'), single.unusedFixed];
}

function aboveZero(value: Fraction, key: string): Fraction {
  if (value.sign > 0) return value;
  throw new Refusal('bad_spec', `"${key}" must be above zero in all, got ${value.toText()}`);
}
