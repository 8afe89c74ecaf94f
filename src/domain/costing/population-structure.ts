/**
 * A population's structure over crossed variables, taken apart: for every cell one number per variable, whose product is
 * the cell's share of the population. The effect of a variable's distribution is then an effect of its vector (Das Gupta
 * 1993, ch. 5: for two variables the geometric mean of N_ij ÷ N_.j and N_i. ÷ N). In general it is exp of the Shapley
 * value of the logarithm of the marginal totals, which gives Das Gupta's weights for any number of variables.
 * Roots are irrational, so these are doubles.
 * @param cells coordinates of each cell, one text per variable
 * @param counts people, contacts … in each cell, not negative
 * @returns [variable][cell]; zero in an empty cell
 */
export function structureFactors(cells: readonly (readonly string[])[], counts: readonly number[]): number[][] {
  const variables = cells[0]?.length ?? 0;
  const marginals = Array.from({ length: 1 << variables }, (_, set) => marginalTotals(cells, counts, set));
  return Array.from({ length: variables }, (_, variable) =>
    cells.map((_cell, cell) => {
      if (counts[cell] === 0) return 0;
      let exponent = 0;
      for (let set = 0; set < 1 << variables; set++) {
        if (set & (1 << variable)) continue;
        const weight = shapleyWeight(sizeOf(set), variables);
        exponent += weight * Math.log(marginals[set | (1 << variable)]![cell]! / marginals[set]![cell]!);
      }
      return Math.exp(exponent);
    }),
  );
}

/** For each cell: the total of all cells that agree with it on the variables of the set. */
function marginalTotals(cells: readonly (readonly string[])[], counts: readonly number[], set: number): number[] {
  const keys = cells.map((cell) => JSON.stringify(cell.filter((_, variable) => set & (1 << variable))));
  const totals = new Map<string, number>();
  keys.forEach((key, cell) => totals.set(key, (totals.get(key) ?? 0) + counts[cell]!));
  return keys.map((key) => totals.get(key)!);
}

/** |S|! (n − 1 − |S|)! ÷ n! */
function shapleyWeight(size: number, players: number): number {
  let weight = 1 / players;
  for (let i = 1; i <= size; i++) weight *= i / (players - i);
  return weight;
}

function sizeOf(set: number): number {
  let size = 0;
  for (let rest = set; rest > 0; rest &= rest - 1) size++;
  return size;
}
