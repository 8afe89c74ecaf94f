import type { ChildUsage, Usage } from './usage.ts';

/** What a step cost: CPU-seconds of all processes, the server's included, and seconds by the clock. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly seconds: number;
  /** largest resident set of the process while it ran; null for what is a difference or a part of other steps */
  readonly peakBytes: number | null;
}

export const NOTHING: Cost = { cpuSeconds: 0, seconds: 0, peakBytes: null };

export const costOf = (usage: Omit<Usage, 'peakBytes'> | ChildUsage): Cost => ({
  cpuSeconds: (usage.nodeSeconds ?? 0) + (usage.postgresSeconds ?? 0),
  seconds: usage.seconds,
  peakBytes: 'peakBytes' in usage ? usage.peakBytes : null,
});

export const plus = (a: Cost, b: Cost): Cost => ({
  cpuSeconds: a.cpuSeconds + b.cpuSeconds,
  seconds: a.seconds + b.seconds,
  peakBytes: largest([a, b]),
});

/** What is left of a step's cost without some of it; the memory is that of the whole. */
export const less = (a: Cost, b: Cost): Cost => ({
  cpuSeconds: a.cpuSeconds - b.cpuSeconds,
  seconds: a.seconds - b.seconds,
  peakBytes: a.peakBytes,
});

/** Medians of rounds; of memory the largest. */
export function median(costs: readonly Cost[]): Cost {
  const middle = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return {
    cpuSeconds: middle(costs.map((c) => c.cpuSeconds)),
    seconds: middle(costs.map((c) => c.seconds)),
    peakBytes: largest(costs),
  };
}

function largest(costs: readonly Cost[]): number | null {
  const known = costs.map(({ peakBytes }) => peakBytes).filter((bytes) => bytes !== null);
  return known.length === 0 ? null : Math.max(...known);
}
