import { costOf, less, median, NOTHING, plus, type Cost } from '../../src/cli/compared-cost.ts';

const cost = (cpuSeconds: number, seconds: number, peakBytes: number | null = null): Cost => ({
  ...{ cpuSeconds, seconds, peakBytes },
});

describe('what a compared step cost', () => {
  it('counts the server’s seconds, and a process of its own as far as it is known', () => {
    const usage = { seconds: 3, nodeSeconds: 2, postgresSeconds: 1.5 };
    expect(costOf(usage)).toEqual(cost(3.5, 3));
    expect(costOf({ ...usage, peakBytes: 7 })).toEqual(cost(3.5, 3, 7));
    expect(costOf({ ...usage, nodeSeconds: null, postgresSeconds: null, peakBytes: null })).toEqual(cost(0, 3));
  });

  it('adds seconds but not memory, of which the largest is told', () => {
    expect(plus(cost(1, 2, 10), cost(3, 4, 30))).toEqual(cost(4, 6, 30));
    expect(plus(NOTHING, cost(3, 4))).toEqual(cost(3, 4));
    expect(less(cost(5, 6, 10), cost(3, 4, 30))).toEqual(cost(2, 2, 10));
  });

  it('is the median of the rounds, each quantity by itself', () => {
    expect(median([cost(1, 9, 5), cost(3, 7, 8), cost(2, 8, 6)])).toEqual(cost(2, 8, 8));
  });
});
