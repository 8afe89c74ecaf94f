import fc from 'fast-check';
import { apportion, apportionQuotas, compareKeys } from '../../src/domain/apportionment.ts';
import { Fraction, sumFractions } from '../../src/domain/fraction.ts';
import { RUNS, amounts, fractions, shuffled, weights } from './arbitraries.ts';

const digits = fc.integer({ min: 0, max: 4 });

function byKey(total: bigint, list: readonly { key: string; weight: Fraction }[], decimals: number) {
  const shares = apportion(total, list, decimals)!;
  return new Map(list.map(({ key }, i) => [key, shares[i]!]));
}

function quotaOf(total: bigint, list: readonly { weight: Fraction }[], i: number): Fraction {
  return list[i]!.weight.times(total).over(sumFractions(list.map(({ weight }) => weight)));
}

describe('apportion', () => {
  it('sums to the total, each share within one minor unit of its quota', () => {
    fc.assert(
      fc.property(amounts, weights, digits, (total, list, decimals) => {
        const shares = apportion(total, list, decimals)!;
        expect(shares.reduce((a, b) => a + b, 0n)).toBe(total);
        shares.forEach((share, i) => {
          const distance = quotaOf(total, list, i).minus(Fraction.of(share));
          expect(distance.minus(Fraction.ONE).sign).toBeLessThanOrEqual(0);
          expect(distance.plus(Fraction.ONE).sign).toBeGreaterThanOrEqual(0);
        });
      }),
      RUNS,
    );
  });

  it('mirrors a negative total', () => {
    fc.assert(
      fc.property(amounts, weights, digits, (total, list, decimals) => {
        const mirrored = apportion(-total, list, decimals)!.map((share) => -share);
        expect(mirrored).toEqual(apportion(total, list, decimals));
      }),
      RUNS,
    );
  });

  it('gives the same to every key in whatever order they come', () => {
    fc.assert(
      fc.property(
        weights.chain((list) => fc.tuple(fc.constant(list), shuffled(list))),
        amounts,
        digits,
        ([list, other], total, decimals) => {
          const one = byKey(total, list, decimals);
          const two = byKey(total, other, decimals);
          list.forEach(({ key }) => expect(two.get(key)).toBe(one.get(key)));
        },
      ),
      RUNS,
    );
  });

  it('gives nothing to a zero weight, and its presence changes nobody', () => {
    fc.assert(
      fc.property(amounts, weights, digits, (total, list, decimals) => {
        const all = byKey(total, list, decimals);
        const heavy = list.filter(({ weight }) => !weight.isZero);
        const alone = byKey(total, heavy, decimals);
        list.forEach(({ key, weight }) => expect(all.get(key)).toBe(weight.isZero ? 0n : alone.get(key)));
      }),
      RUNS,
    );
  });

  it('does not see the scale of the weights', () => {
    fc.assert(
      fc.property(amounts, weights, fc.bigInt({ min: 1n, max: 10n ** 9n }), (total, list, factor) => {
        const scaled = list.map(({ key, weight }) => ({ key, weight: weight.times(factor) }));
        expect(apportion(total, scaled, 2)).toEqual(apportion(total, list, 2));
      }),
      RUNS,
    );
  });

  it('gives equal weights shares that differ by one minor unit at most, the more to the lower keys', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 40 }), (total, count) => {
        const list = Array.from({ length: count }, (_, i) => ({ key: String(i).padStart(2, '0'), weight: 1n }));
        const sizes = apportion(total, list, 2)!.map((share) => (share < 0n ? -share : share));
        expect(sizes).toEqual([...sizes].sort((a, b) => (a > b ? -1 : a < b ? 1 : 0)));
        expect(sizes[0]! - sizes[count - 1]!).toBeLessThanOrEqual(1n);
      }),
      RUNS,
    );
  });

  it('splits 182.25 at 98 to 2 into 178.61 and 3.64: an exact tie, the lower key takes the cent', () => {
    expect(
      apportion(
        18225n,
        [
          { key: 'a', weight: 98n },
          { key: 'b', weight: 2n },
        ],
        2,
      ),
    ).toEqual([17861n, 364n]);
    expect(
      apportion(
        18225n,
        [
          { key: 'b', weight: 98n },
          { key: 'a', weight: 2n },
        ],
        2,
      ),
    ).toEqual([17860n, 365n]);
    expect(
      apportion(
        18225n,
        [
          { key: 'b', weight: 2n },
          { key: 'a', weight: 98n },
        ],
        2,
      ),
    ).toEqual([364n, 17861n]);
  });

  it('lets ten units share one cent: the lowest key has it', () => {
    const units = Array.from({ length: 10 }, (_, i) => ({ key: `unit ${9 - i}`, weight: 1n }));
    expect(apportion(1n, units, 2)).toEqual([0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 1n]);
  });

  it('keeps 15 digits of a large total exact', () => {
    const shares = apportion(
      10n ** 17n + 1n,
      [
        { key: 'a', weight: 1n },
        { key: 'b', weight: 2n },
      ],
      2,
    )!;
    expect(shares).toEqual([33333333333333334n, 66666666666666667n]);
  });

  it('leaves it to the caller who takes a total that has no weights', () => {
    expect(apportion(100n, [{ key: 'a', weight: 0n }], 2)).toBeUndefined();
    expect(apportion(100n, [], 2)).toBeUndefined();
  });

  it('refuses a negative weight by name', () => {
    expect(() => apportion(1n, [{ key: 'a', weight: -1n }], 2)).toThrow('the weight of a is negative');
  });
});

describe('apportionQuotas', () => {
  const claims = fc
    .uniqueArray(fc.record({ key: fc.string({ maxLength: 5 }), quota: fractions }), {
      selector: ({ key }) => key,
      minLength: 1,
      maxLength: 10,
    })
    .map((list) => {
      // One more claim takes what makes the sum whole.
      const sum = sumFractions(list.map(({ quota }) => quota));
      const whole = Fraction.of(sum.rounded());
      return [...list, { key: 'the rest of it', quota: whole.minus(sum) }];
    });

  it('posts quotas of both signs: exact sum, within one minor unit, never against the sign', () => {
    fc.assert(
      fc.property(claims, digits, (list, decimals) => {
        const total = sumFractions(list.map(({ quota }) => quota)).numerator;
        const posted = apportionQuotas(total, list, decimals);
        expect(posted.reduce((a, b) => a + b, 0n)).toBe(total);
        posted.forEach((amount, i) => {
          const { quota } = list[i]!;
          const distance = quota.minus(Fraction.of(amount));
          expect(distance.minus(Fraction.ONE).sign).toBeLessThanOrEqual(0);
          expect(distance.plus(Fraction.ONE).sign).toBeGreaterThanOrEqual(0);
          expect(amount === 0n || Number(amount > 0n ? 1 : -1) === quota.sign).toBe(true);
        });
        const mirror = list.map(({ key, quota }) => ({ key, quota: quota.negated() }));
        expect(apportionQuotas(-total, mirror, decimals)).toEqual(posted.map((amount) => -amount));
      }),
      RUNS,
    );
  });

  it('ranks quotas at six decimals of the major unit, so that doubles rank them alike', () => {
    const third = Fraction.of(1n, 3n);
    const hair = Fraction.of(1n, 10n ** 9n);
    // b is larger by less than a workbook can see: a tie, and the lower key takes the cent.
    const list = [
      { key: 'a', quota: third },
      { key: 'b', quota: third.plus(hair) },
      { key: 'c', quota: third.minus(hair) },
    ];
    expect(apportionQuotas(1n, list, 2)).toEqual([1n, 0n, 0n]);
    expect(
      apportionQuotas(
        1n,
        list.map(({ key, quota }, i) => ({ key: `${9 - i}${key}`, quota })),
        2,
      ),
    ).toEqual([0n, 0n, 1n]);
  });

  it('refuses quotas that do not sum to the total', () => {
    expect(() => apportionQuotas(2n, [{ key: 'a', quota: Fraction.ONE }], 2)).toThrow('quotas sum to 1, not to 2');
  });
});

describe('compareKeys', () => {
  it('goes by code units, whatever the locale', () => {
    expect(['ä', 'z', 'Z', 'a', '10', '9'].sort(compareKeys)).toEqual(['10', '9', 'Z', 'a', 'z', 'ä']);
    expect(compareKeys('a', 'a')).toBe(0);
  });
});
