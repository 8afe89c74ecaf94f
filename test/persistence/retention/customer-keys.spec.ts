import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { BUCKETS, CustomerKeys, keysOf, keysWhere } from '../../../src/persistence/retention/customer-keys.ts';
import { byCustomer, KeyBuckets } from '../../../src/persistence/retention/key-buckets.ts';
import { processFolder } from '../../../src/process-folder.ts';
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

/** What buckets hold, some of them at a time: number of the customer and the value behind its key. */
function taken(buckets: KeyBuckets, customers: CustomerKeys, step: number): [number, number][] {
  const first = customers.bucketStarts();
  const found: [number, number][] = [];
  for (let from = 0; from < BUCKETS; from += step) {
    const to = Math.min(BUCKETS, from + step);
    const words = buckets.read({ from, to });
    const places: number[] = [];
    for (let at = 0; at < words.length; at += 4 + words[at + 3]!) places.push(at);
    const range = { from: first[from]!, to: first[to]! };
    const { starts, order } = byCustomer(customers, range, words, Int32Array.from(places), (a, b) => words[a + 2]! - words[b + 2]!); // prettier-ignore
    for (let c = 0; c + 1 < starts.length; c++)
      for (let place = starts[c]!; place < starts[c + 1]!; place++)
        found.push([range.from + c, words[order[place]! + 2]!]);
  }
  return found;
}

function put(buckets: KeyBuckets, [high, low]: readonly [number, number], value: number, longer: number): void {
  const at = buckets.add(high, low, longer);
  buckets.words.set([value, longer, ...new Array<number>(longer).fill(-1)], at + 2);
}

const held = fc.constantFrom(undefined, 0, 40_000);
const steps = fc.constantFrom(1, 7, BUCKETS);

describe('records in buckets', () => {
  it('come by customer and then by what they are compared by, without those of others, from memory and from files', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(key, fc.nat(9), fc.nat(3))),
        fc.array(key),
        held,
        steps,
        (records, lists, heldBytes, step) => {
          const customers = new CustomerKeys([BigInt64Array.from([...records.filter((_r, i) => i % 3 > 0).map(([own]) => own), ...lists])]); // prettier-ignore
          const buckets = new KeyBuckets(4, heldBytes);
          for (const [own, value, longer] of records) put(buckets, halves(own), value, longer);
          expect(buckets.counts.reduce((sum, count) => sum + count, 0)).toBe(records.length);
          const found = taken(buckets, customers, step);
          buckets.close();
          const expected = records
            .map(([own, value]): [number, number] => [customers.sorted.indexOf(own), value])
            .filter(([number]) => number >= 0)
            .sort(([a, x], [b, y]) => a - b || x - y);
          expect(found).toEqual(expected);
        },
      ),
    );
  });

  it.each([undefined, 0, 40_000])('are all there, however many and long, with %s bytes in memory', (heldBytes) => {
    const customers = new CustomerKeys([BigInt64Array.from({ length: 40 }, (_, i) => BigInt(i))]);
    const buckets = new KeyBuckets(4, heldBytes);
    for (let i = 0; i < 9000; i++) put(buckets, [i % 50 === 49 ? -(2 ** 31) : 0, i % 50], i, i === 77 ? 9999 : i % 4);
    const found = taken(buckets, customers, 1).map(([, value]) => value);
    buckets.close();
    const expected = Array.from({ length: 9000 }, (_, i) => i).filter((i) => i % 50 < 40);
    expect(found).toEqual(expected.sort((a, b) => (a % 50) - (b % 50) || a - b));
  });

  it('lie in files without a name: nothing is left of them, whatever ends the process', () => {
    const buckets = new KeyBuckets(4, 0);
    for (let i = 0; i < 9000; i++) put(buckets, [i << 20, i], i, 0);
    expect(readdirSync(processFolder()).filter((name) => name.startsWith('rows-'))).toEqual([]);
    buckets.close();
    expect(() => buckets.read({ from: 0, to: BUCKETS })).toThrow();
  });
});
