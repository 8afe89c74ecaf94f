/**
 * Benjamini & Hochberg 1995: which of several tests are discoveries when at most `rate` of the discoveries may be
 * false. Order of the answers is order of the p-values.
 */
export function discoveries(pValues: readonly number[], rate = 0.1): boolean[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  let last = -1;
  order.forEach((index, rank) => {
    if (pValues[index]! <= (rate * (rank + 1)) / pValues.length) last = rank;
  });
  const result = new Array<boolean>(pValues.length).fill(false);
  for (let rank = 0; rank <= last; rank++) result[order[rank]!] = true;
  return result;
}
