import fc from 'fast-check';
import { LANES, TILE, tileProgram } from '../../../src/domain/causality/tile-program.ts';

/** Numbers of all sizes, so that another order of a sum shows. */
const number = fc.double({ noNaN: true, min: -1e9, max: 1e9 });
const column = fc.array(number, { minLength: TILE, maxLength: TILE });
const tiles = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: TILE }))
  .chain(([columns, rows]) =>
    fc.record({ rows: fc.constant(rows), columns: fc.array(column, { minLength: columns, maxLength: columns }) }),
  );

function filled(columns: readonly (readonly number[])[], beside: number) {
  const program = tileProgram(columns.length + beside);
  columns.forEach((values, place) => program.column(place).set(values));
  return program;
}

describe('the program of tiles', () => {
  it('sums products lane by lane in the order of the rows, from what the lanes held', () => {
    fc.assert(
      fc.property(tiles, fc.integer({ min: 0, max: 2 }), ({ rows, columns }, first) => {
        const program = filled(columns, 3);
        program.lanes.fill(0.1);
        const left = columns.length - 1;
        program.dots(left, columns.length, rows, first);
        columns.forEach((values, place) => {
          const lanes = [0.1, 0.1, 0.1, 0.1];
          const whole = rows - (rows % LANES);
          for (let i = 0; i < rows; i++) lanes[i < whole ? i % LANES : 0]! += columns[left]![i]! * values[i]!;
          expect(Array.from(program.lanes.subarray((first + place) * LANES, (first + place + 1) * LANES))).toEqual(
            lanes,
          );
        });
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it('weighs, adds and scales columns number by number', () => {
    fc.assert(
      fc.property(tiles, number, ({ rows, columns }, factor) => {
        const [sum, weighed] = [columns.length, columns.length + 1];
        const program = filled(columns, 2);
        const [first, last] = [columns[0]!, columns.at(-1)!];
        program.column(sum).set(first);
        program.add(columns.length - 1, factor, sum, rows);
        program.weigh(0, columns.length - 1, weighed, rows);
        for (let i = 0; i < rows; i++) {
          expect(program.column(sum)[i]).toBe(first[i]! + factor * last[i]!);
          expect(program.column(weighed)[i]).toBe(first[i]! * last[i]!);
        }
        program.scale(0, factor, 3.7, rows);
        for (let i = 0; i < rows; i++) expect(program.column(0)[i]).toBe((first[i]! - factor) / 3.7);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it('sums columns by level in the order of the rows, from a place on and nowhere else', () => {
    fc.assert(
      fc.property(
        tiles,
        fc.infiniteStream(fc.nat(4)),
        fc.integer({ min: 0, max: 3 }),
        ({ rows, columns }, level, place) => {
          const [levels, count] = [5, columns.length];
          const program = tileProgram(count, place + levels * count + 1);
          columns.forEach((values, at) => program.column(at).set(values));
          program.sums.fill(0.1);
          const of = Array.from({ length: rows }, () => level.next().value as number);
          program.levels.set(of);
          program.spread(0, count, rows, place);
          const sums = Array.from(program.sums, () => 0.1);
          of.forEach((own, row) => columns.forEach((values, at) => (sums[place + own * count + at]! += values[row]!)));
          expect(Array.from(program.sums)).toEqual(sums);
        },
      ),
      { numRuns: 60, seed: 3 },
    );
  });
});
