import { progress, progressText, secondsAtPace } from '../../src/cli/progress.ts';

describe('progress', () => {
  it.each([
    [0, 0.1, 0, '0%'],
    [450, 4, 224_000, '45% · 56,000 rows/s · 5 s left'],
    [1, 10, 500, '0% · 50 rows/s · 2 h 47 min left'],
    [10, 2, undefined, '1% · 4 min left'],
    [1000, 20, 1_000_000, '100% · 50,000 rows/s · storing'],
    [1200, 20, undefined, '100% · storing'],
  ])('%d of 1,000 after %d s', (done, seconds, rows, said) => {
    expect(progressText(done, 1000, seconds, rows)).toBe(said);
  });

  it('knows the pace of a file that was begun before anybody watched', () => {
    expect(secondsAtPace(4, 0, 450)).toBe(4);
    expect(secondsAtPace(2, 500, 600)).toBe(12);
    expect(progressText(600, 1000, secondsAtPace(2, 300, 600), 1_200_000)).toBe('60% · 300,000 rows/s · 3 s left');
    expect(secondsAtPace(2, 500, 500)).toBe(0);
  });

  it('says nothing to machines, and stands still on nothing to do', () => {
    const write = jest.spyOn(process.stderr, 'write');
    const bar = progress('reading', true);
    bar.to(1, 2, 3);
    bar.end();
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
    expect(progressText(0, 0, 5)).toBe('100% · storing');
  });
});
