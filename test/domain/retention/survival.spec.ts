import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { clusteredBootstrap, quantile } from '../../../src/domain/retention/bootstrap.ts';
import { contractForecast } from '../../../src/domain/retention/forecast.ts';
import { expectedSpend, fitGammaGamma } from '../../../src/domain/retention/gamma-gamma.ts';
import { hypergeometric } from '../../../src/domain/retention/hypergeometric.ts';
import { kaplanMeier, restrictedMean, survivalAt } from '../../../src/domain/retention/kaplan-meier.ts';
import { expectedLifetime, residualLifetime, sbgSurvival } from '../../../src/domain/retention/sbg.ts';
import { deltaError } from '../../../src/domain/retention/maximum-likelihood.ts';
import { standardError } from '../../../src/domain/retention/treatment-effect.ts';

describe('Kaplan–Meier', () => {
  const followed = fc
    .array(fc.record({ time: fc.integer({ min: 1, max: 20 }), event: fc.constantFrom(0, 1) }), { minLength: 1 })
    .map((rows) => ({ time: rows.map((row) => row.time), event: rows.map((row) => row.event) }));

  it('is the share still there when nobody is censored', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), fc.nat(20), (time, at) => {
        const curve = kaplanMeier({ time, event: time.map(() => 1) });
        expect(survivalAt(curve, at)).toBeCloseTo(time.filter((t) => t > at).length / time.length, 10);
      }),
    );
  });

  it('does not depend on the order of rows, and weights are copies', () => {
    fc.assert(
      fc.property(followed, fc.nat(20), ({ time, event }, at) => {
        const curve = kaplanMeier({ time, event });
        expect(kaplanMeier({ time: [...time].reverse(), event: [...event].reverse() })).toEqual(curve);
        const twice = kaplanMeier({ time: [...time, ...time], event: [...event, ...event] });
        const weighted = kaplanMeier({ time, event, weight: time.map(() => 2) });
        expect(survivalAt(weighted, at)).toBeCloseTo(survivalAt(twice, at), 12);
      }),
    );
  });

  it('counts a row at risk only after it came under observation', () => {
    const curve = kaplanMeier({ time: [2, 5, 6], event: [1, 1, 1], entry: [0, 3, 0] });
    expect(curve.map(({ atRisk }) => atRisk)).toEqual([2, 2, 1]);
  });

  it('has the mean time up to a horizon as its area', () => {
    const { mean } = restrictedMean(kaplanMeier({ time: [1, 2, 4], event: [1, 1, 1] }), 3);
    expect(mean).toBeCloseTo((1 + 2 + 3) / 3, 12);
  });
});

describe('lifetime models', () => {
  it('sum the discounted survival of a contract', () => {
    const model = { alpha: 0.668, beta: 3.806 };
    const sum = Array.from({ length: 4000 }, (_, t) => sbgSurvival(model, t) / 1.1 ** t).reduce((a, b) => a + b, 0);
    expect(expectedLifetime(model, 0.1)).toBeCloseTo(sum, 8);
    const ahead = Array.from({ length: 4000 }, (_, t) => sbgSurvival(model, 4 + t) / sbgSurvival(model, 3) / 1.1 ** t);
    expect(residualLifetime(model, 3, 0.1)).toBeCloseTo(
      ahead.reduce((a, b) => a + b, 0),
      8,
    );
  });

  it('know the hypergeometric series', () => {
    expect(hypergeometric(1, 1, 2, 0.5)).toBeCloseTo(2 * Math.LN2, 14);
    expect(() => hypergeometric(1, 1, 2, 1)).toThrow(RangeError);
  });

  it('find the spend of a simulated shop again', () => {
    const random = xoroshiro128plus(3);
    const uniform = (): number => ((random.next() >>> 0) + 0.5) / 4294967296;
    const gamma = (shape: number): number => {
      let sum = 0;
      for (let i = 0; i < shape; i++) sum -= Math.log(uniform());
      return sum;
    };
    // p = 6, q = 4, v = 15: mean spend p v / (q − 1) = 30.
    const spends = Array.from({ length: 4000 }, () => {
      const purchases = 1 + Math.floor(uniform() * 6);
      const rate = gamma(4) / 15;
      let total = 0;
      for (let k = 0; k < purchases; k++) total += gamma(6) / rate;
      return { purchases, mean: total / purchases };
    });
    const fit = fitGammaGamma(spends);
    const error = deltaError(([p]) => p!, fit.maximum);
    expect(error).toBeLessThan(1);
    expect(Math.abs(fit.p - 6)).toBeLessThan(2 * error);
    expect(expectedSpend(fit, { purchases: 0, mean: 0 })).toBeGreaterThan(29);
    expect(expectedSpend(fit, { purchases: 0, mean: 0 })).toBeLessThan(31);
  });

  it('forecast contracts by the curve while it reaches, by sBG beyond', () => {
    const arm = (monthlyLoss: number, through: number) => {
      const followedDays: number[] = [];
      const left: number[] = [];
      for (let i = 0; i < 1000; i++) {
        // Losses at the same share of those left each month, spread evenly.
        const gone = Math.log(1 - (i + 0.5) / 1000) / Math.log(1 - monthlyLoss);
        const day = Math.max(1, Math.round(gone * 30));
        followedDays.push(Math.min(day, through));
        left.push(day <= through ? 1 : 0);
      }
      return { followedDays, left, weight: followedDays.map(() => 1) };
    };
    const seen = contractForecast(arm(0.02, 200), arm(0.04, 200), 182, 3000);
    expect(seen.method).toBe('kaplan_meier');
    const ahead = contractForecast(arm(0.02, 100), arm(0.04, 100), 182, 3000);
    expect(ahead.method).toBe('sbg');
    expect(ahead.perCustomer.low).toBeLessThan(seen.perCustomer.perCustomer);
    expect(ahead.perCustomer.high).toBeGreaterThan(seen.perCustomer.perCustomer);
    expect(seen.perCustomer.low).toBeGreaterThan(0);
  });
});

describe('errors by customer', () => {
  it('add what rows of one customer move together', () => {
    expect(standardError([1, 1, -1, -1])).toBe(2);
    expect(standardError([1, 1, -1, -1], ['a', 'a', 'b', 'b'])).toBeCloseTo(Math.sqrt(8), 12);
    expect(standardError([1, 1, -1, -1], ['a', 'b', 'a', 'b'])).toBe(0);
  });

  it('come from a bootstrap that draws whole customers, the same for the same seed', () => {
    const cluster = ['a', 'a', 'b', 'b'];
    const draw = (seed: number): number[] =>
      clusteredBootstrap(4, cluster, 50, seed, (rows) => rows.reduce((sum, row) => sum + row, 0));
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
    // Rows 0 and 1 sum to 1, rows 2 and 3 to 5: only 2, 6 and 10 can be drawn.
    expect([...new Set(draw(1))].sort((a, b) => a - b)).toEqual([2, 6, 10]);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  });
});
