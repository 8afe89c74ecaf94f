import fc from 'fast-check';
import { dualRate, singleRate } from '../../../src/domain/costing/dual-rate.ts';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { RUNS, positiveFractions } from '../arbitraries.ts';

const units = (list: readonly Fraction[]) => new Map(list.map((quantity, i) => [`U${i}`, quantity]));
const quantities = fc.array(positiveFractions, { minLength: 1, maxLength: 5 }).map(units);

describe('dualRate', () => {
  it('charges and unused capacity sum to the cost; what one unit uses changes no other unit', () => {
    fc.assert(
      fc.property(
        ...[positiveFractions, positiveFractions, positiveFractions, quantities, quantities],
        (fixedCost, variableRate, capacity, reserved, used) => {
          const terms = { fixedCost, variableRate, capacity, reserved, used };
          const { charges, unusedFixed } = dualRate(terms);
          const charged = sumFractions([...charges.values()].map(({ fixed, variable }) => fixed.plus(variable)));
          const cost = fixedCost.plus(variableRate.times(sumFractions(used.values())));
          expect(charged.plus(unusedFixed).equals(cost)).toBe(true);
          expect(unusedFixed.sign).toBeGreaterThanOrEqual(0);

          const other = dualRate({ ...terms, used: new Map([...used, ['U0', Fraction.ZERO]]) });
          for (const [unit, { fixed, variable }] of other.charges) {
            expect(fixed.equals(charges.get(unit)!.fixed)).toBe(true);
            if (unit !== 'U0') expect(variable.equals(charges.get(unit)!.variable)).toBe(true);
          }
        },
      ),
      RUNS,
    );
  });

  it('charges the fixed cost once when more is reserved than there is', () => {
    const reserved = units([Fraction.of(8n), Fraction.of(4n)]);
    const dual = dualRate({
      fixedCost: Fraction.of(600n),
      variableRate: Fraction.ZERO,
      capacity: Fraction.of(10n),
      reserved,
      used: new Map(),
    });
    expect(dual.fixedRate.toText()).toBe('50');
    expect([dual.unusedFixed, dual.unusedCapacity].map((value) => value.toText())).toEqual(['0', '0']);
  });
});

describe('singleRate', () => {
  it('leaves the fixed cost of unused capacity unpaid', () => {
    const single = singleRate({
      fixedCost: Fraction.of(3_000_000n),
      variableRate: Fraction.of(200n),
      capacity: Fraction.of(18_750n),
      used: units([Fraction.of(9_000n), Fraction.of(3_000n)]),
    });
    expect(single.rate.toText()).toBe('360');
    expect([...single.charges.values()].map((charge) => charge.toText())).toEqual(['3240000', '1080000']);
    expect(single.unusedFixed.toText()).toBe('1080000');
  });
});
