import { netPromoter, promoterCounts } from './net-promoter.ts';
import type { Instrument } from './scores.ts';
import { scoreSummary } from './scores.ts';
import { newcombe, type Share } from './proportion.ts';

/** Three pillars (method 10): protect the customers one has, grow with them, strengthen what they say of one. */
export type Pillar = 'protect' | 'grow' | 'strengthen';

const PILLAR_OF: Readonly<Record<Instrument['metric'], Pillar>> = {
  csat: 'protect',
  ces: 'protect',
  ves: 'grow',
  nps: 'strengthen',
};

export interface Answers {
  readonly instrument: Instrument;
  readonly scores: readonly number[];
}

/** One instrument's answers of one group; scores stand beside money and never make any. */
export interface ScoreMeasure {
  readonly pillar: Pillar;
  readonly metric: Instrument['metric'];
  readonly instrument: string;
  readonly higherIsBetter: boolean;
  readonly answers: number;
  /** on the instrument's own scale; NPS: promoters less detractors × 100 */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** share of good answers, in the instrument's direction, with its Wilson interval; NPS: share of promoters */
  readonly top: { readonly share: number; readonly low: number; readonly high: number };
  /** change of that share since the answers before, with its Newcombe interval; null: there were none */
  readonly change: { readonly share: number; readonly low: number; readonly high: number } | null;
}

/** @param before answers of the same instrument and group in the period before */
export function scoreMeasure({ instrument, scores }: Answers, before: readonly number[], level: number): ScoreMeasure {
  const summary = scoreSummary(instrument, scores, level);
  const { point, ...bounds } = summary.top;
  const own: Share = { successes: Math.round(point * scores.length), trials: scores.length };
  return {
    pillar: PILLAR_OF[instrument.metric],
    metric: instrument.metric,
    instrument: instrument.code,
    higherIsBetter: instrument.higherIsBetter,
    answers: summary.answers,
    ...(instrument.metric === 'nps'
      ? promoterScore(scores, level)
      : { value: summary.mean, low: summary.meanLow, high: summary.meanHigh }),
    top: { share: point, ...bounds },
    change: before.length === 0 ? null : changeOf(own, shareOf(instrument, before, level), level),
  };
}

function promoterScore(scores: readonly number[], level: number): { value: number; low: number; high: number } {
  const { score, margin } = netPromoter(promoterCounts(scores), scores.length, level);
  // No score lies beyond all promoters or all detractors, however few answered.
  return { value: score * 100, low: Math.max(-1, score - margin) * 100, high: Math.min(1, score + margin) * 100 };
}

function shareOf(instrument: Instrument, scores: readonly number[], level: number): Share {
  const { top } = scoreSummary(instrument, scores, level);
  return { successes: Math.round(top.point * scores.length), trials: scores.length };
}

function changeOf(now: Share, before: Share, level: number): ScoreMeasure['change'] {
  const { point, low, high } = newcombe(now, before, level);
  return { share: point, low, high };
}
