import type { Interval } from './normal.ts';
import { criticalValue } from './normal.ts';

/**
 * Product-limit survival (Kaplan & Meier, JASA 1958;53:457): who is censored at t is still at risk at t.
 * Variance: Greenwood's sum Σ d / (n (n − d)).
 */
export interface SurvivalStep {
  readonly time: number;
  readonly atRisk: number;
  readonly events: number;
  readonly censored: number;
  readonly survival: number;
  /** Σ d / (n (n − d)) up to this time; infinite once nobody is left */
  readonly greenwood: number;
}

export interface Followed {
  /** when followed until: the event's time or the censoring's */
  readonly time: ArrayLike<number>;
  /** 1 when the event was seen at `time`, 0 when the row is censored there */
  readonly event: ArrayLike<number>;
  /** when the row came under observation (default 0): not at risk at or before it */
  readonly entry?: ArrayLike<number> | undefined;
  /** what the row counts for (default 1); counts then are sums of weights, and errors are approximate */
  readonly weight?: ArrayLike<number> | undefined;
}

/** One step a distinct time of the data, ascending. */
export function kaplanMeier({ time, event, entry, weight }: Followed): SurvivalStep[] {
  const counts = (row: number): number => weight?.[row] ?? 1;
  const order = Array.from(time, (_, i) => i).sort((a, b) => time[a]! - time[b]!);
  const entries = entry === undefined ? order : [...order].sort((a, b) => entry[a]! - entry[b]!);
  const steps: SurvivalStep[] = [];
  let survival = 1;
  let greenwood = 0;
  let atRisk = 0;
  let entered = 0;
  for (let at = 0; at < order.length;) {
    const now = time[order[at]!]!;
    while (entered < entries.length && (entry === undefined || entry[entries[entered]!]! < now)) {
      atRisk += counts(entries[entered++]!);
    }
    let events = 0;
    let left = 0;
    for (; at < order.length && time[order[at]!] === now; at++) {
      const row = order[at]!;
      left += counts(row);
      if (event[row] === 1) events += counts(row);
    }
    if (events > 0) {
      survival *= 1 - events / atRisk;
      greenwood += events / (atRisk * (atRisk - events));
    }
    steps.push({ time: now, atRisk, events, censored: left - events, survival, greenwood });
    atRisk -= left;
  }
  return steps;
}

/** The step in force at a time, or undefined before the first. */
export function stepAt(curve: readonly SurvivalStep[], time: number): SurvivalStep | undefined {
  let low = 0;
  let high = curve.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (curve[middle]!.time <= time) low = middle + 1;
    else high = middle;
  }
  return curve[low - 1];
}

/** S(t); 1 before the first step. */
export function survivalAt(curve: readonly SurvivalStep[], time: number): number {
  return stepAt(curve, time)?.survival ?? 1;
}

/** Standard error of S(t). */
export function survivalError(curve: readonly SurvivalStep[], time: number): number {
  const step = stepAt(curve, time);
  return step === undefined || step.survival === 0 ? 0 : step.survival * Math.sqrt(step.greenwood);
}

export type SurvivalScale = 'plain' | 'log' | 'log-log';

/** Interval of S(t), within 0 and 1: symmetric on S, on ln S, or on ln(−ln S). */
export function survivalInterval(
  curve: readonly SurvivalStep[],
  time: number,
  level: number,
  scale: SurvivalScale = 'log-log',
): Interval {
  const step = stepAt(curve, time);
  const s = step?.survival ?? 1;
  if (step === undefined || s === 1 || s === 0) return { low: s, high: s };
  const z = criticalValue(level);
  const spread = Math.sqrt(step.greenwood);
  if (scale === 'plain') return { low: Math.max(0, s - z * s * spread), high: Math.min(1, s + z * s * spread) };
  if (scale === 'log') return { low: s * Math.exp(-z * spread), high: Math.min(1, s * Math.exp(z * spread)) };
  const margin = (z * spread) / Math.abs(Math.log(s));
  return { low: s ** Math.exp(margin), high: s ** Math.exp(-margin) };
}

/** First time with S(t) ≤ 1 − p, or undefined while the curve stays above. */
export function survivalQuantile(curve: readonly SurvivalStep[], p = 0.5): number | undefined {
  return curve.find(({ survival }) => survival <= 1 - p + 1e-12)?.time;
}

/** Area under the curve up to a horizon: mean time before the event, restricted to the horizon. */
export function restrictedMean(
  curve: readonly SurvivalStep[],
  horizon: number,
): { readonly mean: number; readonly standardError: number } {
  const steps = curve.filter(({ events, time }) => events > 0 && time < horizon);
  const areas = steps.map((step, i) => step.survival * ((steps[i + 1]?.time ?? horizon) - step.time));
  const mean = areas.reduce((sum, area) => sum + area, Math.min(horizon, steps[0]?.time ?? horizon));
  let beyond = 0;
  let variance = 0;
  for (let i = steps.length - 1; i >= 0; i--) {
    const { atRisk, events } = steps[i]!;
    beyond += areas[i]!;
    if (atRisk > events) variance += (beyond ** 2 * events) / (atRisk * (atRisk - events));
  }
  return { mean, standardError: Math.sqrt(variance) };
}
