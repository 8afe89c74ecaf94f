import {
  budgetVariances,
  compositeUnit,
  fixedOverheadVariances,
  inputVariances,
  marketVariances,
  mixAndQuantity,
  priceVariance,
} from '../../domain/costing/variances.ts';
import type { Product, Variances } from '../../domain/costing/variances.ts';
import { Refusal } from '../../domain/errors.ts';
import type { Fraction } from '../../domain/fraction.ts';
import { sumFractions } from '../../domain/fraction.ts';
import type { Figure } from './cases.ts';
import { entriesOf, exact, isObject, needed } from './exact.ts';
import type { Spec } from './method.ts';

/** One form of variance that a spec can ask for. */
export interface VarianceForm {
  readonly name: string;
  /** the key by which a case is known to be of this form */
  readonly mark: string;
  readonly keys: readonly string[];
  readonly figures: (spec: Spec) => Iterable<Figure>;
}

const UNITS = ['actual_units', 'budget_units', 'actual_market', 'budget_market'];

/** The first form whose mark a case carries is its form. */
export const FORMS: readonly VarianceForm[] = [
  { name: 'products', mark: 'products', keys: ['products', ...UNITS], figures: salesFigures },
  { name: 'inputs', mark: 'inputs', keys: ['inputs', 'output'], figures: mixAndYieldFigures },
  { name: 'lines', mark: 'lines', keys: ['lines', 'actual_units', 'budget_units'], figures: budgetFigures },
  {
    name: 'input',
    mark: 'std_price',
    keys: [
      ...['std_price', 'std_qty', 'output', 'allowed_qty'],
      ...['actual_qty', 'actual_cost', 'actual_price', 'bought_qty'],
    ],
    figures: inputFigures,
  },
  {
    name: 'overhead',
    mark: 'budget_cost',
    keys: ['budget_cost', 'actual_cost', 'applied_cost', 'denominator', 'allowed_qty', 'std_qty', 'output'],
    figures: overheadFigures,
  },
  {
    name: 'market',
    mark: 'actual_market',
    keys: [...UNITS, 'actual_share', 'budget_share', 'cm'],
    figures: (spec) => market(spec, number(spec, 'cm')),
  },
];

function* inputFigures(spec: Spec): Iterable<Figure> {
  const actualQuantity = number(spec, 'actual_qty');
  const boughtQuantity = has(spec, 'bought_qty') ? number(spec, 'bought_qty') : undefined;
  yield* inputVariances({
    standardPrice: number(spec, 'std_price'),
    allowedQuantity: allowed(spec),
    actualQuantity,
    boughtQuantity,
    actualCost: has(spec, 'actual_cost')
      ? number(spec, 'actual_cost')
      : number(spec, 'actual_price').times(boughtQuantity ?? actualQuantity),
  });
}

function* mixAndYieldFigures(spec: Spec): Iterable<Figure> {
  const inputs = nested(spec, 'inputs', spec);
  const products = inputs.map(([name, input]): [string, Product] => [
    name,
    {
      actualUnits: number(input, 'actual_qty'),
      budgetUnits: allowed(input),
      margin: number(input, 'std_price').negated(),
    },
  ]);
  const { mix, quantity, volume } = mixAndQuantity(new Map(products));
  yield* withTotal('mix', mix);
  yield* withTotal('yield', quantity);
  yield ['efficiency', sumFractions(volume.values())];
  const priced = inputs.filter(([, input]) => has(input, 'actual_price'));
  if (priced.length === 0) return;
  const price = priced.map(([name, input]): [string, Fraction] => [
    name,
    priceVariance(number(input, 'actual_price'), number(input, 'std_price'), number(input, 'actual_qty')).negated(),
  ]);
  yield* withTotal('price', new Map(price));
}

function* salesFigures(spec: Spec): Iterable<Figure> {
  const entries = nested(spec, 'products', {});
  const units = (product: Spec, which: 'actual' | 'budget') =>
    has(product, `${which}_mix`)
      ? number(product, `${which}_mix`).times(number(spec, `${which}_units`))
      : number(product, `${which}_units`);
  const products = new Map(
    entries.map(([name, product]): [string, Product] => [
      name,
      { actualUnits: units(product, 'actual'), budgetUnits: units(product, 'budget'), margin: number(product, 'cm') },
    ]),
  );
  const { mix, quantity, volume } = mixAndQuantity(products);
  yield* withTotal('mix', mix);
  yield* withTotal('quantity', quantity);
  yield* withTotal('volume', volume);
  const priced = entries.filter(([, product]) => has(product, 'actual_price'));
  if (priced.length > 0) {
    const price = priced.map(([name, product]): [string, Fraction] => [
      name,
      priceVariance(number(product, 'actual_price'), number(product, 'budget_price'), products.get(name)!.actualUnits),
    ]);
    yield* withTotal('sales_price', new Map(price));
  }
  if (has(spec, 'actual_market')) {
    const composite = compositeUnit(products);
    const inAll = {
      ...spec,
      actual_units: composite.actualUnits.toString(),
      budget_units: composite.budgetUnits.toString(),
    };
    yield* [...market(inAll, composite.margin)].filter(([key]) => key !== 'quantity');
  }
}

function market(spec: Spec, margin: Fraction): Variances {
  const actualMarket = number(spec, 'actual_market');
  const budgetMarket = number(spec, 'budget_market');
  const share = (which: 'actual' | 'budget', size: Fraction) =>
    has(spec, `${which}_share`) ? number(spec, `${which}_share`) : number(spec, `${which}_units`).over(size);
  return marketVariances({
    actualMarket,
    budgetMarket,
    actualShare: share('actual', actualMarket),
    budgetShare: share('budget', budgetMarket),
    margin,
  });
}

function* overheadFigures(spec: Spec): Iterable<Figure> {
  const budgetedCost = number(spec, 'budget_cost');
  yield* fixedOverheadVariances({
    budgetedCost,
    actualCost: number(spec, 'actual_cost'),
    appliedCost: has(spec, 'applied_cost')
      ? number(spec, 'applied_cost')
      : budgetedCost.over(number(spec, 'denominator')).times(allowed(spec)),
  });
}

function* budgetFigures(spec: Spec): Iterable<Figure> {
  const byKind = new Map<string, Map<string, Fraction>>();
  for (const [name, line] of nested(spec, 'lines', {})) {
    const isVariable = has(line, 'budget_per_unit');
    const at = (units: string) =>
      isVariable ? number(line, 'budget_per_unit').times(number(spec, units)) : number(line, 'budget');
    const variances = budgetVariances({
      budget: at('budget_units'),
      flexible: at('actual_units'),
      actual: number(line, 'actual'),
      isRevenue: line['revenue'] === true,
    });
    for (const [kind, value] of variances) {
      byKind.set(kind, (byKind.get(kind) ?? new Map<string, Fraction>()).set(name, value));
    }
  }
  for (const [kind, lines] of byKind) yield* withTotal(kind, lines);
}

/** Standard quantity for the actual output, as given or per unit of output. */
function allowed(spec: Spec): Fraction {
  return has(spec, 'allowed_qty') ? number(spec, 'allowed_qty') : number(spec, 'std_qty').times(number(spec, 'output'));
}

function* withTotal(name: string, parts: Variances): Iterable<Figure> {
  for (const [part, value] of parts) yield [`${name}.${part}`, value];
  yield [name, sumFractions(parts.values())];
}

/** Objects under a key of a spec; a single value of `common` holds for each of them. */
function nested(spec: Spec, key: string, common: Spec): [string, Spec][] {
  return entriesOf(spec[key], key).map(([name, value]) => {
    if (isObject(value)) return [name, { ...common, ...value }];
    throw new Refusal('bad_spec', `"${key}.${name}" must be an object`);
  });
}

function has(spec: Spec, key: string): boolean {
  return spec[key] !== undefined;
}

function number(spec: Spec, key: string): Fraction {
  return exact(needed(spec, key), key);
}
