import { grouped, type Grouping } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import type { CustomerKeys } from './customer-keys.ts';

/** Customers with neighbouring numbers: `from` included, `to` not. */
export interface CustomerRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Puts the records of a range of customers in order by customer and then by what a comparison says; those of others are
 * left out. @param places where each record begins
 * @returns places: customer `range.from + c` has `order[starts[c]]` to `order[starts[c + 1] - 1]`
 */
export function byCustomer(
  customers: CustomerKeys,
  range: CustomerRange,
  words: Int32Array,
  places: Int32Array,
  compare: (a: number, b: number) => number,
): Grouping {
  const own = new Int32Array(places.length);
  for (let row = 0; row < own.length; row++) {
    const number = customers.find(words[places[row]!]!, words[places[row]! + 1]!);
    own[row] = number < 0 ? -1 : number - range.from;
  }
  const { starts, order } = grouped(own.length, range.to - range.from, (row) => own[row]!);
  for (let i = 0; i < order.length; i++) order[i] = places[order[i]!]!;
  for (let i = 0; i + 1 < starts.length; i++)
    if (starts[i + 1]! - starts[i]! > 1) sortShort(order, starts[i]!, starts[i + 1]!, compare);
  return { starts, order };
}
