import { apportion } from '../../domain/apportionment.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction } from '../../domain/fraction.ts';
import { CASES_SHAPE, casesOf, inCase, keyOf, markedBy, refuseUnknownKeys } from './cases.ts';
import { decimalsOf, entriesOf, exact, figure, needed } from './exact.ts';
import { withAliases } from './spec-table.ts';
import type { EvaluateMethod, Result, ResultValue, Spec } from './method.ts';

export const method: EvaluateMethod = {
  name: 'apportion',
  about: 'a total in whole units over weights by largest remainder (Hamilton), as every posted amount is rounded',
  shape: `
weights*   list of weights, or an object name → weight (also: w); ties go to the first of a list, to the lower name
total*     what is apportioned, of either sign; or
totals*    a list of totals, each apportioned by itself
decimals   decimals of the totals and of the shares (default 0: whole units; 2 for cents)
${CASES_SHAPE}
Results: NAME: [shares in the order of the weights] ("shares" for a spec that is one case); with totals NAME[TOTAL];
with named weights NAME.WEIGHT. All weights zero is an error.`.trim(),
  example: {
    seats: { weights: [1500, 1500, 900, 500, 500, 200], totals: [25, 26] },
    cents: [{ total: 1003, w: [50, 50] }],
    fee: { weights: { A: 98, B: 2 }, total: '182.25', decimals: 2 },
  },
  run: (spec) => {
    const result: Result = {};
    for (const { name, spec: one } of casesOf(spec, markedBy('weights', 'w'), 'weights to apportion over')) {
      for (const { label, keys, shares } of inCase(name, () => apportioned(one))) {
        if (keys) keys.forEach((key, i) => (result[keyOf(name + label, key)] = shares[i]!));
        else result[(name === '' ? 'shares' : name) + label] = listed(shares);
      }
    }
    return withAliases(result, spec);
  },
};

interface Apportioned {
  /** "[TOTAL]" when the case has several totals */
  readonly label: string;
  /** names of the weights, when they have names */
  readonly keys: string[] | undefined;
  readonly shares: (number | string)[];
}

function apportioned(spec: Spec): Apportioned[] {
  refuseUnknownKeys(spec, ['weights', 'w', 'total', 'totals', 'decimals']);
  const given = spec['weights'] ?? spec['w'];
  // A list's keys are padded, so that their order is that of the list.
  const entries = Array.isArray(given)
    ? given.map((weight, i): [string, unknown] => [String(i).padStart(9, '0'), weight])
    : entriesOf(given, 'weights');
  const weights = entries.map(([key, weight]) => ({ key, weight: exact(weight, `weights.${key}`) }));
  const keys = Array.isArray(given) ? undefined : entries.map(([key]) => key);
  return totalsOf(spec).map(({ label, total }) => ({
    label,
    keys,
    shares: sharesOf(total, weights, decimalsOf(spec)),
  }));
}

function totalsOf(spec: Spec): { label: string; total: Fraction }[] {
  const totals = spec['totals'];
  if (!Array.isArray(totals)) return [{ label: '', total: exact(needed(spec, 'total'), 'total') }];
  return totals.map((total) => ({ label: `[${String(total)}]`, total: exact(total, 'totals') }));
}

function sharesOf(total: Fraction, weights: { key: string; weight: Fraction }[], decimals: number) {
  const scale = 10n ** BigInt(decimals);
  const units = total.times(scale);
  if (units.denominator !== 1n) {
    throw new Refusal('bad_spec', `the total ${total.toText()} has more than ${decimals} decimals; set "decimals"`);
  }
  const shares = apportion(units.numerator, weights, decimals);
  if (!shares) throw new Refusal('no_weight', 'all weights are zero; there is nobody to take the total');
  return shares.map((share) => figure(Fraction.of(share, scale)));
}

/** One kind of value in a list: text for all when one of them is too large for a number. */
function listed(shares: readonly ResultValue[]): readonly number[] | readonly string[] {
  return shares.every((share) => typeof share === 'number') ? shares : shares.map(String);
}
