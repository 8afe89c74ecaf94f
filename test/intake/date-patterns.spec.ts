import { dateReader, firstOf, serialDate } from '../../src/intake/date-patterns.ts';

describe('date patterns', () => {
  it.each([
    ['d/m/yyyy', '1/2/2016', { day: '2016-02-01' }],
    ['dd/mm/yyyy', '31/12/2017', { day: '2017-12-31' }],
    ['m/d/yyyy', '1/2/2016', { day: '2016-01-02' }],
    ['d.m.yy', '3.4.26', { day: '2026-04-03' }],
    ['d.m.yy', '3.4.70', { day: '1970-04-03' }],
    ['yyyymmdd', '20260331', { day: '2026-03-31' }],
    ['d mmm yyyy', '3 March 2026', { day: '2026-03-03' }],
    ['d mmm yyyy', '3 sept 2026', { day: '2026-09-03' }],
    ['d/m/yyyy HH:MM', '29/2/2016 01:16', { day: '2016-02-29', clock: '01:16:00' }],
    ['m/d/yy h:MM a', '6/23/25 12:05 AM', { day: '2025-06-23', clock: '00:05:00' }],
    ['m/d/yy h:MM a', '6/23/25 12:05 PM', { day: '2025-06-23', clock: '12:05:00' }],
    ['iso', '2026-03-01T00:00:00Z', { day: '2026-03-01', clock: '00:00:00', offset: 'Z' }],
    ['iso', '2026-03-01', { day: '2026-03-01' }],
    ['excel', '42856', { day: '2017-05-01' }],
    ['excel', '42856.75', { day: '2017-05-01', clock: '18:00:00' }],
    ['excel-1904', '41394', { day: '2017-05-01' }],
  ])('%s reads %s', (pattern, text, expected) => {
    expect(dateReader(pattern)(text)).toEqual(expected);
  });

  it.each([
    ['d/m/yyyy', '31/02/2016', 'no_such_day'],
    ['d/m/yyyy', '13/13/2016', 'no_such_day'],
    ['d/m/yyyy', '00:00:00', 'no_match'],
    ['dd/mm/yyyy', '1/2/2016', 'no_match'],
    ['d/m/yyyy HH:MM', '1/2/2016 24:01', 'no_such_day'],
    ['m/d/yy h:MM a', '6/23/25 13:05 PM', 'no_such_day'],
    ['d mmm yyyy', '3 Foo 2026', 'no_such_day'],
    ['excel', '60', 'no_such_day'],
    ['excel', '0', 'no_such_day'],
    ['excel', '1e5', 'no_match'],
  ])('%s does not read %s', (pattern, text, why) => {
    expect(dateReader(pattern)(text)).toBe(why);
  });

  it('wants a year, a month and a day', () => {
    for (const pattern of ['d/m', 'yyyy', 'HH:MM', '']) expect(() => dateReader(pattern)).toThrow(RangeError);
  });

  it('tries several patterns in order', () => {
    const read = firstOf([dateReader('dd.mm.yyyy'), dateReader('yyyymmdd')]);
    expect(read('20260331')).toEqual({ day: '2026-03-31' });
    expect(read('31.03.2026')).toEqual({ day: '2026-03-31' });
    expect(read('31.02.2026')).toBe('no_such_day');
  });

  it('knows both epochs of workbooks and the day that never was', () => {
    expect(serialDate(1, false)).toEqual({ day: '1900-01-01' });
    expect(serialDate(59, false)).toEqual({ day: '1900-02-28' });
    expect(serialDate(60, false)).toBeUndefined();
    expect(serialDate(61, false)).toEqual({ day: '1900-03-01' });
    expect(serialDate(0, true)).toEqual({ day: '1904-01-01' });
    expect(serialDate(2_958_465, false)).toEqual({ day: '9999-12-31' });
    expect(serialDate(2_958_466, false)).toBeUndefined();
    expect(serialDate(45_000.123456, false)).toEqual({ day: '2023-03-15', clock: '02:57:46.598' });
  });
});
