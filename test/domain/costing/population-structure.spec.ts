import fc from 'fast-check';
import { structureFactors } from '../../../src/domain/costing/population-structure.ts';
import { RUNS } from '../arbitraries.ts';

const CELLS = ['voice', 'chat'].flatMap((channel) => ['fee', 'fault', 'move'].map((reason) => [channel, reason]));
const counts = fc
  .array(fc.integer({ min: 0, max: 1000 }), { minLength: CELLS.length, maxLength: CELLS.length })
  .filter((list) => list.some((count) => count > 0));

describe('structureFactors', () => {
  it('multiply to the share of every cell', () => {
    fc.assert(
      fc.property(counts, (list) => {
        const [byChannel, byReason] = structureFactors(CELLS, list) as [number[], number[]];
        const total = list.reduce((a, b) => a + b, 0);
        list.forEach((count, cell) => expect(byChannel[cell]! * byReason[cell]!).toBeCloseTo(count / total, 10));
      }),
      RUNS,
    );
  });

  it('are Das Gupta’s geometric means for two variables', () => {
    const list = [10, 20, 30, 5, 25, 10];
    const [byChannel] = structureFactors(CELLS, list) as [number[]];
    // channel voice, reason fee: N_ij = 10, N_i. = 60, N_.j = 15, N = 100
    expect(byChannel[0]).toBeCloseTo(Math.sqrt((10 / 15) * (60 / 100)), 12);
  });

  it('are the shares themselves for one variable', () => {
    expect(structureFactors([['a'], ['b']], [1, 3])).toEqual([[expect.closeTo(0.25), expect.closeTo(0.75)]]);
  });
});
