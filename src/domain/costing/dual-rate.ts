import { Fraction, sumFractions } from '../fraction.ts';
import { usage } from './capacity.ts';

export interface DualRateCharge {
  readonly fixed: Fraction;
  readonly variable: Fraction;
}

export interface DualRate {
  /** fixed cost of one reserved unit of capacity */
  readonly fixedRate: Fraction;
  readonly charges: ReadonlyMap<string, DualRateCharge>;
  /** capacity that nobody reserved, and its fixed cost; zero when more than all was reserved */
  readonly unusedCapacity: Fraction;
  readonly unusedFixed: Fraction;
}

/**
 * Dual rate (Horngren, Cost Accounting 14e, ch. 15): fixed cost by reserved capacity, whatever is used; variable cost by
 * use. So one unit's decline does not raise another's bill. Charges + unused = fixed cost + variable rate × use, exactly;
 * more reserved than there is lowers the fixed rate to fixed cost ÷ reserved.
 * @param terms.reserved unit → reserved (budgeted) quantity; `used` unit → actual quantity; both in one unit
 */
export function dualRate(terms: {
  readonly fixedCost: Fraction;
  readonly variableRate: Fraction;
  readonly capacity: Fraction;
  readonly reserved: ReadonlyMap<string, Fraction>;
  readonly used: ReadonlyMap<string, Fraction>;
}): DualRate {
  const reserved = sumFractions(terms.reserved.values());
  const fixed = usage({ cost: terms.fixedCost, practical: terms.capacity, used: reserved });
  const units = new Set([...terms.reserved.keys(), ...terms.used.keys()]);
  const charges = new Map(
    [...units].map((unit): [string, DualRateCharge] => [
      unit,
      {
        fixed: fixed.rate.times(terms.reserved.get(unit) ?? Fraction.ZERO),
        variable: terms.variableRate.times(terms.used.get(unit) ?? Fraction.ZERO),
      },
    ]),
  );
  const free = terms.capacity.minus(reserved);
  return {
    fixedRate: fixed.rate,
    charges,
    unusedCapacity: free.sign > 0 ? free : Fraction.ZERO,
    unusedFixed: fixed.unused,
  };
}

export interface SingleRate {
  /** fixed and variable cost of one unit of use */
  readonly rate: Fraction;
  readonly charges: ReadonlyMap<string, Fraction>;
  /** fixed cost that the use did not pay; negative when it paid more than there was */
  readonly unusedFixed: Fraction;
}

/**
 * The single rate that the dual rate replaces: fixed ÷ capacity + variable, per unit of use. Shown beside it, because
 * under it one unit's decline leaves fixed cost to the others.
 * @throws RangeError when there is no capacity
 */
export function singleRate(terms: {
  readonly fixedCost: Fraction;
  readonly variableRate: Fraction;
  readonly capacity: Fraction;
  readonly used: ReadonlyMap<string, Fraction>;
}): SingleRate {
  const fixedRate = terms.fixedCost.over(terms.capacity);
  const rate = fixedRate.plus(terms.variableRate);
  const charges = new Map([...terms.used].map(([unit, quantity]) => [unit, quantity.times(rate)]));
  const unusedFixed = terms.fixedCost.minus(fixedRate.times(sumFractions(terms.used.values())));
  return { rate, charges, unusedFixed };
}
