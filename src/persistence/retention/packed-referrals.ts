import type { IntegerRows } from '../integer-rows.ts';

const WORDS = 8;
/** Words of a packed referral behind the key of who referred, and its instant. */
const P = { day: 4, sign: 5, cameHigh: 6, cameLow: 7 } as const;

/**
 * Referrals that stand, once each, by customer, day, and who came: those that were taken back or corrected take others off.
 * Columns: key of who referred; day since 1970, high and low 32 bits of the key of who came.
 * @param words records of packs, in any order
 */
export function standingReferrals(words: Int32Array): IntegerRows {
  const compare = (a: number, b: number): number =>
    words[a]! - words[b]! ||
    (words[a + 1]! >>> 0) - (words[b + 1]! >>> 0) ||
    words[a + P.day]! - words[b + P.day]! ||
    words[a + P.cameHigh]! - words[b + P.cameHigh]! ||
    (words[a + P.cameLow]! >>> 0) - (words[b + P.cameLow]! >>> 0);
  const order = new Int32Array(words.length / WORDS).map((_, i) => i * WORDS).sort(compare);
  const standing: number[] = [];
  for (let from = 0, to = 0; from < order.length; from = to) {
    let net = 0;
    for (; to < order.length && compare(order[from]!, order[to]!) === 0; to++) net += words[order[to]! + P.sign]!;
    if (net > 0) standing.push(order[from]!);
  }
  return {
    key: BigInt64Array.from(standing, (at) => (BigInt(words[at]!) << 32n) | BigInt(words[at + 1]! >>> 0)),
    values: [
      Float64Array.from(standing, (at) => words[at + P.day]!),
      Float64Array.from(standing, (at) => words[at + P.cameHigh]!),
      Float64Array.from(standing, (at) => words[at + P.cameLow]! >>> 0),
    ],
  };
}
