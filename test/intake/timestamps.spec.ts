import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { viewOf } from '../../src/intake/binary-rows.ts';
import { FastTimestamp } from '../../src/intake/fast-timestamp.ts';
import { dayNumber, dayText, readTimestamp, Zone } from '../../src/intake/timestamps.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/St_Johns', // half hours, changes at one minute past midnight until 2011
  'Australia/Lord_Howe', // changes by half an hour
  'Asia/Kolkata',
  'Pacific/Apia', // left out 2011-12-30
  'America/Sao_Paulo', // put clocks forward at midnight until 2018
  'Africa/Casablanca', // four changes a year
  'Pacific/Chatham',
];
const instant = fc.integer({ min: Date.UTC(1991, 0, 1) / 1000, max: Date.UTC(2060, 0, 1) / 1000 }).map((s) => s * 1000);
const berlin = new Zone('Europe/Berlin');

function read(text: string, zone = berlin) {
  const found = readTimestamp(text, zone);
  if ('fault' in found) return found.fault;
  return `${new Date(Number(found.micros / 1000n)).toISOString()} ${dayText(found.day)}${found.note === undefined ? '' : ` ${found.note}`}`;
}

describe('time zones', () => {
  it.each(ZONES)('%s has the offsets and local days that luxon gives, at any instant', (name) => {
    const zone = new Zone(name);
    const reference = IANAZone.create(name);
    fc.assert(
      fc.property(instant, (ms) => {
        expect(zone.offsetAt(ms)).toBe(Math.round(reference.offset(ms) * 60_000));
        expect(dayText(zone.localDay(ms))).toBe(DateTime.fromMillis(ms, { zone: reference }).toISODate());
      }),
      { numRuns: 300 },
    );
  });

  it.each(ZONES)('%s: the instants of a local time are exactly those that show it', (name) => {
    const zone = new Zone(name);
    fc.assert(
      fc.property(instant, (ms) => {
        const local = ms + zone.offsetAt(ms);
        const found = zone.instantsOf(local);
        expect(found).toContain(ms);
        for (const other of found) expect(other + zone.offsetAt(other)).toBe(local);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a name that is no time zone', () => {
    expect(() => new Zone('Europe/Bärlin')).toThrow(RangeError);
  });
});

describe('timestamps', () => {
  it.each([
    ['with Z', '2026-03-02T08:15:00Z', '2026-03-02T08:15:00.000Z 2026-03-02'],
    ['with an offset', '2026-03-02T09:15:00+01:00', '2026-03-02T08:15:00.000Z 2026-03-02'],
    ['with a short offset', '2026-03-02T09:15:00+01', '2026-03-02T08:15:00.000Z 2026-03-02'],
    ['without an offset: company time in winter', '2026-01-02 09:15:00', '2026-01-02T08:15:00.000Z 2026-01-02'],
    ['without an offset: company time in summer', '2026-07-02T09:15', '2026-07-02T07:15:00.000Z 2026-07-02'],
    [
      'the last second of a month in the company zone is the next month in UTC only in the west',
      '2026-04-30T22:00:00Z',
      '2026-04-30T22:00:00.000Z 2026-05-01',
    ],
    ['one second earlier it is still April', '2026-04-30T21:59:59Z', '2026-04-30T21:59:59.000Z 2026-04-30'],
    ['a leap day', '2028-02-29T12:00:00Z', '2028-02-29T12:00:00.000Z 2028-02-29'],
    ['no leap day in 2100', '2100-02-29T12:00:00Z', 'no_such_day'],
    ['no leap day in 2027', '2027-02-29T12:00:00Z', 'no_such_day'],
    ['a gap: clocks go from 2 to 3', '2026-03-29T02:30:00', 'local_gap'],
    ['the gap does not matter with an offset', '2026-03-29T02:30:00+01:00', '2026-03-29T01:30:00.000Z 2026-03-29'],
    [
      'a double hour: the first of the two, noted',
      '2026-10-25T02:30:00',
      '2026-10-25T00:30:00.000Z 2026-10-25 double_local_time',
    ],
    ['the second of the two by its offset', '2026-10-25T02:30:00+01:00', '2026-10-25T01:30:00.000Z 2026-10-25'],
    ['a day alone: its start, noted', '2026-07-02', '2026-07-01T22:00:00.000Z 2026-07-02 date_only'],
    ['hour 24', '2026-07-02T24:00:00Z', 'no_such_time'],
    ['a leap second', '2016-12-31T23:59:60Z', 'no_such_time'],
    ['an offset beyond any zone', '2026-07-02T10:00:00+19:00', 'no_such_time'],
    ['nanoseconds', '2026-07-02T10:00:00.123456789Z', 'too_fine'],
    ['nanoseconds that are none', '2026-07-02T10:00:00.123456000Z', '2026-07-02T10:00:00.123Z 2026-07-02'],
    ['the stand-in 1970', '1970-01-01T00:00:00Z', 'out_of_range'],
    ['day first', '02.03.2026 10:00', 'not_timestamp'],
    ['the destroyed dates of a spreadsheet', '00:00:00', 'not_timestamp'],
    ['an Excel serial', '46083.5', 'not_timestamp'],
    ['a blank at the end', '2026-07-02T10:00:00Z ', 'not_timestamp'],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toBe(expected);
  });

  // [law, zone, what is written, how it is read]
  it.each([
    [
      'Directive 2000/84/EC, art. 2: forward at 01:00 UTC on the last Sunday of March',
      'Europe/Berlin',
      '2026-03-29T02:00:00',
      'local_gap',
    ],
    [
      'Directive 2000/84/EC, art. 2: until 01:00 UTC',
      'Europe/Berlin',
      '2026-03-29T01:59:59',
      '2026-03-29T00:59:59.000Z 2026-03-29',
    ],
    [
      'Directive 2000/84/EC, art. 2: from 01:00 UTC',
      'Europe/Berlin',
      '2026-03-29T03:00:00',
      '2026-03-29T01:00:00.000Z 2026-03-29',
    ],
    [
      'Directive 2000/84/EC, art. 3: back at 01:00 UTC on the last Sunday of October',
      'Europe/Berlin',
      '2026-10-25T02:59:59',
      '2026-10-25T00:59:59.000Z 2026-10-25 double_local_time',
    ],
    [
      'Directive 2000/84/EC, art. 3: the same instant in Lisbon',
      'Europe/Lisbon',
      '2026-10-25T01:30:00',
      '2026-10-25T00:30:00.000Z 2026-10-25 double_local_time',
    ],
    [
      'Energy Policy Act of 2005, sec. 110: from 2007 on the second Sunday of March',
      'America/New_York',
      '2026-03-08T02:30:00',
      'local_gap',
    ],
    [
      'Uniform Time Act of 1966 as of 1986: in 2006 still the first Sunday of April',
      'America/New_York',
      '2006-04-02T02:30:00',
      'local_gap',
    ],
    [
      'Energy Policy Act of 2005, sec. 110: back on the first Sunday of November',
      'America/New_York',
      '2026-11-01T01:30:00',
      '2026-11-01T05:30:00.000Z 2026-11-01 double_local_time',
    ],
    [
      'Decree 9.772 of 2019: Brazil changes no more',
      'America/Sao_Paulo',
      '2026-11-01T00:30:00',
      '2026-11-01T03:30:00.000Z 2026-11-01',
    ],
    [
      'Inter gravissimas, 1582: 2000 is a leap year',
      'Europe/Berlin',
      '2000-02-29T12:00:00Z',
      '2000-02-29T12:00:00.000Z 2000-02-29',
    ],
    ['Inter gravissimas, 1582: 2100 is none', 'Europe/Berlin', '2100-02-29T12:00:00Z', 'no_such_day'],
  ])('%s (%s, %s)', (_, zone, text, expected) => {
    expect(read(text, new Zone(zone))).toBe(expected);
  });

  it.each([
    ['Europe/Berlin', '2026-03-31T21:59:59Z', '2026-03-31', '2026-03-31T22:00:00Z', '2026-04-01'],
    ['Europe/Berlin', '2026-02-28T22:59:59Z', '2026-02-28', '2026-02-28T23:00:00Z', '2026-03-01'],
    ['America/New_York', '2026-04-01T03:59:59Z', '2026-03-31', '2026-04-01T04:00:00Z', '2026-04-01'],
    ['Asia/Kolkata', '2026-03-31T18:29:59Z', '2026-03-31', '2026-03-31T18:30:00Z', '2026-04-01'],
    ['UTC', '2028-02-29T23:59:59Z', '2028-02-29', '2028-03-01T00:00:00Z', '2028-03-01'],
  ])('a month ends at midnight of %s, not of UTC', (zone, last, lastDay, first, firstDay) => {
    expect(read(last, new Zone(zone))).toContain(` ${lastDay}`);
    expect(read(first, new Zone(zone))).toContain(` ${firstDay}`);
  });

  it('starts a day where midnight does not exist', () => {
    expect(read('2018-11-04', new Zone('America/Sao_Paulo'))).toBe('2018-11-04T03:00:00.000Z 2018-11-04 date_only');
  });

  const digits = (length: number): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...'0123456789'), { minLength: length, maxLength: length }).map((d) => d.join(''));
  const texts = fc.oneof(
    instant.map((ms) => new Date(ms).toISOString()),
    instant.map((ms) => new Date(ms).toISOString().slice(0, 19)),
    instant.map((ms) => `${new Date(ms).toISOString().slice(0, 19)}+05:30`),
    fc.tuple(instant, digits(6)).map(([ms, f]) => `${new Date(ms).toISOString().slice(0, 19)}.${f}-03:30`),
    fc
      .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2))
      .map(([y, m, d, h, i, s]) => `${y}-${m}-${d}T${h}:${i}:${s}Z`),
    fc.string({ unit: fc.constantFrom(...'0123456789-:T Z+.'), minLength: 15, maxLength: 28 }),
  );
  it.each(ZONES)('%s: the fast reading from bytes is the same, or leaves the judgement', (name) => {
    const zone = new Zone(name);
    const fast = new FastTimestamp(zone);
    fc.assert(
      fc.property(texts, (text) => {
        const bytes = Buffer.from(`x${text}y`);
        if (!fast.read(viewOf(bytes), 1, bytes.length - 1)) return;
        const slow = readTimestamp(text, zone);
        if ('fault' in slow) throw new Error(`${text}: ${slow.fault}`);
        expect({ micros: BigInt(fast.micros) + 946_684_800_000_000n, day: fast.day }).toEqual({
          micros: slow.micros,
          day: slow.day,
        });
        expect(slow.note).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  it('takes the plain forms the fast way', () => {
    const fast = new FastTimestamp(berlin);
    for (const text of ['2026-07-02T10:00:00Z', '2026-07-02 10:00:00', '2026-07-02T10:00:00.250+02:00']) {
      expect(fast.read(viewOf(Buffer.from(text)), 0, text.length)).toBe(true);
    }
    expect(dayText(dayNumber('2026-07-02'))).toBe('2026-07-02');
  });
});
