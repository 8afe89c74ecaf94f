import fc from 'fast-check';
import { BRIDGE_STEPS, bridge } from '../../../src/domain/statements/bridge.ts';
import type { BridgeLine } from '../../../src/domain/statements/bridge.ts';
import { Fraction } from '../../../src/domain/fraction.ts';
import { RUNS, shuffled } from '../arbitraries.ts';

const NONE = { corrections: 0n, restated: 0n, digits: 2 };

function line(
  over: Partial<Omit<BridgeLine, 'contacts' | 'seconds'>> & { contacts?: number; seconds?: number },
): BridgeLine {
  return {
    decision: null,
    reason: 'fee',
    channel: 'voice',
    pool: 'voice',
    amount: 0n,
    ...over,
    contacts: Fraction.of(over.contacts ?? 0),
    seconds: Fraction.of(over.seconds ?? 0),
  };
}

const counts = fc
  .tuple(fc.bigInt({ min: 0n, max: 5000n }), fc.constantFrom(1n, 1n, 2n, 3n, 720_720n))
  .map(([n, d]) => Fraction.of(n, d));
const lines = fc.array(
  fc.record({
    decision: fc.constantFrom(null, null, 'FEE-LATE', 'APP-5', 'FREE-RETURNS'),
    reason: fc.constantFrom(null, 'fee', 'fault', 'move'),
    channel: fc.constantFrom(null, 'voice', 'chat'),
    pool: fc.constantFrom('voice', 'chat', 'platform'),
    contacts: counts,
    seconds: counts.map((count) => count.times(240n)),
    amount: fc.bigInt({ min: -(10n ** 7n), max: 10n ** 10n }),
  }),
  { maxLength: 10 },
);
const adjustments = fc.record({
  corrections: fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
  restated: fc.bigInt({ min: -(10n ** 6n), max: 10n ** 6n }),
  digits: fc.integer({ min: 0, max: 3 }),
});

function stepsOf(last: readonly BridgeLine[], now: readonly BridgeLine[]) {
  const { steps } = bridge(last, now, NONE);
  return Object.fromEntries(Object.entries(steps).filter(([, amount]) => amount !== 0n));
}

describe('bridge', () => {
  it('sums exactly from last charge to this charge, whatever the lines', () => {
    fc.assert(
      fc.property(lines, lines, adjustments, (last, now, more) => {
        const { opening, steps, closing } = bridge(last, now, more);
        const charge = (list: readonly BridgeLine[]) => list.reduce((sum, { amount }) => sum + amount, 0n);
        expect(opening).toBe(charge(last) - more.restated);
        expect(closing).toBe(charge(now) + more.corrections);
        expect(BRIDGE_STEPS.reduce((sum, step) => sum + steps[step], opening)).toBe(closing);
      }),
      RUNS,
    );
  });

  it('does not see the order of lines and mirrors amounts of opposite sign', () => {
    const both = fc
      .tuple(lines, lines)
      .chain(([last, now]) => fc.tuple(fc.constant({ last, now }), shuffled(last), shuffled(now)));
    fc.assert(
      fc.property(both, ([{ last, now }, otherLast, otherNow]) => {
        const { steps } = bridge(last, now, NONE);
        expect(bridge(otherLast, otherNow, NONE).steps).toEqual(steps);
        const negated = (list: readonly BridgeLine[]) => list.map((one) => ({ ...one, amount: -one.amount }));
        const mirrored = bridge(negated(last), negated(now), NONE).steps;
        for (const step of BRIDGE_STEPS) expect(mirrored[step]).toBe(-steps[step]);
      }),
      RUNS,
    );
  });

  it('says nothing changed between equal periods, though a line is split in two', () => {
    fc.assert(
      fc.property(lines, (list) => {
        const split = list.flatMap((one) => [
          { ...one, contacts: one.contacts.over(3n), seconds: one.seconds.over(3n), amount: 0n },
          { ...one, contacts: one.contacts.times(2n).over(3n), seconds: one.seconds.times(2n).over(3n) },
        ]);
        expect(stepsOf(list, split)).toEqual({});
      }),
      RUNS,
    );
  });

  const base = line({ contacts: 100, seconds: 30000, amount: 60000n });
  it.each([
    [
      'volume: twice the contacts, all alike',
      [line({ contacts: 200, seconds: 60000, amount: 120000n })],
      { volume: 60000n },
    ],
    [
      'handle time: each takes longer',
      [line({ contacts: 100, seconds: 33000, amount: 66000n })],
      { handle_time: 6000n },
    ],
    ['rate: each second costs more', [line({ contacts: 100, seconds: 30000, amount: 75000n })], { rate: 15000n }],
  ])('puts all of it into %s', (_, now, steps) => {
    expect(stepsOf([base], now)).toEqual(steps);
  });

  it('puts a shift between reasons into mix, also one that comes or goes', () => {
    const cheap = (contacts: number) => line({ contacts, seconds: contacts * 100, amount: BigInt(contacts) * 200n });
    const dear = (contacts: number) =>
      line({ reason: 'fault', contacts, seconds: contacts * 600, amount: BigInt(contacts) * 1200n });
    expect(stepsOf([cheap(80), dear(20)], [cheap(60), dear(40)])).toEqual({ mix: 20000n });
    expect(stepsOf([cheap(100)], [cheap(80), dear(20)])).toEqual({ mix: 20000n });
    expect(stepsOf([cheap(80), dear(20)], [cheap(100)])).toEqual({ mix: -20000n });
  });

  it('calls a unit that had no contacts before, or has none now, volume', () => {
    expect(stepsOf([], [base])).toEqual({ volume: 60000n });
    expect(stepsOf([base], [])).toEqual({ volume: -60000n });
  });

  it('keeps a decision that began or ended apart, at its charge', () => {
    const begun = line({ decision: 'FEE-LATE', contacts: 50, seconds: 9000, amount: 18000n });
    expect(stepsOf([base], [base, begun])).toEqual({ decisions: 18000n });
    expect(stepsOf([base, begun], [base])).toEqual({ decisions: -18000n });
    expect(stepsOf([base, begun], [base, begun])).toEqual({});
  });

  it('counts contacts where a pool counts no seconds', () => {
    const perContact = (contacts: number, amount: bigint) => line({ pool: 'platform', contacts, amount });
    expect(stepsOf([perContact(100, 5000n)], [perContact(120, 6000n)])).toEqual({ volume: 1000n });
    expect(stepsOf([perContact(100, 5000n)], [perContact(100, 5500n)])).toEqual({ rate: 500n });
  });

  it('puts cost that no contact explains into rate', () => {
    const direct = (amount: bigint) => line({ reason: null, channel: null, pool: 'legal', amount });
    expect(stepsOf([base, direct(1000n)], [base, direct(1500n)])).toEqual({ rate: 500n });
    expect(stepsOf([base], [base, direct(1500n)])).toEqual({ rate: 1500n });
  });

  it('carries corrections and restatements as they are given', () => {
    const { opening, steps, closing } = bridge([base], [base], { corrections: -250n, restated: 900n, digits: 2 });
    expect({ opening, closing }).toEqual({ opening: 59100n, closing: 59750n });
    expect(steps).toMatchObject({ corrections: -250n, restated: 900n, rate: 0n });
  });

  it('stays short in its numbers for two thousand groups of odd fractions', () => {
    const many = (factor: number) =>
      Array.from({ length: 2_000 }, (_, i) => ({
        ...line({ reason: `r${i}`, amount: BigInt(i * factor + 7) }),
        contacts: Fraction.of(i + factor, 720_720),
        seconds: Fraction.of(i * 17 + factor, 97),
      }));
    const { opening, steps, closing } = bridge(many(3), many(5), NONE);
    expect(BRIDGE_STEPS.reduce((sum, step) => sum + steps[step], opening)).toBe(closing);
  });
});
