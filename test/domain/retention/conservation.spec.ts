import fc from 'fast-check';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { OutOfBalance } from '../../../src/domain/errors.ts';
import type { StreamAmounts } from '../../../src/domain/retention/amount.ts';
import { totalOf } from '../../../src/domain/retention/amount.ts';
import type { Assignee } from '../../../src/domain/retention/apportioned-effect.ts';
import {
  NOT_ASSIGNED,
  apportionedEffect,
  proveConservation,
} from '../../../src/domain/retention/apportioned-effect.ts';
import { EPISODE_DAYS, bandWeights, episodes, referenceDays } from '../../../src/domain/retention/episode.ts';
import type { Posting } from '../../../src/domain/retention/posting.ts';

const UNITS = ['DIGITAL', 'RETAIL', 'STORES'];

/** Contacts of a few customers over six years, in the order the domain asks for. */
const contacts = fc
  .array(fc.record({ customer: fc.nat(4), day: fc.nat(2200), unit: fc.nat(UNITS.length - 1) }), {
    minLength: 1,
    maxLength: 60,
  })
  .map((rows) => rows.sort((a, b) => a.customer - b.customer || a.day - b.day))
  .map((rows) => ({
    customer: rows.map((row) => row.customer),
    day: rows.map((row) => row.day),
    unit: rows.map((row) => row.unit),
  }));

const amounts: fc.Arbitrary<StreamAmounts> = fc.record({
  buyAgain: fc.bigInt(-1_000_000n, 1_000_000n),
  buyMore: fc.bigInt(-1_000_000n, 1_000_000n),
  spreadTheWord: fc.bigInt(-1_000_000n, 1_000_000n),
});

function assigneesOf(cell: number): Assignee[] {
  // STORES owns three quarters of its decision; a quarter has no owner.
  const share = cell === 2 ? Fraction.of(3, 4) : Fraction.ONE;
  return [{ unit: UNITS[cell]!, decision: 'FEE', share }];
}

describe('revenue conservation', () => {
  it('puts every customer-day into at most one episode, whatever the contacts', () => {
    fc.assert(
      fc.property(contacts, fc.constantFrom(1, 8), fc.nat(2900), (touches, delay, day) => {
        const { clockStart, customer, opening, of } = episodes(touches, delay);
        const over = Array.from(clockStart.keys()).filter(
          (e) => clockStart[e]! <= day && day < clockStart[e]! + EPISODE_DAYS,
        );
        expect(new Set(over.map((e) => customer[e])).size).toBe(over.length);
        // Every contact lies in the episode of its own customer, opened no later than itself.
        touches.day.forEach((own, i) => {
          expect(customer[of[i]!]).toBe(touches.customer[i]);
          expect(touches.day[opening[of[i]!]!]!).toBeLessThanOrEqual(own);
          expect(own).toBeLessThan(clockStart[of[i]!]! + EPISODE_DAYS);
        });
      }),
    );
  });

  it('shares every posting to the cent over units and not assigned', () => {
    fc.assert(
      fc.property(contacts, amounts, amounts, fc.constantFrom(0, 30, 182), (touches, point, netted, start) => {
        const opened = episodes(touches, 8);
        const all = new Uint8Array(opened.clockStart.length).fill(1);
        const weights = bandWeights(touches, opened, touches.unit, all, start);
        expect(sumFractions(weights.values()).equals(Fraction.of(all.length))).toBe(true);
        const posting: Posting = { cohort: '2026-01 FEE', windowDays: 30, kind: 'band', point, netted };
        const lines = apportionedEffect('decision', posting, weights, assigneesOf, 2);
        proveConservation('decision', [posting], lines);
        const sum = lines.reduce((total, line) => total + line.point, 0n);
        expect(sum).toBe(totalOf(point));
      }),
    );
  });

  it('shares a purchase that five contacts of three units reach once, to the cent', () => {
    const touches = { customer: [7, 7, 7, 7, 7], day: [0, 3, 9, 20, 100], unit: [0, 1, 2, 1, 0] };
    const opened = episodes(touches, 8);
    expect(Array.from(opened.opening)).toEqual([0]);
    const posting: Posting = {
      cohort: '2026-01 FEE',
      windowDays: 182,
      kind: 'band',
      point: { buyAgain: 10_000n, buyMore: 1n, spreadTheWord: 0n },
      netted: { buyAgain: 5_000n, buyMore: 0n, spreadTheWord: 0n },
    };
    // The band from day 30 begins after four of the five: each of them earns a quarter.
    const weights = bandWeights(touches, opened, touches.unit, [1], 30);
    const lines = apportionedEffect('decision', posting, weights, assigneesOf, 2);
    const of = (unit: string): bigint =>
      lines
        .filter((line) => line.unit === unit && line.stream === 'buyAgain')
        .reduce((sum, line) => sum + line.point, 0n);
    expect(UNITS.map(of)).toEqual([2_500n, 5_000n, 1_875n]);
    expect(of(NOT_ASSIGNED)).toBe(625n);
    expect(lines.reduce((sum, line) => sum + line.point, 0n)).toBe(10_001n);
  });

  it('keeps an effect that no contact carries as not assigned', () => {
    const posting: Posting = {
      cohort: 'c',
      windowDays: 30,
      kind: 'band',
      point: { buyAgain: 5n, buyMore: 0n, spreadTheWord: 0n },
      netted: { buyAgain: 0n, buyMore: 0n, spreadTheWord: 0n },
    };
    const lines = apportionedEffect('service', posting, new Map(), () => [], 2);
    expect(lines).toMatchObject([{ unit: NOT_ASSIGNED, point: 5n }]);
  });

  it('refuses an injected duplicate, a lost cent and a credit without an estimate', () => {
    const touches = { customer: [1, 1], day: [0, 4], unit: [0, 1] };
    const posting: Posting = {
      cohort: '2026-01 FEE',
      windowDays: 30,
      kind: 'band',
      point: { buyAgain: 301n, buyMore: 0n, spreadTheWord: 0n },
      netted: { buyAgain: 100n, buyMore: 0n, spreadTheWord: 0n },
    };
    const weights = bandWeights(touches, episodes(touches, 8), touches.unit, [1], 0);
    const lines = apportionedEffect('decision', posting, weights, assigneesOf, 2);
    expect(() => proveConservation('decision', [posting], lines)).not.toThrow();
    expect(() => proveConservation('decision', [posting], [...lines, lines[0]!])).toThrow(/credited twice/);
    expect(() => proveConservation('decision', [posting, posting], lines)).toThrow(/posted twice/);
    expect(() => proveConservation('decision', [posting], lines.slice(1))).toThrow(/not apportioned/);
    expect(() => proveConservation('decision', [], lines)).toThrow(OutOfBalance);
  });

  it('gives a comparison group the days of the treated, in turn', () => {
    expect(Array.from(referenceDays([3, 1, 2], 6))).toEqual([1, 1, 2, 2, 3, 3]);
  });
});
