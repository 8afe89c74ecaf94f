import { type Column, cholesky, choleskySolve, dot, orthonormal } from './linear-algebra.ts';
import type { Noise } from './residual-correlation.ts';
import { averagedEstimate } from './seasons.ts';
import { type Influence, type SeriesFit, pearsonResiduals, workingColumns } from './series-fit.ts';
import { effectTerms } from './series-design.ts';

export interface Placebos {
  /** |effect ÷ se| of each placebo, ascending */
  readonly ratios: readonly number[];
  readonly percentile95: number;
}

export const FEWEST_PLACEBOS = 20;
const FEWEST_WEEKS_BEFORE = 4;

/** A fit without any decision's terms, and its weight in the average. */
export interface WeightedBase {
  readonly weight: number;
  readonly base: SeriesFit;
}

/** What every placebo repeats of the decision's own design. */
export interface PlaceboDesign {
  readonly every: 'day' | 'week';
  /** rows before the decision */
  readonly rows: number;
  /** rows of history before the window, and of the window itself */
  readonly history: number;
  readonly length: number;
  /** rows at which registered events begin or end */
  readonly touched: readonly number[];
  readonly noise: Noise;
  /** fits without a decision on rows from ≤ t < until */
  readonly basesOf: (from: number, until: number) => readonly WeightedBase[];
}

/**
 * The decision's own design at each earlier week: as long a history, step and slope over a window as long as the look.
 * Where history is short the window lies inside the first rows. Windows that touch a registered event are left out.
 * Each placebo is the first Newton step from the fit without it: with effects as small as chance makes them, a second
 * step changes no verdict.
 */
export function placeboRatios({ every, rows, history, length, touched, noise, basesOf }: PlaceboDesign): Placebos {
  const week = every === 'day' ? 7 : 1;
  const ratios: number[] = [];
  let early: WorkingForm[] | undefined;
  for (let from = rows - length; from >= FEWEST_WEEKS_BEFORE * week; from -= week) {
    if (touched.some((row) => row > from && row < from + length)) continue;
    const start = Math.max(0, from - history);
    const forms =
      start > 0
        ? basesOf(start, from + length).map(workingForm)
        : (early ??= basesOf(0, Math.min(rows, history + length)).map(workingForm));
    const size = forms[0]!.rows;
    const terms = effectTerms(size, { from: from - start, until: from - start + length });
    const parts = forms.flatMap((form) => {
      const found = firstStep(form, terms);
      return found ? [{ weight: form.weight, ...found }] : [];
    });
    if (parts.length < forms.length) continue; // a window that the other terms cannot be told from
    const { estimate, standardError } = averagedEstimate(parts, noise);
    ratios.push(Math.abs(estimate) / standardError);
  }
  ratios.sort((a, b) => a - b);
  return { ratios, percentile95: ratios.length > 0 ? ratios[Math.ceil(0.95 * ratios.length) - 1]! : Infinity };
}

/** The base fit as least squares; each penalty is one more row, which holds its coefficient to zero. */
interface WorkingForm {
  readonly weight: number;
  readonly rows: number;
  readonly root: Column;
  readonly q: readonly Column[];
  readonly residuals: Column;
}

function workingForm({ weight, base }: WeightedBase): WorkingForm {
  const { root, columns } = workingColumns(base);
  const held = [...base.penalty.keys()].filter((j) => base.penalty[j]! > 0);
  const extend = (values: Column, rest: (j: number) => number): Column => {
    const all = new Float64Array(values.length + held.length);
    all.set(values);
    held.forEach((j, i) => (all[values.length + i] = rest(j)));
    return all;
  };
  return {
    weight,
    rows: root.length,
    root,
    q: orthonormal(columns.map((column, i) => extend(column, (j) => (i === j ? Math.sqrt(base.penalty[j]!) : 0)))).q,
    residuals: extend(pearsonResiduals(base), (j) => -Math.sqrt(base.penalty[j]!) * base.fit.coefficients[j]!),
  };
}

/** Σ μ (step·β₁ + slope·β₂) with β by weighted least squares beside the base terms (Frisch–Waugh–Lovell). */
function firstStep({ rows, root, q, residuals }: WorkingForm, terms: readonly Column[]): Influence | undefined {
  const rest = terms.map((term) => {
    const column = new Float64Array(residuals.length);
    for (let t = 0; t < rows; t++) column[t] = term[t]! * root[t]!;
    const length = dot(column, column);
    for (const basis of q) {
      const share = dot(basis, column);
      if (share !== 0) for (let t = 0; t < column.length; t++) column[t]! -= share * basis[t]!;
    }
    return dot(column, column) > 1e-6 * length ? column : undefined;
  });
  if (rest.some((column) => column === undefined)) return undefined;
  const left = rest as Column[];
  const factor = cholesky(left.map((a) => Float64Array.from(left, (b) => dot(a, b))));
  if (!factor) return undefined;
  const coefficients = choleskySolve(
    factor,
    left.map((column) => dot(column, residuals)),
  );
  const sums = terms.map((term) => term.reduce((sum, value, t) => sum + value * root[t]! * root[t]!, 0));
  const direction = choleskySolve(factor, sums);
  const h = new Float64Array(residuals.length);
  left.forEach((column, j) => {
    for (let t = 0; t < h.length; t++) h[t]! += direction[j]! * column[t]!;
  });
  const held = h.subarray(rows);
  return { estimate: dot(sums, coefficients), residuals: h.subarray(0, rows), held: dot(held, held) };
}
