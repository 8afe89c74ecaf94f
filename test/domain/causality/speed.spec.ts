import { incremental } from '../../../src/domain/causality/incremental.ts';
import { addDays } from '../../../src/domain/period.ts';
import { Draws } from './simulated-series.ts';

const DAYS = 3 * 365;
const AFTER = 182;
const CONTROLS = 50;

/** Three years of daily contacts with a season, and fifty others of which some move with them. */
function request(seed: number): Parameters<typeof incremental>[0] {
  const draw = new Draws(seed);
  const shared = Array.from({ length: DAYS }, (_, t) => 0.1 * Math.sin(t / 58) + 0.05 * draw.normal());
  const series = (level: number, follows: number): number[] =>
    shared.map((wave, t) => draw.poisson(draw.gamma(level * (t % 7 < 5 ? 1.1 : 0.75) * Math.exp(follows * wave))));
  const dates = shared.map((_, t) => addDays('2023-11-01', t));
  return {
    every: 'day',
    dates,
    counts: series(100, 1),
    decisions: [{ code: 'DECISION', effectiveFrom: dates[DAYS - AFTER]! }],
    holidays: dates.filter((day) => /-(12-25|01-01|05-01|10-03)$/.test(day)),
    controls: Array.from({ length: CONTROLS }, (_, i) => ({
      name: `control ${i}`,
      counts: series(60, i % 5 === 0 ? 1 : 0),
    })),
  };
}

describe('the time that an estimate takes', () => {
  it('three years of days with 50 control series, all looks and placebos: at most 2 s of CPU', () => {
    const seconds = [1, 2, 3].map((seed) => {
      const asked = request(seed);
      const before = process.cpuUsage();
      const [found] = incremental(asked);
      const { user, system } = process.cpuUsage(before);
      expect(found!.look!.placebo.count).toBeGreaterThan(60);
      return (user + system) / 1e6;
    });
    console.info(
      `estimate of ${DAYS} days with ${CONTROLS} controls: ${seconds.map((s) => s.toFixed(2)).join(', ')} s of CPU`,
    );
    // Others work on the machine, too: the quickest of three is what the code needs.
    expect(Math.min(...seconds)).toBeLessThan(2);
  }, 120_000);
});
