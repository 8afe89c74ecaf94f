import { type Column, dot } from './linear-algebra.ts';

export interface Absorbed {
  readonly columns: Column[];
  /** degrees of freedom that the effects take: Σ levels − (number of effects − 1) */
  readonly levels: number;
}

/**
 * Takes group means out of every column, effect after effect until nothing moves (alternating projections; Guimarães
 * & Portugal 2010). The regression of what is left is the one with an indicator for every level.
 */
export function absorb(columns: readonly Column[], effects: readonly (readonly string[])[]): Absorbed {
  const codes = effects.map((cells) => {
    const numbers = new Map<string, number>();
    const code = cells.map((value) => {
      const known = numbers.get(value) ?? numbers.size;
      numbers.set(value, known);
      return known;
    });
    return { code, size: numbers.size };
  });
  const within = columns.map((column) => {
    const rest = Float64Array.from(column);
    const scale = Math.sqrt(dot(rest, rest)) || 1;
    for (let pass = 0; pass < 10_000; pass++) {
      let moved = 0;
      for (const { code, size } of codes) moved += takeMeans(rest, code, size);
      if (codes.length < 2 || Math.sqrt(moved) < 1e-14 * scale) break;
    }
    return rest;
  });
  const levels = codes.reduce((sum, { size }) => sum + size, 0) - Math.max(0, codes.length - 1);
  return { columns: within, levels };
}

/** Subtracts group means; gives the squared length of what was taken. */
function takeMeans(values: Column, code: readonly number[], size: number): number {
  const sums = new Float64Array(size);
  const counts = new Float64Array(size);
  code.forEach((group, t) => {
    sums[group]! += values[t]!;
    counts[group]!++;
  });
  let moved = 0;
  code.forEach((group, t) => {
    const mean = sums[group]! / counts[group]!;
    values[t]! -= mean;
    moved += mean * mean;
  });
  return moved;
}
