import { normalQuantile } from '../causality/distributions.ts';
import { Refusal } from '../errors.ts';

/**
 * Net Promoter Score = share of promoters (9, 10) − share of detractors (0 to 6), as a fraction; printed × 100.
 * Its variance is p + d − (p − d)²: it is not a proportion.
 */
export interface NetPromoter {
  readonly score: number;
  /** of one answer */
  readonly variance: number;
  readonly standardError: number;
  /** half width of the interval */
  readonly margin: number;
  readonly answers: number;
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

/** Answers by kind, as counts or as shares with the number of answers beside. */
export interface PromoterCounts {
  readonly promoters: number;
  readonly passives: number;
  readonly detractors: number;
}

/** @param answers number of answers behind the counts @throws Refusal no_answers */
export function netPromoter(counts: PromoterCounts, answers: number, level: number): NetPromoter {
  const total = counts.promoters + counts.passives + counts.detractors;
  if (!(answers > 0 && total > 0))
    throw new Refusal('no_answers', 'a Net Promoter Score needs answers; there are none');
  const p = counts.promoters / total;
  const d = counts.detractors / total;
  const score = p - d;
  const variance = p + d - score * score;
  const standardError = Math.sqrt(variance / answers);
  return {
    score,
    variance,
    standardError,
    margin: normalQuantile(0.5 + level / 2) * standardError,
    answers,
    promoters: p,
    passives: counts.passives / total,
    detractors: d,
  };
}

/** Counts of 0–10 answers. @throws RangeError for a score off the scale: what means "no answer" is left out before */
export function promoterCounts(scores: Iterable<number>): PromoterCounts {
  const counts = { promoters: 0, passives: 0, detractors: 0 };
  for (const score of scores) {
    if (!(Number.isInteger(score) && score >= 0 && score <= 10)) {
      throw new RangeError(`${score} is not a whole number from 0 to 10`);
    }
    counts[score >= 9 ? 'promoters' : score >= 7 ? 'passives' : 'detractors']++;
  }
  return counts;
}
