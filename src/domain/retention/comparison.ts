import { dot, flagsOf, valuesOf } from '../causality/linear-algebra.ts';
import { Refusal } from '../errors.ts';
import { largestDifferences } from './balance.ts';
import type { Design, Solver } from './least-squares.ts';
import { inColumns, leastSquaresSolver, matrixTimes, predictions, rowsOf, weightedTerms } from './least-squares.ts';
import { normalInterval } from './normal.ts';
import { propensity, type PropensityFit } from './propensity.ts';
import { normalEquations } from './scaled-terms.ts';
import { strataEffect } from './strata.ts';
import type { ArmMean } from './treatment-effect.ts';
import { effectOfOutcome, standardError } from './treatment-effect.ts';

/** Customers of one cohort and those they are compared with; one row an episode or a comparison customer. */
export interface ComparisonGroup {
  /** 1 resolved (or hit), 0 unresolved (or not hit) */
  readonly treated: ArrayLike<number>;
  readonly customer: ArrayLike<number>;
  /** what the arms must have in common, measured before the 182 days of the falsification; made when it is asked for */
  readonly terms: () => Design;
  /** exact strata: tenure, prior value, segment, month, reason; needed by the method `strata` */
  readonly stratum?: (() => ArrayLike<number>) | undefined;
}

export interface ComparisonPolicy {
  readonly method?: 'doubly_robust' | 'strata';
  /** of the interval; default 0.90 */
  readonly level?: number;
  /** least customers, and least effective customers, an arm needs; default 50 */
  readonly leastPerArm?: number;
  /** treated above this probability have nobody comparable; default 0.95 */
  readonly overlap?: number;
  /** largest standardised difference after weighting that may be netted; default 0.1 */
  readonly largestDifference?: number;
}

export interface Estimate {
  /** per treated customer inside the overlap */
  readonly perCustomer: number;
  readonly standardError: number;
  readonly low: number;
  readonly high: number;
}

/** Two arms made comparable: the rows inside the overlap, and one estimator for every outcome over them. */
export interface Matched {
  /** 1 for rows inside the overlap */
  readonly inside: Uint8Array;
  readonly treatedInside: number;
  /** treated customers without anybody comparable: "not assessable", their effect is 0 */
  readonly notAssessable: number;
  /** the largest standardised difference of the terms, before weighting and after */
  differences(): { readonly before: number; readonly after: number };
  /** what each row stands for: treated 1, untreated by their likeness to the treated, 0 outside the overlap */
  readonly weight: Float64Array;
  /** effect on the treated of any outcome over all rows, clustered by customer */
  estimate(outcome: Float64Array): Estimate;
  /** the same without its error, for the parts that an outcome is made of: the parts' effects sum to the whole's */
  effectOf(outcome: ArrayLike<number>): number;
}

const LEAST_PER_ARM = 50;
const OVERLAP = 0.95;

/** @throws Refusal too_few, no_overlap: an effect that cannot be told is refused by reason, never guessed */
export function match(group: ComparisonGroup, policy: ComparisonPolicy = {}): Matched {
  const least = policy.leastPerArm ?? LEAST_PER_ARM;
  enough(group.treated, least, 'in the cohort');
  const found = policy.method === 'strata' ? byStrata(group) : byScore(group, policy.overlap ?? OVERLAP);
  const treatedInside = sizeOf(group.treated, 1, found.inside);
  const notAssessable = sizeOf(group.treated, 1) - treatedInside;
  if (treatedInside < notAssessable) {
    throw new Refusal('no_overlap', `${notAssessable} of ${treatedInside + notAssessable} have nobody comparable`);
  }
  if (treatedInside < least) throw tooFew(treatedInside, 'treated inside the overlap', least);
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < found.weight.length; i++) {
    if (group.treated[i] === 1) continue;
    sum += found.weight[i]!;
    squares += found.weight[i]! * found.weight[i]!;
  }
  const effective = Math.floor((sum * sum) / squares);
  if (!(effective >= least)) throw tooFew(effective || 0, 'effective untreated customers', least);
  return {
    inside: found.inside,
    treatedInside,
    notAssessable,
    weight: found.weight,
    differences: differencesOf(group, found.weight),
    estimate(outcome) {
      const { effect, customer } = found.effectOn(outcome);
      const error = standardError(effect.influence, customer);
      const interval = normalInterval(effect.mean, error, policy.level ?? 0.9);
      return { perCustomer: effect.mean, standardError: error, ...interval };
    },
    effectOf: (outcome) => dot(found.contrast(), outcome),
  };
}

/** Once they are asked for, nothing of the group is held. */
function differencesOf({ terms, treated }: ComparisonGroup, weight: Float64Array): Matched['differences'] {
  return once(() => largestDifferences(terms(), treated, weight));
}

interface Found {
  readonly inside: Uint8Array;
  readonly weight: Float64Array;
  effectOn(outcome: Float64Array): { effect: ArmMean; customer: ArrayLike<number> };
  /** effect = Σ contrast × outcome: the estimators are linear in the outcome; found when it is first asked for */
  contrast(): Float64Array;
}

/** Doubly robust: treated whom no untreated customer resembles are set aside, then the score is fitted once more. */
function byScore(group: ComparisonGroup, overlap: number): Found {
  const { customer: customers, treated: arms } = group;
  const found = scored(group, overlap);
  const [inside, weight] = [new Uint8Array(arms.length), new Float64Array(arms.length)];
  const { rows, terms, treated } = found;
  let fitted: PropensityFit | undefined = found.fitted;
  for (let at = 0; at < rows.length; at++) {
    const p = fitted.probability[at]!;
    inside[rows[at]!] = 1;
    weight[rows[at]!] = treated[at] === 1 ? 1 : p / (1 - p);
  }
  const model = once(() =>
    outcomeModel(
      terms,
      flagsOf(treated.length, (at) => 1 - treated[at]!),
    ),
  );
  const customer = once(() => valuesOf(customers, rows));
  const effect = once(() => {
    const sample = { treated, treatmentTerms: terms, outcomeTerms: terms };
    const of = effectOfOutcome(sample, 'aipw', { target: 'att', fitted: fitted!, untreatedModel: model() });
    fitted = undefined; // the arms have their weights
    return of;
  });
  return {
    inside,
    weight,
    effectOn: (outcome) => ({
      effect: effect()(valuesOf(outcome, rows)).effect,
      customer: customer(),
    }),
    contrast: once(() => contrastByScore(arms, terms, rows, weight, model())),
  };
}

interface Scored {
  /** rows inside the overlap */
  readonly rows: Int32Array;
  readonly terms: Design;
  readonly treated: Uint8Array;
  readonly fitted: PropensityFit;
}

/** The rows inside the overlap and the score over them; nothing of the first fit is held on to, nor while there is a second. */
function scored(group: ComparisonGroup, overlap: number): Scored {
  const first = scoredFirst(group, overlap);
  return 'fitted' in first ? first : fittedOver(group, termsOf(group, first.rows), first.start);
}

/** The first fit, or where it leaves rows out those inside the overlap and its coefficients. */
function scoredFirst(
  group: ComparisonGroup,
  overlap: number,
): Scored | { readonly rows: Int32Array; readonly start: Float64Array } {
  const first = fittedOver(group, alikeRows(group));
  const { rows: alike, treated: arms, fitted } = first;
  const bound = Math.min(largestOfUntreated(fitted.probability, arms), overlap);
  const rows = rowsUpTo(bound, fitted.probability, alike);
  return rows.length === alike.length ? first : { rows, start: fitted.coefficients };
}

function largestOfUntreated(probability: Float64Array, treated: Uint8Array): number {
  let largest = 0;
  for (let at = 0; at < probability.length; at++)
    if (treated[at] !== 1 && probability[at]! > largest) largest = probability[at]!;
  return largest;
}

/** Rows with a probability of no more than the bound. */
function rowsUpTo(bound: number, probability: Float64Array, rows: Int32Array): Int32Array {
  const found = new Int32Array(rows.length);
  let count = 0;
  for (let at = 0; at < rows.length; at++) if (probability[at]! <= bound) found[count++] = rows[at]!;
  return count === rows.length ? found : found.slice(0, count);
}

/** Some rows of a group with their terms: the terms of all rows are let go before a fit takes its memory. */
type SomeRows = Pick<Scored, 'rows' | 'terms'>;

function termsOf(group: ComparisonGroup, rows: Int32Array): SomeRows {
  return { rows, terms: someRows(group.terms(), rows) };
}

function alikeRows(group: ComparisonGroup): SomeRows {
  const whole = group.terms();
  const rows = rowsWithBothArms(whole, group.treated);
  return { rows, terms: someRows(whole, rows) };
}

function fittedOver(group: ComparisonGroup, { rows, terms }: SomeRows, start?: Float64Array): Scored {
  const treated = flagsOf(rows.length, (at) => group.treated[rows[at]!]!);
  return { rows, terms, treated, fitted: propensity(terms, treated, 'logit', start) };
}

/** The rows of a design, itself where it is all of them. */
function someRows(x: Design, rows: Int32Array): Design {
  return rows.length === x.rows ? x : rowsOf(x, rows);
}

/** What is found when it is first asked for; what it took is let go. */
function once<T>(find: () => T): () => T {
  let open: (() => T) | undefined = find;
  let found: T | undefined;
  return () => {
    found ??= open!();
    open = undefined;
    return found;
  };
}

function outcomeModel(terms: Design, weights: Uint8Array): Solver {
  if (terms.factors && !terms.byColumns) return normalEquations(terms, weights);
  return leastSquaresSolver(inColumns(terms), weights);
}

/**
 * Rows whose segment, reason or other yes-or-no trait is found in both arms: a reason that was always resolved has nobody
 * to compare with, and would tell the arms apart for everybody else.
 */
function rowsWithBothArms({ rows: n, columns, factors = [] }: Design, treated: ArrayLike<number>): Int32Array {
  // What a level's rows leave over has one arm only where every other level has.
  const traits = [...columns.filter(isYesOrNo).map((of) => ({ of, levels: 2 })), ...factors];
  let rows = new Int32Array(n);
  for (let i = 0; i < n; i++) rows[i] = i;
  for (let before = -1; before !== rows.length;) {
    before = rows.length;
    for (const { of, levels } of traits) {
      const seen = armsSeen(of, levels, treated, rows);
      if (seen.every((arms) => arms === 0 || arms === BOTH)) continue;
      rows = rows.filter((i) => seen[of[i]!] === BOTH);
    }
  }
  return rows;
}

const BOTH = 3;

/** Of each level the arms among its rows: 1 untreated, 2 treated, both together `BOTH`. */
function armsSeen(
  of: ArrayLike<number>,
  levels: number,
  treated: ArrayLike<number>,
  rows: Int32Array,
): Uint8Array<ArrayBuffer> {
  const seen = new Uint8Array(levels);
  for (let at = 0; at < rows.length; at++) seen[of[rows[at]!]!]! |= treated[rows[at]!] === 1 ? 2 : 1;
  return seen;
}

function isYesOrNo(column: ArrayLike<number>): boolean {
  for (let i = 0; i < column.length; i++) if (column[i] !== 0 && column[i] !== 1) return false;
  return true;
}

/** Treated: their mean. Untreated: their weights, and through the outcome model what the weights leave unbalanced. */
function contrastByScore(
  treated: ArrayLike<number>,
  terms: Design,
  rows: Int32Array,
  weight: Float64Array,
  { bread }: Solver,
): Float64Array {
  const missing = new Float64Array(rows.length);
  let size = 0;
  for (let at = 0; at < rows.length; at++) {
    const isTreated = treated[rows[at]!] === 1;
    missing[at] = isTreated ? 1 : -weight[rows[at]!]!;
    if (isTreated) size++;
  }
  const reach = predictions(terms, matrixTimes(bread, weightedTerms(terms, missing)));
  const contrast = new Float64Array(treated.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    contrast[row] = (treated[row] === 1 ? 1 : -weight[row]! - reach[at]!) / size;
  }
  return contrast;
}

function byStrata({ treated, stratum: strata, customer }: ComparisonGroup): Found {
  if (strata === undefined) throw new Refusal('no_overlap', 'no strata were given to compare within');
  const stratum = strata();
  const { assessable } = strataEffect(new Float64Array(treated.length), treated, stratum, { target: 'att' });
  const arms = new Map<number, [number, number]>();
  for (let i = 0; i < treated.length; i++) {
    let count = arms.get(stratum[i]!);
    if (count === undefined) arms.set(stratum[i]!, (count = [0, 0]));
    count[treated[i] === 1 ? 1 : 0]++;
  }
  const weight = Float64Array.from(assessable, (inside, i) => {
    const [untreated, same] = arms.get(stratum[i]!)!;
    return inside === 0 ? 0 : treated[i] === 1 ? 1 : same / untreated;
  });
  return {
    inside: assessable,
    weight,
    effectOn: (outcome) => ({ effect: strataEffect(outcome, treated, stratum, { target: 'att' }).effect, customer }),
    contrast() {
      const size = weight.reduce((sum, value, i) => sum + (treated[i] === 1 ? value : 0), 0);
      return weight.map((value, i) => (treated[i] === 1 ? value : -value) / size);
    },
  };
}

/** Rows of an arm. @param among absent: all */
function sizeOf(treated: ArrayLike<number>, arm: number, among?: ArrayLike<number>): number {
  let size = 0;
  for (let i = 0; i < treated.length; i++) if (treated[i] === arm && (among === undefined || among[i] === 1)) size++;
  return size;
}

function enough(treated: ArrayLike<number>, least: number, where: string): void {
  for (const arm of [1, 0]) {
    const size = sizeOf(treated, arm);
    if (size < least) throw tooFew(size, `${arm === 1 ? 'treated' : 'untreated'} customers ${where}`, least);
  }
}

function tooFew(size: number, what: string, least: number): Refusal {
  return new Refusal('too_few', `${size} ${what}; an estimate needs ${least}`);
}
