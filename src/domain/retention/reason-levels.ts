/** Fewer customers than this in an arm, and a term for the reason alone tells chance, not difference. */
const LEAST_PER_ARM = 10;

/** Other reasons: what no reason or parent of its own was large enough for. */
const OTHER = 0;

/**
 * The level under which each row's reason is compared: the reason itself when both arms have enough rows of it, else the
 * nearest parent that has with what falls to it, else "other". Every reason still stands beside its likes.
 * @param reason level of each row, from 1
 * @param treated 0 or 1 a row
 * @param parent level above each level, 0 where there is none; by level
 */
export function comparedLevels(
  reason: ArrayLike<number>,
  treated: ArrayLike<number>,
  parent: ArrayLike<number>,
): Int32Array {
  const arms = Array.from({ length: parent.length }, (): [number, number] => [0, 0]);
  for (let i = 0; i < reason.length; i++) arms[reason[i]!]![treated[i] === 1 ? 1 : 0]++;
  const moved = Int32Array.from({ length: parent.length }, (_, level) => level);
  const depth = Array.from({ length: parent.length }, (_, level) => depthOf(level, parent));
  const deepestFirst = Array.from(moved).sort((a, b) => depth[b]! - depth[a]! || a - b);
  for (const level of deepestFirst) {
    const [untreated, resolved] = arms[level]!;
    if (level === OTHER || Math.min(untreated, resolved) >= LEAST_PER_ARM) continue;
    const above = depth[level]! > parent.length ? OTHER : parent[level]!; // parents in a circle lead nowhere
    arms[above]![0] += untreated;
    arms[above]![1] += resolved;
    moved[level] = above;
  }
  return Int32Array.from(reason, (own) => {
    let level = own;
    while (moved[level] !== level) level = moved[level]!;
    return level;
  });
}

function depthOf(level: number, parent: ArrayLike<number>): number {
  let depth = 0;
  for (let at = level; at !== OTHER && depth <= parent.length; at = parent[at]!) depth++;
  return depth;
}
