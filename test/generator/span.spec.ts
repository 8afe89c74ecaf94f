import { DateTime } from 'luxon';
import type { Period } from '../../src/domain/period.ts';
import { Span } from '../../src/generator/span.ts';

const span = new Span('2026-10' as Period, 36);

describe('the days of the demo company', () => {
  it('are 36 months that end with the last', () => {
    expect(span.dates[0]).toBe('2023-11-01');
    expect(span.dates.at(-1)).toBe('2026-10-31');
    expect(span.days).toBe(1096);
    expect(span.monthStarts).toHaveLength(37);
    expect(span.dateOf(-1)).toBe('2023-10-31');
    expect(span.dayOf('2023-10-31')).toBe(-1);
  });

  it('know the holidays of all states', () => {
    const dates = [...span.holidays.keys()];
    expect(dates).toEqual(
      expect.arrayContaining(['2024-04-01', '2025-04-18', '2026-04-06', '2026-05-25', '2025-10-03']),
    );
    expect(dates).toHaveLength(27);
  });

  it('have the offsets of Europe/Berlin on every day, and no local time that does not exist', () => {
    const wrong: string[] = [];
    for (let day = 0; day < span.days; day++) {
      const changes = /-(03|10)-(2[4-9]|3[01])$/.test(span.dates[day]!);
      for (let hour = changes ? 0 : 12; hour < (changes ? 24 : 13); hour++) {
        const second = span.onTheWall(day, hour * 3600 + 1800);
        const clock = `${String(Math.floor(second / 3600)).padStart(2, '0')}:30:00`;
        const local = `${span.dates[day]!}T${clock}`;
        const instant = DateTime.fromISO(`${local}+0${span.offsetHours(day, second)}:00`, { zone: 'Europe/Berlin' });
        if (instant.toFormat("yyyy-MM-dd'T'HH:mm:ss") !== local) wrong.push(local);
      }
    }
    expect(wrong).toEqual([]);
  });
});
