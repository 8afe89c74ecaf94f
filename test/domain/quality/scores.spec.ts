import fc from 'fast-check';
import { cohensKappa, contactRate } from '../../../src/domain/quality/contact-rate.ts';
import { netPromoter, promoterCounts } from '../../../src/domain/quality/net-promoter.ts';
import { newcombe, wilson } from '../../../src/domain/quality/proportion.ts';
import { resolution } from '../../../src/domain/quality/resolution.ts';
import type { Instrument } from '../../../src/domain/quality/scores.ts';
import { scoreSummary } from '../../../src/domain/quality/scores.ts';

const CES1: Instrument = { code: 'CES-1', metric: 'ces', scaleMin: 1, scaleMax: 5, higherIsBetter: false };
const CES2: Instrument = { code: 'CES-2', metric: 'ces', scaleMin: 1, scaleMax: 7, higherIsBetter: true };

describe('scores', () => {
  it('take their direction from the instrument: CES 1.0 low is good, CES 2.0 high is good', () => {
    expect(scoreSummary(CES1, [1, 1, 2, 5], 0.95)).toMatchObject({ mean: 2.25, top: { point: 0.75 } });
    expect(scoreSummary(CES2, [7, 6, 5, 1], 0.95)).toMatchObject({ mean: 4.75, top: { point: 0.75 } });
    expect(scoreSummary(CES1, [1], 0.95).goodness).toBe(1);
    expect(scoreSummary(CES2, [1], 0.95).goodness).toBe(0);
  });

  it('refuse answers off the scale and no answers', () => {
    expect(() => scoreSummary(CES2, [8], 0.95)).toThrow(/goes from 1 to 7/);
    expect(() => scoreSummary(CES2, [], 0.95)).toThrow(/no answers/);
    expect(() => promoterCounts([11])).toThrow(RangeError);
  });

  it('turn round with the scale: reversed answers on a reversed instrument are as good', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (answers) => {
        const turned = scoreSummary(
          { ...CES1, higherIsBetter: true },
          answers.map((answer) => 6 - answer),
          0.9,
        );
        const plain = scoreSummary(CES1, answers, 0.9);
        expect(turned.goodness).toBeCloseTo(plain.goodness, 12);
        expect(turned.top).toEqual(plain.top);
      }),
    );
  });

  it('have the variance of the answers +1, 0, −1 behind a Net Promoter Score', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10), { minLength: 1 }), (answers) => {
        const { score, variance } = netPromoter(promoterCounts(answers), answers.length, 0.95);
        const signs: number[] = answers.map((answer) => (answer >= 9 ? 1 : answer <= 6 ? -1 : 0));
        const mean = signs.reduce((sum, sign) => sum + sign, 0) / signs.length;
        expect(score).toBeCloseTo(mean, 12);
        expect(variance).toBeCloseTo(signs.reduce((sum, sign) => sum + (sign - mean) ** 2, 0) / signs.length, 12);
      }),
    );
  });
});

describe('proportions', () => {
  const share = fc
    .record({ trials: fc.integer({ min: 1, max: 500 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ trials, part }) => ({ trials, successes: Math.round(trials * part) }));

  it('have intervals within 0 and 1 that hold the proportion and mirror with it', () => {
    fc.assert(
      fc.property(share, fc.boolean(), (own, continuity) => {
        const { point, low, high } = wilson(own, 0.95, continuity);
        expect(low >= 0 && low <= point && point <= high && high <= 1).toBe(true);
        const mirrored = wilson({ trials: own.trials, successes: own.trials - own.successes }, 0.95, continuity);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });

  it('have differences that turn round with their order', () => {
    fc.assert(
      fc.property(share, share, (a, b) => {
        const there = newcombe(a, b, 0.9);
        const back = newcombe(b, a, 0.9);
        expect(back.low).toBeCloseTo(-there.high, 12);
        expect(there.low <= there.point && there.point <= there.high).toBe(true);
      }),
    );
  });
});

describe('resolution and contact rates', () => {
  it('judge only contacts whose window had ended, and print the share', () => {
    const day = 86_400;
    const chain = {
      customer: [1, 1, 2, 3, -1],
      topic: [1, 1, 1, 1, 1],
      startedAt: [0, 3 * day, 2 * day, 15 * day, 0],
    };
    const found = resolution(chain, 7, 20 * day, 0.95);
    expect(found).toMatchObject({ windowDays: 7, contacts: 4, observed: 3, observedShare: 0.75 });
    expect(found.resolved.point).toBeCloseTo(2 / 3, 12);
    expect(found.firstContact.point).toBeCloseTo(1 / 2, 12);
    expect(found.repeats.point).toBeCloseTo(1 / 3, 12);
    expect(() => resolution(chain, 30, 20 * day, 0.95)).toThrow(/30 days/);
  });

  it('widen a contact rate when customers differ', () => {
    const even = Array.from({ length: 50 }, () => ({ contacts: 2, volume: 10 }));
    const uneven = even.map((group, i) => ({ ...group, contacts: i % 10 === 0 ? 20 : 0 }));
    expect(contactRate(100, 500, 0.9, even).dispersion).toBe(1);
    expect(contactRate(100, 500, 0.9, uneven).dispersion).toBeGreaterThan(10);
    expect(contactRate(0, 500, 0.9)).toMatchObject({ rate: 0, low: 0 });
    expect(() => contactRate(1, 0, 0.9)).toThrow(/volume/);
  });

  it('tell agreement from chance', () => {
    expect(
      cohensKappa([
        [20, 5],
        [10, 15],
      ]).kappa,
    ).toBeCloseTo(0.4, 12);
  });
});
