import { standardisedRates } from '../../domain/costing/decomposition.ts';
import { Refusal } from '../../domain/errors.ts';
import { Fraction, sumFractions } from '../../domain/fraction.ts';
import { CASES_SHAPE, printed, refuseUnknownKeys } from './cases.ts';
import type { Figure } from './cases.ts';
import { isObject } from './exact.ts';
import { formula } from './formula.ts';
import type { Scope } from './formula.ts';
import type { EvaluateMethod, Spec } from './method.ts';
import { namedPopulations, tabledPopulations } from './populations.ts';
import type { Populations } from './populations.ts';

const KEYS = ['populations', 'data', 'population', 'factors', 'by', 'structure', 'rate'];

export const method: EvaluateMethod = {
  name: 'decompose',
  about: 'why a rate differs: order-free effects of its factors that sum exactly (Das Gupta 1993; Shapley value)',
  shape: `
A case is a list of two or more populations, each {FACTOR: number, or list of numbers over cells}, or an object:
populations*  such a list, or name → {FACTOR: …}; or
data*         rows, an object of columns, or the path of a CSV file, with
population*   its column that names the population,
factors       its columns (with populations: the factors that count; default all),
by            its columns that name a cell (age, channel …): factors are then vectors over the cells,
structure     its column of counts per cell, taken apart into one factor for each of the by columns
rate          the rate as a function of the factors, e.g. "a * b / (1 + c)" or "sum(share * rate)" (default: the product
              of all factors, summed over the cells)
${CASES_SHAPE}
Results for two populations (second − first): FACTOR (its effect), crude (the
difference, the sum of the effects), FACTOR.POPULATION (standardised rate), crude.POPULATION. For three or more
FACTOR.POPULATION and crude.POPULATION, and per pair FACTOR.P-Q and crude.P-Q (Q − P). Populations of a list are 1, 2 …`.trim(),
  example: {
    earnings: [
      { avg_earnings: 10930, earner_prop: 0.717892 },
      { avg_earnings: 16591, earner_prop: 0.825974 },
    ],
    contacts: {
      populations: {
        may: { orders: 1000, share: [0.7, 0.3], contact_rate: [0.1, 0.2] },
        june: { orders: 1200, share: [0.6, 0.4], contact_rate: [0.1, 0.25] },
      },
      rate: 'orders * sum(share * contact_rate)',
    },
  },
  run: (spec, folder) => printed(spec, asCase, 'populations', (one) => figures(one, folder)),
};

function asCase(node: unknown): Spec | undefined {
  if (Array.isArray(node)) {
    return node.length > 1 && node.every((one) => isObject(one) && isPopulation(one))
      ? { populations: node }
      : undefined;
  }
  const isOne = isObject(node) && (node['populations'] !== undefined || typeof node['population'] === 'string');
  return isOne ? node : undefined;
}

/** Numbers or lists of numbers only: a list of cases is not one case. */
function isPopulation(node: Spec): boolean {
  return Object.values(node).every(
    (value) => !isObject(value) && !(Array.isArray(value) && value.some((one) => typeof one === 'object')),
  );
}

function* figures(spec: Spec, folder: string): Iterable<Figure> {
  refuseUnknownKeys(spec, KEYS);
  const populations =
    spec['populations'] === undefined
      ? tabledPopulations(spec, folder)
      : namedPopulations(spec['populations'], spec['factors']);
  const { names, factors } = populations;
  const rate = rateOf(populations, spec['rate']);
  const crude = names.map((_, population) => rate(factors.map(() => population)));
  const rates = standardisedRates(factors.length, names.length, rate);

  const rows = [...factors.map((factor, i) => ({ key: factor, values: rates[i]! })), { key: 'crude', values: crude }];
  for (const { key, values } of rows) {
    if (names.length === 2) yield [key, values[1]!.minus(values[0]!)];
    for (const [i, name] of names.entries()) yield [`${key}.${name}`, values[i]!];
    for (const [i, name] of names.entries()) {
      for (let j = i + 1; j < names.length && names.length > 2; j++) {
        yield [`${key}.${name}-${names[j]!}`, values[j]!.minus(values[i]!)];
      }
    }
  }
}

/** The rate with each factor taken from the population that `taken` names. */
function rateOf({ factors, values }: Populations, given: unknown): (taken: readonly number[]) => Fraction {
  if (given !== undefined && typeof given !== 'string')
    throw new Refusal('bad_spec', '"rate" must be text like "a * b"');
  const rate = given === undefined ? summedProduct : formula(given);
  return (taken) => {
    const value = rate(new Map(factors.map((factor, i) => [factor, values[taken[i]!]![i]!])));
    if (value instanceof Fraction) return value;
    throw new Refusal('bad_spec', `the rate "${given}" is a vector; sum() it over the cells`);
  };
}

/** Product of all factors, summed over the cells when some are vectors. */
function summedProduct(scope: Scope): Fraction {
  const vectors = [...scope.values()].filter((value): value is readonly Fraction[] => !(value instanceof Fraction));
  const cells = vectors[0]?.length ?? 1;
  if (vectors.some(({ length }) => length !== cells))
    throw new Refusal('bad_spec', 'vectors must have the same length');
  const inCell = (cell: number) =>
    [...scope.values()].reduce<Fraction>(
      (so, value) => so.times(value instanceof Fraction ? value : value[cell]!),
      Fraction.ONE,
    );
  return sumFractions(Array.from({ length: cells }, (_, cell) => inCell(cell)));
}
