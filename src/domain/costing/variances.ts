import { Fraction, sumFractions } from '../fraction.ts';

/**
 * Variances in the textbooks' forms and sign: + is favourable to operating income, − is not (Horngren, Datar & Rajan,
 * Cost Accounting 14e, ch. 7, 8 and 14). All exact, in the unit of money of the prices. The close shows its own service
 * variances with + as cost to service; these are the forms by which a reviewer checks the reasoning.
 */
export type Variances = ReadonlyMap<string, Fraction>;

/**
 * Direct material, direct labour or variable overhead: price (rate, spending) on the quantity bought, efficiency (usage)
 * on the quantity used against what the actual output allows.
 */
export function inputVariances(input: {
  readonly standardPrice: Fraction;
  /** standard quantity for the actual output */
  readonly allowedQuantity: Fraction;
  readonly actualQuantity: Fraction;
  /** cost of the bought quantity */
  readonly actualCost: Fraction;
  /** absent: all that was bought was used */
  readonly boughtQuantity?: Fraction | undefined;
}): Variances {
  const bought = input.boughtQuantity ?? input.actualQuantity;
  const price = input.standardPrice.times(bought).minus(input.actualCost);
  const efficiency = input.standardPrice.times(input.allowedQuantity.minus(input.actualQuantity));
  return new Map([
    ['price', price],
    ['efficiency', efficiency],
    ['total', price.plus(efficiency)],
  ]);
}

/** Fixed overhead: spending against the budget, and production volume (applied − budget). It has no efficiency part. */
export function fixedOverheadVariances(overhead: {
  readonly budgetedCost: Fraction;
  readonly actualCost: Fraction;
  /** standard rate × quantity allowed for the actual output */
  readonly appliedCost: Fraction;
}): Variances {
  return new Map([
    ['spending', overhead.budgetedCost.minus(overhead.actualCost)],
    ['volume', overhead.appliedCost.minus(overhead.budgetedCost)],
    ['total', overhead.appliedCost.minus(overhead.actualCost)],
  ]);
}

export interface Product {
  readonly actualUnits: Fraction;
  readonly budgetUnits: Fraction;
  /** budgeted contribution margin per unit; for mix and yield of inputs: minus the standard price */
  readonly margin: Fraction;
}

/**
 * Sales mix and quantity per product and in all, volume = mix + quantity. With margins of minus the standard price and
 * the allowed quantities as budget it is the mix and yield of inputs.
 */
export function mixAndQuantity(products: ReadonlyMap<string, Product>): {
  readonly mix: Variances;
  readonly quantity: Variances;
  readonly volume: Variances;
} {
  const actual = sumFractions([...products.values()].map(({ actualUnits }) => actualUnits));
  const budget = sumFractions([...products.values()].map(({ budgetUnits }) => budgetUnits));
  const mix = new Map<string, Fraction>();
  const quantity = new Map<string, Fraction>();
  const volume = new Map<string, Fraction>();
  for (const [name, { actualUnits, budgetUnits, margin }] of products) {
    const atBudgetMix = actual.times(budgetUnits).over(budget);
    mix.set(name, actualUnits.minus(atBudgetMix).times(margin));
    quantity.set(name, atBudgetMix.minus(budgetUnits).times(margin));
    volume.set(name, actualUnits.minus(budgetUnits).times(margin));
  }
  return { mix, quantity, volume };
}

/** All products as one: units in all, and the budgeted margin of a unit at the budgeted mix. */
export function compositeUnit(products: ReadonlyMap<string, Product>): Product {
  const all = [...products.values()];
  const budgetUnits = sumFractions(all.map((product) => product.budgetUnits));
  return {
    actualUnits: sumFractions(all.map((product) => product.actualUnits)),
    budgetUnits,
    margin: sumFractions(all.map((product) => product.budgetUnits.times(product.margin))).over(budgetUnits),
  };
}

/** What the difference of a selling price is worth; for a price that is paid, the negative of it. */
export function priceVariance(actualPrice: Fraction, budgetPrice: Fraction, actualUnits: Fraction): Fraction {
  return actualPrice.minus(budgetPrice).times(actualUnits);
}

/** The quantity variance seen from the market: share won or lost in the actual market, size of the market itself. */
export function marketVariances(market: {
  readonly actualMarket: Fraction;
  readonly budgetMarket: Fraction;
  readonly actualShare: Fraction;
  readonly budgetShare: Fraction;
  /** budgeted contribution margin per composite unit */
  readonly margin: Fraction;
}): Variances {
  const share = market.actualShare.minus(market.budgetShare).times(market.actualMarket).times(market.margin);
  const size = market.actualMarket.minus(market.budgetMarket).times(market.budgetShare).times(market.margin);
  return new Map([
    ['market_share', share],
    ['market_size', size],
    ['quantity', share.plus(size)],
  ]);
}

/** One line of an income statement on three levels: as budgeted, at the budget's prices for the actual output, as it was. */
export interface BudgetLine {
  readonly budget: Fraction;
  readonly flexible: Fraction;
  readonly actual: Fraction;
  /** revenue adds to income, a cost takes from it */
  readonly isRevenue: boolean;
}

/** Static-budget variance = flexible-budget variance + sales-volume variance. */
export function budgetVariances(line: BudgetLine): Variances {
  const signed = (difference: Fraction) => (line.isRevenue ? difference : difference.negated());
  return new Map([
    ['flexible_budget', signed(line.actual.minus(line.flexible))],
    ['sales_volume', signed(line.flexible.minus(line.budget))],
    ['static_budget', signed(line.actual.minus(line.budget))],
  ]);
}
