import fc from 'fast-check';
import { match } from '../../../src/domain/retention/comparison.ts';
import { standardisedDifferences } from '../../../src/domain/retention/balance.ts';
import { design, inColumns, rowsOf, withFactor } from '../../../src/domain/retention/least-squares.ts';
import { propensity } from '../../../src/domain/retention/propensity.ts';
import { scaledTerms } from '../../../src/domain/retention/scaled-terms.ts';

const ROWS = 900;
const LEVELS = { segment: 3, reason: 7 };

/** Numbers from 0 to 1, the same for the same seed. */
function drawn(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Customers whose treatment leans on tenure, segment and reason; reason 5 is always treated, reason 6 is nobody's. */
function cohort(seed: number) {
  const random = drawn(seed);
  const rows = Array.from({ length: ROWS }, () => {
    const [tenure, segment] = [random() * 3, Math.floor(random() * LEVELS.segment)];
    const reason = Math.floor(random() ** 2 * (LEVELS.reason - 1));
    const lean = 0.6 * tenure - 0.5 * segment + 0.3 * reason - 1;
    const treated = reason === 5 || random() < 1 / (1 + Math.exp(-lean)) ? 1 : 0;
    return {
      tenure,
      segment,
      reason,
      treated,
      outcome: 100 * tenure + 40 * segment * reason + 25 * treated + random(),
    };
  });
  const of = (value: (row: (typeof rows)[number]) => number): Float64Array => Float64Array.from(rows, value);
  const levels = (name: 'segment' | 'reason'): string[] =>
    Array.from({ length: LEVELS[name] }, (_, level) => `${name} ${level}`);
  const dense = design(
    new Map([
      ['tenure', of((row) => row.tenure)],
      ['long', of((row) => (row.tenure > 2 ? 1 : 0))],
    ]),
    ROWS,
  );
  const bySegment = withFactor(
    dense,
    Int32Array.from(rows, (row) => row.segment),
    levels('segment'),
  );
  return {
    terms: withFactor(
      bySegment,
      Int32Array.from(rows, (row) => row.reason),
      levels('reason'),
    ),
    treated: of((row) => row.treated),
    customer: rows.map((_, i) => Math.floor(i / 2)),
    outcome: of((row) => row.outcome),
  };
}

const near = (a: ArrayLike<number>, b: ArrayLike<number>): void =>
  expect(Array.from(a, (value, i) => Math.abs(value - b[i]!) <= 1e-8 * (1 + Math.abs(value)))).not.toContain(false);

describe('terms of a factor, kept as levels', () => {
  it('compare as the same terms written out in columns do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
        const { terms, treated, customer, outcome } = cohort(seed);
        const [own, written] = [terms, inColumns(terms)].map((x) => match({ treated, customer, terms: () => x }));
        expect(own!.inside).toEqual(written!.inside);
        expect([own!.treatedInside, own!.notAssessable]).toEqual([written!.treatedInside, written!.notAssessable]);
        expect(own!.notAssessable).toBeGreaterThan(0); // reason 5
        near(own!.weight, written!.weight);
        const [a, b] = [own!.estimate(outcome), written!.estimate(outcome)];
        near([a.perCustomer, a.standardError, a.low], [b.perCustomer, b.standardError, b.low]);
        near([own!.effectOf(outcome)], [written!.effectOf(outcome)]);
        near([own!.differences().before], [written!.differences().before]);
        near([own!.differences().after], [written!.differences().after]);
      }),
      { numRuns: 10 },
    );
  });

  it('have the same coefficients, errors, names and differences', () => {
    const { terms, treated } = cohort(7);
    const rows = Array.from({ length: ROWS }, (_, i) => i).filter((i) => terms.factors![1]!.of[i] !== 5);
    const arms = rows.map((i) => treated[i]!);
    const own = rowsOf(terms, rows);
    const written = inColumns(own);
    expect(written.names).toEqual(own.names);
    expect(written.columns).toHaveLength(3 + 3 + 7);
    const [a, b] = [propensity(own, arms), propensity(written, arms)];
    near(a.coefficients, b.coefficients);
    near(a.probability, b.probability);
    a.bread.forEach((row, j) => near(row, b.bread[j]!));
    const weights = arms.map((arm, i) => (arm === 1 ? 1 : a.probability[i]! / (1 - a.probability[i]!)));
    for (const weight of [undefined, weights]) {
      const [left, right] = [own, written].map((x) => standardisedDifferences(x, arms, weight));
      expect(left!.map(({ term }) => term)).toEqual(right!.map(({ term }) => term));
      near(
        left!.map(({ difference }) => difference),
        right!.map(({ difference }) => difference),
      );
    }
  });

  it('are dropped where others imply them, or where no row has them', () => {
    const { terms } = cohort(3);
    // of each factor the last level with rows, and reason 6
    expect(scaledTerms(terms).size).toBe(3 + 3 + 7 - 3);
    expect(scaledTerms(inColumns(terms)).size).toBe(3 + 3 + 7 - 3);
  });
});
