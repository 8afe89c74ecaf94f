import type { ArmMean, Effect, Target } from './treatment-effect.ts';
import { difference } from './treatment-effect.ts';
import { Refusal } from '../errors.ts';

/**
 * Exact strata: treated against untreated of the same stratum, strata weighted by the target's members in them.
 * Strata that lack an arm are outside the overlap: their members are "not assessable" and count nothing.
 * Variance: Σ share² (s₁²/n₁ + s₀²/n₀) (Imbens & Rubin 2015, ch. 9), through each row's influence.
 */
export interface StrataEffect extends Effect {
  /** 1 for a row in a stratum that has both arms */
  readonly assessable: Uint8Array;
  readonly strata: number;
  /** members of the target inside and outside the overlap */
  readonly inside: number;
  readonly outside: number;
}

interface Cell {
  readonly rows: number[];
  readonly count: [number, number];
  readonly sum: [number, number];
}

/**
 * @param stratum one key a row
 * @param least members an arm must have in a stratum to count
 * @throws Refusal no_overlap when no stratum has both arms
 */
export function strataEffect(
  outcome: ArrayLike<number>,
  treated: ArrayLike<number>,
  stratum: ArrayLike<string | number>,
  options: { target?: Target; least?: number } = {},
): StrataEffect {
  const { target = 'att', least = 1 } = options;
  const n = outcome.length;
  const cells = new Map<string | number, Cell>();
  for (let i = 0; i < n; i++) {
    let cell = cells.get(stratum[i]!);
    if (cell === undefined) cells.set(stratum[i]!, (cell = { rows: [], count: [0, 0], sum: [0, 0] }));
    const arm = treated[i] === 1 ? 1 : 0;
    cell.rows.push(i);
    cell.count[arm]++;
    cell.sum[arm] += outcome[i]!;
  }
  const both = [...cells.values()].filter(({ count }) => count[0] >= least && count[1] >= least);
  const members = (cell: Cell): number => (target === 'att' ? cell.count[1] : cell.count[0] + cell.count[1]);
  const inside = both.reduce((sum, cell) => sum + members(cell), 0);
  const all = [...cells.values()].reduce((sum, cell) => sum + members(cell), 0);
  if (inside === 0) throw new Refusal('no_overlap', 'no stratum has both treated and untreated customers');
  const assessable = new Uint8Array(n);
  const arm = (side: 0 | 1): ArmMean => {
    const influence = new Float64Array(n);
    let mean = 0;
    for (const cell of both) {
      const share = members(cell) / inside;
      const own = cell.sum[side] / cell.count[side];
      mean += share * own;
      for (const i of cell.rows) {
        assessable[i] = 1;
        if ((treated[i] === 1 ? 1 : 0) !== side) continue;
        const spread = Math.sqrt(cell.count[side] / Math.max(1, cell.count[side] - 1));
        influence[i] = (share * spread * (outcome[i]! - own)) / cell.count[side];
      }
    }
    return { mean, influence, direct: influence };
  };
  const untreated = arm(0);
  const treatedArm = arm(1);
  return {
    untreated,
    treated: treatedArm,
    effect: difference(treatedArm, untreated),
    assessable,
    strata: both.length,
    inside,
    outside: all - inside,
  };
}
