import fc from 'fast-check';
import { CustomerKeys, keysOf, keysWhere } from '../../../src/persistence/retention/customer-keys.ts';
import { inBucket, KeyBuckets } from '../../../src/persistence/retention/key-buckets.ts';
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

  it('have a bit each in their filter', () => {
    fc.assert(
      fc.property(fc.array(key), (list) => {
        const { bits, mask } = new CustomerKeys([BigInt64Array.from(list)]).filter();
        const bytes = Buffer.from(bits, 'hex');
        expect(bytes.length * 8).toBe(mask + 1);
        for (const own of list) {
          const bit = Number(own & BigInt(mask));
          expect((bytes[bit >> 3]! >> (bit & 7)) & 1).toBe(1);
        }
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

describe('records in buckets', () => {
  it('come by customer and then by what they are compared by, without those of others', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat(9))), fc.array(key), (records, lists) => {
        const customers = new CustomerKeys([BigInt64Array.from([...records.filter((_r, i) => i % 3 > 0).map(([own]) => own), ...lists])]); // prettier-ignore
        const buckets = new KeyBuckets(3);
        for (const [own, value] of records) {
          const at = buckets.add(...halves(own));
          buckets.words[at + 2] = value;
        }
        expect(buckets.count).toBe(records.length);
        const found: [number, number][] = [];
        for (const bucket of buckets.taken()) {
          const { words } = bucket;
          const { first, starts, order } = inBucket(
            customers,
            bucket,
            3,
            (a, b) => words[3 * a + 2]! - words[3 * b + 2]!,
          );
          for (let c = 0; c + 1 < starts.length; c++)
            for (let place = starts[c]!; place < starts[c + 1]!; place++)
              found.push([first + c, words[3 * order[place]! + 2]!]);
        }
        const expected = records
          .map(([own, value]): [number, number] => [customers.sorted.indexOf(own), value])
          .filter(([number]) => number >= 0)
          .sort(([a, x], [b, y]) => a - b || x - y);
        expect(found).toEqual(expected);
      }),
    );
  });

  it('are all there, however many fall into one bucket', () => {
    const customers = new CustomerKeys([BigInt64Array.from({ length: 40 }, (_, i) => BigInt(i))]);
    const buckets = new KeyBuckets(3);
    for (let i = 0; i < 2000; i++) {
      const at = buckets.add(i % 50 === 49 ? -(2 ** 31) : 0, i % 50);
      buckets.words[at + 2] = i;
    }
    const found: number[] = [];
    for (const bucket of buckets.taken()) {
      const { words } = bucket;
      const { order } = inBucket(customers, bucket, 3, (a, b) => words[3 * a + 2]! - words[3 * b + 2]!);
      found.push(...Array.from(order, (row) => words[3 * row + 2]!));
    }
    const expected = Array.from({ length: 2000 }, (_, i) => i).filter((i) => i % 50 < 40);
    expect(found).toEqual(expected.sort((a, b) => (a % 50) - (b % 50) || a - b));
  });
});
