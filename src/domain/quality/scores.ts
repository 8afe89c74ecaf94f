import { normalQuantile } from '../causality/distributions.ts';
import { Refusal } from '../errors.ts';
import type { ProportionInterval } from './proportion.ts';
import { wilson } from './proportion.ts';

/** How a question was asked. Scale and direction travel with every score: CES 1.0 counts low as good, CES 2.0 high. */
export interface Instrument {
  readonly code: string;
  readonly metric: 'csat' | 'ces' | 'nps' | 'ves';
  readonly scaleMin: number;
  readonly scaleMax: number;
  readonly higherIsBetter: boolean;
  /** answers that count as good: the best so many points of the scale; absent: 2 of up to 5 points, 3 of 7 and more */
  readonly topBox?: number | undefined;
}

export interface ScoreSummary {
  readonly answers: number;
  /** on the instrument's own scale */
  readonly mean: number;
  readonly meanLow: number;
  readonly meanHigh: number;
  /** 0 the worst, 1 the best answer of the scale, whatever its direction: the one form that instruments share */
  readonly goodness: number;
  /** share of answers in the top boxes, with its Wilson interval */
  readonly top: ProportionInterval;
}

/**
 * Mean and top-box share of one instrument's answers. Answers of different instruments are never put together.
 * @throws Refusal no_answers, off_scale
 */
export function scoreSummary(instrument: Instrument, scores: readonly number[], level: number): ScoreSummary {
  const { scaleMin, scaleMax, code } = instrument;
  if (scores.length === 0) throw new Refusal('no_answers', `${code} has no answers`);
  const off = scores.find((score) => !(score >= scaleMin && score <= scaleMax));
  if (off !== undefined)
    throw new Refusal('off_scale', `${code} goes from ${scaleMin} to ${scaleMax}; an answer is ${off}`);
  const n = scores.length;
  const mean = scores.reduce((sum, score) => sum + score, 0) / n;
  const squares = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0);
  const margin = n > 1 ? normalQuantile(0.5 + level / 2) * Math.sqrt(squares / (n - 1) / n) : Infinity;
  const share = (mean - scaleMin) / (scaleMax - scaleMin);
  return {
    answers: n,
    mean,
    meanLow: Math.max(scaleMin, mean - margin),
    meanHigh: Math.min(scaleMax, mean + margin),
    goodness: instrument.higherIsBetter ? share : 1 - share,
    top: wilson({ successes: scores.filter((score) => inTopBox(instrument, score)).length, trials: n }, level),
  };
}

/** True when the answer is among the best of its scale, in the instrument's direction. */
export function inTopBox(instrument: Instrument, score: number): boolean {
  const points = instrument.scaleMax - instrument.scaleMin + 1;
  const boxes = instrument.topBox ?? (points >= 7 ? 3 : 2);
  return instrument.higherIsBetter ? score > instrument.scaleMax - boxes : score < instrument.scaleMin + boxes;
}
