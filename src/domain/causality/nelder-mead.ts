/**
 * Nelder & Mead 1965, downhill simplex, restarted from its own result until a restart no longer helps. (The package
 * fmin declares itself an ES module but ships a UMD file, which Node cannot import.)
 */
export interface Minimum {
  readonly x: readonly number[];
  readonly value: number;
}

export interface SimplexOptions {
  /** edge of the first simplex, per coordinate */
  readonly step?: number;
  /** stop when the simplex's values differ relatively by less than this */
  readonly tolerance?: number;
  readonly steps?: number;
  readonly restarts?: number;
}

export function minimum(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  { step = 0.5, tolerance = 1e-12, steps = 400 * (start.length + 1), restarts = 3 }: SimplexOptions = {},
): Minimum {
  if (start.length === 0) return { x: [], value: f([]) };
  let best = descend(f, start, step, tolerance, steps);
  for (let restart = 1; restart <= restarts; restart++) {
    const again = descend(f, best.x, step / 4 ** restart, tolerance, steps);
    const gain = best.value - again.value;
    if (gain > 0) best = again;
    if (!(gain > tolerance * (Math.abs(best.value) + tolerance))) break;
  }
  return best;
}

function descend(
  f: (x: readonly number[]) => number,
  start: readonly number[],
  step: number,
  tolerance: number,
  steps: number,
): Minimum {
  const size = start.length;
  const at = (x: readonly number[]): Minimum => {
    const value = f(x);
    return { x, value: Number.isNaN(value) ? Infinity : value };
  };
  const simplex = [at(start), ...start.map((_, i) => at(start.map((value, j) => (i === j ? value + step : value))))];
  for (let iteration = 0; iteration < steps; iteration++) {
    simplex.sort((a, b) => a.value - b.value);
    const best = simplex[0]!;
    const worst = simplex[size]!;
    const spread = Math.max(...best.x.map((value, j) => Math.abs(value - worst.x[j]!)));
    if (worst.value - best.value <= tolerance * (Math.abs(best.value) + tolerance) && spread < 1e-6) break;
    const centre = best.x.map((_, j) => simplex.slice(0, size).reduce((sum, point) => sum + point.x[j]!, 0) / size);
    const along = (factor: number): Minimum => at(centre.map((value, j) => value + factor * (worst.x[j]! - value)));
    const reflected = along(-1);
    if (reflected.value < best.value) {
      const expanded = along(-2);
      simplex[size] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < simplex[size - 1]!.value) {
      simplex[size] = reflected;
    } else {
      const contracted = along(reflected.value < worst.value ? -0.5 : 0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) simplex[size] = contracted;
      else for (let i = 1; i <= size; i++) simplex[i] = at(simplex[i]!.x.map((v, j) => (v + best.x[j]!) / 2));
    }
  }
  simplex.sort((a, b) => a.value - b.value);
  return simplex[0]!;
}
