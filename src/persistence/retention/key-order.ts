import type { KeyNumbers } from '../../domain/key-numbers.ts';
import { groupedBy } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { BUCKETS } from './customer-keys.ts';

/** Values of a word. */
const WORD_VALUES = 2 ** 32;

/**
 * Numbers of keys in the ascending order of these (they are signed), which are all of some buckets, `from` included, `to`
 * not. Keys are hashes: they are put near their place by their first bits.
 */
export function numbersInOrder(keys: KeyNumbers, from = 0, to = BUCKETS): Int32Array {
  const { highs, lows, count } = keys.taken();
  const least = (from / BUCKETS) * WORD_VALUES;
  const groups = 2 ** Math.max(4, Math.ceil(Math.log2(count + 1)));
  const perValue = groups / (((to - from) / BUCKETS) * WORD_VALUES);
  const groupOf = new Int32Array(count);
  for (let number = 0; number < count; number++)
    groupOf[number] = Math.floor((((highs[number]! ^ 0x8000_0000) >>> 0) - least) * perValue);
  const { starts, order } = groupedBy(groupOf, groups);
  const inOrder = (a: number, b: number): number => highs[a]! - highs[b]! || (lows[a]! >>> 0) - (lows[b]! >>> 0);
  for (let group = 0; group < groups; group++)
    if (starts[group + 1]! - starts[group]! > 1) sortShort(order, starts[group]!, starts[group + 1]!, inOrder);
  return order;
}
