import fc from 'fast-check';
import { apportionQuotas } from '../../../src/domain/apportionment.ts';
import { capacityCostRate, practicalSeconds, usage } from '../../../src/domain/costing/capacity.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import { Fraction } from '../../../src/domain/fraction.ts';
import { RUNS, fractions, positiveFractions } from '../arbitraries.ts';

const of = (text: string | number) => Fraction.parse(String(text));

describe('practicalSeconds', () => {
  it('takes them as given, or from staffing', () => {
    expect(practicalSeconds({ practicalSeconds: of(2880000) }).toText()).toBe('2880000');
    const staffing = { fte: of('12.5'), paidHours: of(160), shrinkage: of('0.3'), occupancy: of('0.85') };
    expect(practicalSeconds(staffing).toText()).toBe('4284000');
  });

  it('refuses shares outside 0 to 1 and negative quantities by name', () => {
    const staffing = { fte: of(1), paidHours: of(160), shrinkage: of('0.3'), occupancy: of('0.85') };
    expect(() => practicalSeconds({ ...staffing, shrinkage: of(30) })).toThrow('shrinkage is 30');
    expect(() => practicalSeconds({ ...staffing, occupancy: of('-0.1') })).toThrow(Refusal);
    expect(() => practicalSeconds({ ...staffing, fte: of(-1) })).toThrow('fte is -1');
    expect(() => practicalSeconds({ practicalSeconds: of(-1) })).toThrow(Refusal);
  });
});

describe('usage', () => {
  it('never loses money to the rate: 7,620,000 over 11,041,250 minutes, 11,000,000 of them used', () => {
    const pool = { cost: of(762000000), practical: of(11041250), used: of(11000000) };
    const { used, unused } = usage(pool);
    const claims = [
      { key: 'unused', quota: unused },
      { key: 'used', quota: used },
    ];
    expect(apportionQuotas(762000000n, claims, 2)).toEqual([2846824n, 759153176n]);
    expect(used.rounded()).toBe(759153176n);
  });

  it('splits the cost of Kaplan & Anderson into 462,880 used and 97,120 unused', () => {
    const { rate, used, unused } = usage({ cost: of(560000), practical: of(700000), used: of(578600) });
    expect([rate, used, unused].map((value) => value.toText())).toEqual(['0.8', '462880', '97120']);
  });

  it('sums to the cost exactly; beyond capacity nothing is unused and the rate falls', () => {
    fc.assert(
      fc.property(fractions, positiveFractions, positiveFractions, (cost, practical, used) => {
        const split = usage({ cost, practical, used });
        expect(split.used.plus(split.unused).equals(cost)).toBe(true);
        expect(split.rate.times(used).equals(split.used)).toBe(true);
        const isOver = used.compare(practical) > 0;
        expect(split.overCapacity.sign).toBe(isOver ? 1 : 0);
        if (isOver) expect(split.unused.isZero).toBe(true);
        else expect(split.rate.equals(capacityCostRate({ cost, practical }))).toBe(true);
        const mirrored = usage({ cost: cost.negated(), practical, used });
        expect(mirrored.used.equals(split.used.negated())).toBe(true);
      }),
      RUNS,
    );
  });

  it('frees cost into unused capacity when contacts halve, at the same rate', () => {
    const full = usage({ cost: of(48000), practical: of(1000), used: of(800) });
    const half = usage({ cost: of(48000), practical: of(1000), used: of(400) });
    expect(half.rate.equals(full.rate)).toBe(true);
    expect(half.unused.minus(full.unused).equals(full.used.minus(half.used))).toBe(true);
  });

  it('calls a cost unused where there is neither capacity nor use, and charges all of it where there is use', () => {
    const idle = usage({ cost: of(100), practical: Fraction.ZERO, used: Fraction.ZERO });
    expect([idle.used.toText(), idle.unused.toText()]).toEqual(['0', '100']);
    const busy = usage({ cost: of(100), practical: Fraction.ZERO, used: of(50) });
    expect([busy.rate.toText(), busy.used.toText(), busy.overCapacity.toText()]).toEqual(['2', '100', '50']);
  });
});
