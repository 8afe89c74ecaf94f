import fc from 'fast-check';
import { Fraction } from '../../../src/domain/fraction.ts';
import { booksOf, close } from '../../../src/domain/statements/close.ts';
import { upperRollUp } from '../../../src/domain/statements/upper-roll-up.ts';
import { atVolumes } from '../../../src/domain/statements/volumes.ts';
import { WordSums } from '../../../src/domain/statements/word-sums.ts';
import { companies, inputsOf } from '../../builders/company.ts';
import { RUNS } from '../arbitraries.ts';

const PATTERNS = ['billing', 'net*', '*', 'nothing'] as const;

describe('the upper roll-up', () => {
  it('at other volumes gives the books of so many contacts', () => {
    fc.assert(
      fc.property(
        companies,
        fc.constantFrom(...PATTERNS),
        fc.bigInt({ min: 0n, max: 7n }),
        fc.bigInt({ min: 1n, max: 3n }),
        (plan, reasons, times, others) => {
          const inputs = inputsOf({ ...plan, capacity: { voice: 10 ** 9, chat: 10 ** 9, email: 10 ** 9 } });
          const factors = [
            { reasons, factor: Fraction.of(times) },
            { reasons: '*', factor: Fraction.of(others) },
          ];
          const matches = { billing: /^billing$/, 'net*': /^net/, '*': /./, nothing: /^nothing$/ }[reasons];
          const cells = inputs.cells.map((cell) => {
            const by = matches.test(cell.dimensions.reason) ? times : others;
            return {
              ...cell,
              ...{ parts: cell.parts * by, seconds: cell.seconds * by, untimedParts: cell.untimedParts * by },
            };
          });
          const upper = upperRollUp(inputs, inputs.cells);
          expect(booksOf(atVolumes(upper, factors), inputs)).toEqual(close({ ...inputs, cells }));
          expect(atVolumes(upper, [])).toBe(upper);
        },
      ),
      RUNS,
    );
  });
});

describe('sums of words', () => {
  it('are exact beyond 2^53, of either sign', () => {
    const word = fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, fc.nat(2)), { maxLength: 60 }), (rows) => {
        const sums = new WordSums(
          3,
          BigInt64Array.from(rows, ([value]) => value),
          Int32Array.from(rows, ([, place]) => place),
        );
        for (const place of [0, 1, 2]) {
          const expected = rows.reduce((sum, [value, of]) => (of === place ? sum + value : sum), 0n);
          expect(sums.total(place)).toBe(expected);
        }
      }),
      RUNS,
    );
    const [value, count] = [2n ** 62n + 1n, 100_000];
    const large = new WordSums(1, new BigInt64Array(count).fill(value), new Int32Array(count));
    expect(large.total(0)).toBe(value * BigInt(count)); // doubles would have lost every unit
  });
});
