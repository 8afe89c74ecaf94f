import fc from 'fast-check';
import { Refusal } from '../../src/domain/errors.ts';
import {
  addDays,
  addMonths,
  daysBetween,
  firstDay,
  isLocalDate,
  isPeriod,
  lastDay,
  period,
  periodOf,
  periodsBetween,
} from '../../src/domain/period.ts';
import { RUNS } from './arbitraries.ts';

const periods = fc
  .tuple(fc.integer({ min: 1970, max: 2199 }), fc.integer({ min: 1, max: 12 }))
  .map(([year, month]) => period(`${year}-${String(month).padStart(2, '0')}`));
const dates = fc.integer({ min: 0, max: 80_000 }).map((days) => addDays('1970-01-01', days));

describe('periods', () => {
  it('count months forth and back', () => {
    fc.assert(
      fc.property(periods, fc.integer({ min: -500, max: 500 }), (p, months) => {
        expect(addMonths(addMonths(p, months), -months)).toBe(p);
        expect(isPeriod(addMonths(p, months))).toBe(true);
      }),
      RUNS,
    );
  });

  it('begin and end on their own days', () => {
    fc.assert(
      fc.property(periods, (p) => {
        expect(periodOf(firstDay(p))).toBe(p);
        expect(periodOf(lastDay(p))).toBe(p);
        expect(addDays(lastDay(p), 1)).toBe(firstDay(addMonths(p, 1)));
      }),
      RUNS,
    );
    expect(lastDay(period('2024-02'))).toBe('2024-02-29');
    expect(lastDay(period('2100-02'))).toBe('2100-02-28');
  });

  it('stand between two others, both included', () => {
    expect(periodsBetween(period('2025-11'), period('2026-02'))).toEqual(['2025-11', '2025-12', '2026-01', '2026-02']);
    expect(periodsBetween(period('2026-02'), period('2026-01'))).toEqual([]);
  });

  it.each(['2026-13', '2026-00', '2026-1', '26-01', '2026', '2026-01-01', '0026-01', ' 2026-01'])(
    'refuse "%s"',
    (text) => {
      expect(() => period(text)).toThrow(Refusal);
    },
  );
});

describe('local days', () => {
  it('are counted without a time zone', () => {
    fc.assert(
      fc.property(dates, fc.integer({ min: -5000, max: 5000 }), (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days);
        expect(isLocalDate(addDays(date, days))).toBe(true);
      }),
      RUNS,
    );
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
  });

  it.each(['2026-02-29', '2026-04-31', '2026-1-1', '2026-01-01T00:00', 'today', ''])('do not include "%s"', (text) => {
    expect(isLocalDate(text)).toBe(false);
  });
});
