const SHORT = 64;

/** Sorts some places of an order: by insertion, as most customers have few rows and those come nearly in order. */
export function sortShort(
  order: Int32Array,
  from: number,
  to: number,
  compare: (a: number, b: number) => number,
): void {
  if (to - from > SHORT) {
    order.subarray(from, to).sort(compare);
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const row = order[i]!;
    let j = i - 1;
    for (; j >= from && compare(order[j]!, row) > 0; j--) order[j + 1] = order[j]!;
    order[j + 1] = row;
  }
}
