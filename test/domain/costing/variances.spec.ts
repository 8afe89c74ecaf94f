import fc from 'fast-check';
import {
  budgetVariances,
  compositeUnit,
  fixedOverheadVariances,
  inputVariances,
  marketVariances,
  mixAndQuantity,
} from '../../../src/domain/costing/variances.ts';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { RUNS, positiveFractions } from '../arbitraries.ts';

const of = (value: number | string) => Fraction.parse(String(value));
const texts = (variances: ReadonlyMap<string, Fraction>) =>
  Object.fromEntries([...variances].map(([name, value]) => [name, value.toText()]));

describe('inputVariances', () => {
  it('sum to standard cost of the output less actual cost', () => {
    fc.assert(
      fc.property(...([1, 2, 3, 4].map(() => positiveFractions) as Four), (price, allowed, actual, cost) => {
        const variances = inputVariances({
          standardPrice: price,
          allowedQuantity: allowed,
          actualQuantity: actual,
          actualCost: cost,
        });
        expect(variances.get('total')!.equals(price.times(allowed).minus(cost))).toBe(true);
      }),
      RUNS,
    );
  });

  it('take the price on what was bought', () => {
    const variances = inputVariances({
      standardPrice: of(5),
      allowedQuantity: of(100),
      actualQuantity: of(110),
      boughtQuantity: of(200),
      actualCost: of(980),
    });
    expect(texts(variances)).toEqual({ price: '20', efficiency: '-50', total: '-30' });
  });
});

describe('fixedOverheadVariances', () => {
  it('have no efficiency part: spending and volume alone', () => {
    const variances = fixedOverheadVariances({
      budgetedCost: of(276000),
      actualCost: of(285000),
      appliedCost: of(230000),
    });
    expect(texts(variances)).toEqual({ spending: '-9000', volume: '-46000', total: '-55000' });
  });
});

describe('mixAndQuantity', () => {
  const products = fc
    .array(fc.tuple(positiveFractions, positiveFractions, positiveFractions), { minLength: 1, maxLength: 4 })
    .map(
      (list) =>
        new Map(
          list.map(([actualUnits, budgetUnits, margin], i) => [`P${i}`, { actualUnits, budgetUnits, margin }] as const),
        ),
    );

  it('sum to the volume per product; one product has no mix', () => {
    fc.assert(
      fc.property(products, (list) => {
        const { mix, quantity, volume } = mixAndQuantity(list);
        for (const name of list.keys()) {
          expect(mix.get(name)!.plus(quantity.get(name)!).equals(volume.get(name)!)).toBe(true);
        }
        if (list.size === 1) expect(mix.get('P0')!.isZero).toBe(true);
      }),
      RUNS,
    );
  });

  it('splits the quantity into market share and market size of the composite unit', () => {
    fc.assert(
      fc.property(products, positiveFractions, positiveFractions, (list, actualMarket, budgetMarket) => {
        const composite = compositeUnit(list);
        const market = marketVariances({
          actualMarket,
          budgetMarket,
          actualShare: composite.actualUnits.over(actualMarket),
          budgetShare: composite.budgetUnits.over(budgetMarket),
          margin: composite.margin,
        });
        const quantity = sumFractions(mixAndQuantity(list).quantity.values());
        expect(market.get('quantity')!.equals(quantity)).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('budgetVariances', () => {
  it('read more revenue as favourable and more cost as not', () => {
    const line = { budget: of(1440000), flexible: of(1200000), actual: of(1250000) };
    expect(texts(budgetVariances({ ...line, isRevenue: true }))).toEqual({
      flexible_budget: '50000',
      sales_volume: '-240000',
      static_budget: '-190000',
    });
    expect(texts(budgetVariances({ ...line, isRevenue: false }))).toEqual({
      flexible_budget: '-50000',
      sales_volume: '240000',
      static_budget: '190000',
    });
  });
});

type Four = [typeof positiveFractions, typeof positiveFractions, typeof positiveFractions, typeof positiveFractions];
