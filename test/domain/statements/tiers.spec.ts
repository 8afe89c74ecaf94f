import fc from 'fast-check';
import type { Increment } from '../../../src/domain/attribution/rule-shares.ts';
import { Fraction, sumFractions } from '../../../src/domain/fraction.ts';
import { CONTACT_PARTS } from '../../../src/domain/statements/cell-facts.ts';
import { close } from '../../../src/domain/statements/close.ts';
import type { CloseInputs } from '../../../src/domain/statements/close-inputs.ts';
import type { CellUse } from '../../../src/domain/statements/use-sums.ts';
import { aCell, inputsOf } from '../../builders/company.ts';

type Policy = 'charge' | 'show' | 'charge_lower_bound';

const FROM = '2026-03-10';
const DAYS = ['2026-03-01', FROM, '2026-03-20'] as const;
const OF_FEE = { segment: 'consumer', reasons: ['billing', 'billing.fee'] };

const months = fc.record({
  shares: fc.constantFrom(['1'], ['0.7', '0.3'], ['0.333', '0.667']),
  background: fc.constantFrom('keep', 'deduct'),
  matchShare: fc.constantFrom('1', '0.4'),
  order: fc.shuffledSubarray(['tagged', 'hit', 'campaign', 'lift'] as const, { minLength: 3, maxLength: 4 }),
  rate: fc.constantFrom('0.0135', '0.02'),
  basis: fc.constantFrom('standard', 'actual'),
  otherDays: fc.integer({ min: 0, max: 4000 }),
  point: fc.integer({ min: 0, max: 3000 }),
  bound: fc.double({ min: 0, max: 1, noNaN: true }),
  cells: fc.array(
    fc.record({
      day: fc.constantFrom(...DAYS),
      reason: fc.constantFrom('billing', 'billing.fee', 'network'),
      segment: fc.constantFrom('consumer', 'business'),
      channel: fc.constantFrom('voice', 'chat'),
      tag: fc.constantFrom(null, null, 'FEE'),
      product: fc.constantFrom(null, 'mobile'),
      hitOn: fc.constantFrom(null, null, '2026-03-05', '2026-03-12'),
      repeat: fc.constantFrom(false, false, false, true),
      contacts: fc.integer({ min: 1, max: 400 }),
      seconds: fc.integer({ min: 1, max: 90_000 }),
    }),
    { minLength: 4, maxLength: 20 },
  ),
});
type Month = typeof months extends fc.Arbitrary<infer T> ? T : never;

/** A month with all four tiers: tags, hits, a match, an increase of the decision and owners of reasons. */
function inputs(month: Month, tierC: Policy): CloseInputs {
  const rules = {
    tagged: { name: 'tagged', tag: true },
    hit: { name: 'hit', exposure: ['FEE'], within_days: 30, background: month.background },
    campaign: {
      name: 'campaign',
      match: { product: ['mobile'] },
      to: [{ decision: 'FEE', share: month.matchShare }],
    },
    lift: { name: 'lift', incremental: 'FEE' },
  };
  const point = Fraction.of(month.point);
  const increment: Increment = {
    ...{ rule: 'lift', decision: 'FEE', point, why: 'planted', evidence: {} },
    bound: point.times(Fraction.parse(month.bound.toFixed(6))),
  };
  return {
    ...inputsOf({
      units: ['ALPHA', 'BETA'],
      reasons: ['billing', 'billing.fee', 'network'].map((reason) => ({
        ...{ reason, standard: 300 },
        owner: reason === 'network' ? null : 'BETA',
      })),
      decisions: [
        {
          decision: 'FEE',
          from: FROM,
          population: `segment=${OF_FEE.segment}`,
          reasonList: 'billing*',
          owners: month.shares.map((share, i) => ({ unit: ['ALPHA', 'BETA'][i]!, share })),
        },
      ],
      model: {
        pools: ['voice', 'chat'].map((code) => ({
          ...{ code, kind: 'operating', ledger: [{ account: code }], serves: { channel: [code] } },
        })),
        charging: { basis: month.basis, standard_rates: { voice: month.rate, chat: '0.0140' } },
        rules: [...month.order.map((name) => rules[name]), { name: 'owners', reason_owner: true }],
        tiers: { C: tierC },
      },
      ledger: ['voice', 'chat'].map((account) => ({ account, amount: 1_234_567n, currency: 'EUR' })),
      capacity: { voice: 400_000, chat: 300_000 },
      cells: month.cells.map(({ reason, segment, channel, product, hitOn, seconds, ...cell }, i) =>
        aCell({
          ...cell,
          trace: `${i}`,
          seconds: BigInt(seconds),
          taggedOn: cell.tag === null ? null : cell.day,
          causes: hitOn === null || hitOn > cell.day ? [] : [{ rule: 'hit', decision: 'FEE', hitOn, ageDays: 0 }],
          dimensions: { reason, segment, channel, product },
        }),
      ),
    }),
    customerDays: [{ rule: 'hit', decision: 'FEE', hit: 100n, other: BigInt(month.otherDays) }],
    increments: [increment],
  };
}

const bookOf = (month: Month, tierC: Policy) => {
  const uses: CellUse[] = [];
  return { books: close(inputs(month, tierC), (use) => uses.push(use)), uses };
};
const contactsOf = (uses: readonly CellUse[]): Fraction =>
  sumFractions(uses.map(({ cell, share }) => share.times(cell.parts)));
const ofTier = (uses: readonly CellUse[], ...tiers: string[]): CellUse[] =>
  uses.filter(({ key }) => key.taker && key.taker.decision === 'FEE' && tiers.includes(key.taker.tier));

const textOf = (line: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(Object.entries(line).map(([key, value]) => [key, String(value)]));

describe('evidence tiers of a month', () => {
  const RUNS = { numRuns: 300 };

  it('sum to the total: contacts to the part, amounts to the cent', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(months, fc.constantFrom<Policy>('charge', 'show', 'charge_lower_bound'), (month, tierC) => {
        const { books, uses } = bookOf(month, tierC);
        const all = month.cells.reduce((sum, { contacts }) => sum + BigInt(contacts), 0n) * CONTACT_PARTS;
        expect(contactsOf(uses).equals(Fraction.of(all))).toBe(true);
        const { byTier, repeats, unattributed } = books.coverage;
        const tiers = sumFractions(byTier.values());
        expect(tiers.plus(repeats).plus(unattributed).equals(Fraction.of(all))).toBe(true);
        const amount = (treatment: string) =>
          books.lines.filter((line) => line.treatment === treatment).reduce((sum, line) => sum + line.amount, 0n);
        expect([amount('charged'), amount('withheld')]).toEqual([
          books.reconciliation.charged,
          books.reconciliation.withheld,
        ]);
        expect(books.reconciliation.difference).toBe(0n);
        for (const [tier, parts] of byTier) if (parts.sign > 0) seen.add(tier);
      }),
      RUNS,
    );
    expect([...seen].sort()).toEqual(['A', 'B', 'C', 'D']);
  });

  it('switching tier C from charge to show changes only the treatment', () => {
    fc.assert(
      fc.property(months, (month) => {
        const linesOf = (tierC: Policy) =>
          bookOf(month, tierC)
            .books.lines.map(({ id: _id, treatment: _treatment, ...line }) => textOf(line))
            .sort();
        expect(linesOf('show')).toEqual(linesOf('charge'));
        const { books } = bookOf(month, 'show');
        for (const line of books.lines) expect(line.treatment).toBe(line.tier === 'C' ? 'withheld' : 'charged');
      }),
      RUNS,
    );
  });

  it('the lower bound never exceeds the point, and what it does not charge is withheld', () => {
    fc.assert(
      fc.property(months, (month) => {
        const point = contactsOf(ofTier(bookOf(month, 'charge').uses, 'C'));
        const bounded = ofTier(bookOf(month, 'charge_lower_bound').uses, 'C');
        const charged = contactsOf(bounded.filter(({ key }) => key.taker!.treatment === 'charged'));
        expect(charged.compare(point)).toBeLessThanOrEqual(0);
        expect(contactsOf(bounded).equals(point)).toBe(true);
        for (const { share } of bounded) expect(share.sign).toBeGreaterThanOrEqual(0);
      }),
      RUNS,
    );
  });

  it('contacts before the date or outside the population never attach', () => {
    let attached = 0;
    fc.assert(
      fc.property(months, (month) => {
        for (const { cell } of ofTier(bookOf(month, 'charge').uses, 'A', 'B', 'C')) {
          attached++;
          expect(cell.day >= FROM).toBe(true);
          expect(cell.dimensions.segment).toBe(OF_FEE.segment);
          expect(OF_FEE.reasons).toContain(cell.dimensions.reason);
        }
      }),
      RUNS,
    );
    expect(attached).toBeGreaterThan(1000);
  });

  it('A, B and C never take the same contact twice', () => {
    fc.assert(
      fc.property(months, (month) => {
        const { uses } = bookOf(month, 'charge_lower_bound');
        for (const [trace, cell] of month.cells.entries()) {
          const own = uses.filter((use) => use.cell.trace === `${trace}`);
          expect(sumFractions(own.map(({ share }) => share)).equals(Fraction.ONE)).toBe(true);
          if (cell.repeat && month.basis === 'standard')
            expect(own.map(({ key }) => key.service)).toEqual(['variance.repeats']);
        }
        // C is what the increase leaves beyond what the rules before it took for the decision, at most what is left.
        const before = month.order.indexOf('lift');
        if (before < 0) return;
        const earlier: readonly string[] = month.order.slice(0, before);
        const fee = uses.filter(({ key }) => key.taker?.decision === 'FEE');
        const taken = contactsOf(fee.filter(({ key }) => earlier.includes(key.taker!.rule)));
        const given = contactsOf(fee.filter(({ key }) => key.taker!.rule === 'lift'));
        const wanted = Fraction.of(month.point).times(CONTACT_PARTS).minus(taken);
        expect(given.compare(wanted.sign > 0 ? wanted : Fraction.ZERO)).toBeLessThanOrEqual(0);
      }),
      RUNS,
    );
  });
});

describe('the worklist of what nobody answers for', () => {
  it('names reasons and channels with their contacts and what they cost, to the cent', () => {
    let items = 0;
    fc.assert(
      fc.property(months, (month) => {
        const { books } = bookOf(month, 'charge');
        const { worklist, unattributed } = books.coverage;
        items += worklist.length;
        expect(sumFractions(worklist.map((item) => item.parts)).equals(unattributed)).toBe(true);
        expect(worklist.reduce((sum, item) => sum + item.amount, 0n)).toBe(books.reconciliation.unattributed);
        for (const item of worklist) expect([item.reason, item.amount >= 0n]).toEqual(['network', true]);
      }),
      { numRuns: 200 },
    );
    expect(items).toBeGreaterThan(100);
  });
});
