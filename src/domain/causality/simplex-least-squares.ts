import { type Square, cholesky, choleskySolve, dot } from './linear-algebra.ts';

/**
 * Weights on the simplex (w ≥ 0, Σw = 1) that minimise w'Gw − 2c'w, G positive semi-definite: the exact optimum by a
 * primal active-set method, where Frank–Wolfe stops early. G = A'A + ridge·I and c = A'b give least squares of b on A.
 */
export function simplexQuadratic(gram: Square, linear: ArrayLike<number>): Float64Array {
  const n = gram.length;
  const weights = new Float64Array(n);
  if (n === 0) return weights;
  let scale = 0;
  for (let i = 0; i < n; i++) scale = Math.max(scale, gram[i]![i]!);
  const slack = 1e-11 * Math.max(scale, 1e-300);
  // Start at the best vertex.
  let best = 0;
  for (let i = 1; i < n; i++) {
    if (gram[i]![i]! - 2 * linear[i]! < gram[best]![best]! - 2 * linear[best]!) best = i;
  }
  weights[best] = 1;
  const free = new Set([best]);
  for (let step = 0; step < 50 * (n + 1); step++) {
    const target = onFace(gram, linear, [...free], scale);
    if (moveTo(weights, target, free)) continue; // a weight reached zero: solve again on the smaller face
    // On the face all gradients are equal; a weight outside with a lower one improves.
    let level = 0;
    for (const i of free) level += weights[i]! * (dot(gram[i]!, weights) - linear[i]!);
    let entering = -1;
    let lowest = -slack;
    for (let i = 0; i < n; i++) {
      if (free.has(i)) continue;
      const gain = dot(gram[i]!, weights) - linear[i]! - level;
      if (gain < lowest) [lowest, entering] = [gain, i];
    }
    if (entering < 0) break;
    free.add(entering);
  }
  return weights;
}

/** Minimiser with Σw = 1 on the named coordinates only, signs free. */
function onFace(
  gram: Square,
  linear: ArrayLike<number>,
  members: readonly number[],
  scale: number,
): Map<number, number> {
  const size = members.length;
  // A trace of ridge keeps the face solvable when donors outnumber periods; 1e-12 of the scale moves no printed digit.
  const block = members.map((i) =>
    Float64Array.from(members, (j) => gram[i]![j]! + (i === j ? Math.max(1e-12 * scale, 1e-300) : 0)),
  );
  const factor = cholesky(block);
  if (!factor) return new Map(members.map((i) => [i, 1 / size]));
  const towards = choleskySolve(
    factor,
    Float64Array.from(members, (i) => linear[i]!),
  );
  const ones = choleskySolve(factor, new Float64Array(size).fill(1));
  const multiplier = (1 - sum(towards)) / sum(ones);
  return new Map(members.map((i, position) => [i, towards[position]! + multiplier * ones[position]!]));
}

/** Moves as far as no weight turns negative; true when one was stopped at zero (and left the face). */
function moveTo(weights: Float64Array, target: ReadonlyMap<number, number>, free: Set<number>): boolean {
  let share = 1;
  let blocking = -1;
  for (const [i, goal] of target) {
    if (goal >= 0) continue;
    const reach = weights[i]! / (weights[i]! - goal);
    if (reach < share || blocking < 0) {
      share = Math.min(share, reach);
      blocking = i;
    }
  }
  for (const [i, goal] of target) weights[i]! += share * (goal - weights[i]!);
  if (blocking < 0) return false;
  weights[blocking] = 0;
  free.delete(blocking);
  return true;
}

/**
 * Simplex least squares: min ‖Σ w_j a_j − b‖² + ridge ‖w‖². With `intercept` both sides are centred first
 * (synthetic difference-in-differences).
 */
export function simplexLeastSquares(
  columns: readonly ArrayLike<number>[],
  goal: ArrayLike<number>,
  options: { readonly ridge?: number; readonly intercept?: boolean } = {},
): Float64Array {
  const centred = options.intercept ? columns.map(centre) : columns;
  const b = options.intercept ? centre(goal) : goal;
  const gram = centred.map((left, i) =>
    Float64Array.from(centred, (right, j) => dot(left, right) + (i === j ? (options.ridge ?? 0) : 0)),
  );
  return simplexQuadratic(
    gram,
    Float64Array.from(centred, (column) => dot(column, b)),
  );
}

function centre(values: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(values);
  const mean = sum(all) / all.length;
  return all.map((value) => value - mean);
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
