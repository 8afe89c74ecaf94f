import type { KeyNumbers } from '../../domain/key-numbers.ts';
import { firstWhere } from '../../domain/first-where.ts';
import { grouped } from '../roll-up/grouped.ts';
import { sortShort } from '../roll-up/sort-short.ts';
import { keysOf } from './customer-keys.ts';

/** Numbered keys in ascending order (they are signed). Keys are hashes: they are put near their place by their first bits. */
export class KeyOrder {
  /** of the keys, in their order */
  readonly numbers: Int32Array;
  private readonly keys: BigInt64Array;

  constructor(numbers: KeyNumbers) {
    const { highs, lows, count } = numbers.taken();
    const shift = 32 - Math.min(24, Math.max(4, Math.ceil(Math.log2(count + 1))));
    const { starts, order } = grouped(count, 2 ** (32 - shift), (number) => (highs[number]! ^ 0x8000_0000) >>> shift);
    const inOrder = (a: number, b: number): number => highs[a]! - highs[b]! || (lows[a]! >>> 0) - (lows[b]! >>> 0);
    for (let group = 0; group + 1 < starts.length; group++)
      if (starts[group + 1]! - starts[group]! > 1) sortShort(order, starts[group]!, starts[group + 1]!, inOrder);
    this.numbers = order;
    this.keys = keysOf(numbers);
  }

  /** Place in the order of the first key that is not below another. */
  placeOf(key: bigint): number {
    return firstWhere(0, this.numbers.length, (place) => this.keys[this.numbers[place]!]! >= key);
  }

  /** Those of the numbers at whose places there is a 1, in order. */
  flagged(flags: Uint8Array): Int32Array {
    const own = new Int32Array(this.numbers.length);
    let count = 0;
    for (const number of this.numbers) if (flags[number] === 1) own[count++] = number;
    return own.slice(0, count);
  }

  keysOf(numbers: Int32Array): BigInt64Array {
    const keys = new BigInt64Array(numbers.length);
    for (let i = 0; i < keys.length; i++) keys[i] = this.keys[numbers[i]!]!;
    return keys;
  }
}
