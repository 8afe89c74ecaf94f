import fc from 'fast-check';
import { byCustomer } from '../../../src/persistence/retention/by-customer.ts';
import {
  BUCKETS,
  bucketOf,
  CustomerKeys,
  keysOf,
  keysWhere,
} from '../../../src/persistence/retention/customer-keys.ts';
import { KeyNumbers } from '../../../src/domain/key-numbers.ts';

const key = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt(-20n, 20n),
  fc.bigInt(2n ** 63n - 9n, 2n ** 63n - 1n),
);
const halves = (of: bigint): [high: number, low: number] => [Number(of >> 32n), Number(BigInt.asIntN(32, of))];
const inOrder = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

describe('keys of customers', () => {
  it('are numbered in their order, each once, and found by their halves', () => {
    fc.assert(
      fc.property(fc.array(fc.array(key)), fc.array(key), (lists, others) => {
        const keys = new CustomerKeys(lists.map((list) => BigInt64Array.from(list)));
        const expected = [...new Set(lists.flat())].sort(inOrder);
        expect([...keys.sorted]).toEqual(expected);
        const asked = [...expected, ...others];
        expect([...keys.placesOf(BigInt64Array.from(asked))]).toEqual(asked.map((own) => expected.indexOf(own)));
        expect(asked.map((own) => keys.find(...halves(own)))).toEqual(asked.map((own) => expected.indexOf(own)));
        const flags = Uint8Array.from(expected, (own) => (own % 3n === 0n ? 1 : 0));
        expect([...keysWhere(keys.sorted, flags)]).toEqual(expected.filter((own) => own % 3n === 0n));
      }),
    );
  });

  it('keep the order in which they came', () => {
    const numbers = new KeyNumbers(0);
    const list = [5n, -7n, 2n ** 62n, 5n, -(2n ** 63n)];
    for (const own of list) numbers.numberOf(...halves(own));
    expect([...keysOf(numbers)]).toEqual([5n, -7n, 2n ** 62n, -(2n ** 63n)]);
  });
});

describe('records of customers', () => {
  it('come by customer and then by what they are compared by, without those of others', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.nat(9), fc.nat(3))),
        fc.array(key),
        fc.constantFrom(1, 7, BUCKETS),
        (records, lists, step) => {
          const customers = new CustomerKeys([BigInt64Array.from([...records.filter((_r, i) => i % 3 > 0).map(([own]) => own), ...lists])]); // prettier-ignore
          const first = customers.bucketStarts();
          const found: [number, number][] = [];
          for (let from = 0; from < BUCKETS; from += step) {
            const to = Math.min(BUCKETS, from + step);
            const range = { from: first[from]!, to: first[to]! };
            const own = records.filter(([of]) => bucketOf(halves(of)[0]) >= from && bucketOf(halves(of)[0]) < to);
            const words = Int32Array.from(own.flatMap(([of, value, more]) => [...halves(of), value, more, ...new Array<number>(more).fill(-1)])); // prettier-ignore
            const places: number[] = [];
            for (let at = 0; at < words.length; at += 4 + words[at + 3]!) places.push(at);
            const { starts, order } = byCustomer(customers, range, words, Int32Array.from(places), (a, b) => words[a + 2]! - words[b + 2]!); // prettier-ignore
            for (let c = 0; c + 1 < starts.length; c++)
              for (let place = starts[c]!; place < starts[c + 1]!; place++)
                found.push([range.from + c, words[order[place]! + 2]!]);
          }
          const expected = records
            .map(([own, value]): [number, number] => [customers.sorted.indexOf(own), value])
            .filter(([number]) => number >= 0)
            .sort(([a, x], [b, y]) => a - b || x - y);
          expect(found).toEqual(expected);
        },
      ),
    );
  });
});
