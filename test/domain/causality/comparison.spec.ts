import { incrementalByComparison, type ComparisonRequest } from '../../../src/domain/causality/comparison.ts';
import { dayNumber, isoDate } from '../../../src/domain/causality/series-design.ts';
import { Draws } from './simulated-series.ts';

const WEEKS = 90;
const FIRST = 80;

/** Groups that share a season and a shock; the treated ones gain `lift` from week 80 on. */
function groups(seed: number, lift: number, treated: number, comparison: number): ComparisonRequest {
  const draw = new Draws(seed);
  const shared = Array.from({ length: WEEKS }, (_, t) => Math.exp(0.2 * Math.sin(t / 8) + 0.05 * draw.normal()));
  const series = (name: string, gain: number): { name: string; counts: number[] } => ({
    name,
    counts: shared.map((level, t) => draw.poisson(200 * level * (t >= FIRST ? 1 + gain : 1))),
  });
  const weeks = shared.map((_, t) => isoDate(dayNumber('2024-01-01') + 7 * t));
  return {
    weeks,
    decision: { code: 'DECISION', effectiveFrom: weeks[FIRST]! },
    treated: Array.from({ length: treated }, (_, i) => series(`hit ${i}`, lift)),
    comparison: Array.from({ length: comparison }, (_, i) => series(`free ${i}`, 0)),
    method: 'difference_in_differences',
  };
}

describe.each(['difference_in_differences', 'synthetic_control'] as const)('%s', (method) => {
  it.each([
    [1, 3],
    [6, 6],
  ])('with %i treated and %i comparison groups it finds a lift that a shared season hides', (treated, comparison) => {
    let covered = 0;
    for (let seed = 1; seed <= 40; seed++) {
      const found = incrementalByComparison({ ...groups(seed, 0.1, treated, comparison), method });
      const truth = found.expected * 0.1;
      if (found.low <= truth && truth <= found.high) covered++;
      expect(found.estimate).toBeGreaterThan(0);
      expect(found.look!.placebo.count).toBe(65);
    }
    expect(covered).toBeGreaterThanOrEqual(31);
  });

  it('finds nothing where nothing is', () => {
    let chargeable = 0;
    for (let seed = 101; seed <= 140; seed++) {
      if (incrementalByComparison({ ...groups(seed, 0, 1, 4), method }).chargeable) chargeable++;
    }
    expect(chargeable).toBeLessThanOrEqual(6);
  });

  it('is refused without a comparison group, and is not chargeable without placebos', () => {
    const request = { ...groups(1, 0.1, 1, 1), method };
    expect(() => incrementalByComparison({ ...request, comparison: [] })).toThrow('did not hit');
    const short = { ...request, decision: { code: 'X', effectiveFrom: request.weeks[20]! } };
    expect(incrementalByComparison(short)).toMatchObject({
      chargeable: false,
      why: expect.stringContaining('placebos'),
    });
  });

  it('leaves out what lies before another event, and is refused when nothing is left', () => {
    const request = { ...groups(3, 0.1, 1, 3), method };
    const shifted = request.treated.map((group) => ({
      ...group,
      counts: Array.from(group.counts, (count, t) => (t < 60 ? 5 * count : count)),
    }));
    const eventAt = (week: number) => ({
      ...request,
      treated: shifted,
      otherEvents: [{ code: 'E', effectiveFrom: request.weeks[week]! }],
    });
    const clean = incrementalByComparison(eventAt(60));
    expect(Math.abs(clean.estimate / clean.expected - 0.1)).toBeLessThan(0.06);
    expect(() => incrementalByComparison(eventAt(75))).toThrow('5 weeks since another registered event');
  });

  it('shows what there is before the first look, and does not charge it', () => {
    const request = { ...groups(5, 0.5, 1, 3), method };
    const found = incrementalByComparison({ ...request, lookWeeks: [26] });
    expect(found).toMatchObject({ chargeable: false, look: undefined, early: { weeks: 10, placebo: { rank: 1 } } });
    expect(found.why).toMatch(/^too early: first judged 26 weeks after .*; after 10 weeks the interval/);
  });
});
