import { worthAThread } from '../../src/application/effects-thread.ts';

describe('a thread that tells effects', () => {
  it('is for so many customers that they take longer than it takes to begin, and memory is left for what goes on beside', () => {
    const worth = (threads: number) =>
      [100, 199_999, 200_000, 4_000_000, 4_000_001].map((customers) => worthAThread(customers, threads));
    expect(worth(2)).toEqual([false, false, true, true, false]);
    expect(worth(1)).toEqual([false, false, false, false, false]);
  });
});
