import { Fraction } from '../fraction.ts';

/**
 * Solves A·X = B exactly by Gauss–Jordan elimination. Each equation is first put into integers and then eliminated
 * without fractions (Bareiss 1968): every intermediate is a minor of [A|B], so integers stay short and no common divisor
 * is sought until the end. Fifty support pools take milliseconds.
 * @param a square, row by row
 * @param b one row per equation, one column per right-hand side
 * @returns X, row by row, or undefined when A is singular
 */
export function solveExactly(
  a: readonly (readonly Fraction[])[],
  b: readonly (readonly Fraction[])[],
): Fraction[][] | undefined {
  const size = a.length;
  const rows = a.map((row, i) => inIntegers([...row, ...b[i]!]));
  let previous = 1n;
  for (let k = 0; k < size; k++) {
    const pivotRow = rows.findIndex((row, i) => i >= k && row[k] !== 0n);
    if (pivotRow < 0) return undefined;
    if (pivotRow !== k) {
      // One of the two changes sign, so that the determinant keeps its own.
      const moved = rows[k]!.map((value) => -value);
      rows[k] = rows[pivotRow]!;
      rows[pivotRow] = moved;
    }
    const pivot = rows[k]!;
    const diagonal = pivot[k]!;
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const row = rows[i]!;
      const factor = row[k]!;
      for (let j = 0; j < row.length; j++) row[j] = (diagonal * row[j]! - factor * pivot[j]!) / previous;
    }
    previous = diagonal;
  }
  return rows.map((row) => row.slice(size).map((value) => Fraction.of(value, previous)));
}

/** Integers in the proportion of the fractions: all times their least common denominator. */
function inIntegers(values: readonly Fraction[]): bigint[] {
  let factor = 1n;
  for (const { denominator } of values) factor *= Fraction.of(denominator, factor).numerator;
  return values.map(({ numerator, denominator }) => (numerator * factor) / denominator);
}
