import { Refusal } from '../errors.ts';
import { Fraction } from '../fraction.ts';

/** Practical capacity as given, or from staffing: shares of one, paid hours per full-time equivalent and period. */
export type Capacity =
  | { readonly practicalSeconds: Fraction }
  | {
      readonly fte: Fraction;
      readonly paidHours: Fraction;
      /** share of paid time that is not available for contacts: leave, sickness, training, breaks */
      readonly shrinkage: Fraction;
      /** share of available time that can be spent on contacts at the promised service level */
      readonly occupancy: Fraction;
    };

/**
 * Practical, not theoretical, capacity: FTE × paid hours × (1 − shrinkage) × occupancy, in seconds of the period.
 * @throws Refusal bad_capacity when a share lies outside 0 to 1 or a quantity is negative
 */
export function practicalSeconds(capacity: Capacity): Fraction {
  if ('practicalSeconds' in capacity) return nonNegative(capacity.practicalSeconds, 'practical_seconds');
  const available = Fraction.ONE.minus(share(capacity.shrinkage, 'shrinkage'));
  return nonNegative(capacity.fte, 'fte')
    .times(nonNegative(capacity.paidHours, 'paid_hours'))
    .times(3600n)
    .times(available)
    .times(share(capacity.occupancy, 'occupancy'));
}

/**
 * Cost of one unit of practical capacity (Kaplan & Anderson, HBR 2004). Never rounded: rounding the rate loses money.
 * @throws RangeError when there is no practical capacity
 */
export function capacityCostRate(pool: { readonly cost: Fraction; readonly practical: Fraction }): Fraction {
  return pool.cost.over(pool.practical);
}

export interface Usage {
  /** cost per unit of capacity that the used units pay */
  readonly rate: Fraction;
  /** used + unused = cost, exactly */
  readonly used: Fraction;
  readonly unused: Fraction;
  /** units of time used beyond practical capacity; zero within it */
  readonly overCapacity: Fraction;
}

/**
 * Cost of the capacity that was used and of what stood ready unused (method 3). Beyond practical capacity nothing is
 * unused and the rate falls to cost ÷ used, so that users never pay more than was spent.
 * @param pool.cost any unit of money, of either sign; `practical` and `used` in one unit of time, not negative
 */
export function usage(pool: { cost: Fraction; practical: Fraction; used: Fraction }): Usage {
  const overCapacity = pool.used.minus(pool.practical);
  if (overCapacity.sign > 0) {
    return { rate: pool.cost.over(pool.used), used: pool.cost, unused: Fraction.ZERO, overCapacity };
  }
  // Neither capacity nor use: a cost that nobody could have used is unused.
  const rate = pool.practical.isZero ? Fraction.ZERO : capacityCostRate(pool);
  const used = rate.times(pool.used);
  return { rate, used, unused: pool.cost.minus(used), overCapacity: Fraction.ZERO };
}

function nonNegative(value: Fraction, name: string): Fraction {
  if (value.sign < 0) throw new Refusal('bad_capacity', `${name} is ${value.toText()}; it cannot be negative`);
  return value;
}

function share(value: Fraction, name: string): Fraction {
  if (value.sign < 0 || value.compare(Fraction.ONE) > 0) {
    throw new Refusal('bad_capacity', `${name} is ${value.toText()}; it is a share between 0 and 1`);
  }
  return value;
}
