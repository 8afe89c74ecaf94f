import type { Design, Factor } from './least-squares.ts';

/**
 * Standardised differences: (mean of treated − mean of untreated) ÷ √((s₁² + s₀²) / 2), the spread taken before
 * weighting, so that before and after are on one scale (Austin, Statistics in Medicine 2009;28:3083).
 */
export interface StandardisedDifference {
  readonly term: string;
  readonly difference: number;
}

/** One difference a term (the constant has none). A term that does not vary differs by 0, or infinitely. */
export function standardisedDifferences(
  terms: Design,
  treated: ArrayLike<number>,
  weights?: ArrayLike<number>,
): StandardisedDifference[] {
  return differencesOf(armsOf(terms, treated), weights);
}

/** The largest differences without weights and with them. */
export function largestDifferences(
  terms: Design,
  treated: ArrayLike<number>,
  weights: ArrayLike<number>,
): { readonly before: number; readonly after: number } {
  const arms = armsOf(terms, treated);
  return {
    before: largestDifference(differencesOf(arms)),
    after: largestDifference(differencesOf(arms, weights)),
  };
}

interface TermArms {
  readonly term: string;
  readonly arms: readonly [untreated: Moments, treated: Moments];
  /** weighted means of the arms */
  readonly means: (weights: ArrayLike<number>) => readonly [untreated: number, treated: number];
}

function armsOf(terms: Design, treated: ArrayLike<number>): TermArms[] {
  const ofColumns = terms.columns.flatMap((column, j): TermArms[] => {
    const term = terms.names[j]!;
    if (term === 'constant') return [];
    return [
      {
        term,
        arms: moments(column, treated),
        means: (weights) => weightedMeans(column, treated, weights),
      },
    ];
  });
  let first = terms.columns.length;
  const ofLevels = (terms.factors ?? []).flatMap((factor): TermArms[] => {
    const counts = armSums(factor, treated);
    const names = terms.names.slice(first, (first += factor.levels));
    // Asked for one level after the other with the same weights.
    let known: { readonly weights: ArrayLike<number>; readonly sums: ArmSums } | undefined;
    return names.map((term, level) => ({
      term,
      arms: [shareMoments(counts[0], level), shareMoments(counts[1], level)],
      means(weights) {
        if (known?.weights !== weights) known = { weights, sums: armSums(factor, treated, weights) };
        const [untreated, own] = known.sums;
        return [untreated.of[level]! / untreated.total, own.of[level]! / own.total];
      },
    }));
  });
  return [...ofColumns, ...ofLevels];
}

type ArmSums = readonly [untreated: LevelSums, treated: LevelSums];

interface LevelSums {
  readonly of: Float64Array;
  readonly total: number;
}

/** Σ weights of the arms' rows by level. @param weights absent: ones */
function armSums({ of, levels }: Factor, treated: ArrayLike<number>, weights?: ArrayLike<number>): ArmSums {
  const arms = [new Float64Array(levels), new Float64Array(levels)] as const;
  for (let i = 0; i < of.length; i++) arms[treated[i] === 1 ? 1 : 0][of[i]!]! += weights ? weights[i]! : 1;
  const sums = (own: Float64Array): LevelSums => ({ of: own, total: own.reduce((sum, value) => sum + value, 0) });
  return [sums(arms[0]), sums(arms[1])];
}

/** Of a term that is 1 for the rows of the level and 0 for the arm's others. */
function shareMoments({ of, total }: LevelSums, level: number): Moments {
  const mean = total > 0 ? of[level]! / total : 0;
  return { mean, variance: total > 1 ? (of[level]! * (1 - mean)) / (total - 1) : 0 };
}

function differencesOf(terms: readonly TermArms[], weights?: ArrayLike<number>): StandardisedDifference[] {
  return terms.map(({ term, arms, means }) => {
    const spread = Math.sqrt((arms[0].variance + arms[1].variance) / 2);
    const [untreated, own] = weights ? means(weights) : [arms[0].mean, arms[1].mean];
    const gap = own - untreated;
    return { term, difference: Math.abs(gap) < 1e-12 * (1 + Math.abs(arms[1].mean)) ? 0 : gap / spread };
  });
}

/** The largest |difference|; 0 when there are no terms. */
export function largestDifference(differences: readonly StandardisedDifference[]): number {
  return differences.reduce((largest, { difference }) => Math.max(largest, Math.abs(difference)), 0);
}

interface Moments {
  readonly mean: number;
  readonly variance: number;
}

/** Of both arms in one pass. */
function moments(
  column: ArrayLike<number>,
  treated: ArrayLike<number>,
): readonly [untreated: Moments, treated: Moments] {
  const arms = [0, 1].map(() => ({ count: 0, mean: 0, squares: 0 })) as [Running, Running];
  for (let i = 0; i < column.length; i++) {
    const own = arms[treated[i] === 1 ? 1 : 0];
    own.count++;
    const step = column[i]! - own.mean;
    own.mean += step / own.count;
    own.squares += step * (column[i]! - own.mean);
  }
  const found = ({ count, mean, squares }: Running): Moments => {
    return { mean, variance: count > 1 ? squares / (count - 1) : 0 };
  };
  return [found(arms[0]), found(arms[1])];
}

interface Running {
  count: number;
  mean: number;
  squares: number;
}

function weightedMeans(
  column: ArrayLike<number>,
  treated: ArrayLike<number>,
  weights: ArrayLike<number>,
): readonly [untreated: number, treated: number] {
  const [totals, sums] = [new Float64Array(2), new Float64Array(2)];
  for (let i = 0; i < column.length; i++) {
    const arm = treated[i] === 1 ? 1 : 0;
    totals[arm]! += weights[i]! * column[i]!;
    sums[arm]! += weights[i]!;
  }
  return [totals[0]! / sums[0]!, totals[1]! / sums[1]!];
}
