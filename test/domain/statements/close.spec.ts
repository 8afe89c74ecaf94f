import fc from 'fast-check';
import { Fraction } from '../../../src/domain/fraction.ts';
import type { Books } from '../../../src/domain/statements/books.ts';
import { CONTACT_PARTS } from '../../../src/domain/statements/cell-facts.ts';
import { close } from '../../../src/domain/statements/close.ts';
import { documentsOf } from '../../../src/domain/statements/document.ts';
import { aCell, companies, inputsOf, type CompanyPlan } from '../../builders/company.ts';
import { RUNS } from '../arbitraries.ts';

const bytesOf = (plan: CompanyPlan): string => {
  const inputs = inputsOf(plan);
  return documentsOf(close(inputs), {
    company: 'Test',
    currency: 'EUR',
    digits: 2,
    modelHash: 'm',
    inputsHash: 'i',
    register: inputs.register,
    lastLines: undefined,
    onePerson: false,
  }).runHash;
};
const sum = (amounts: Iterable<bigint>) => [...amounts].reduce((total, amount) => total + amount, 0n);

describe('close', () => {
  it('ties out exactly: per pool, per hop and in all, in every random company', () => {
    fc.assert(
      fc.property(companies, (plan) => {
        const books = close(inputsOf(plan)); // throws OutOfBalance when a pool, a hop or the ledger does not
        const { ledger, difference, ...parts } = books.reconciliation;
        expect(difference).toBe(0n);
        expect(sum(Object.values(parts))).toBe(ledger);
        for (const pool of books.pools) {
          expect(pool.charged + pool.variances + pool.unused + pool.unattributed + pool.withheld + pool.parked).toBe(
            pool.cost,
          );
          expect(pool.ledger + pool.received - pool.passed).toBe(pool.cost);
          const lines = sum(books.lines.filter((line) => line.pool === pool.pool).map((line) => line.amount));
          const service = sum(books.serviceLines.filter((line) => line.pool === pool.pool).map((line) => line.amount));
          expect(lines + service).toBe(pool.cost);
        }
        expect(sum(books.pools.map((pool) => pool.received))).toBe(
          sum(books.pools.map((pool) => pool.passed)) - supportLeft(books),
        );
      }),
      RUNS,
    );
  });

  it('gives the same bytes whatever the order of cells, entries and units', () => {
    fc.assert(
      fc.property(companies, fc.nat(), (plan, seed) => {
        const shuffled = <T>(items: readonly T[]) =>
          [...items]
            .map((item, i) => [((i + 1) * (seed + 7919)) % 104_729, item] as const)
            .sort(([a], [b]) => a - b)
            .map(([, item]) => item);
        const other = {
          ...plan,
          cells: shuffled(plan.cells),
          units: shuffled(plan.units),
          ledger: shuffled(plan.ledger),
          reasons: shuffled(plan.reasons),
        };
        expect(bytesOf(other)).toBe(bytesOf(plan));
      }),
      RUNS,
    );
  });

  it('charges nobody differently when a unit without contacts joins', () => {
    fc.assert(
      fc.property(companies, (plan) => {
        const before = close(inputsOf(plan));
        const after = close(inputsOf({ ...plan, units: [...plan.units, 'ZERO'] }));
        expect(after.lines).toEqual(before.lines);
        expect(after.serviceLines).toEqual(before.serviceLines);
      }),
      { numRuns: 200 },
    );
  });

  it('gives one receiver all of what is charged', () => {
    fc.assert(
      fc.property(companies, (plan) => {
        const one = { ...plan, reasons: plan.reasons.map((reason) => ({ ...reason, owner: 'ALPHA' })) };
        const model = { ...(plan.model as object), rules: [{ name: 'owners', reason_owner: true }] };
        const books = close(
          inputsOf({
            ...one,
            model,
            ledger: plan.ledger.filter((entry) => entry.account !== 'direct' && entry.account !== 'platform'),
          }),
        );
        const units = new Set(books.lines.filter((line) => line.kind === 'contacts').map((line) => line.unit));
        expect([...units].filter((unit) => unit !== 'ALPHA')).toEqual([]);
        expect(books.reconciliation.unattributed).toBe(
          sum(books.serviceLines.filter((line) => line.kind === 'unattributed').map((line) => line.amount)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('mirrors a negative ledger in the actual basis', () => {
    fc.assert(
      fc.property(companies, (plan) => {
        const charging = { ...(plan.model as { charging: object }).charging, basis: 'actual' };
        const actual = { ...plan, model: { ...(plan.model as object), charging } };
        const mirrored = close(
          inputsOf({ ...actual, ledger: plan.ledger.map((entry) => ({ ...entry, amount: -entry.amount })) }),
        );
        const books = close(inputsOf(actual));
        expect(mirrored.lines.map((line) => [line.id, -line.amount])).toEqual(
          books.lines.map((line) => [line.id, line.amount]),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('scales: a ledger of k times the amounts has k times the rates, and lines within a cent per level', () => {
    fc.assert(
      fc.property(companies, fc.integer({ min: 2, max: 9 }), (plan, k) => {
        const charging = { ...(plan.model as { charging: object }).charging, basis: 'actual' };
        const euros = {
          ...plan,
          model: { ...(plan.model as object), charging },
          ledger: plan.ledger.map((entry) => ({ ...entry, currency: 'EUR' })),
        };
        const one = close(inputsOf(euros));
        const many = close(
          inputsOf({ ...euros, ledger: euros.ledger.map((entry) => ({ ...entry, amount: entry.amount * BigInt(k) })) }),
        );
        const supported = one.pools.some((pool) => pool.passed !== 0n);
        for (const [i, pool] of one.pools.entries()) {
          if (!supported) expect(many.pools[i]!.rate.equals(pool.rate.times(BigInt(k)))).toBe(true);
        }
        // by name, not by place: a share of unused capacity that rounds to nothing has no line
        const small = new Map(one.lines.map((line) => [line.id, line.amount]));
        const large = new Map(many.lines.map((line) => [line.id, line.amount]));
        for (const id of new Set([...small.keys(), ...large.keys()])) {
          const difference = (large.get(id) ?? 0n) - (small.get(id) ?? 0n) * BigInt(k);
          // four levels (support, pool, decision, line), each below one minor unit, times k for the smaller one
          expect(difference < 0n ? -difference : difference).toBeLessThanOrEqual(BigInt(4 * (k + 1)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('sums contacts of lines and service to whole contacts, pool by pool', () => {
    fc.assert(
      fc.property(companies, (plan) => {
        const inputs = inputsOf(plan);
        const books = close(inputs);
        const parts = sum([...inputs.cells].map((cell) => cell.parts));
        expect(books.coverage.parts).toBe(parts);
        const tiers = [...books.coverage.byTier.values()].reduce((total, share) => total.plus(share), Fraction.ZERO);
        const kept = books.coverage.repeats
          .plus(books.coverage.transfers ?? Fraction.ZERO)
          .plus(books.coverage.unattributed);
        expect(tiers.plus(kept).equals(Fraction.of(parts))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function supportLeft(books: Books): bigint {
  return sum(
    books.serviceLines
      .filter((line) => line.kind === 'unattributed' && line.pool === 'support without drivers')
      .map((line) => line.amount),
  );
}

describe('standard basis', () => {
  const plan = (cells: CompanyPlan['cells']): CompanyPlan => ({
    units: ['RETAIL', 'MOBILE'],
    reasons: [
      { reason: 'billing', owner: 'RETAIL', standard: 300 },
      { reason: 'network', owner: 'MOBILE', standard: 420 },
    ],
    decisions: [],
    model: {
      pools: [{ code: 'voice', kind: 'operating', ledger: [{ account: '6000' }] }],
      charging: { basis: 'standard', standard_rates: { voice: '0.0135' } },
      rules: [{ name: 'owners', reason_owner: true }],
    },
    ledger: [{ account: '6000', amount: 5_000_000n, currency: 'EUR' }],
    capacity: { voice: 4_000_000 },
    cells,
  });
  const cells = (aht: bigint, scale = 1): CompanyPlan['cells'] => [
    aCell({ contacts: 4000 * scale, seconds: (4000n * BigInt(scale) * 300n * aht) / 100n }),
    aCell({
      contacts: 2000 * scale,
      seconds: (2000n * BigInt(scale) * 420n * aht) / 100n,
      dimensions: { reason: 'network' },
    }),
  ];
  const of = (books: Books, kind: string) =>
    sum(books.serviceLines.filter((line) => line.kind.startsWith(kind)).map((line) => line.amount));
  const unit = (books: Books, code: string) =>
    sum(books.lines.filter((line) => line.unit === code).map((line) => line.amount));

  it('keeps slow handling with service: AHT +20% leaves charges, moves unused into the handle-time variance', () => {
    const before = close(inputsOf(plan(cells(100n))));
    const after = close(inputsOf(plan(cells(120n))));
    expect(unit(after, 'RETAIL')).toBe(unit(before, 'RETAIL'));
    expect(unit(after, 'MOBILE')).toBe(unit(before, 'MOBILE'));
    expect(of(before, 'variance.handle_time')).toBe(0n);
    const moved = of(after, 'variance.handle_time');
    expect(moved).toBe(510_000n); // 0.2 × 2,040,000 s at 50,000.00 / 4,000,000 s
    expect(of(before, 'unused.') - of(after, 'unused.')).toBe(moved);
  });

  it('frees capacity, not the rate, when contacts halve', () => {
    const full = close(inputsOf(plan([aCell({ contacts: 4000, seconds: 1_200_000n })])));
    const half = close(inputsOf(plan([aCell({ contacts: 2000, seconds: 600_000n })])));
    expect(half.pools[0]!.rate.equals(full.pools[0]!.rate)).toBe(true);
    expect(of(half, 'unused.') - of(full, 'unused.')).toBe(750_000n); // 600,000 s at 0.0125
  });

  it('lets an over-used pool say so: nothing unused, the rate falls to cost over used', () => {
    const books = close(inputsOf({ ...plan(cells(100n)), capacity: { voice: 1_000_000 } }));
    expect(of(books, 'unused.')).toBe(0n);
    expect(books.pools[0]!.overCapacity.toText()).toBe('1040000');
    expect(books.pools[0]!.rate.equals(Fraction.of(5_000_000n, 2_040_000n))).toBe(true);
  });

  it('prices contacts without a handle time at the standard', () => {
    const books = close(inputsOf(plan([aCell({ contacts: 10, seconds: 0n, untimedParts: 10n * CONTACT_PARTS })])));
    expect(books.pools[0]!.used.toText()).toBe('3000');
    expect(unit(books, 'RETAIL')).toBe(4050n);
  });

  it('takes avoidable repeats and transfers out of the charge by name', () => {
    const books = close(
      inputsOf(
        plan([
          aCell({ contacts: 100, seconds: 30_000n }),
          aCell({ contacts: 10, seconds: 3_000n, repeat: true }),
          aCell({ contacts: 5, seconds: 1_500n, transferred: true }),
        ]),
      ),
    );
    expect(unit(books, 'RETAIL')).toBe(40_500n);
    expect(of(books, 'variance.repeats')).toBe(4_050n);
    expect(of(books, 'variance.transfers')).toBe(2_025n);
  });
});
