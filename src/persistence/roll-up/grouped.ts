/** Places of a group's rows: group `g` has `order[starts[g]]` to `order[starts[g + 1] - 1]`. Rows of group -1 are left out. */
export interface Grouping {
  readonly starts: Int32Array;
  readonly order: Int32Array;
}

/** Counting sort of rows by group. @param own group of each row, below `groups`, or -1 */
export function groupedBy(own: Int32Array, groups: number): Grouping {
  const starts = new Int32Array(groups + 1);
  let known = 0;
  for (let row = 0; row < own.length; row++) {
    const group = own[row]!;
    if (group < 0) continue;
    starts[group + 1]!++;
    known++;
  }
  for (let group = 0; group < groups; group++) starts[group + 1]! += starts[group]!;
  const order = new Int32Array(known);
  // filling moves each start to its end; one step back it is again where it began
  for (let row = 0; row < own.length; row++) {
    const group = own[row]!;
    if (group >= 0) order[starts[group]!++] = row;
  }
  starts.copyWithin(1, 0, groups);
  starts[0] = 0;
  return { starts, order };
}
