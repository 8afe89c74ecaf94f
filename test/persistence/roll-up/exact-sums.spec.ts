import fc from 'fast-check';
import { CellTable } from '../../../src/persistence/roll-up/cell-table.ts';
import { ExactSums } from '../../../src/persistence/roll-up/exact-sums.ts';
import { segmentParts } from '../../../src/persistence/roll-up/segment-parts.ts';

describe('sums of whole numbers', () => {
  it('stay exact where doubles lose units', () => {
    const sums = new ExactSums();
    let double = 0;
    let exact = 0n;
    for (const value of [2 ** 52 - 1, 2 ** 52 - 1, 3, 1, 1, 1, 2 ** 52 - 1]) {
      sums.add(7, value);
      double += value;
      exact += BigInt(value);
    }
    expect(sums.total(7)).toBe(exact);
    expect(BigInt(double)).not.toBe(exact); // the test would see it
  });

  it('cancel, and go below zero', () => {
    const sums = new ExactSums();
    for (let i = 0; i < 5; i++) sums.add(0, -(2 ** 52 - 1));
    expect(sums.total(0)).toBe(-5n * (2n ** 52n - 1n));
    for (let i = 0; i < 5; i++) sums.add(0, 2 ** 52 - 1);
    expect(sums.total(0)).toBe(0n);
  });

  it('hold every place apart, however many there are', () => {
    const sums = new ExactSums();
    for (let place = 0; place < 5000; place++) sums.add(place, place);
    expect(Array.from({ length: 5000 }, (_, place) => sums.total(place))).toEqual(
      Array.from({ length: 5000 }, (_, place) => BigInt(place)),
    );
  });

  it('of seconds in a cell pass 2^53 with the longest contacts that a table holds', () => {
    const table = new CellTable();
    const longest = 2 ** 31 - 1;
    const contacts = 4_200_000;
    let double = 0;
    for (let i = 0; i < contacts; i++) {
      table.add(1, 1, 0, 720_720, longest - (i % 3));
      double += longest - (i % 3);
    }
    const thirds = BigInt(contacts) / 3n;
    const exact = thirds * BigInt(3 * longest - 3);
    expect(exact).toBeGreaterThan(2n ** 53n);
    expect(table.at(0).seconds).toBe(exact);
    expect(BigInt(double)).not.toBe(exact);
    expect(table.at(0).parts).toBe(BigInt(contacts) * 720_720n);
  });
});

describe('cells', () => {
  it('are told apart by every part of their key, through every growth of the table', () => {
    const table = new CellTable();
    for (let round = 0; round < 2; round++)
      for (let cell = 0; cell < 40; cell++)
        for (let traits = 0; traits < 20; traits++)
          for (let variant = 0; variant < 20; variant++) table.add(cell, traits, variant, cell + traits, -1);
    expect(table.count).toBe(40 * 20 * 20);
    for (let place = 0; place < table.count; place++) {
      const { cell, traits, parts, untimedParts, seconds } = table.at(place);
      expect([parts, untimedParts, seconds]).toEqual([BigInt(2 * (cell + traits)), parts, 0n]);
    }
  });
});

describe('parts of a contact of several reasons', () => {
  it('sum to the contact, the odd ones to the largest remainders', () => {
    expect(segmentParts('90 a\n7 b\n0 c')).toEqual([
      { reason: 'b', seconds: 7, parts: 52_011 },
      { reason: 'a', seconds: 90, parts: 668_709 },
      { reason: 'c', seconds: 0, parts: 0 },
    ]);
  });

  it('are exact for as many seconds as a segment can have, as with whole numbers of any size', () => {
    const seconds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1, maxLength: 12 }), (many) => {
        fc.pre(many.some((own) => own > 0));
        const total = many.reduce((sum, own) => sum + BigInt(own), 0n);
        const found = segmentParts(many.map((own, i) => `${own} reason ${i}`).join('\n'));
        expect(found.reduce((sum, { parts }) => sum + parts, 0)).toBe(720_720);
        for (const { seconds: own, parts } of found) {
          const whole = (720_720n * BigInt(own)) / total;
          expect([whole, whole + 1n]).toContain(BigInt(parts));
        }
      }),
    );
  });

  it('are equal where no segment has seconds; ties go by reason code in bytes', () => {
    const lines = [...'zaébcdefghijklmno'].map((reason) => `0 ${reason}`);
    const parts = segmentParts(lines.join('\n'));
    expect(parts.reduce((sum, part) => sum + part.parts, 0)).toBe(720_720);
    const whole = Math.floor(720_720 / 17);
    const more = parts.filter((part) => part.parts === whole + 1).map((part) => part.reason);
    expect(more.join('')).toBe('abcdefghijklmnozé'.slice(0, 720_720 - 17 * whole));
  });
});
