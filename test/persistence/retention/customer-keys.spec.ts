import fc from 'fast-check';
import { ByCustomer, sortTogether } from '../../../src/persistence/retention/by-customer.ts';
import {
  BUCKETS,
  bucketOf,
  CustomerKeys,
  KeyHalves,
  keysWhere,
} from '../../../src/persistence/retention/customer-keys.ts';
import { numbersInOrder } from '../../../src/persistence/retention/key-order.ts';
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
        const keys = CustomerKeys.of(lists.map((list) => BigInt64Array.from(list)));
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

  it('of a stretch that was drawn among all are found as fast as others', () => {
    // places that neighbours take from each other would be tens of thousands of looks a key
    const own = BigInt64Array.from({ length: 400_000 }, (_, i) => 2n ** 61n + BigInt(i) * 2n ** 32n);
    const keys = CustomerKeys.inOrder(own);
    const began = performance.now();
    expect(keys.placesOf(own).every((place, i) => place === i)).toBe(true);
    expect(keys.find(2 ** 29, 1)).toBe(-1);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('are put and read by their halves', () => {
    const list = BigInt64Array.of(5n, -7n, 2n ** 62n, -(2n ** 63n));
    const [from, own] = [new KeyHalves(list), new BigInt64Array(4)];
    const to = new KeyHalves(own);
    for (let i = 0; i < 4; i++) to.put(i, from.high(i), from.low(i));
    expect(own).toEqual(list);
    expect([...CustomerKeys.inOrder(list.slice().sort()).placesOf(list)]).toEqual([2, 1, 3, 0]);
  });
});

describe('numbers with what belongs to them', () => {
  it.each([20, 300])('are put in order, equal ones as they were: up to %i', (most) => {
    fc.assert(
      fc.property(fc.array(fc.nat(9), { maxLength: most, size: 'max' }), fc.nat(5), (values, before) => {
        const all = [...new Array<number>(before).fill(99), ...values, -1];
        const [numbers, others] = [Float64Array.from(all), Int32Array.from(all.keys())];
        sortTogether(numbers, others, before, all.length - 1);
        const inOrder = values.map((value, i) => [value, before + i] as const).sort(([a], [b]) => a - b);
        const expected = [...all.slice(0, before).map((value, i) => [value, i]), ...inOrder, [-1, all.length - 1]];
        expect(Array.from(numbers, (value, i) => [value, others[i]])).toEqual(expected);
      }),
    );
  });
});

describe('keys in order', () => {
  it.each([BUCKETS, 8, 1])('are those that sorting gives, whether hashes or alike, %i buckets at a time', (step) => {
    const alike = fc.bigInt({ min: -3n, max: 300n });
    fc.assert(
      fc.property(fc.array(fc.oneof(key, alike), { maxLength: 300, size: 'max' }), (list) => {
        const found: bigint[] = [];
        for (let from = 0; from < BUCKETS; from += step) {
          const numbers = new KeyNumbers();
          const own: bigint[] = [];
          for (const other of list) {
            const bucket = bucketOf(halves(other)[0]);
            if (bucket < from || bucket >= from + step) continue;
            if (numbers.numberOf(...halves(other)) === own.length) own.push(other);
          }
          found.push(...Array.from(numbersInOrder(numbers, from, from + step), (number) => own[number]!));
        }
        expect(found).toEqual([...CustomerKeys.of([BigInt64Array.from(list)]).sorted]);
      }),
    );
  });
});

describe('records of customers', () => {
  it('come by customer as they came, range after range in the same memory', () => {
    const grouping = new ByCustomer();
    fc.assert(
      fc.property(
        fc.array(fc.nat(9), { maxLength: 60, size: 'max' }),
        fc.integer({ min: 10, max: 20 }),
        (of, customers) => {
          grouping.begin(customers, of.length + 3);
          for (const c of of) grouping.add(c);
          grouping.added();
          const order = new Int32Array(of.length).fill(-1);
          for (let record = 0; record < grouping.count; record++) order[grouping.placeOf(record)] = record;
          grouping.placed();
          expect([...order]).toEqual([...of.keys()].sort((a, b) => of[a]! - of[b]! || a - b));
          for (let c = 0; c < customers; c++) {
            const own = order.subarray(grouping.starts[c], grouping.starts[c + 1]);
            expect([...own]).toEqual([...of.keys()].filter((record) => of[record] === c));
          }
        },
      ),
    );
  });
});
