import fc from 'fast-check';
import { allocateSupport, textbookFlows } from '../../../src/domain/costing/allocation.ts';
import type { AllocationMethod, SupportAllocation, SupportPool } from '../../../src/domain/costing/allocation.ts';
import { finalShares, reciprocatedCosts } from '../../../src/domain/costing/support-network.ts';
import { Refusal } from '../../../src/domain/errors.ts';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { RUNS } from '../arbitraries.ts';

const METHODS: AllocationMethod[] = ['direct', 'step_down', 'reciprocal'];
const OPERATING = ['voice', 'chat', 'mail'];
const SUPPORT = ['it', 'hr', 'qa', 'site'];

function pool(code: string, cost: bigint, drivers: Record<string, number | string>): SupportPool {
  const quantities = Object.entries(drivers).map(([to, quantity]): [string, Fraction] => [
    to,
    Fraction.parse(String(quantity)),
  ]);
  return { code, cost, drivers: new Map(quantities) };
}

const quantity = fc.oneof(
  fc.constant(Fraction.ZERO),
  fc.tuple(fc.bigInt({ min: 1n, max: 500n }), fc.bigInt({ min: 1n, max: 12n })).map(([n, d]) => Fraction.of(n, d)),
);
/** Support pools with any mutual use, own use included; every one has an operating pool to go to, or no driver at all. */
const networks = fc.integer({ min: 1, max: 4 }).chain((size) => {
  const codes = SUPPORT.slice(0, size);
  const receivers = [...codes, ...OPERATING];
  const drivers = fc.tuple(...receivers.map(() => quantity)).map((quantities) => {
    const toOperating = quantities.slice(size).some(({ sign }) => sign > 0);
    return new Map(toOperating ? receivers.map((to, i): [string, Fraction] => [to, quantities[i]!]) : []);
  });
  const one = fc.tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 11n }), drivers);
  return fc
    .tuple(...codes.map(() => one))
    .map((parts) => parts.map(([cost, map], i): SupportPool => ({ code: codes[i]!, cost, drivers: map })));
});

function allocate(method: AllocationMethod, support: readonly SupportPool[]): SupportAllocation {
  return allocateSupport(method, support, OPERATING, { order: support.map(({ code }) => code), digits: 2 });
}

/** What every pool and target holds in the end. */
function balances(support: readonly SupportPool[], { hops, remainder }: SupportAllocation): Map<string, bigint> {
  const held = new Map(support.map(({ code, cost }) => [code, cost]));
  const add = (code: string, amount: bigint) => held.set(code, (held.get(code) ?? 0n) + amount);
  for (const { from, to, amount } of hops) {
    add(from, -amount);
    add(to, amount);
  }
  for (const [target, amount] of remainder) add(target, amount);
  return held;
}

function inAll(amounts: Iterable<bigint>): bigint {
  return [...amounts].reduce((a, b) => a + b, 0n);
}

describe('allocateSupport', () => {
  it('moves all cost to operating pools and zero-driver targets, exactly, by double entry', () => {
    fc.assert(
      fc.property(networks, fc.constantFrom(...METHODS), (support, method) => {
        const allocation = allocate(method, support);
        const held = balances(support, allocation);
        const outside = [...OPERATING, 'unattributed'].map((code) => held.get(code) ?? 0n);
        expect(inAll(outside)).toBe(inAll(support.map(({ cost }) => cost)));
        expect(allocation.hops.every(({ amount }) => amount !== 0n)).toBe(true);
        // A pool without drivers is the only one that is emptied into a remainder.
        if (allocation.remainder.size === 0) support.forEach(({ code }) => expect(held.get(code)).toBe(0n));
      }),
      RUNS,
    );
  });

  it('mirrors a ledger of opposite sign', () => {
    fc.assert(
      fc.property(networks, fc.constantFrom(...METHODS), (support, method) => {
        const mirrored = allocate(
          method,
          support.map((one) => ({ ...one, cost: -one.cost })),
        );
        const expected = allocate(method, support);
        expect(mirrored.hops).toEqual(expected.hops.map((hop) => ({ ...hop, amount: -hop.amount })));
        expect(inAll(mirrored.remainder.values())).toBe(-inAll(expected.remainder.values()));
      }),
      RUNS,
    );
  });

  it('gives the same under every method where no support pool uses another', () => {
    fc.assert(
      fc.property(networks, (support) => {
        const apart = support.map((one) => ({
          ...one,
          drivers: new Map([...one.drivers].filter(([to]) => OPERATING.includes(to))),
        }));
        const [direct, ...others] = METHODS.map((method) => allocate(method, apart));
        others.forEach((other) => expect(other).toEqual(direct));
      }),
      RUNS,
    );
  });

  it('gives a single operating pool everything under every method', () => {
    const support = [pool('it', 1001n, { hr: 2, voice: 1 }), pool('hr', 333n, { it: 1, voice: 7 })];
    for (const method of METHODS) {
      const allocation = allocateSupport(method, support, ['voice'], { order: ['it', 'hr'], digits: 2 });
      expect(balances(support, allocation)).toEqual(
        new Map([
          ['it', 0n],
          ['hr', 0n],
          ['voice', 1334n],
        ]),
      );
    }
  });

  it('posts net charges under reciprocal: the own cost of each pool, nothing between support pools', () => {
    const support = [
      pool('PM', 630000000n, { IS: '0.2', Machining: '0.3', Assembly: '0.5' }),
      pool('IS', 145215000n, { PM: '0.1', Machining: '0.8', Assembly: '0.1' }),
    ];
    const { hops, remainder } = allocateSupport('reciprocal', support, ['Machining', 'Assembly'], { digits: 2 });
    expect(inAll(hops.filter(({ from }) => from === 'PM').map(({ amount }) => amount))).toBe(630000000n);
    expect(inAll(hops.filter(({ from }) => from === 'IS').map(({ amount }) => amount))).toBe(145215000n);
    expect(inAll(hops.filter(({ to }) => to === 'Machining').map(({ amount }) => amount))).toBe(418702500n);
    expect(remainder.size).toBe(0);
  });

  it('closes pools in the stated order and refuses an order that does not name each once', () => {
    const support = [pool('it', 100n, { hr: 1, voice: 1 }), pool('hr', 100n, { it: 1, voice: 1 })];
    const hops = (order: string[]) => allocateSupport('step_down', support, OPERATING, { order, digits: 2 }).hops;
    expect(hops(['it', 'hr'])).toEqual([
      { from: 'it', to: 'hr', amount: 50n },
      { from: 'it', to: 'voice', amount: 50n },
      { from: 'hr', to: 'voice', amount: 150n },
    ]);
    expect(hops(['hr', 'it'])).toContainEqual({ from: 'hr', to: 'it', amount: 50n });
    for (const order of [[], ['it'], ['it', 'it'], ['it', 'hr', 'hr'], ['it', 'qa']]) {
      expect(() => hops(order)).toThrow(Refusal);
    }
  });

  it('reports what a pool without drivers keeps, by its target, also what others sent it', () => {
    const support = [pool('it', 1000n, { hr: 1, voice: 3 }), pool('hr', 100n, { hr: 5, voice: 0 })];
    const remainder = (method: AllocationMethod) =>
      allocateSupport(method, support, OPERATING, {
        order: ['it', 'hr'],
        digits: 2,
        zeroDriver: (code) => `kept ${code}`,
      }).remainder;
    expect(remainder('direct')).toEqual(new Map([['kept hr', 100n]]));
    expect(remainder('step_down')).toEqual(new Map([['kept hr', 350n]]));
    expect(remainder('reciprocal')).toEqual(new Map([['kept hr', 350n]]));
  });

  it('refuses a loop without an exit by the names of its pools, and a receiver that is no pool', () => {
    const loop = [pool('it', 1n, { hr: 1, voice: 1 }), pool('hr', 1n, { qa: 1 }), pool('qa', 0n, { hr: 2 })];
    expect(() => allocate('reciprocal', loop)).toThrow('support pools hr, qa serve only each other');
    expect(() => allocate('direct', [pool('it', 1n, { nowhere: 1 })])).toThrow('driver to "nowhere", which is no pool');
  });
});

describe('the reciprocal method', () => {
  it('is the limit of repeated steps', () => {
    fc.assert(
      fc.property(networks, (support) => {
        const exact = finalShares(support, OPERATING);
        for (const { code } of support) {
          const reached = repeatedSteps(support, code);
          for (const [end, share] of exact.get(code)!) {
            expect(reached.get(end) ?? 0).toBeCloseTo(Number(share.toText()), 6);
          }
          expect(sumFractions(exact.get(code)!.values()).equals(Fraction.ONE)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('hands on the reciprocated cost: gross flows leave every operating pool what net charges do', () => {
    fc.assert(
      fc.property(networks, (support) => {
        const costs = new Map(support.map(({ code, cost }) => [code, Fraction.of(cost)]));
        const gross = textbookFlows('reciprocal', support, OPERATING, costs);
        const final = finalShares(support, OPERATING);
        for (const end of OPERATING) {
          const flows = sumFractions(gross.filter(({ to }) => to === end).map(({ amount }) => amount));
          const net = support.map(({ code, cost }) => (final.get(code)!.get(end) ?? Fraction.ZERO).times(cost));
          expect(flows.equals(sumFractions(net))).toBe(true);
        }
        const reciprocated = reciprocatedCosts(support, OPERATING, costs);
        for (const { code } of support) {
          const received = sumFractions(gross.filter(({ to }) => to === code).map(({ amount }) => amount));
          expect(reciprocated.get(code)!.equals(costs.get(code)!.plus(received))).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('solves fifty pools that all use each other while one waits', () => {
    const codes = Array.from({ length: 50 }, (_, i) => `s${i}`);
    const support = codes.map((code, i) =>
      pool(
        code,
        BigInt(1000 + i),
        Object.fromEntries([...codes, 'voice'].map((to, j) => [to, `${(i * 7 + j * 13) % 97}.25`])),
      ),
    );
    const { hops } = allocateSupport('reciprocal', support, ['voice'], { digits: 2 });
    expect(inAll(hops.map(({ amount }) => amount))).toBe(inAll(support.map(({ cost }) => cost)));
  });
});

/** One unit of cost handed on over and over, in doubles, until nothing moves any more. */
function repeatedSteps(support: readonly SupportPool[], from: string): Map<string, number> {
  let pending = new Map([[from, 1]]);
  const reached = new Map<string, number>();
  for (let pass = 0; pass < 5_000 && pending.size > 0; pass++) {
    const next = new Map<string, number>();
    for (const [code, amount] of pending) {
      const drivers = [...support.find((one) => one.code === code)!.drivers].filter(
        ([to, { sign }]) => to !== code && sign > 0,
      );
      const total = drivers.reduce((sum, [, quantity]) => sum + Number(quantity.toText()), 0);
      if (drivers.length === 0) reached.set(code, (reached.get(code) ?? 0) + amount);
      for (const [to, quantity] of drivers) {
        const target = support.some((one) => one.code === to) ? next : reached;
        const part = (amount * Number(quantity.toText())) / total;
        if (part > 1e-14) target.set(to, (target.get(to) ?? 0) + part);
      }
    }
    pending = next;
  }
  return reached;
}
