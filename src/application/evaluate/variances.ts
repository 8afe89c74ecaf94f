import { CASES_SHAPE, markedBy, printed, refuseUnknownKeys } from './cases.ts';
import type { EvaluateMethod, Spec } from './method.ts';
import { FORMS } from './variance-forms.ts';

export const method: EvaluateMethod = {
  name: 'variances',
  about: 'standard-cost, sales, market and budget variances in the textbooks’ forms (+ favourable to income)',
  shape: `
A case is one of these forms. Every figure + is favourable to operating income, − unfavourable.
input      std_price*, actual_qty*, actual_cost* (or actual_price), std_qty* per unit of output with output*, or
           allowed_qty*; bought_qty (price on purchases; actual_cost is then theirs)
           → price, efficiency, total
inputs     {NAME: {std_price*, std_qty*, actual_qty*, actual_price}}, output* (std_qty per unit), or allowed_qty each
           → mix.NAME, mix, yield.NAME, yield, efficiency, and price.NAME, price when actual prices are given
products   {NAME: {cm* (budgeted contribution margin), actual_mix*, budget_mix*; or actual_units*, budget_units*;
           actual_price, budget_price}}, with mixes also actual_units*, budget_units*; actual_market, budget_market
           → mix.NAME, mix, quantity.NAME, quantity, volume.NAME, volume, sales_price.NAME, sales_price, market_share,
           market_size
market     actual_market*, budget_market*, actual_share*, budget_share* (or actual_units, budget_units), cm*
           → market_share, market_size, quantity
overhead   (fixed) budget_cost*, actual_cost*, applied_cost*; or instead of the last denominator* with allowed_qty* (or
           std_qty* and output*): rate = budget_cost ÷ denominator → spending, volume, total
lines      {NAME: {revenue: true for income, actual*, budget_per_unit* or budget* (fixed)}}, actual_units*, budget_units*
           → flexible_budget.NAME, sales_volume.NAME, static_budget.NAME, and their sums
${CASES_SHAPE}`.trim(),
  example: {
    spring: {
      actual_units: 900000,
      budget_units: 890000,
      products: {
        Wholesale: { actual_mix: 0.84, budget_mix: 0.8, cm: 0.49 },
        Retail: { actual_mix: 0.16, budget_mix: 0.2, cm: 0.98 },
      },
    },
    draperies: {
      output: 1500,
      dm: { std_qty: 10, std_price: 5, actual_qty: 14000, actual_cost: 68600 },
    },
    webb: { actual_market: 62500, budget_market: 60000, actual_share: 0.16, budget_share: 0.2, cm: 32 },
  },
  run: (spec) =>
    printed(spec, markedBy(...FORMS.map(({ mark }) => mark)), 'form of variance (see the shape)', (one) => {
      const form = formOf(one);
      refuseUnknownKeys(one, form.keys);
      return form.figures(one);
    }),
};

function formOf(spec: Spec) {
  return FORMS.find(({ mark }) => spec[mark] !== undefined)!;
}
