import fc from 'fast-check';
import { NOTHING, effectAmounts, plus, totalOf } from '../../../src/domain/retention/amount.ts';
import type { EffectAmounts } from '../../../src/domain/retention/amount.ts';
import type { CohortReading, Posting } from '../../../src/domain/retention/posting.ts';
import { postedOf, postingOf } from '../../../src/domain/retention/posting.ts';

const WINDOWS = [30, 182, 548];

function euros(amount: number): EffectAmounts {
  return {
    point: { ...NOTHING, buyAgain: BigInt(amount) },
    netted: { ...NOTHING, buyAgain: BigInt(Math.trunc(amount / 2)) },
  };
}

function reading(windowDays: number, state: CohortReading['state'], amount: number): CohortReading {
  return { cohort: '2026-01 FEE', windowDays, state, ...euros(amount) };
}

/** Posts readings in order, as closes do. */
function run(readings: readonly CohortReading[], netProvisional: boolean): Posting[] {
  const posted: Posting[] = [];
  for (const own of readings) {
    const line = postingOf(posted, own, netProvisional);
    if (line) posted.push(line);
  }
  return posted;
}

describe('posting by band', () => {
  it('never adds a month twice: after three windows, posted is the longest window', () => {
    const posted = run(
      WINDOWS.map((days, i) => reading(days, 'final', [100, 250, 180][i]!)),
      false,
    );
    expect(posted.map(({ kind, point }) => [kind, totalOf(point)])).toEqual([
      ['band', 100n],
      ['band', 150n],
      ['band', -70n],
    ]);
    expect(totalOf(postedOf(posted, '2026-01 FEE').point)).toBe(180n);
  });

  it('posts no forecast unless the policy nets it', () => {
    const readings = [reading(30, 'provisional', 90), reading(30, 'final', 100)];
    expect(run(readings, false).map(({ kind }) => kind)).toEqual(['band']);
    expect(run(readings, true).map(({ kind, point }) => [kind, totalOf(point)])).toEqual([
      ['provisional', 90n],
      ['true_up', 10n],
    ]);
  });

  it('refuses to credit a final window again, or a shorter one after it', () => {
    const posted = run([reading(182, 'final', 100)], false);
    expect(() => postingOf(posted, reading(182, 'final', 100), false)).toThrow(/cannot be credited again/);
    expect(() => postingOf(posted, reading(30, 'final', 40), false)).toThrow(/cannot be credited again/);
    expect(postingOf(posted, reading(30, 'provisional', 40), true)).toBeUndefined();
  });

  it('posted + true-up = final, to the cent, after any run of forecasts', () => {
    const forecast = fc.record({ window: fc.nat(2), amount: fc.integer({ min: -1e6, max: 1e6 }) });
    fc.assert(
      fc.property(fc.array(forecast), fc.integer({ min: -1e6, max: 1e6 }), fc.boolean(), (forecasts, final, net) => {
        const readings = forecasts.map(({ window, amount }) => reading(WINDOWS[window]!, 'provisional', amount));
        const posted = run([...readings, reading(548, 'final', final)], net);
        const last = posted.at(-1)!;
        const before = postedOf(posted.slice(0, -1), last.cohort);
        expect(plus(before.point, last.point)).toEqual(euros(final).point);
        expect(plus(before.netted, last.netted)).toEqual(euros(final).netted);
        expect(posted.filter(({ kind }) => kind !== 'provisional')).toHaveLength(1);
      }),
    );
  });
});

describe('an effect in money', () => {
  const streams = { buyAgain: 120.4, buyMore: -30.2, spreadTheWord: 10.1 };

  it('rounds once: streams sum to the total, netted is the bound nearer zero', () => {
    const { point, netted } = effectAmounts(
      { total: { point: 100.3, low: 40.6, high: 160 }, streams, nettable: true },
      2,
    );
    expect(totalOf(point)).toBe(100n);
    expect(totalOf(netted)).toBe(41n);
    expect(netted.buyAgain > 0n && netted.buyMore < 0n).toBe(true);
  });

  it.each([
    ['an interval that includes zero', { point: 100.3, low: -1, high: 201 }, true, 0n],
    ['a loss', { point: -100.3, low: -160, high: -40.4 }, true, -40n],
    ['a failed falsification', { point: 100.3, low: 40, high: 160 }, false, 0n],
  ])('nets %s', (_, total, nettable, expected) => {
    const sign = Math.sign(total.point);
    const signed = { buyAgain: sign * 120.4, buyMore: sign * -30.2, spreadTheWord: sign * 10.1 };
    expect(totalOf(effectAmounts({ total, streams: signed, nettable }, 2).netted)).toBe(expected);
  });
});
