import { groupedBy, type Grouping } from '../roll-up/grouped.ts';
import type { CustomerKeys } from './customer-keys.ts';

/** Customers with neighbouring numbers: `from` included, `to` not. */
export interface CustomerRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Puts the records of a range of customers together by customer, in the order in which they come; those of others are left
 * out. @param places where each record begins @param wanted 1 for each of the range whose records are meant; absent: all
 * @returns places: customer `range.from + c` has `order[starts[c]]` to `order[starts[c + 1] - 1]`
 */
export function byCustomer(
  customers: CustomerKeys,
  range: CustomerRange,
  words: Int32Array,
  places: Int32Array,
  wanted?: Uint8Array,
): Grouping {
  const own = new Int32Array(places.length);
  for (let row = 0; row < own.length; row++) {
    const place = places[row]!;
    const c = customers.find(words[place]!, words[place + 1]!) - range.from;
    own[row] = c < 0 || (wanted !== undefined && wanted[c] !== 1) ? -1 : c;
  }
  const grouping = groupedBy(own, range.to - range.from);
  const { order } = grouping;
  for (let i = 0; i < order.length; i++) order[i] = places[order[i]!]!;
  return grouping;
}

/** Most that are put in order one by one. */
const FEW = 64;

/**
 * Puts numbers from one place to another in ascending order, with what belongs to each; equal ones stay as they were. Most
 * customers have few, and those nearly in order.
 */
export function sortTogether(
  numbers: Float64Array | Int32Array,
  others: Float64Array | Int32Array,
  from: number,
  to: number,
): void {
  if (to - from > FEW) {
    const order = new Int32Array(to - from).map((_, i) => from + i);
    order.sort((a, b) => numbers[a]! - numbers[b]! || a - b);
    const [own, along] = [numbers.slice(from, to), others.slice(from, to)];
    order.forEach((old, i) => {
      numbers[from + i] = own[old - from]!;
      others[from + i] = along[old - from]!;
    });
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const [number, other] = [numbers[i]!, others[i]!];
    let j = i - 1;
    for (; j >= from && numbers[j]! > number; j--) {
      numbers[j + 1] = numbers[j]!;
      others[j + 1] = others[j]!;
    }
    numbers[j + 1] = number;
    others[j + 1] = other;
  }
}
